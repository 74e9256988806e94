import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_migration_linter import MigrationLinter

# From the bottom to the top: relations by string are invisible to the import contracts.
APPS = ("limits", "users", "habits", "groups", "sharing", "challenges", "integrations")


@pytest.mark.django_db
def test_the_models_have_their_migrations():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_migrations_depend_on_lower_apps_alone():
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app in APPS:
            for other, _ in migration.dependencies:
                if other in APPS:
                    assert APPS.index(other) <= APPS.index(app), f"{app}.{name} depends on {other}"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)  # some migrations refuse to be one
def test_old_code_can_run_beside_every_migration(capsys):
    """Judged on the statements for PostgreSQL, where a deployment migrates while the old processes still serve."""
    assert connection.vendor == "postgresql"
    names_of_arguments = ["RUNPYTHON_ARGS_NAMING_CONVENTION"]
    linter = MigrationLinter(
        include_apps=APPS, no_cache=True, all_warnings_as_errors=True, exclude_migration_tests=names_of_arguments
    )
    linter.lint_all_migrations()
    assert not linter.has_errors, capsys.readouterr().out
