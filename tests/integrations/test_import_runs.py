"""Runs of an import that are cut short, killed, repeated or too many."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_q.models import OrmQ

from habits.models import Habit
from integrations.jobs import resume_imports, run_import
from integrations.models import Import, Upload
from integrations.services import imports, taking
from tests.factories.users import UserFactory
from tests.integrations.importing import completed, rows_stored, upload
from tests.integrations.loop_files import backup
from tests.world import NOW, TODAY, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

HABITS = [{"id": number, "name": f"H{number}", "position": number, "uuid": f"{number:032x}"} for number in range(1, 6)]
FILE = backup(HABITS, [row for number in range(1, 6) for row in completed(number, TODAY - timedelta(days=number), TODAY)])


class Killed(BaseException):
    """Stands for the end of a worker."""


@pytest.fixture
def client():
    return client_of(UserFactory(password="!"))


@pytest.fixture
def kill_at(monkeypatch):
    """Return a function that has a worker killed within the work on a habit, as often as told."""

    def arm(name, times=1):
        left = [times]
        adopt = taking.adopt_habit

        def adopt_or_die(*, candidate, **rest):
            adopted = adopt(candidate=candidate, **rest)
            if candidate.draft.name == name and left[0]:
                left[0] -= 1
                raise Killed
            return adopted

        monkeypatch.setattr(taking, "adopt_habit", adopt_or_die)

    return arm


def shape(rows):
    """Return what is stored, but for ids."""
    return {
        "habits": sorted(
            Habit.objects.values_list("name", "change_no", "position", "stats__current_streak", "stats__completions")
        ),
        "counts": {name: len(found) for name, found in rows.items()},
        "numbers": [last for _, last in rows["ChangeCounter"]],
    }


def test_a_killed_run_is_continued_where_it_stood(client, run_jobs, kill_at):
    item_id = upload(client, FILE).json()["id"]
    kill_at("H3")
    with pytest.raises(Killed):
        run_jobs()
    item = Import.objects.get()
    assert (item.habits_done, item.job.state, Habit.objects.count()) == (2, "running", 2)
    body = client.get(f"/api/v1/imports/{item_id}/").json()
    assert (body["state"], body["report"]) == ("running", None)
    assert 0 < body["progress"] < 99
    run_import(import_id=item.pk)
    continued = shape(rows_stored())
    report = client.get(f"/api/v1/imports/{item_id}/").json()["report"]
    assert report["habits"]["created"] == 5
    assert report["logs"]["created"] == 10
    Habit.objects.all().delete()
    other = client_of(UserFactory(password="!"))
    whole = upload(other, FILE).json()["id"]
    run_jobs()
    straight = shape(rows_stored())
    assert straight["habits"] == continued["habits"]
    assert straight["numbers"][-1:] == continued["numbers"]
    assert other.get(f"/api/v1/imports/{whole}/").json()["report"] == report


def test_a_run_leaves_the_rest_to_the_next_one(client, run_jobs, monkeypatch):
    monkeypatch.setattr(imports, "RUN_SECONDS", -1)  # no time but for one habit
    upload(client, FILE)
    assert run_jobs() == ["integrations.jobs.run_import"] * 6
    item = Import.objects.get()
    assert (item.job.state, item.habits_done, item.report["habits"]["created"]) == ("finished", 5, 5)


def test_a_dry_run_in_parts_counts_what_it_took_back(client, run_jobs, monkeypatch, kill_at):
    monkeypatch.setattr("habits.services.archiving.MAX_ACTIVE_HABITS", 3)
    upload(client, FILE, dry_run="true")
    kill_at("H2")
    with pytest.raises(Killed):
        run_jobs()
    run_import(import_id=Import.objects.get().pk)
    counts = Import.objects.get().report["habits"]
    assert (counts["created"], counts["rejected"], Habit.objects.count()) == (3, 2, 0)


def test_a_worker_that_was_overtaken_steps_back(client, run_jobs, monkeypatch):
    upload(client, FILE)
    match_habits = imports.match_habits

    def overtaken(*arguments):
        """Between reading and writing, another worker does all of it."""
        monkeypatch.setattr(imports, "match_habits", match_habits)
        known = match_habits(*arguments)
        run_import(import_id=Import.objects.get().pk)
        return known

    monkeypatch.setattr(imports, "match_habits", overtaken)
    run_jobs()
    assert Habit.objects.count() == 5
    item = Import.objects.get()
    assert (item.job.state, item.report["habits"]["created"]) == ("finished", 5)


def test_a_finished_import_is_not_run_again(client, run_jobs):
    upload(client, FILE)
    run_jobs()
    before, item = rows_stored(), Import.objects.get()
    Habit.objects.first().delete()
    run_import(import_id=item.pk)
    assert len(rows_stored()["Habit"]) == len(before["Habit"]) - 1


def test_runs_that_come_to_nothing_are_given_up(client, run_jobs, kill_at):
    item_id = upload(client, FILE).json()["id"]
    kill_at("H3", times=99)
    with pytest.raises(Killed):
        run_jobs()
    for _ in range(imports.FRUITLESS_RUNS_LIMIT):
        with pytest.raises(Killed):
            run_import(import_id=Import.objects.get().pk)
    run_import(import_id=Import.objects.get().pk)
    body = client.get(f"/api/v1/imports/{item_id}/").json()
    assert (body["state"], body["error"]["code"]) == ("failed", "import_failed")
    assert body["report"]["habits"]["created"] == 2
    assert not Upload.objects.exists()


def test_a_lost_job_is_found(client, run_jobs):
    upload(client, FILE)
    OrmQ.objects.all().delete()
    with time_machine.travel(NOW + timedelta(minutes=29), tick=False):
        resume_imports()
        assert not OrmQ.objects.exists()
    with time_machine.travel(NOW + timedelta(minutes=31), tick=False):
        resume_imports()
        resume_imports()
        assert OrmQ.objects.count() == 1
        run_jobs()
        assert Import.objects.get().job.state == "finished"
        assert Import.objects.get().touched_at == timezone.now()


def test_finished_imports_are_left_alone(client, run_jobs):
    upload(client, FILE)
    run_jobs()
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        resume_imports()
    assert not OrmQ.objects.exists()
