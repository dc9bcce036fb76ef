"""What columns share that were added to tables in use."""

from typing import Any

# Columns added to tables that serve: whoever writes without knowing them leaves nothing out.
EMPTY: dict[str, Any] = {"blank": True, "default": "", "db_default": ""}
NONE: dict[str, Any] = {"blank": True, "default": list, "db_default": []}
