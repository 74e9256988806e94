"""Imports: a file is kept with the job that takes it over, habit by habit, each in a transaction that also says how far it is.

A run of the job ends before the worker's patience does and leaves the rest to a next one. A run that is killed leaves all that it
has committed; whoever continues, be it two at once, begins after the last habit that is told in the report.
"""

import time
import uuid
from collections.abc import Mapping
from datetime import timedelta
from itertools import accumulate
from typing import Final

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from config.jobs import enqueue
from integrations.domain.formats import parse
from integrations.domain.imported import ImportedData, UnreadableFile
from integrations.domain.reports import Report, complete, new_report
from integrations.errors import ImportRunning
from integrations.models import Import, Upload
from integrations.services.taking import match_habits, take_habit
from users.models import User
from users.services.jobs import fail_job, finish_job, open_job, report_progress

JOB_KIND: Final = "import"
# The largest file takes half a minute to read and its largest habit some seconds: together well below the time of a job.
RUN_SECONDS: Final = 30
FRUITLESS_RUNS_LIMIT: Final = 3
SILENCE: Final = timedelta(minutes=30)

UNREADABLE_FILE: Final = "unreadable_file"
IMPORT_FAILED: Final = "import_failed"


def start_import(*, owner: User, content: bytes, file_name: str, format_name: str, dry_run: bool) -> Import:
    """Store a file and enqueue the job that takes it over; raises ImportRunning while an earlier one is not done."""
    with transaction.atomic():
        job = open_job(owner=owner, kind=JOB_KIND)
        item = Import.objects.create(owner=owner, job=job, format=format_name, file_name=file_name, dry_run=dry_run)
        _keep_file(item, content)
        enqueue("integrations.jobs.run_import", import_id=item.pk)
    return item


def _keep_file(item: Import, content: bytes) -> None:
    try:
        with transaction.atomic():
            Upload.objects.create(item=item, owner_id=item.owner_id, content=content)
    except IntegrityError as error:
        raise ImportRunning from error


def import_file(*, owner: User, content: bytes, format_name: str, dry_run: bool) -> Report:
    """Take a file over here and now and return the report; raises UnreadableFile."""
    data = parse(content, format_name)
    known = match_habits(owner, data)
    report = new_report(data.format)
    for habit in data.habits:
        take_habit(owner, habit, known.get(habit.source_key, ""), report, dry_run=dry_run)
    return complete(report, data)


def run_import(import_id: uuid.UUID) -> None:
    """Take over as many habits as there is time for; nothing for an import that is closed or gone."""
    upload = _begin_run(import_id)
    if upload is None:
        return
    try:
        data = parse(bytes(upload.content), upload.item.format)
    except UnreadableFile as error:
        _give_up(import_id, UNREADABLE_FILE, error.detail)
        return
    known = match_habits(upload.owner, data)
    # From here on, so that a run does at least something, however slowly the file was read.
    end = time.monotonic() + RUN_SECONDS
    for index in range(upload.item.habits_done, len(data.habits)):
        if not _take_next(import_id, index, data, known):
            return
        if time.monotonic() > end:
            enqueue("integrations.jobs.run_import", import_id=import_id)
            return
    _finish(import_id, data)


def resume_imports() -> None:
    """Enqueue the imports again that nobody has touched for long: a worker that is killed too often loses a job."""
    silent = Import.objects.filter(upload__isnull=False, touched_at__lt=timezone.now() - SILENCE)
    for import_id in silent.values_list("pk", flat=True):
        with transaction.atomic():
            Import.objects.filter(pk=import_id).update(touched_at=timezone.now())
            enqueue("integrations.jobs.run_import", import_id=import_id)


def _begin_run(import_id: uuid.UUID) -> Upload | None:
    """Return the file with its import and owner; None if there is nothing to do, or too many runs have come to nothing."""
    with transaction.atomic():
        item = _lock(import_id)
        if item is None:
            return None
        if item.fruitless_runs >= FRUITLESS_RUNS_LIMIT:
            _give_up(import_id, IMPORT_FAILED, f"The import was given up after {item.habits_done} habits.")
            return None
        item.fruitless_runs += 1
        item.touched_at = timezone.now()
        item.save(update_fields=["fruitless_runs", "touched_at"])
    return Upload.objects.select_related("item", "owner").filter(item=item).first()


def _lock(import_id: uuid.UUID) -> Import | None:
    """Lock an import until the transaction ends; None if it is closed or gone."""
    item = Import.objects.select_for_update(no_key=True).filter(pk=import_id).first()
    is_open = item is not None and Upload.objects.filter(item=item).exists()
    return item if is_open else None


def _take_next(import_id: uuid.UUID, index: int, data: ImportedData, known: Mapping[str, str]) -> bool:
    """Take the habit at `index` over; return False if that is not this run's to do any more."""
    habit = data.habits[index]
    with transaction.atomic():
        item = _lock(import_id)
        if item is None or item.habits_done != index:
            return False
        report: Report = item.report or new_report(data.format)
        take_habit(item.owner, habit, known.get(habit.source_key, ""), report, dry_run=item.dry_run)
        item.habits_done, item.fruitless_runs = index + 1, 0
        item.report, item.touched_at = report, timezone.now()
        item.save(update_fields=["habits_done", "fruitless_runs", "report", "touched_at"])
        report_progress(job_id=item.job_id, progress=_percent(data, index + 1))
    return True


def _percent(data: ImportedData, done: int) -> int:
    """Return how much is done; a habit is as much work as it has logs."""
    sums = list(accumulate(len(habit.logs) + 1 for habit in data.habits))
    return 99 * sums[done - 1] // sums[-1]


def _finish(import_id: uuid.UUID, data: ImportedData) -> None:
    with transaction.atomic():
        item = _lock(import_id)
        if item is None:
            return
        item.report = complete(item.report or new_report(data.format), data)
        item.save(update_fields=["report"])
        Upload.objects.filter(item=item).delete()
        finish_job(job_id=item.job_id, result_url=reverse("import-detail", kwargs={"import_id": item.pk}))


def _give_up(import_id: uuid.UUID, code: str, detail: str) -> None:
    with transaction.atomic():
        item = _lock(import_id)
        if item is not None:
            Upload.objects.filter(item=item).delete()
            fail_job(job_id=item.job_id, code=code, detail=detail)
