"""Which groups and members a list holds."""

from config.rest.filters import ChoiceFilter, KeyFilter, SearchFilter, StrictFilterSet
from groups.domain.roles import ROLES


class GroupFilterSet(StrictFilterSet):
    """Filters of groups by their texts."""

    name = KeyFilter(field_name="name_key", help_text="By a part of the name, in any case.")
    search = SearchFilter("search_key", help_text="By words of the name and the description.")


class MemberFilterSet(StrictFilterSet):
    """Filters of members."""

    role = ChoiceFilter(list(ROLES), help_text="By role.")
