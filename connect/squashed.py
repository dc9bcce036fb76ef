"""An operation for migrations that make many tables, as the squashed ones do.

After each operation Django builds all models anew that are tied to the one that it changed, and
most of ours are tied to each other: for a hundred tables that takes five times as long as all else.

A squashed migration names the old ones that it needs of other apps, not those that replace them: a
database with some of the old ones of an app goes on with the old ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations.base import Operation


class Together(Operation):
    """Operations of which none needs the one before it in the database: models are built once."""

    def __init__(self, operations: Sequence[Operation]):
        self.operations = list(operations)

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # built models are kept only as long as somebody asked
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return ", ".join(operation.describe() for operation in self.operations)
