from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# Rows that are updated with each log: with room on their page, PostgreSQL updates them in place, without touching an index.
HOT_TABLES = ("habits_habitstats", "habits_changecounter")
# Keys are normalised already: they sort by code point, as on SQLite, whatever the locale of the server.
KEY_COLUMN = "ALTER TABLE habits_habit ALTER COLUMN name_key TYPE text COLLATE"


def tune(_: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for table in HOT_TABLES:
            editor.execute(f"ALTER TABLE {table} SET (fillfactor = 70)")
        editor.execute(f'{KEY_COLUMN} "C"')


def untune(_: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for table in HOT_TABLES:
            editor.execute(f"ALTER TABLE {table} RESET (fillfactor)")
        editor.execute(f'{KEY_COLUMN} "default"')


class Migration(migrations.Migration):
    dependencies: ClassVar = [("habits", "0001_initial")]

    operations: ClassVar = [migrations.RunPython(tune, untune)]
