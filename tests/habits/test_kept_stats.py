"""The statistics that are kept beside each habit, through any sequence of writes, against the slow reference.

After each step: what is shown equals the reference on the rows read back, `recount` finds nothing, the logs, versions and pauses
are those that the steps asked for, and the change numbers tell of every row that changed or went.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from config.identifiers import new_id
from habits.domain.logs import DayLog, LogStatus
from habits.domain.schedule import Frequency, Plan, Schedule, Version
from habits.domain.stats import OPEN_DAYS, advance, begin, record
from habits.errors import HabitArchived, LogExists, LogsOutsideRange
from habits.jobs import sweep_stats
from habits.models import ChangeCounter, Goal, Habit, HabitLog, HabitPause, ScheduleVersion, Tombstone
from habits.selectors.stats import get_stats
from habits.services.batches import BatchRow, write_logs
from habits.services.editing import update_habit
from habits.services.habits import HabitDraft, create_habit
from habits.services.logs import Entry, add_to_log, change_log, create_log, delete_log, put_log
from habits.services.pauses import change_pause, create_pause, create_pauses, delete_pause
from habits.services.stats import recount
from tests.factories.habits import HabitFactory, days_until, log_days
from tests.factories.users import UserFactory
from tests.habits.adapters import schedule_of
from tests.habits.reference import apply_schedule_change, log_status
from tests.habits.reference_schedule import DAY, Logs, days_between
from tests.habits.reference_schedule import Schedule as ScheduleData
from tests.habits.stored import figures_by_reference, figures_of, stored_habit, stored_logs
from tests.habits.strategies import drawn, pick_next_schedule, schedules
from users.selectors import today_for
from users.services.accounts import update_profile

FIGURES = ("current_streak", "longest_streak", "strength")
ZONES = ("UTC", "America/New_York", "Pacific/Kiritimati", "Pacific/Niue", "Asia/Kolkata", "Australia/Lord_Howe")
ROWS = {
    Habit: ("pk",),
    Goal: ("pk",),
    ScheduleVersion: ("pk",),
    HabitPause: ("pk",),
    HabitLog: ("habit_id", "date"),
    Tombstone: ("kind", "key"),
}
TOMBSTONE_KINDS = {ScheduleVersion: "version", HabitPause: "pause", HabitLog: "log", Goal: "goal"}
DERIVED = {"plan_text", "is_followed", "updated_at", "change_no", "id", "deleted_at"}
DERIVED_OF_GOALS = {"value_milli", "reached_on", "tally_text", "is_told"}
# Recent days are drawn more often than old ones; 0 is today.
AGES = st.one_of(st.integers(0, 3), st.integers(0, 40), st.integers(20, 80), st.integers(0, 420))
STATUSES = st.sampled_from(list(LogStatus))
AMOUNTS = st.sampled_from([0, 1, 999, 1_000, 2_500, 7_000, 30_000, 60_000])
ENTRIES = st.tuples(STATUSES, AMOUNTS, st.booleans())


def schedule_changes(schedule: ScheduleData) -> dict[str, Any]:
    target = schedule["target"] or {"value_milli": None, "direction": None, "scope": None}
    return {
        "frequency": schedule["frequency"],
        "interval": schedule["interval"],
        "target_days": schedule["target_days"],
        "target_count": schedule["target_count"],
        **{f"target_{name}": value for name, value in target.items()},
    }


class KeptStats(RuleBasedStateMachine):
    """One user with one habit, and a clock."""

    def __init__(self) -> None:
        super().__init__()
        self.rolled_back = transaction.atomic()
        self.rolled_back.__enter__()
        self.now = datetime(2026, 3, 20, 12, tzinfo=UTC)
        self.actor = UserFactory(password="!")
        self.habit_id = new_id()
        self.logs: Logs = {}
        self.seen: dict[Any, Any] = {}
        self.last_change_no = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rolled_back.__exit__(None, None, None)

    # What the steps need

    def today_at(self, instant: datetime) -> date:
        local = instant.astimezone(ZoneInfo(self.actor.timezone))
        return local.date() - DAY if local.hour < self.actor.day_start_hour else local.date()

    @property
    def today(self) -> date:
        return self.today_at(self.now)

    @property
    def habit(self) -> dict[str, Any]:
        return stored_habit(self.habit_id)

    @property
    def is_measured(self) -> bool:
        return self.habit["versions"][0][1]["target"] is not None

    def act(self, service: Callable[..., Any], **arguments: Any) -> Any:
        with time_machine.travel(self.now, tick=False):
            return service(actor=self.actor, **arguments)

    def write(self, service: Callable[..., Any], **arguments: Any) -> Any:
        return self.act(service, habit_id=self.habit_id, **arguments)

    def log_day(self, age: int) -> date | None:
        """The day that is so old, or the nearest one that takes a log; None if there is none."""
        habit = self.habit
        last = self.today if habit["end"] is None else min(self.today, habit["end"])
        return None if last < habit["start"] else max(habit["start"], min(last, self.today - timedelta(days=age)))

    def entry_of(self, drawn_entry: tuple[LogStatus, int, bool]) -> tuple[Entry, tuple[str, int | None]]:
        """What to send, and what is to be stored but for the status of a measured log that is not skipped."""
        status, value, has_value = drawn_entry
        if not self.is_measured:
            return Entry(status=status), (status.value, None)
        if status is LogStatus.SKIPPED:
            kept = value if has_value else None
            return Entry(status=status, value_milli=kept), ("skipped", kept)
        return Entry(value_milli=value), ("by value", value)

    # Steps

    @initialize(schedule=schedules(), age=AGES, ahead=st.sampled_from([0, 0, 0, 3]), length=st.none() | st.integers(0, 500))
    def create(self, schedule, age, ahead, length):
        start = self.today + timedelta(days=ahead) if ahead else self.today - timedelta(days=age)
        end = None if length is None else start + timedelta(days=length)
        draft = HabitDraft(name="Run", schedule=schedule_of(schedule), start_date=start, end_date=end)
        self.act(create_habit, draft=draft, habit_id=self.habit_id)

    @rule(pattern=st.lists(ENTRIES | st.none(), min_size=1, max_size=10), age=AGES)
    def fill_days(self, pattern, age):
        """Weeks and months of logs in one batch."""
        first = self.log_day(age)
        if first is None or self.habit["archived_on"] is not None:
            return
        rows = []
        for number, day in enumerate(days_between(first, self.log_day(0))):
            if (drawn_entry := pattern[number % len(pattern)]) is not None:
                entry, stored = self.entry_of(drawn_entry)
                rows.append(BatchRow(habit_id=self.habit_id, day=day, entry=entry))
                self.logs[day] = stored
        self.act(write_logs, rows=rows, is_partial=False)

    @rule(age=AGES, drawn_entry=ENTRIES)
    def put(self, age, drawn_entry):
        day = self.log_day(age)
        if day is None:
            return
        entry, stored = self.entry_of(drawn_entry)
        if self.habit["archived_on"] is not None:
            with pytest.raises(HabitArchived):
                self.write(put_log, day=day, entry=entry)
            return
        self.write(put_log, day=day, entry=entry)
        self.logs[day] = stored

    @rule(age=AGES, drawn_entry=ENTRIES)
    def post(self, age, drawn_entry):
        day = self.log_day(age)
        if day is None or self.habit["archived_on"] is not None:
            return
        entry, stored = self.entry_of(drawn_entry)
        if day in self.logs:
            with pytest.raises(LogExists):
                self.write(create_log, day=day, entry=entry)
            return
        self.write(create_log, day=day, entry=entry)
        self.logs[day] = stored

    @precondition(lambda self: self.logs)
    @rule(data=st.data(), status=STATUSES, value=AMOUNTS)
    def patch(self, data, status, value):
        day = data.draw(st.sampled_from(sorted(self.logs)))
        if self.habit["archived_on"] is not None or day != self.log_day((self.today - day).days):
            return
        if self.is_measured:
            self.write(change_log, day=day, changes={"value_milli": value})
            self.logs[day] = ("by value", value)
        else:
            self.write(change_log, day=day, changes={"status": status})
            self.logs[day] = (status.value, None)

    @precondition(lambda self: self.logs)
    @rule(data=st.data())
    def delete(self, data):
        day = data.draw(st.sampled_from(sorted(self.logs)))
        if self.habit["archived_on"] is None:
            self.write(delete_log, day=day)
            del self.logs[day]

    @rule(age=AGES, amount=AMOUNTS)
    def add(self, age, amount):
        day = self.log_day(age)
        if day is None or not self.is_measured or self.habit["archived_on"] is not None:
            return
        status, value = self.logs.get(day, ("by value", 0))
        request_id = new_id()
        for _ in range(2):
            self.write(add_to_log, day=day, amount_milli=amount, request_id=request_id)
        self.logs[day] = ("by value", amount + (0 if status == "skipped" else value or 0))

    @rule(data=st.data(), age=st.none() | AGES)
    def change_schedule(self, data, age):
        before = self.habit
        last = before["versions"][-1][1]
        schedule = pick_next_schedule(drawn(data.draw), last)
        requested = None if age is None else max(before["start"], self.today - timedelta(days=age))
        self.write(update_habit, changes=schedule_changes(schedule), effective_from=requested)
        if requested is None and schedule == last:
            assert self.habit == before
        else:
            assert self.habit == apply_schedule_change(before, schedule, requested, self.today)

    @rule(start=st.none() | st.integers(-5, 420), length=st.none() | st.integers(0, 500))
    def move_dates(self, start, length):
        before = self.habit
        first = before["start"] if start is None else self.today - timedelta(days=start)
        last = None if length is None else first + timedelta(days=length)
        changes = {"start_date": first, "end_date": last}
        if any(day < first or (last is not None and day > last) for day in self.logs):
            with pytest.raises(LogsOutsideRange):
                self.write(update_habit, changes=changes)
            assert self.habit == before
            return
        self.write(update_habit, changes=changes)
        in_force = [schedule for day, schedule in before["versions"] if day <= first] or [before["versions"][0][1]]
        later = [version for version in before["versions"] if version[0] > first]
        if first < before["start"]:
            later = later[1:]
        assert self.habit == before | {"start": first, "end": last, "versions": [(first, in_force[-1]), *later]}

    @rule(start=st.integers(-60, 150), length=st.none() | st.integers(0, 30), is_holiday=st.booleans())
    def pause(self, start, length, is_holiday):
        if len(self.habit["pauses"]) > 6:
            return
        first = self.today - timedelta(days=start)
        last = None if length is None else first + timedelta(days=length)
        if is_holiday:
            self.act(create_pauses, start=first, end=last, habit_ids=[self.habit_id])
        else:
            self.write(create_pause, start=first, end=last)
        assert (first, last) in self.habit["pauses"]

    @precondition(lambda self: self.habit["pauses"])
    @rule(data=st.data(), start=st.integers(-60, 150), length=st.none() | st.integers(0, 30), is_deleted=st.booleans())
    def edit_pause(self, data, start, length, is_deleted):
        own = HabitPause.objects.filter(habit=self.habit_id, is_archive=False).order_by("pk")
        pause = data.draw(st.sampled_from(list(own)))
        if is_deleted:
            self.write(delete_pause, pause_id=pause.pk)
            return
        first = self.today - timedelta(days=start)
        last = None if length is None else first + timedelta(days=length)
        self.write(change_pause, pause_id=pause.pk, changes={"start": first, "end": last})

    @rule()
    def archive_or_take_it_back(self):
        before = self.habit
        archived_on = before["archived_on"]
        self.write(update_habit, changes={"archived_on": self.today if archived_on is None else None})
        after = self.habit
        if archived_on is None:
            assert after == before | {"archived_on": self.today}
            return
        rested = [(archived_on, self.today - DAY)] if archived_on < self.today else []
        assert sorted(after["pauses"], key=str) == sorted([*before["pauses"], *rested], key=str)
        assert after["archived_on"] is None

    @rule(days=st.sampled_from([1, 1, 1, 2, 3, 7, 31, 70, 130]), hours=st.integers(0, 23))
    def time_passes(self, days, hours):
        self.now += timedelta(days=days, hours=hours)

    @rule(zone=st.sampled_from(ZONES), hour=st.sampled_from([0, 0, 3, 6]))
    def move(self, zone, hour):
        """To another zone, perhaps over the date line, where today is yesterday."""
        with time_machine.travel(self.now, tick=False):
            self.actor = update_profile(user_id=self.actor.pk, changes={"timezone": zone, "day_start_hour": hour})

    @rule()
    def sweep(self):
        with time_machine.travel(self.now, tick=False):
            sweep_stats()
        row = Habit.objects.get(pk=self.habit_id).stats
        assert row.next_change_at is None or (row.as_of == self.today and row.next_change_at > self.now)

    # What holds after each of them

    @invariant()
    def logs_are_those_written(self):
        habit = self.habit
        expected = {
            day: (log_status(habit, day, value) if status == "by value" else status, value)
            for day, (status, value) in self.logs.items()
        }
        assert stored_logs(self.habit_id) == expected

    @invariant()
    def figures_are_those_of_the_reference(self):
        habit, logs = self.habit, stored_logs(self.habit_id)
        row = Habit.objects.select_related("stats", "owner").get(pk=self.habit_id)
        expected = figures_by_reference(habit, logs, self.today)
        assert figures_of(get_stats(row, self.today)) == expected
        stored = row.stats
        if stored.as_of != self.today:
            assert figures_of(stored) == figures_by_reference(habit, logs, stored.as_of)
        if stored.next_change_at is None:
            # From the day of the row on, which lies ahead where today has gone back.
            last = max(stored.as_of, self.today)
            then, later = (figures_by_reference(habit, logs, day) for day in (stored.as_of, last + DAY))
            assert {name: later[name] for name in FIGURES} == {name: then[name] for name in FIGURES}
        else:
            assert self.today_at(stored.next_change_at - timedelta(seconds=1)) <= self.today
        assert row.schedule == schedule_of(habit["versions"][-1][1])
        with time_machine.travel(self.now, tick=False):
            assert list(recount(repair=False)) == []

    @invariant()
    def change_numbers_tell_of_every_change(self):
        rows = {}
        for model, names in ROWS.items():
            derived = DERIVED | (DERIVED_OF_GOALS if model is Goal else set())
            for row in model.objects.filter(owner=self.actor).values():
                key = (model, *(row["id" if name == "pk" else name] for name in names))
                rows[key] = row["change_no"], {name: value for name, value in row.items() if name not in derived}
        numbers = [change_no for change_no, _ in rows.values()]
        last = ChangeCounter.objects.get(owner=self.actor).last_change_no
        assert len(set(numbers)) == len(numbers)
        assert last >= max(self.last_change_no, *numbers)
        for key, (change_no, content) in rows.items():
            if self.seen.get(key) != (change_no, content):
                assert change_no > self.last_change_no, key
        for model, *identity in self.seen.keys() - rows.keys():
            stone = rows[Tombstone, TOMBSTONE_KINDS[model], "/".join(map(str, identity))]
            assert stone[0] > self.last_change_no
        self.seen, self.last_change_no = rows, last


@pytest.mark.slow
@pytest.mark.django_db
def test_kept_stats_are_those_of_the_reference_whatever_happens():
    limits = settings(max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(KeptStats, settings=limits)


@pytest.mark.slow
@pytest.mark.django_db
def test_logging_today_takes_the_same_statements_with_ten_years_of_history_and_with_none(api):
    counts = []
    owner = UserFactory(password="!")
    api.force_authenticate(owner)
    for days in (0, 3_650):
        today = today_for(owner)
        habit = HabitFactory(owner=owner, start_date=today - timedelta(days=3_650))
        log_days(habit, days_until(today - DAY, days))
        with CaptureQueriesContext(connection) as queries:
            assert api.post(f"/api/v1/habits/{habit.pk}/logs/").status_code == 201
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_what_is_kept_of_a_history_does_not_grow_with_it():
    """The days that a write goes through are those since the checkpoint: their number is the work."""
    start, every_day = date(2016, 1, 1), DayLog(LogStatus.COMPLETED)
    plan = Plan(start, None, (Version(start, Schedule.of(Frequency.DAILY)),))
    history, kept = begin(plan, (), start), []
    for day in days_between(start, start + timedelta(days=3_650)):
        history = advance(plan, record(history, {day: every_day}), day)
        kept.append((len(history.recent), (day - history.checkpoint.day).days))
    assert max(kept) == max(kept[:100]) <= (2 * OPEN_DAYS + 1, 2 * OPEN_DAYS)
