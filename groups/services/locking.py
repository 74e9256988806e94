"""The lock under which a group is written."""

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import QuerySet

from config.versions import UNCONDITIONAL, Precondition
from groups.models import Group, Membership, SharedHabit
from groups.selectors.groups import GROUPS
from habits.services.locking import lock_owners
from users.models import User
from users.services.locking import hold_user

Concern = Callable[[uuid.UUID], Iterable[uuid.UUID]]

_concerns: list[Concern] = []


@contextmanager
def locked_group(
    actor: User,
    group_id: uuid.UUID,
    *,
    needed: str,
    about: uuid.UUID | None = None,
    precondition: Precondition = UNCONDITIONAL,
) -> Iterator[Group]:
    """Open a transaction under the lock of a group on which the actor holds `needed`; give the group as it is then.

    The user whom the write is `about` is kept before, unless that is a member: members cannot go while the group is locked.
    Raises NotFound, Forbidden and PreconditionFailed.
    """
    with transaction.atomic():
        if about is not None:
            hold_user(about)
        lock_groups([group_id])
        group = GROUPS.fetch(actor, group_id, needed=needed)
        precondition.check(group.version)
        yield group


@contextmanager
def locked_visible_group(actor: User, group_id: uuid.UUID) -> Iterator[Group]:
    """Open a transaction under the lock of a group that exists for the actor; raises NotFound for any other."""
    with transaction.atomic():
        lock_groups([group_id])
        yield GROUPS.see(actor, group_id)


def lock_groups(group_ids: Iterable[uuid.UUID]) -> list[Group]:
    """Lock the rows of groups, in the order of their ids, until the transaction ends; return those that there are.

    Whoever locks a user's row too does that first.
    """
    return list(Group.objects.select_for_update(no_key=True).filter(pk__in=list(group_ids)).order_by("pk"))


def lock_sharers(shares: QuerySet[SharedHabit]) -> None:
    """Lock the owners of shared habits until the transaction ends: none is deleted, and reaches a milestone, meanwhile.

    Whoever locks a group does that first.
    """
    lock_owners(shares.values("membership__user"))


def declare_concern(owners: Concern) -> None:
    """Declare, in an app's `ready`, whose locks the end of a group takes besides: owners with rows that go with it."""
    _concerns.append(owners)


def lock_all_concerned(group: Group) -> None:
    """Lock, as owners, the members of a group that is about to be deleted, and all others whose rows go with it."""
    others = (owner_id for owners in _concerns for owner_id in owners(group.pk))
    lock_owners({*group.memberships.values_list("user", flat=True), *others})


def lock_concerned(memberships: Collection[Membership], besides: Iterable[uuid.UUID] = ()) -> None:
    """Lock the owners of all habits that these members share or cheer at, and others besides, as `lock_sharers` does."""
    cheered = SharedHabit.objects.filter(events__cheers__membership__in=memberships)
    members = (member.user_id for member in memberships)
    lock_owners({*members, *cheered.values_list("membership__user", flat=True), *besides})
