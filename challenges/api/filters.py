"""Which challenges a list holds."""

from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import now

from challenges.domain.course import STATES, State
from challenges.models import Challenge
from config.rest.filters import ChoiceFilter, FlagFilter, IdFilter, SearchFilter, StrictFilterSet


class ChallengeFilterSet(StrictFilterSet):
    """Filters of challenges."""

    group = IdFilter(field_name="group", help_text="Those of one group.")
    state = ChoiceFilter([state.value for state in STATES], method="filter_state", help_text="How far they are.")
    joined = FlagFilter(
        field_name="my_participation_id", method="filter_joined", help_text="Those in which one takes part, or the others."
    )
    search = SearchFilter("search_key", help_text="By words of the title and the description.")

    def filter_state(self, queryset: Any, _: str, value: str) -> QuerySet[Challenge]:
        """Keep those that are so far at this moment."""
        found: QuerySet[Challenge] = queryset.in_state(State(value), now())
        return found

    def filter_joined(self, queryset: Any, _: str, value: bool) -> QuerySet[Challenge]:  # noqa: FBT001 - django-filter calls it so
        """Keep those with a participation of one's own, or the others."""
        found: QuerySet[Challenge] = queryset.filter(my_participation_id__isnull=not value)
        return found
