"""What the end of an account means for what is shared."""

import uuid

from django.db.models import Q

from sharing.models import Achievement, Share


def lock_what_is_shared(user_id: uuid.UUID) -> None:
    """Lock what goes with the account, row by row in one order: the other side's account may end at the same moment."""
    shares = Share.objects.filter(Q(user=user_id) | Q(habit__owner=user_id))
    achievements = Achievement.objects.filter(Q(sender=user_id) | Q(recipient=user_id))
    for rows in (shares, achievements):
        list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk"))
