"""What columns have in common that came to tables that serve."""

from typing import Any

# Columns added to tables that serve: whoever writes without knowing them leaves nothing out.
EMPTY: dict[str, Any] = {"blank": True, "default": "", "db_default": ""}
NONE: dict[str, Any] = {"blank": True, "default": list, "db_default": []}
