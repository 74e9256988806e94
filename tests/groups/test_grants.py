"""Grants are the projection of roles and shared habits: whatever happens, they say the same, and go with what they are about."""

from random import Random

import pytest
from django.contrib.auth.models import Group as UserGroup
from django.core.management import CommandError, call_command
from django.db.models import F

from config.access import grant_to_group, holding
from config.errors import DomainError
from groups.domain.joining import JoinPolicy, Visibility
from groups.domain.roles import POWERS, ROLES, Role
from groups.models import Ban, FeedEvent, Group, GroupRoleGrant, JoinRequest, Membership, RoleHolders, SharedHabit
from groups.permissions import CODENAMES
from groups.selectors.groups import GROUPS
from groups.services.accounts import leave_all_groups
from groups.services.cheers import cheer
from groups.services.grants import rebuild_all_grants
from groups.services.groups import delete_group, update_group
from groups.services.habits import share_habit, unshare_habit
from groups.services.invitations import accept_invitation, create_invitation, token_of
from groups.services.joining import approve_request, decline_request, join_group, leave_group
from groups.services.members import ban_from_group, change_role, lift_ban, remove_from_group
from habits.models import Habit, HabitGroupGrant
from habits.permissions import LOG as LOG_HABIT
from habits.permissions import VIEW as VIEW_HABIT
from habits.services.habits import delete_habit
from tests.factories.groups import GroupFactory, enter
from tests.factories.habits import HabitFactory
from tests.factories.users import UserFactory
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

STEPS = 150
PlacesOfUsers = User.groups.through.objects


def differences() -> list[str]:
    return list(rebuild_all_grants(repair=False))


def play(random: Random, people: list[User]) -> None:
    """Have somebody do something in some group, which may be refused."""
    group = random.choice(Group.objects.order_by("pk"))
    actor, other, role = random.choice(people), random.choice(people), random.choice(ROLES)
    known = {"actor": actor, "group_id": group.pk}
    asked = JoinRequest.objects.filter(group=group).order_by("pk").first()
    decided = known | {"request_id": asked.pk if asked else group.pk}
    habit = random.choice(Habit.objects.order_by("pk"))
    event = random.choice(FeedEvent.objects.order_by("pk"))
    acts = [
        lambda: share_habit(**known, habit_id=habit.pk),
        lambda: share_habit(actor=habit.owner, group_id=group.pk, habit_id=habit.pk),
        lambda: unshare_habit(**known, habit_id=habit.pk),
        lambda: cheer(actor=actor, group_id=event.group_id, event_id=event.pk),
        lambda: HabitFactory(owner=actor),
        lambda: delete_habit(actor=habit.owner, habit_id=habit.pk) if Habit.objects.count() > 1 else None,
        lambda: join_group(**known),
        lambda: leave_group(**known),
        lambda: change_role(**known, user_id=other.pk, role=role),
        lambda: remove_from_group(**known, user_id=other.pk),
        lambda: ban_from_group(**known, user_id=other.pk),
        lambda: lift_ban(**known, user_id=other.pk),
        lambda: approve_request(**decided),
        lambda: decline_request(**decided),
        lambda: update_group(**known, changes={"join_policy": random.choice(list(JoinPolicy)), "visibility": Visibility.PUBLIC}),
        lambda: accept_invitation(actor=other, token=token_of(create_invitation(**known)[0].pk)),
        lambda: GroupFactory(owner=actor, visibility=Visibility.PUBLIC, join_policy=JoinPolicy.OPEN),
        lambda: leave_all_groups(actor.pk),
    ]
    if Group.objects.count() > 1:
        acts.append(lambda: delete_group(**known))
    try:
        random.choice(acts)()
    except DomainError:
        return


