"""What the apps above may listen to; every signal is sent inside the transaction of the change."""

from django.dispatch import Signal

# A user's time zone or day start hour has changed, so today and the next change of day may have too. Arguments: user.
day_boundary_changed = Signal()
