from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# Keys are normalised already: they sort by code point, as on SQLite, whatever the locale of the server.
KEY_COLUMN = "ALTER TABLE groups_group ALTER COLUMN name_key TYPE text COLLATE"


def tune(_: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f'{KEY_COLUMN} "C"')


def untune(_: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f'{KEY_COLUMN} "default"')


class Migration(migrations.Migration):
    dependencies: ClassVar = [("groups", "0001_initial")]

    operations: ClassVar = [migrations.RunPython(tune, untune)]
