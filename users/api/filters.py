"""Filters of accounts."""

from config.rest.filters import SearchFilter, StrictFilterSet


class UserFilterSet(StrictFilterSet):
    """What staff find accounts by."""

    search = SearchFilter("username_key", "email_key", help_text="By parts of the username or the email address.")
