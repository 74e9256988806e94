"""Which grants come with a part in a challenge: this module alone writes them, in the transaction of the truth."""

import uuid
from collections.abc import Iterator
from typing import Final

from django.contrib.auth.models import Group as UserGroup

from challenges.domain.terms import Visibility
from challenges.models import Challenge, ChallengeGroupGrant, ChallengeInvitation, ChallengeUserGrant, Participation
from config.access import grant_to_group, grant_to_user
from groups.domain.roles import POWERS, Power, Role
from groups.models import RoleHolders

VIEW: Final = "view_challenge"
RUN: Final = "change_challenge"
PARTICIPATE: Final = "participate_challenge"


def project_user(challenge: Challenge, user_id: uuid.UUID) -> None:
    """Give a user the grants of the part that is stored, and no others; the challenge is locked."""
    stored = ChallengeUserGrant.objects.filter(content_object=challenge, user=user_id)
    found = set(stored.values_list("permission__codename", flat=True))
    expected = _expected(challenge, user_id)
    if surplus := found - expected:
        stored.filter(permission__codename__in=surplus).delete()
    if lacking := expected - found:
        grant_to_user(challenge, user_id, sorted(lacking))


def project_roles(challenge: Challenge) -> None:
    """Let everybody in the group see its challenge, and its admins run it."""
    for holders in RoleHolders.objects.filter(group=challenge.group_id).select_related("users"):
        grant_to_group(challenge, holders.users, _of_role(Role(holders.role)))


def rebuild_grants(challenge: Challenge, *, repair: bool) -> list[str]:
    """Return how the grants on a challenge differ from who has a part in it, and make them the same to `repair`.

    The challenge is locked, and so is its group.
    """
    differences = []
    found: dict[uuid.UUID, set[str]] = {user_id: set() for user_id in _users_with_a_part(challenge)}
    grants = ChallengeUserGrant.objects.filter(content_object=challenge)
    for user_id, codename in grants.values_list("user", "permission__codename"):
        found.setdefault(user_id, set()).add(codename)
    for user_id, codenames in found.items():
        if codenames != _expected(challenge, user_id):
            differences.append(f"user {user_id}: other grants than those of the part")
            if repair:
                project_user(challenge, user_id)
    return differences + _rebuild_roles(challenge, repair=repair)


def _users_with_a_part(challenge: Challenge) -> Iterator[uuid.UUID]:
    if challenge.creator_id is not None:
        yield challenge.creator_id
    yield from ChallengeInvitation.objects.filter(challenge=challenge).values_list("user", flat=True)
    for user_id in Participation.objects.of(challenge.pk).values_list("user", flat=True):
        if user_id is not None:
            yield user_id


def _rebuild_roles(challenge: Challenge, *, repair: bool) -> list[str]:
    holders = RoleHolders.objects.filter(group=challenge.group_id) if challenge.group_id else RoleHolders.objects.none()
    expected = {(row.users_id, codename) for row in holders for codename in _of_role(Role(row.role))}
    stored = ChallengeGroupGrant.objects.filter(content_object=challenge)
    found = set(stored.values_list("group", "permission__codename"))
    if found == expected:
        return []
    if repair:
        for users_id, codename in found - expected:
            stored.filter(group=users_id, permission__codename=codename).delete()
        for users_id, codename in expected - found:
            grant_to_group(challenge, UserGroup.objects.get(pk=users_id), [codename])
    return [f"roles: {len(found - expected)} grants too many, {len(expected - found)} too few"]


def _expected(challenge: Challenge, user_id: uuid.UUID) -> set[str]:
    """Return what a user's own part allows; who sees and runs a group's challenge is a matter of the role in the group."""
    grants = set()
    is_own = challenge.visibility != Visibility.GROUP
    if is_own and challenge.creator_id == user_id:
        grants |= {VIEW, RUN}
    if Participation.objects.of(challenge.pk).filter(user=user_id).exists():
        grants |= {PARTICIPATE, VIEW} if is_own else {PARTICIPATE}
    if is_own and ChallengeInvitation.objects.filter(challenge=challenge, user=user_id).exists():
        grants.add(VIEW)
    return grants


def _of_role(role: Role) -> list[str]:
    return [VIEW, RUN] if Power.MANAGE in POWERS[role] else [VIEW]
