"""What the apps above may listen to; every signal is sent inside the transaction of the change."""

from django.dispatch import Signal

# Logs of a habit were written or deleted. Arguments: habit, changes (by date what each became, a DayLog; None: it was deleted).
logs_changed = Signal()
# A habit has reached a milestone, once. Arguments: habit, milestone.
milestone_reached = Signal()
# A goal is reached for the first time. Arguments: habit, goal.
goal_reached = Signal()
