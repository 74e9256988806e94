"""manage.py import_habits."""

import io

import pytest
from django.core.management import CommandError, call_command

from habits.models import Habit
from tests.factories.users import UserFactory
from tests.integrations.importing import completed, rows_stored
from tests.integrations.loop_files import backup
from tests.world import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

RUN = {"id": 1, "name": "Run", "reminder_hour": 7, "reminder_min": 30}
FILE = backup([RUN], [*completed(1, TODAY), {"habit": 9, "timestamp": 0, "value": 2}])


@pytest.fixture
def owner():
    return UserFactory(username="ada", password="!")


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "backup.db"
    file.write_bytes(FILE)
    return str(file)


def run(*arguments):
    out = io.StringIO()
    call_command("import_habits", *arguments, stdout=out)
    return out.getvalue()


def test_it_imports_and_reports(owner, path):
    assert run(path, "--user", "ADA").splitlines() == [
        "Format: loop",
        "Habits: 1 created, 0 archived, 0 updated, 0 unchanged, 0 rejected",
        "Logs: 1 created, 0 updated, 0 unchanged, 0 kept own",
        "Passed over: 0 derived and 0 empty entries",
        "Adjusted: 1",
        "  Run: reminder_not_stored (07:30 on weekdays 1, 2, 3, 4, 5, 6, 7)",
        "Rejected: 1",
        "  Repetitions 2: habit_missing (habit 9)",
    ]
    assert Habit.objects.get().owner == owner


def test_again(owner, path):
    run(path, "--user", "ada")
    before = rows_stored()
    assert "1 unchanged" in run(path, "--user", owner.email, "--format", "loop")
    assert rows_stored() == before


def test_a_dry_run(owner, path):
    told = run(path, "--user", "ada", "--dry-run")
    assert told.startswith("Format: loop (dry run: nothing was stored)\nHabits: 1 created")
    assert not Habit.objects.exists()


def test_a_long_list_is_cut(owner, tmp_path):
    file = tmp_path / "backup.db"
    file.write_bytes(backup([RUN], [{"habit": 9, "timestamp": 0, "value": 2}] * 1_003, version=16))
    assert run(str(file), "--user", "ada").endswith("\n  and 3 more\n")


@pytest.mark.parametrize("content", [b"", b"{}", FILE[:3_000]])
def test_an_unreadable_file(owner, tmp_path, content):
    file = tmp_path / "backup.db"
    file.write_bytes(content)
    with pytest.raises(CommandError) as refusal:
        run(str(file), "--user", "ada")
    assert refusal.value.returncode == 1


def test_a_missing_file(owner, tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        run(str(tmp_path / "none"), "--user", "ada")


def test_an_unknown_user(path, db):
    with pytest.raises(CommandError, match="no user 'ada'"):
        run(path, "--user", "ada")
