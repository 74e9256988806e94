"""What the end of an account means for its groups."""

import uuid

from groups.domain.audit import Action
from groups.domain.roles import Role
from groups.models import Invitation, Membership
from groups.services.audit import record
from groups.services.locking import lock_concerned, lock_groups
from groups.services.seats import remove_member
from habits.services.locking import owners_concerned
from users.models import User


def leave_all_groups(user_id: uuid.UUID) -> None:
    """End every membership of a user, whose row is locked; LastOwner where a group would be left without an owner.

    Invitations that were mailed to the user's address go too, since they hold it.
    """
    groups = {group.pk: group for group in lock_groups(Membership.objects.filter(user=user_id).values_list("group", flat=True))}
    memberships = list(Membership.objects.filter(user=user_id))
    # All of whom the end of the account locks, at once, so that their order is kept.
    lock_concerned(memberships, besides=owners_concerned(user_id))
    for membership in memberships:
        remove_member(membership)
        record(groups[membership.group_id], Action.LEFT, actor_id=user_id, roles=(Role(membership.role), None))
    address = User.objects.filter(pk=user_id).values("email_key")
    Invitation.objects.filter(email_key__in=address).delete()
