"""Imports under concurrency: the row of the import and the constraint of its file decide."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from habits.models import ChangeCounter, Habit
from integrations.errors import ImportRunning
from integrations.jobs import run_import
from integrations.models import Import
from integrations.services import imports
from tests.factories.users import UserFactory
from tests.integrations.importing import completed
from tests.integrations.loop_files import backup
from tests.world import LOGGED

pytestmark = pytest.mark.django_db(transaction=True)

HABITS = [{"id": number, "name": f"H{number}", "position": number, "uuid": f"{number:032x}"} for number in range(1, 9)]
FILE = backup(HABITS, [row for habit in HABITS for row in completed(habit["id"], LOGGED)])


def start(owner):
    return imports.start_import(owner=owner, content=FILE, file_name="backup.db", format_name="auto", dry_run=False)


def at_once(*works):
    """Run the works in threads of their own; return what they returned."""

    def run(work):
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_two_workers_on_one_import(monkeypatch):
    owner = UserFactory(password="!")
    item = start(owner)
    both = Barrier(2)
    match_habits = imports.match_habits

    def match_together(*arguments):
        both.wait(timeout=30)
        return match_habits(*arguments)

    monkeypatch.setattr(imports, "match_habits", match_together)
    at_once(*[lambda: run_import(import_id=item.pk)] * 2)
    item = Import.objects.select_related("job").get()
    assert (item.job.state, item.report["habits"]["created"], item.report["logs"]["created"]) == ("finished", 8, 8)
    assert Habit.objects.count() == 8
    assert ChangeCounter.objects.get().last_change_no == 8 * 3


def test_one_of_many_imports_starts():
    owner = UserFactory(password="!")
    together = Barrier(4)

    def attempt():
        together.wait(timeout=30)
        try:
            return start(owner).pk
        except ImportRunning:
            return None

    started = [key for key in at_once(*[attempt] * 4) if key]
    assert [Import.objects.get().pk] == started
