"""Writing what a habit's units follow from: the versions of its schedule, and the plan column that repeats rows."""

from collections.abc import Mapping
from datetime import date

from config.prepared import run
from habits.domain.codec import encode_plan
from habits.domain.logs import LogStatus, status_of
from habits.domain.schedule import Plan, Version
from habits.models import ChangeCounter, Habit, HabitLog, ScheduleVersion, TombstoneKind
from habits.selectors.plans import read_plan
from habits.services.changes import bury
from habits.services.outcomes import statements_with
from habits.signals import LogChanges, logs_changed


def store_versions(habit: Habit, versions: tuple[Version, ...]) -> None:
    """Make the stored versions of `habit` those given, writing only what differs; the habit takes the last as its own."""
    stored = {row.effective_from: row for row in ScheduleVersion.objects.filter(habit=habit)}
    wanted = dict(versions)
    gone = [row for day, row in stored.items() if day not in wanted]
    changed = [version for version in versions if not _is_stored(version, stored)]
    habit.schedule = versions[-1].schedule
    if not gone and not changed:
        return
    number = ChangeCounter.objects.take(habit.owner_id, len(gone) + len(changed))
    bury(habit.owner_id, TombstoneKind.VERSION, [str(row.pk) for row in gone], number)
    ScheduleVersion.objects.filter(pk__in=[row.pk for row in gone]).delete()
    for change_no, (day, schedule) in enumerate(changed, start=number + len(gone)):
        row = stored.get(day) or ScheduleVersion(habit=habit, owner_id=habit.owner_id, effective_from=day)
        row.schedule = schedule
        row.change_no = change_no
        row.save()


def _is_stored(version: Version, stored: Mapping[date, ScheduleVersion]) -> bool:
    row = stored.get(version.effective_from)
    return row is not None and row.schedule == version.schedule


def store_plan(habit: Habit) -> None:
    """Write the plan that the rows of `habit` give into its column; the caller saves the habit."""
    habit.plan_text = encode_plan(read_plan(habit))


def judge_logs_anew(habit: Habit, plan: Plan) -> None:
    """Give the measured logs of `habit` the status that the targets of `plan` make of their values, where it is another."""
    changed, before = [], {}
    logs = HabitLog.objects.filter(habit=habit, value_milli__isnull=False).exclude(status=LogStatus.SKIPPED)
    for log in logs.select_for_update().iterator():
        target = plan.schedule_on(log.date).target
        if target is None or log.value_milli is None:
            continue
        status = status_of(log.value_milli, target)
        if status != log.status:
            before[log.date] = log.day_log
            log.status = status
            changed.append(log)
    if changed:
        first = ChangeCounter.objects.take(habit.owner_id, len(changed))
        for change_no, log in enumerate(changed, start=first):
            log.change_no = change_no
        HabitLog.objects.bulk_update(changed, ["status", "change_no"], batch_size=500)
        after = {log.date: log.day_log for log in changed}
        changes = [LogChanges(habit, before, after)]
        run(*statements_with(changes))
        logs_changed.send(sender=HabitLog, changes=changes)
