"""Operations of migrations for tables that are large and written all the time."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations.operations import AddIndex


class AddIndexBesideWrites(AddIndexConcurrently):
    """Adds an index while the table is written, outside of a transaction (`atomic = False`); on SQLite as any index is added."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make the index."""
        made_by = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else AddIndex
        made_by.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Remove the index."""
        made_by = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else AddIndex
        made_by.database_backwards(self, app_label, schema_editor, from_state, to_state)
