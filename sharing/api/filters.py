"""Which shares a list holds."""

from config.rest.filters import ChoiceFilter, StrictFilterSet
from sharing.domain.shares import SHARE_STATES


class ShareFilterSet(StrictFilterSet):
    """Filters of shares."""

    state = ChoiceFilter(list(SHARE_STATES), help_text="Whether they wait for an answer, or were accepted.")
