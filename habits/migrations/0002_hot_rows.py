from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# Rows that are updated with each log: with room on their page, PostgreSQL updates them in place, without touching an index.
HOT_TABLES = ("habits_habitstats", "habits_changecounter")


def leave_room(_: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for table in HOT_TABLES:
            editor.execute(f"ALTER TABLE {table} SET (fillfactor = 70)")


def fill_up(_: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for table in HOT_TABLES:
            editor.execute(f"ALTER TABLE {table} RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("habits", "0001_initial")]

    operations: ClassVar = [migrations.RunPython(leave_room, fill_up)]
