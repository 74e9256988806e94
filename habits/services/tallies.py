"""Keeping goals beside the statistics of their habits: how far they have come, with each write and when a day's end changes it.

All of it runs under the owner's lock, right after the statistics are stored. Where these have gone on from their checkpoint,
goals go on from theirs, which is of the same day; where all logs were folded anew, goals are counted anew.
"""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from habits.domain.calendar import HabitCalendar, calendar_of
from habits.domain.goals import begin_tally, count_until, progress_of
from habits.models import Goal, Habit
from habits.models.goals import DERIVED_COLUMNS
from habits.selectors.logs import read_logs_between
from habits.signals import goal_reached


def follow_goals(habits: Sequence[Habit]) -> None:
    """Store how far the goals of habits have come by the day of their statistics, and tell the apps above of those reached.

    No query where nobody follows a habit; else one for all goals, one for those that changed, and one for the logs of all habits
    whose distant past has changed.
    """
    followed = [habit for habit in habits if habit.is_followed]
    goals = _read_goals(followed) if followed else []
    changed = _count(goals)
    if changed:
        Goal.objects.bulk_update(changed, [*DERIVED_COLUMNS, "is_told"])
    tell_reached(changed)


def count_goal(goal: Goal) -> None:
    """Count a goal that is new or has other terms, as of the day of its habit's statistics; the caller stores it and tells."""
    _count([goal])


def tell_reached(goals: Sequence[Goal]) -> None:
    """Tell the apps above of the goals, stored just now, that are reached for the first time."""
    for goal in goals:
        if goal.is_news:
            goal_reached.send(sender=Goal, habit=goal.habit, goal=goal)


def list_miscounted(habit: Habit, goals: Sequence[Goal]) -> list[Goal]:
    """Return the goals of a habit that are not stored as all its logs give them, to be shown or to go on from."""
    for goal in goals:
        goal.habit = habit
    return _count(goals)


def _read_goals(habits: Sequence[Habit]) -> list[Goal]:
    """Return the goals that may have come further: not those whose deadline lies before all that changed."""
    since = min(habit.stats.base.checkpoint.day if habit.stats.base else date.min for habit in habits)
    by_id = {habit.pk: habit for habit in habits}
    goals = list(Goal.objects.filter(Q(deadline=None) | Q(deadline__gte=since), habit__in=by_id).order_by("id"))
    for goal in goals:
        goal.habit = by_id[goal.habit_id]
    return goals


def _count(goals: Sequence[Goal]) -> list[Goal]:
    """Count goals with the statistics of their habits, which have gone on or not, and return those that are to be stored."""
    calendars = _calendars(goals)
    return [goal for goal in goals if _count_one(goal, calendars[goal.habit])]


def _calendars(goals: Sequence[Goal]) -> dict[Habit, HabitCalendar]:
    """Return the days of each habit from where its goals go on: those at hand, or all since the first of the goals began."""
    habits = {goal.habit for goal in goals}
    anew = [habit for habit in habits if habit.stats.base is None]
    first = min((goal.start_date for goal in goals), default=date.max)
    logs = read_logs_between(anew, first, max(habit.stats.as_of for habit in anew)) if anew else {}
    calendars = {}
    for habit in habits:
        today, base = habit.stats.as_of, habit.stats.base
        known, since = (logs[habit.pk], first) if base is None else (base.recent, base.checkpoint.day)
        calendars[habit] = calendar_of(habit.plan, known, since, today, today)
    return calendars


def _count_one(goal: Goal, calendar: HabitCalendar) -> bool:
    """Count a goal on from its tally, or anew, and move the tally to the checkpoint of the statistics; return if it changed."""
    before = goal.derived
    stats, terms = goal.habit.stats, goal.terms
    tally = begin_tally(terms) if stats.base is None else goal.tally
    goal.progress = progress_of(terms, calendar, tally)
    goal.tally = count_until(terms, calendar, tally, stats.past.checkpoint.day)
    goal.is_news = goal.reached_on is not None and not goal.is_told and not goal.is_cancelled
    goal.is_told = goal.is_told or goal.is_news
    return goal.is_news or goal.derived != before
