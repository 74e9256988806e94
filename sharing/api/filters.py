"""Which shares and public links a list holds."""

from config.rest.filters import ChoiceFilter, IdFilter, StrictFilterSet
from sharing.domain.shares import SHARE_STATES


class ShareFilterSet(StrictFilterSet):
    """Filters of shares."""

    state = ChoiceFilter(list(SHARE_STATES), help_text="Whether they wait for an answer, or were accepted.")


class ShareLinkFilterSet(StrictFilterSet):
    """Filters of links."""

    habit = IdFilter(field_name="habit_id", help_text="By habit.")
