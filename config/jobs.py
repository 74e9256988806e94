"""Background jobs and schedules, and the only importer of django-q2.

The queue is a table of the same database: a job that a service enqueues is committed or rolled back with what the service
writes. A job may run more than once (a worker that was killed, a job that outlived its retry gap): jobs are idempotent.
"""

from datetime import timedelta
from typing import Any, Final

import structlog
from django.db import connections, transaction
from django.db.models import Min
from django.utils.timezone import now
from django_q.models import Failure, OrmQ, Schedule
from django_q.signals import post_execute_in_worker, pre_enqueue, pre_execute
from django_q.tasks import async_task

FAILURES_KEPT: Final = timedelta(days=30)
LIBRARY_OPTIONS: Final = frozenset(
    {"ack_failure", "broker", "cached", "chain", "cluster", "group", "hook", "iter_cached", "iter_count"}
    | {"q_options", "save", "sync", "task_name", "timeout"}
)

_minutes_by_name: dict[str, int] = {}


def enqueue(name: str, /, **arguments: Any) -> None:
    """Put a job, named by the dotted path of its function, into the queue; it runs when the caller's transaction is committed."""
    if taken := LIBRARY_OPTIONS & arguments.keys():
        raise TypeError(f"The job library would swallow {', '.join(sorted(taken))}: call the arguments of {name} differently.")
    async_task(name, **arguments)


def schedule(name: str, /, *, minutes: int) -> None:
    """Declare, in an app's `ready`, that a job without arguments runs every so many minutes; `migrate` stores it."""
    _minutes_by_name[name] = minutes


def get_schedules() -> dict[str, int]:
    """Return the declared schedules: minutes by the name of the job."""
    return dict(_minutes_by_name)


def store_schedules(*, using: str, **_: Any) -> None:
    """Bring the stored schedules in line with the declared ones: the receiver of the library's own `post_migrate`."""
    if Schedule._meta.db_table not in connections[using].introspection.table_names():
        return  # its tables were removed
    with transaction.atomic(using=using):
        stored = Schedule.objects.using(using)
        stored.exclude(name__in=_minutes_by_name).delete()
        for name, minutes in _minutes_by_name.items():
            # `next_run` is left alone: a deployment neither delays a job nor starts it anew.
            stored.update_or_create(name=name, defaults={"func": name, "schedule_type": Schedule.MINUTES, "minutes": minutes})


def get_oldest_wait() -> timedelta:
    """Return how long the job has waited that no worker has taken for the longest time; also shows that the queue can be read."""
    # The lock of a job is the instant it was enqueued, and once a worker has it the instant of the next attempt.
    oldest = OrmQ.objects.aggregate(oldest=Min("lock"))["oldest"]
    return max(now() - oldest, timedelta(0)) if oldest else timedelta(0)


def forget_failures() -> None:
    """Delete the traces of failed jobs that are too old to help: a job of its own."""
    Failure.objects.filter(stopped__lt=now() - FAILURES_KEPT).delete()


def note_request(task: dict[str, Any], **_: Any) -> None:
    """Write the id of the request that enqueues a job into it."""
    if request_id := structlog.contextvars.get_contextvars().get("request_id"):
        task["request_id"] = request_id


def begin_lines(task: dict[str, Any], **_: Any) -> None:
    """Let every line of a job carry its name, and the id of the request that it comes from."""
    origin = {"request_id": task["request_id"]} if "request_id" in task else {}
    structlog.contextvars.bind_contextvars(job=task["func"], **origin)


def end_lines(**_: Any) -> None:
    """Forget them again."""
    structlog.contextvars.unbind_contextvars("job", "request_id")


pre_enqueue.connect(note_request)
pre_execute.connect(begin_lines)
post_execute_in_worker.connect(end_lines)
schedule("config.jobs.forget_failures", minutes=24 * 60)
