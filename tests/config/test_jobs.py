import ast
import pydoc
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing import Event, Value
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.timezone import now
from django_q.brokers import get_broker
from django_q.cluster import monitor, pusher, worker
from django_q.models import Failure, OrmQ, Schedule, Task
from django_q.queues import Queue

from config import jobs

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "users", "habits", "groups", "sharing", "integrations")


def fail() -> None:
    """A job that never succeeds."""
    raise RuntimeError("as always")


def queued_elsewhere() -> int:
    """Return how many jobs another connection sees."""

    def count() -> int:
        try:
            return OrmQ.objects.count()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        return other.submit(count).result()


def run_cluster_once() -> None:
    """Let the library's own pusher, worker and monitor handle what is due."""
    tasks, results, stop = Queue(), Queue(), Event()
    stop.set()
    pusher(tasks, stop, get_broker())
    tasks.put("STOP")
    worker(tasks, results, Value("f", -1))
    results.put("STOP")
    monitor(results, get_broker())
    for queue in (tasks, results):
        queue.close()
        queue.join_thread()


@pytest.fixture
def declared(monkeypatch):
    """Return the declarations, to be changed for one test."""
    monkeypatch.setattr(jobs, "_minutes_by_name", dict(jobs.get_schedules()))
    return jobs._minutes_by_name


def migrate() -> None:
    call_command("migrate", verbosity=0)


class TestEnqueue:
    @pytest.mark.django_db(transaction=True)
    def test_a_rollback_takes_the_job_with_it(self):
        with transaction.atomic():
            jobs.enqueue("config.jobs.forget_failures")
            assert OrmQ.objects.count() == 1
            transaction.set_rollback(True)
        assert OrmQ.objects.count() == 0

    @pytest.mark.django_db(transaction=True)
    def test_a_job_is_seen_by_workers_with_the_commit_and_not_before(self):
        with transaction.atomic():
            jobs.enqueue("config.jobs.forget_failures")
            assert queued_elsewhere() == 0
        assert queued_elsewhere() == 1

    @pytest.mark.django_db
    def test_an_argument_that_the_library_would_swallow_is_refused(self):
        with pytest.raises(TypeError, match="group"):
            jobs.enqueue("config.jobs.forget_failures", group="readers")
        assert OrmQ.objects.count() == 0

    @pytest.mark.django_db
    def test_it_takes_one_statement(self, django_assert_num_queries):
        with transaction.atomic(), django_assert_num_queries(1):
            jobs.enqueue("config.jobs.forget_failures")

    @pytest.mark.django_db
    def test_run_jobs_runs_what_is_queued(self, run_jobs):
        jobs.enqueue("config.jobs.forget_failures")
        assert run_jobs() == ["config.jobs.forget_failures"]
        assert run_jobs() == []


@pytest.mark.slow
class TestAttempts:
    @pytest.mark.django_db(transaction=True)
    def test_a_job_that_succeeds_leaves_nothing(self):
        jobs.enqueue("config.jobs.forget_failures")
        time.sleep(0.01)
        run_cluster_once()
        assert (OrmQ.objects.count(), Task.objects.count()) == (0, 0)

    @pytest.mark.django_db(transaction=True)
    def test_a_job_that_fails_is_tried_again_later_and_five_times_in_all(self):
        jobs.enqueue(f"{__name__}.fail")
        for attempt in range(1, 6):
            assert OrmQ.objects.count() == 1
            OrmQ.objects.update(lock=now() - timedelta(seconds=1))
            run_cluster_once()
            assert Failure.objects.get().attempt_count == attempt
            if attempt < 5:
                assert OrmQ.objects.get().lock > now() + timedelta(seconds=200)
        assert OrmQ.objects.count() == 0


class TestSchedules:
    @pytest.mark.django_db
    def test_a_migration_stores_what_is_declared(self):
        assert dict(Schedule.objects.values_list("name", "minutes")) == jobs.get_schedules()

    @pytest.mark.django_db
    def test_what_is_no_longer_declared_goes_and_a_new_interval_is_taken_over(self, declared):
        declared["config.jobs.forget_failures"] = 5
        declared["config.jobs.new"] = 1
        migrate()
        assert dict(Schedule.objects.values_list("name", "minutes")) == declared
        del declared["config.jobs.new"]
        migrate()
        assert dict(Schedule.objects.values_list("name", "minutes")) == declared

    @pytest.mark.django_db
    def test_a_migration_neither_delays_nor_repeats_a_run(self):
        due = now() + timedelta(minutes=3)
        Schedule.objects.update(next_run=due)
        migrate()
        assert set(Schedule.objects.values_list("next_run", flat=True)) == {due}

    @pytest.mark.slow
    @pytest.mark.django_db(transaction=True)
    def test_the_librarys_tables_can_be_removed(self):
        call_command("migrate", "django_q", "zero", verbosity=0)
        migrate()
        assert dict(Schedule.objects.values_list("name", "minutes")) == jobs.get_schedules()


class TestNames:
    def test_every_scheduled_job_exists(self):
        for name in jobs.get_schedules():
            assert callable(pydoc.locate(name)), name

    def test_every_enqueued_job_is_named_by_a_literal_and_exists(self):
        for path, call in enqueueing_calls():
            assert isinstance(call.args[0], ast.Constant), f"{path}:{call.lineno} enqueues a job whose name is not written there"
            assert callable(pydoc.locate(call.args[0].value)), f"{path}:{call.lineno} enqueues {call.args[0].value}"


def enqueueing_calls():
    """Yield the calls of `enqueue` in the project."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in {"enqueue", "jobs.enqueue"}:
                    yield path.relative_to(ROOT), node


class TestWaiting:
    @pytest.mark.django_db
    def test_an_empty_queue_waits_for_nobody(self):
        assert jobs.get_oldest_wait() == timedelta(0)

    @pytest.mark.django_db
    def test_the_oldest_job_counts(self):
        jobs.enqueue("config.jobs.forget_failures")
        OrmQ.objects.update(lock=now() - timedelta(minutes=7))
        jobs.enqueue("config.jobs.forget_failures")
        assert timedelta(minutes=7) <= jobs.get_oldest_wait() < timedelta(minutes=8)

    @pytest.mark.django_db
    def test_a_job_at_work_does_not_wait(self):
        jobs.enqueue("config.jobs.forget_failures")
        OrmQ.objects.update(lock=now() + timedelta(minutes=5))
        assert jobs.get_oldest_wait() == timedelta(0)


@pytest.mark.django_db
def test_old_failures_are_forgotten():
    for name, age in (("old", 31), ("young", 29)):
        at = now() - timedelta(days=age)
        Task.objects.create(id=name, name=name, func="f", started=at, stopped=at, success=False)
    jobs.forget_failures()
    assert [failure.name for failure in Failure.objects.all()] == ["young"]
