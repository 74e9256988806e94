"""Grants are the projection of roles: whatever happens, they say the same; and they go with what they are about."""

from random import Random

import pytest
from django.contrib.auth.models import Group as UserGroup
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db.models import F

from config.errors import DomainError
from groups.domain.joining import JoinPolicy, Visibility
from groups.domain.roles import POWERS, ROLES, Role
from groups.models import Ban, Group, GroupRoleGrant, JoinRequest, Membership, RoleHolders
from groups.permissions import CODENAMES
from groups.selectors import GROUPS
from groups.services.accounts import leave_all_groups
from groups.services.grants import rebuild_all_grants
from groups.services.groups import delete_group, update_group
from groups.services.invitations import accept_invitation, create_invitation, token_of
from groups.services.joining import approve_request, decline_request, join_group, leave_group
from groups.services.members import ban_from_group, change_role, lift_ban, remove_from_group
from tests.factories.groups import GroupFactory, enter
from tests.factories.users import UserFactory
from users.models import User

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
    acts = [
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
    """Hold that each user may do with each group what the role says, and nothing else."""
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


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_random_histories_leave_no_difference(seed: int) -> None:
    random, people = Random(seed), [UserFactory(password="!") for _ in range(5)]
    for owner in people[:2]:
        GroupFactory(owner=owner, visibility=Visibility.PUBLIC, join_policy=JoinPolicy.OPEN)
    for step in range(STEPS):
        play(random, people)
        if step % 10 == 9:
            assert differences() == []
    assert_grants_decide(people)
    assert all(Membership.objects.filter(group=group, role=Role.OWNER).exists() for group in Group.objects.all())
    assert not Ban.objects.filter(group__memberships__user=F("user")).exists()


@pytest.fixture
def group(db) -> Group:
    group = GroupFactory()
    for role in (Role.ADMIN, Role.MEMBER):
        enter(group, UserFactory(), role)
    return group


def holders(group: Group, role: Role) -> UserGroup:
    return UserGroup.objects.get(role_holders__group=group, role_holders__role=role)


def break_grants(group: Group, way: str) -> None:
    member = holders(group, Role.MEMBER)
    change = Permission.objects.get(codename="change_group", content_type__app_label="groups")
    if way == "a grant too many":
        GroupRoleGrant.objects.create(content_object=group, group=member, permission=change)
    elif way == "a grant too few":
        GroupRoleGrant.objects.filter(group=member).delete()
    elif way == "a user too many":
        PlacesOfUsers.create(user=UserFactory(), group=member)
    elif way == "a user too few":
        PlacesOfUsers.filter(group=member).delete()
    elif way == "a grant to others":
        GroupRoleGrant.objects.create(content_object=group, group=UserGroup.objects.create(name="friends"), permission=change)
    elif way == "no holders":
        member.delete()
    elif way == "holders of no group":
        UserGroup.objects.create(name="role:lost")


@pytest.mark.parametrize(
    "way",
    [
        "a grant too many",
        "a grant too few",
        "a user too many",
        "a user too few",
        "a grant to others",
        "no holders",
        "holders of no group",
    ],
)
def test_a_difference_is_found_and_repaired(group: Group, way: str, capsys) -> None:
    call_command("rebuild_group_grants", "--check")
    break_grants(group, way)
    with pytest.raises(CommandError):
        call_command("rebuild_group_grants", "--check")
    assert differences() != []
    call_command("rebuild_group_grants")
    assert differences() == []
    call_command("rebuild_group_grants", "--check")
    assert capsys.readouterr().out.splitlines()[0] == "0 differences."


def test_a_deleted_user_leaves_no_place(group: Group) -> None:
    user = User.objects.get(pk=Membership.objects.get(role=Role.MEMBER).user_id)
    user.delete()
    assert not PlacesOfUsers.filter(user_id=user.pk).exists()
    assert differences() == []


def test_each_role_has_its_holders_and_no_more(group: Group) -> None:
    assert RoleHolders.objects.filter(group=group).count() == UserGroup.objects.count() == len(ROLES)
    assert PlacesOfUsers.count() == 3
    grants = GroupRoleGrant.objects.filter(group=holders(group, Role.ADMIN)).values_list("permission__codename", flat=True)
    assert set(grants) == {"view_group", "change_group", "manage_group"}
