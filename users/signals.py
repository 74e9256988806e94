"""What the apps above may listen to; every signal is sent inside the transaction of the change."""

from django.dispatch import Signal

# A user's time zone or day start hour changes, and so may today. Arguments: user, as about to be stored.
day_boundary_changed = Signal()

# Who may see a user on leaderboards changes, by the settings or because the account is served no more, or again. Arguments: user,
# as about to be stored.
visibility_changed = Signal()

# An account is about to be deleted with all that refers to it; a receiver that raises a DomainError objects. The user's row is
# locked against changes, but not yet against new rows that refer to it. Arguments: user_id.
account_ending = Signal()
