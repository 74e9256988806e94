"""The locks under which challenges are written.

In this order: users' rows, groups, owners of habits, challenges by id, participations by id. The write of a log takes the locks
of its own participations alone.
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction

from challenges.models import Challenge
from challenges.selectors.challenges import CHALLENGES
from config.versions import UNCONDITIONAL, Precondition
from groups.services.locking import lock_groups
from habits.models import ChangeCounter
from habits.services.locking import lock_owners
from users.models import User
from users.services.locking import hold_user


@contextmanager
def locked_challenge(
    actor: User,
    challenge_id: uuid.UUID,
    *,
    needed: str,
    about: uuid.UUID | None = None,
    precondition: Precondition = UNCONDITIONAL,
) -> Iterator[Challenge]:
    """Open a transaction under the lock of a challenge on which the actor holds `needed`; give the challenge as it is then.

    The user whom the write is `about` is kept before, as an owner of habits too. Raises NotFound, Forbidden and
    PreconditionFailed.
    """
    with transaction.atomic():
        if about is not None:
            hold_user(about)
        lock_group_of(challenge_id)
        lock_owners([] if about is None else [about])
        lock_challenges([challenge_id])
        challenge = CHALLENGES.fetch(actor, challenge_id, needed=needed)
        precondition.check(challenge.version)
        yield challenge


@contextmanager
def locked_visible_challenge(actor: User, challenge_id: uuid.UUID) -> Iterator[Challenge]:
    """Open a transaction under the locks of the actor's habits and of a challenge that exists for the actor; raises NotFound."""
    with transaction.atomic():
        lock_group_of(challenge_id)
        ChangeCounter.objects.take(actor.pk, 0)
        lock_challenges([challenge_id])
        yield CHALLENGES.see(actor, challenge_id)


def lock_challenges(challenge_ids: Iterable[uuid.UUID]) -> list[Challenge]:
    """Lock challenges, in the order of their ids, until the transaction ends; return those that there are."""
    return list(Challenge.objects.select_for_update(no_key=True).filter(pk__in=list(challenge_ids)).order_by("pk"))


def lock_group_of(challenge_id: uuid.UUID) -> None:
    """Lock the group of a challenge, if it has one: nobody leaves it, and nothing is told in it, meanwhile."""
    lock_groups(Challenge.objects.filter(pk=challenge_id, group__isnull=False).values_list("group", flat=True))
