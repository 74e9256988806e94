"""What the apps above may listen to; every signal is sent inside the transaction of the change."""

from django.dispatch import Signal

# Somebody is about to be a member no more; the group is locked, and so are the owners concerned. Arguments: membership.
membership_ended = Signal()
# A member shares another habit with a group, or one less; the group is locked, and so is the owner. Arguments: group_id, user_id.
sharing_changed = Signal()
# A group is about to be deleted with all that refers to it; it is locked. Arguments: group.
group_deleting = Signal()
