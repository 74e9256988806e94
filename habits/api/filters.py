"""Which habits, logs and goals a list holds."""

from typing import Any

from django.db.models import QuerySet

from config.rest.filters import (
    CalendarDateFilter,
    ChoiceFilter,
    FlagFilter,
    IdFilter,
    KeyFilter,
    SearchFilter,
    StrictFilterSet,
    TextFilter,
)
from habits.domain.goals import GOAL_KINDS, GOAL_STATES, GoalState
from habits.domain.logs import LogStatus
from habits.domain.schedule import Frequency
from habits.models import Goal, Habit
from habits.querysets import GoalQuerySet, HabitQuerySet
from users.selectors import today_for


class SharedHabitFilterSet(StrictFilterSet):
    """Filters of habits by what everybody sees of them; archived ones are listed only on request."""

    frequency = ChoiceFilter(list(Frequency), help_text="By frequency.")
    archived = FlagFilter(field_name="archived_on", method="filter_archived", help_text="Archived habits alone; default false.")
    name = KeyFilter(field_name="name_key", help_text="By a part of the name, in any case.")

    @classmethod
    def apply_defaults(cls, queryset: QuerySet[Any], given: frozenset[str]) -> QuerySet[Any]:
        """Leave archived habits out."""
        return queryset if "archived" in given else queryset.filter(archived_on=None)

    def filter_archived(self, queryset: HabitQuerySet[Habit], _: str, value: bool) -> HabitQuerySet[Habit]:  # noqa: FBT001 - django-filter calls it so
        """Keep archived habits, or the others."""
        return queryset.archived(is_archived=value)


class HabitFilterSet(SharedHabitFilterSet):
    """Filters of own habits, by the owner's own texts too."""

    tag = TextFilter(method="filter_tag", help_text="By a tag, in any case.")
    search = SearchFilter("search_key", help_text="By words of the name, the description and the tags.")

    def filter_tag(self, queryset: HabitQuerySet[Habit], _: str, value: str) -> HabitQuerySet[Habit]:
        """Keep the habits with a tag."""
        return queryset.tagged(value)


class LogFilterSet(StrictFilterSet):
    """Filters of logs; `from` is no Python name, hence the dictionary."""

    status = ChoiceFilter(list(LogStatus), help_text="By status.")
    locals()["from"] = CalendarDateFilter(field_name="date", lookup_expr="gte", help_text="From this date on.")
    to = CalendarDateFilter(field_name="date", lookup_expr="lte", help_text="Up to this date.")


class HabitGoalFilterSet(StrictFilterSet):
    """Filters of the goals of a habit."""

    kind = ChoiceFilter(list(GOAL_KINDS), help_text="By what is counted.")
    state = ChoiceFilter(list(GOAL_STATES), method="filter_state", help_text="By how they stand today.")

    def filter_state(self, queryset: GoalQuerySet[Goal], _: str, value: str) -> GoalQuerySet[Goal]:
        """Keep the goals that stand so on their owner's today."""
        return queryset.in_state(GoalState(value), today_for(self.request.user))


class GoalFilterSet(HabitGoalFilterSet):
    """Filters of the goals of all own habits."""

    habit = IdFilter(field_name="habit", help_text="Of this habit alone.")
