"""Which groups and members a list holds, and which of their habits."""

from typing import Any

from django.db.models import QuerySet

from config.rest.filters import ChoiceFilter, FlagFilter, IdFilter, KeyFilter, SearchFilter, StrictFilterSet
from groups.domain.roles import ROLES
from groups.models import SharedHabit


class GroupFilterSet(StrictFilterSet):
    """Filters of groups by their texts."""

    name = KeyFilter(field_name="name_key", help_text="By a part of the name, in any case.")
    search = SearchFilter("search_key", help_text="By words of the name and the description.")


class MemberFilterSet(StrictFilterSet):
    """Filters of members."""

    role = ChoiceFilter(list(ROLES), help_text="By role.")


class ProgressFilterSet(StrictFilterSet):
    """Filters of how members get on."""

    user = IdFilter(field_name="user", help_text="One member.")


class GroupHabitFilterSet(StrictFilterSet):
    """Filters of the habits that a group sees; archived ones are listed only on request."""

    user = IdFilter(field_name="membership__user", help_text="The habits of one member.")
    name = KeyFilter(field_name="habit__name_key", help_text="By a part of the name, in any case.")
    archived = FlagFilter(
        field_name="habit__archived_on", method="filter_archived", help_text="Archived habits alone; default false."
    )

    @classmethod
    def apply_defaults(cls, queryset: QuerySet[Any], given: frozenset[str]) -> QuerySet[Any]:
        """Leave archived habits out."""
        return queryset if "archived" in given else queryset.filter(habit__archived_on=None)

    def filter_archived(self, queryset: QuerySet[SharedHabit], _: str, value: bool) -> QuerySet[SharedHabit]:  # noqa: FBT001 - django-filter calls it so
        """Keep archived habits, or the others."""
        return queryset.filter(habit__archived_on__isnull=not value)
