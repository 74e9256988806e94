"""Which grants come with which role, and with a shared habit: this module alone writes them, in the transaction of the truth."""

import uuid
from collections.abc import Iterator
from typing import Final, TypeVar

from django.contrib.auth.models import Group as UserGroup
from django.db.models import QuerySet

from config.access import grant_to_group, grant_to_groups
from groups.domain.roles import POWERS, ROLES, Power, Role
from groups.models import Group, GroupRoleGrant, Membership, RoleHolders, SharedHabit
from habits.models import Habit, HabitGroupGrant
from habits.permissions import VIEW as VIEW_HABIT
from users.models import User

K = TypeVar("K")

VIEW: Final = "view_group"
CHANGE: Final = "change_group"
MANAGE: Final = "manage_group"
DELETE: Final = "delete_group"
CODENAMES: Final = {Power.VIEW: VIEW, Power.CHANGE: CHANGE, Power.MANAGE: MANAGE, Power.DELETE: DELETE}
NAME_PREFIX: Final = "role:"

Places = User.groups.through.objects


def grant_roles(group: Group) -> None:
    """Make the holders of each role of a new group, with what they may do."""
    for role in ROLES:
        grant_to_group(group, _make_holders(group, role), _codenames(role))


def assign_role(membership: Membership) -> None:
    """Give a member the grants of the role, in the place of those of another one."""
    withdraw_role(membership)
    holders = RoleHolders.objects.get(group=membership.group_id, role=membership.role)
    Places.create(user_id=membership.user_id, group_id=holders.users_id)


def withdraw_role(membership: Membership) -> None:
    """Take the grants of a member's role away."""
    Places.filter(user=membership.user_id, group__role_holders__group=membership.group_id).delete()


def grant_shared(shared: SharedHabit) -> None:
    """Let whoever has a role in the group see a habit that is shared with it."""
    grant_to_groups(shared.habit, UserGroup.objects.filter(role_holders__group=shared.group_id), [VIEW_HABIT])


def withdraw_shared(shares: QuerySet[SharedHabit]) -> None:
    """Take away what the roles of a group were granted on habits that are about to be shared with it no more."""
    holders = UserGroup.objects.filter(role_holders__group__in=shares.values("group"))
    HabitGroupGrant.objects.filter(group__in=holders, content_object__in=shares.values("habit")).delete()


def withdraw_all(group: Group) -> None:
    """Take the roles' holders and all that was granted to them away: before the group itself is deleted."""
    UserGroup.objects.filter(role_holders__group=group).delete()


def rebuild_grants(group: Group, *, repair: bool) -> list[str]:
    """Return how the grants of a group differ from its roles and shared habits, and make them the same to `repair`.

    The rows of the group, and of whoever shares a habit with it, are locked.
    """
    differences = []
    shared = set(SharedHabit.objects.filter(group=group).values_list("habit", flat=True))
    kept = RoleHolders.objects.filter(group=group).select_related("users")
    holders = {Role(row.role): row.users for row in kept}
    for role in ROLES:
        if role not in holders:
            differences.append(f"{role}: no holders")
            if not repair:
                continue
            holders[role] = _make_holders(group, role)
        differences += _compare_grants(group, role, holders[role], repair=repair)
        differences += _compare_users(group, role, holders[role], repair=repair)
        differences += _compare_habits(role, holders[role], shared, repair=repair)
    strangers = GroupRoleGrant.objects.filter(content_object=group).exclude(group__in=holders.values())
    if strangers.exists():
        differences.append("grants to others")
        if repair:
            strangers.delete()
    return differences


def remove_lost_holders(*, repair: bool) -> list[str]:
    """Return the names of groups of users that stand for a role in no group any more; delete them to `repair`."""
    lost = UserGroup.objects.filter(name__startswith=NAME_PREFIX, role_holders=None)
    names = list(lost.values_list("name", flat=True))
    if repair:
        lost.delete()
    return names


def _make_holders(group: Group, role: Role) -> UserGroup:
    users = UserGroup.objects.create(name=f"{NAME_PREFIX}{group.pk}:{role}")
    RoleHolders.objects.create(group=group, role=role, users=users)
    return users


def _codenames(role: Role) -> list[str]:
    return [CODENAMES[power] for power in POWERS[role]]


def _compare_grants(group: Group, role: Role, users: UserGroup, *, repair: bool) -> Iterator[str]:
    stored = GroupRoleGrant.objects.filter(content_object=group, group=users)
    found, expected = set(stored.values_list("permission__codename", flat=True)), set(_codenames(role))
    yield from _told(role, "grants", found, expected)
    if repair and found != expected:
        stored.filter(permission__codename__in=found - expected).delete()
        grant_to_group(group, users, expected - found)


def _compare_users(group: Group, role: Role, users: UserGroup, *, repair: bool) -> Iterator[str]:
    stored = Places.filter(group=users)
    found: set[uuid.UUID] = set(stored.values_list("user", flat=True))
    expected = set(Membership.objects.filter(group=group, role=role).values_list("user", flat=True))
    yield from _told(role, "users", found, expected)
    if repair and found != expected:
        stored.filter(user__in=found - expected).delete()
        Places.bulk_create(Places.model(user_id=user_id, group_id=users.pk) for user_id in expected - found)


def _compare_habits(role: Role, users: UserGroup, shared: set[uuid.UUID], *, repair: bool) -> Iterator[str]:
    stored = HabitGroupGrant.objects.filter(group=users)
    found = set(stored.values_list("content_object", "permission__codename"))
    expected = {(habit_id, VIEW_HABIT) for habit_id in shared}
    yield from _told(role, "grants on habits", found, expected)
    if repair and found != expected:
        for habit_id, codename in found - expected:
            stored.filter(content_object=habit_id, permission__codename=codename).delete()
        for habit in Habit.objects.filter(pk__in=[habit_id for habit_id, _ in expected - found]):
            grant_to_group(habit, users, [VIEW_HABIT])


def _told(role: Role, what: str, found: set[K], expected: set[K]) -> Iterator[str]:
    surplus, lacking = len(found - expected), len(expected - found)
    if surplus or lacking:
        yield f"{role}: {surplus} {what} too many, {lacking} too few"
