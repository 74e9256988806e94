"""Grants are the projection of shares: whatever happens, they say the same; and they go with what they are about."""

from random import Random

import pytest
from django.core.management import CommandError, call_command

from config.access import grant_to_user
from config.errors import DomainError
from habits.models import Habit, HabitUserGrant
from habits.permissions import CHANGE, LOG, OWNER_GRANTS, VIEW
from habits.selectors.habits import HABITS
from habits.services.habits import delete_habit
from sharing.domain.shares import SharePermission, ShareState
from sharing.models import Share
from sharing.permissions import CODENAMES
from sharing.services.grants import rebuild_all_grants
from sharing.services.shares import accept_share, change_share, create_share, end_share
from tests.factories.habits import HabitFactory
from tests.factories.sharing import offer, share_with
from tests.factories.users import UserFactory
from users.models import User

STEPS = 150


def differences() -> list[str]:
    return list(rebuild_all_grants(repair=False))


def play(random: Random, people: list[User]) -> None:
    """Have somebody do something, which may be refused."""
    habit = random.choice(Habit.objects.order_by("pk"))
    actor, other, permission = random.choice(people), random.choice(people), random.choice(list(SharePermission))
    share = random.choice([*Share.objects.order_by("pk"), habit])
    known = {"actor": actor, "share_id": share.pk}
    acts = [
        lambda: create_share(actor=habit.owner, habit_id=habit.pk, username=other.username, permission=permission),
        lambda: create_share(actor=actor, habit_id=habit.pk, username=other.username, permission=permission),
        lambda: accept_share(**known),
        lambda: accept_share(**known),
        lambda: change_share(**known, permission=permission),
        lambda: end_share(**known),
        lambda: HabitFactory(owner=actor),
    ]
    if Habit.objects.count() > 3:
        acts.append(lambda: delete_habit(actor=habit.owner, habit_id=habit.pk))
    try:
        random.choice(acts)()
    except DomainError:
        return


def assert_grants_decide(people: list[User]) -> None:
    """Hold that each user may do with each habit what the share says, and nothing else."""
    for habit in Habit.objects.all():
        shares = Share.objects.filter(habit=habit, state=ShareState.ACCEPTED)
        permissions = dict(shares.values_list("user", "permission"))
        for user in people:
            permission = permissions.get(user.pk)
            expected = OWNER_GRANTS if user.pk == habit.owner_id else CODENAMES[SharePermission(permission)] if permission else ()
            for codename in OWNER_GRANTS:
                try:
                    HABITS.fetch(user, habit.pk, needed=codename)
                    may = True
                except DomainError:
                    may = False
                assert may == (codename in expected)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_random_histories_leave_no_difference(seed: int) -> None:
    random, people = Random(seed), [UserFactory(password="!") for _ in range(4)]
    for owner in people[:3]:
        HabitFactory(owner=owner)
    for step in range(STEPS):
        play(random, people)
        if step % 10 == 9:
            assert differences() == []
    assert Share.objects.filter(state=ShareState.ACCEPTED).exists()
    assert_grants_decide(people)


def break_grants(habit: Habit, user: User, way: str) -> None:
    grants = HabitUserGrant.objects.filter(content_object=habit, user=user)
    if way == "a grant too many":
        grant_to_user(habit, user.pk, [CHANGE])
    elif way == "a grant too few":
        grants.filter(permission__codename=LOG).delete()
    elif way == "no grants":
        grants.delete()
    elif way == "a grant to a stranger":
        grant_to_user(habit, UserFactory(password="!").pk, [VIEW])
    elif way == "a grant before the answer":
        grant_to_user(habit, offer(habit, UserFactory(password="!")).user_id, [VIEW])
    elif way == "a grant on what is not shared":
        grant_to_user(HabitFactory(owner=habit.owner), user.pk, [VIEW])


@pytest.mark.parametrize(
    "way",
    [
        "a grant too many",
        "a grant too few",
        "no grants",
        "a grant to a stranger",
        "a grant before the answer",
        "a grant on what is not shared",
    ],
)
def test_a_difference_is_found_and_repaired(habit: Habit, ben: User, way: str, capsys) -> None:
    share_with(habit, ben, "log")
    call_command("rebuild_share_grants", "--check")
    break_grants(habit, ben, way)
    with pytest.raises(CommandError):
        call_command("rebuild_share_grants", "--check")
    assert len(differences()) == 1
    call_command("rebuild_share_grants")
    assert differences() == []
    call_command("rebuild_share_grants", "--check")
    assert capsys.readouterr().out.splitlines()[0] == "0 differences."
    found = HabitUserGrant.objects.filter(content_object=habit).values_list("user", "permission__codename")
    assert set(found) == {(habit.owner_id, name) for name in OWNER_GRANTS} | {(ben.pk, VIEW), (ben.pk, LOG)}


def test_the_owners_grants_are_not_looked_at(habit: Habit, ben: User) -> None:
    share_with(habit, ben)
    HabitUserGrant.objects.filter(user=habit.owner).delete()
    assert list(rebuild_all_grants(repair=True)) == []
    assert not HabitUserGrant.objects.filter(user=habit.owner).exists()


@pytest.mark.parametrize("side", ["owner", "user"])
def test_a_deleted_account_leaves_no_grant(habit: Habit, ben: User, side: str) -> None:
    share_with(habit, ben)
    (habit.owner if side == "owner" else ben).delete()
    assert not Share.objects.exists()
    assert HabitUserGrant.objects.count() == (0 if side == "owner" else len(OWNER_GRANTS))
    assert differences() == []
