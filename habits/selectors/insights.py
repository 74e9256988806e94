"""Progress, trends and insights: habits judged over a range, or over all their history."""

from collections.abc import Sequence
from datetime import date

from habits.domain.calendar import HabitCalendar, calendar_of, span_of
from habits.domain.insights import Insights, insights_of
from habits.domain.judging import JudgedUnit, judge
from habits.domain.logs import DayLog, Logs
from habits.domain.streaks import Streak, list_streaks
from habits.models import Habit
from habits.selectors.logs import read_logs, read_logs_between


def judge_range(habits: Sequence[Habit], first: date, last: date, today: date) -> list[HabitCalendar]:
    """Judge each habit over a range of days: one query for the logs of all."""
    return judge_as_of([(habit, today) for habit in habits], first, last)


def judge_as_of(habits: Sequence[tuple[Habit, date]], first: date, last: date) -> list[HabitCalendar]:
    """Judge each habit over a range of days, as of the today that stands beside it: one query for the logs of all."""
    plans = [habit.plan for habit, _ in habits]
    spans = [span_of(plan, first, last, today) for plan, (_, today) in zip(plans, habits, strict=True)]
    logs = read_logs_between(
        [habit for habit, _ in habits],
        min((span[0] for span in spans), default=first),
        max((span[1] for span in spans), default=last),
    )
    return [calendar_of(plan, logs[habit.pk], first, last, today) for plan, (habit, today) in zip(plans, habits, strict=True)]


def get_unit(habit: Habit, day: date) -> JudgedUnit | None:
    """Return the unit that holds `day`, judged as of the day of the habit's statistics: without a query if it is recent."""
    plan, today = habit.plan, habit.stats.as_of
    unit = plan.unit_of(day)
    if unit is None or unit.start > today:
        return None
    logs: Logs = habit.stats.past.recent
    if unit.start < habit.stats.past.checkpoint.day:
        logs = read_logs_between([habit], unit.start, unit.end)[habit.pk]
    return judge(plan, unit, logs, today)


def _judge_all(habit: Habit, today: date) -> tuple[list[JudgedUnit], dict[date, DayLog]]:
    plan, logs = habit.plan, dict(read_logs(habit))
    return [judge(plan, unit, logs, today) for unit in plan.units(plan.start, today)], logs


def list_habit_streaks(habit: Habit, today: date) -> list[Streak]:
    """Return every streak of a habit in the order of time."""
    units, _ = _judge_all(habit, today)
    return list_streaks(units, today)


def get_insights(habit: Habit, today: date) -> Insights:
    """Return how to keep a habit's streak."""
    units, logs = _judge_all(habit, today)
    return insights_of(habit.plan, units, logs, today)
