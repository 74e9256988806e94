"""Which public links a list holds."""

from config.rest.filters import IdFilter, StrictFilterSet


class ShareLinkFilterSet(StrictFilterSet):
    """Filters of links."""

    habit = IdFilter(field_name="habit_id", help_text="By habit.")