def assert_grants_decide(people: list[User]) -> None:
    """Hold that each user may do with each group what the role says, sees what is shared with it, and nothing else."""
    for group in Group.objects.all():
        roles = dict(Membership.objects.filter(group=group).values_list("user", "role"))
        for user in people:
            role = roles.get(user.pk)
            for power, codename in CODENAMES.items():
                try:
                    GROUPS.fetch(user, group.pk, needed=codename)
                    may = True
                except DomainError:
                    may = False
                assert may == (role is not None and power in POWERS[Role(role)])
    for habit in Habit.objects.all():
        for user in people:
            sees = SharedHabit.objects.filter(habit=habit, group__memberships__user=user).exists()
            assert holding(Habit.objects.filter(pk=habit.pk), user, VIEW_HABIT).exists() == (sees or user == habit.owner)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_random_histories_leave_no_difference(seed: int) -> None:
    random, people = Random(seed), [UserFactory(password="!") for _ in range(5)]
    for owner in people[:2]:
        GroupFactory(owner=owner, visibility=Visibility.PUBLIC, join_policy=JoinPolicy.OPEN)
        HabitFactory(owner=owner)
    for step in range(STEPS):
        play(random, people)
        if step % 10 == 9:
            assert differences() == []
    assert_grants_decide(people)
    assert all(Membership.objects.filter(group=group, role=Role.OWNER).exists() for group in Group.objects.all())
    assert not Ban.objects.filter(group__memberships__user=F("user")).exists()
    assert not SharedHabit.objects.exclude(habit__owner=F("membership__user"), group=F("membership__group")).exists()
    assert set(FeedEvent.objects.values_list("membership", flat=True)) == set(Membership.objects.values_list("pk", flat=True))


@pytest.fixture
def group(db) -> Group:
    group = GroupFactory()
    for role in (Role.ADMIN, Role.MEMBER):
        enter(group, UserFactory(), role)
    habit = HabitFactory(owner=UserFactory(password="!"))
    enter(group, habit.owner)
    share_habit(actor=habit.owner, group_id=group.pk, habit_id=habit.pk)
    return group


def holders(group: Group, role: Role) -> UserGroup:
    return UserGroup.objects.get(role_holders__group=group, role_holders__role=role)


# By what is wrong then; each is given the group and the holders of its lowest role.
BREAKS = {
    "a grant too many": lambda group, member: grant_to_group(group, member, ["change_group"]),
    "a grant too few": lambda group, member: GroupRoleGrant.objects.filter(group=member).delete(),
    "a user too many": lambda group, member: PlacesOfUsers.create(user=UserFactory(), group=member),
    "a user too few": lambda group, member: PlacesOfUsers.filter(group=member).delete(),
    "a grant to others": lambda group, member: grant_to_group(group, UserGroup.objects.create(name="friends"), ["change_group"]),
    "no holders": lambda group, member: member.delete(),
    "a grant on a habit too many": lambda group, member: grant_to_group(HabitFactory(), member, [VIEW_HABIT]),
    "a grant on a habit too few": lambda group, member: HabitGroupGrant.objects.filter(group=member).delete(),
    "more than to see a habit": lambda group, member: grant_to_group(SharedHabit.objects.get().habit, member, [LOG_HABIT]),
    "a habit taken out by hand": lambda group, member: SharedHabit.objects.all().delete(),
    "holders of no group": lambda group, member: UserGroup.objects.create(name="role:lost"),
}


@pytest.mark.parametrize("way", BREAKS)
def test_a_difference_is_found_and_repaired(group: Group, way: str, capsys) -> None:
    call_command("rebuild_group_grants", "--check")
    BREAKS[way](group, holders(group, Role.MEMBER))
    with pytest.raises(CommandError):
        call_command("rebuild_group_grants", "--check")
    assert differences() != []
    call_command("rebuild_group_grants")
    assert differences() == []
    call_command("rebuild_group_grants", "--check")
    seen = [(role, VIEW_HABIT, habit) for role in ROLES for habit in SharedHabit.objects.values_list("habit", flat=True)]
    granted = HabitGroupGrant.objects.values_list("group__role_holders__role", "permission__codename", "content_object")
    assert sorted(granted) == sorted(seen)
    assert capsys.readouterr().out.splitlines()[0] == "0 differences."


def test_a_deleted_user_leaves_no_place(group: Group) -> None:
    user = User.objects.get(pk=SharedHabit.objects.get().membership.user_id)
    user.delete()
    assert not PlacesOfUsers.filter(user_id=user.pk).exists()
    assert differences() == []


def test_each_role_has_its_holders_and_no_more(group: Group) -> None:
    assert RoleHolders.objects.filter(group=group).count() == UserGroup.objects.count() == len(ROLES)
    assert PlacesOfUsers.count() == 4
    grants = GroupRoleGrant.objects.filter(group=holders(group, Role.ADMIN)).values_list("permission__codename", flat=True)
    assert set(grants) == {"view_group", "change_group", "manage_group"}
