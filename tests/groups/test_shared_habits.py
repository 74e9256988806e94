"""Habits that members share with a group: who sees them, who takes them out, and when they are seen no more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from config.access import grant_to_user
from groups.domain.roles import Role
from groups.models import AuditEntry, FeedEvent, Group, SharedHabit
from groups.services import habits as habit_services
from groups.services.grants import rebuild_all_grants
from groups.services.habits import share_habit
from habits.models import Habit, HabitGroupGrant
from habits.permissions import CHANGE, DELETE, LOG, VIEW
from habits.services.editing import update_habit
from habits.services.logs import Entry, put_log
from habits.services.pauses import create_pause
from tests.factories.groups import GroupFactory, enter
from tests.factories.habits import HabitFactory, MeasuredHabitFactory
from tests.factories.users import PASSWORD, UserFactory
from tests.world import API, MISSING, TODAY, World, client_of, stored
from users.models import User
from users.services.accounts import update_profile

pytestmark = pytest.mark.slow  # not each test, but all of them

Send = Callable[..., tuple[int, Any]]


@pytest.fixture
def eva(group: Group, wednesday) -> User:
    """Return a member of Ada's group."""
    user = UserFactory(username="eva", display_name="Eva")
    enter(group, user)
    return user


@pytest.fixture
def reading(eva: User) -> Habit:
    return HabitFactory(owner=eva, name="Read")


def listed(user: User, group: Group, query: str = "") -> list[str]:
    answer = client_of(user).get(f"{API}/groups/{group.pk}/habits/{query}")
    return [row["habit"]["name"] for row in answer.json()["results"]]


# Sharing


def test_members_see_what_is_shared_as_at_its_own_address(ada: User, eva: User, group: Group, reading: Habit, send: Send) -> None:
    path = f"groups/{group.pk}/habits/"
    assert send(ada, "get", f"habits/{reading.pk}/")[0] == 404
    status, document = send(eva, "post", path, {"habit": reading.pk})
    assert (status, document["shared_at"]) == (201, "2026-06-17T12:00:00Z")
    seen = send(ada, "get", f"habits/{reading.pk}/")[1]
    assert document["habit"] == seen
    assert seen["owner"] == {"id": str(eva.pk), "display_name": "Eva"}
    assert send(ada, "get", path)[1]["results"] == [document] == send(eva, "get", path)[1]["results"]
    assert send(ada, "get", "habits/shared/")[1]["results"] == [seen | {"permissions": ["view"]}]


def test_sharing_again_changes_nothing(eva: User, group: Group, reading: Habit, send: Send) -> None:
    path = f"groups/{group.pk}/habits/"
    first = send(eva, "post", path, {"habit": reading.pk})
    before = stored()
    assert send(eva, "post", path, {"habit": reading.pk}) == (200, first[1])
    assert {name: rows for name, rows in stored().items() if name != "Session"} == {
        name: rows for name, rows in before.items() if name != "Session"
    }


@pytest.mark.parametrize("whose", ["missing", "somebody else's", "visible", "open to everything", "shared by another"])
def test_nobody_shares_what_is_not_their_own(ada: User, eva: User, group: Group, send: Send, whose: str) -> None:
    habit = HabitFactory(owner=ada)
    if whose == "visible":
        grant_to_user(habit, eva.pk, [VIEW])
    elif whose == "open to everything":
        grant_to_user(habit, eva.pk, [VIEW, CHANGE, DELETE, LOG])
    elif whose == "shared by another":
        share_habit(actor=ada, group_id=group.pk, habit_id=habit.pk)
    before = SharedHabit.objects.count()
    habit_id = MISSING if whose == "missing" else habit.pk
    answer = client_of(eva).post(f"{API}/groups/{group.pk}/habits/", {"habit": habit_id})
    fault = {"attr": "habit", "code": "not_found", "detail": "This is no habit of yours."}
    assert (answer.status_code, answer.json()["errors"]) == (400, [fault])
    assert SharedHabit.objects.count() == before


@pytest.mark.parametrize("body", [{}, {"habit": None}, {"habit": "x"}, {"habit": 1}, {"habit": [str(MISSING)]}])
def test_a_body_without_an_id_is_refused(eva: User, group: Group, send: Send, body: dict[str, Any]) -> None:
    assert send(eva, "post", f"groups/{group.pk}/habits/", body) == (400, "validation_error")


def test_an_owner_without_grants_has_nothing_to_share(eva: User, group: Group, reading: Habit, send: Send) -> None:
    reading.user_grants.all().delete()
    assert send(eva, "post", f"groups/{group.pk}/habits/", {"habit": reading.pk}) == (400, "validation_error")


def test_a_member_shares_so_many_and_another_as_many(
    ada: User, eva: User, group: Group, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(habit_services, "MAX_SHARED_HABITS", 2)
    path = f"groups/{group.pk}/habits/"
    own = [HabitFactory(owner=eva).pk for _ in range(3)]
    assert [send(eva, "post", path, {"habit": habit})[0] for habit in own] == [201, 201, 409]
    assert send(eva, "post", path, {"habit": own[2]}) == (409, "limit_reached")
    assert send(eva, "post", path, {"habit": own[0]})[0] == 200
    assert send(ada, "post", path, {"habit": HabitFactory(owner=ada).pk})[0] == 201
    other = GroupFactory(owner=eva)
    assert send(eva, "post", f"groups/{other.pk}/habits/", {"habit": own[2]})[0] == 201
    assert send(eva, "delete", f"{path}{own[0]}/")[0] == 204
    assert send(eva, "post", path, {"habit": own[2]})[0] == 201


# Taking out


@pytest.mark.parametrize("role", list(Role))
def test_who_takes_a_habit_out(eva: User, group: Group, reading: Habit, send: Send, role: Role) -> None:
    share_habit(actor=eva, group_id=group.pk, habit_id=reading.pk)
    other = UserFactory(password="!")
    enter(group, other, role)
    path = f"groups/{group.pk}/habits/{reading.pk}/"
    if role is Role.MEMBER:
        assert send(other, "delete", path) == (403, "permission_denied")
        assert SharedHabit.objects.exists()
    else:
        assert send(other, "delete", path)[0] == 204
        entry = AuditEntry.objects.latest("number")
        assert (entry.action, entry.actor, entry.subject) == ("habit_removed", other, eva)
        assert not SharedHabit.objects.exists()


def test_an_owner_takes_it_out_without_an_entry_and_may_share_it_anew(
    eva: User, group: Group, reading: Habit, send: Send
) -> None:
    share_habit(actor=eva, group_id=group.pk, habit_id=reading.pk)
    entries = AuditEntry.objects.count()
    path = f"groups/{group.pk}/habits/"
    assert send(eva, "delete", f"{path}{reading.pk}/")[0] == 204
    assert send(eva, "delete", f"{path}{reading.pk}/") == (404, "not_found")
    assert (AuditEntry.objects.count(), HabitGroupGrant.objects.count()) == (entries, 0)
    assert not FeedEvent.objects.exclude(kind="joined").exists()
    assert send(eva, "post", path, {"habit": reading.pk})[0] == 201


def test_what_two_groups_see_is_listed_where_it_is(ada: User, eva: User, group: Group, reading: Habit) -> None:
    other, running = GroupFactory(owner=ada), HabitFactory(owner=eva, name="Run")
    enter(other, eva)
    for where, habit in ((group, reading), (other, running)):
        share_habit(actor=eva, group_id=where.pk, habit_id=habit.pk)
    assert [listed(ada, where) for where in (group, other)] == [["Read"], ["Run"]]


def test_a_habit_is_taken_out_of_its_own_group_alone(ada: User, eva: User, group: Group, reading: Habit, send: Send) -> None:
    other = GroupFactory(owner=ada)
    enter(other, eva)
    share_habit(actor=eva, group_id=other.pk, habit_id=reading.pk)
    for user in (ada, eva):
        assert send(user, "delete", f"groups/{group.pk}/habits/{reading.pk}/") == (404, "not_found")
    share_habit(actor=eva, group_id=group.pk, habit_id=reading.pk)
    assert send(ada, "delete", f"groups/{group.pk}/habits/{reading.pk}/")[0] == 204
    assert listed(ada, other) == ["Read"]
    assert send(ada, "get", f"habits/{reading.pk}/")[0] == 200
    assert list(rebuild_all_grants(repair=False)) == []


# When it is seen no more


@pytest.mark.parametrize(
    "end", ["take out", "leave", "remove", "ban", "account", "habit", "group", "reader leaves", "reader is removed"]
)
def test_what_ends_is_seen_no_more_from_the_next_request_on(
    ada: User, ben: User, eva: User, group: Group, reading: Habit, send: Send, end: str
) -> None:
    enter(group, ben)
    share_habit(actor=eva, group_id=group.pk, habit_id=reading.pk)
    client, path = client_of(ben), f"{API}/habits/{reading.pk}/"
    below = f"groups/{group.pk}/"
    assert client.get(path).status_code == 200
    acts: dict[str, Callable[[], tuple[int, Any]]] = {
        "take out": lambda: send(eva, "delete", f"{below}habits/{reading.pk}/"),
        "leave": lambda: send(eva, "post", f"{below}leave/"),
        "remove": lambda: send(ada, "delete", f"{below}members/{eva.pk}/"),
        "ban": lambda: send(ada, "delete", f"{below}members/{eva.pk}/?ban=true"),
        "account": lambda: send(eva, "delete", "users/me/", {"current_password": PASSWORD}),
        "habit": lambda: send(eva, "delete", f"habits/{reading.pk}/"),
        "group": lambda: send(ada, "delete", below),
        "reader leaves": lambda: send(ben, "post", f"{below}leave/"),
        "reader is removed": lambda: send(ada, "delete", f"{below}members/{ben.pk}/"),
    }
    assert acts[end]()[0] == 204
    assert client.get(path).status_code == 404
    assert client.get(f"{API}/habits/shared/").json()["count"] == 0
    if not end.startswith("reader"):
        assert not SharedHabit.objects.exists()
        assert not HabitGroupGrant.objects.exists()
        assert not FeedEvent.objects.exclude(kind="joined").exists()
    assert list(rebuild_all_grants(repair=False)) == []


def test_another_role_goes_on_seeing(ada: User, ben: User, eva: User, group: Group, reading: Habit, send: Send) -> None:
    enter(group, ben)
    share_habit(actor=eva, group_id=group.pk, habit_id=reading.pk)
    for role in ("admin", "owner", "member"):
        assert send(ada, "patch", f"groups/{group.pk}/members/{ben.pk}/", {"role": role})[0] == 200
        assert send(ben, "get", f"habits/{reading.pk}/")[0] == 200


def test_who_joins_later_sees_it_too_and_strangers_do_not(ben: User, eva: User, group: Group, reading: Habit, send: Send) -> None:
    share_habit(actor=eva, group_id=group.pk, habit_id=reading.pk)
    path = f"groups/{group.pk}/habits/"
    assert send(ben, "get", f"habits/{reading.pk}/")[0] == 404
    assert send(ben, "get", path) == (403, "permission_denied")
    send(ben, "post", f"groups/{group.pk}/join/")
    assert send(ben, "get", f"habits/{reading.pk}/")[0] == 200
    assert send(ben, "get", path)[1]["count"] == 1


def test_a_group_lets_nobody_log_or_change(ada: User, eva: User, group: Group, reading: Habit, send: Send) -> None:
    share_habit(actor=eva, group_id=group.pk, habit_id=reading.pk)
    path = f"habits/{reading.pk}/"
    assert send(ada, "post", f"{path}logs/", {})[0] == 403
    assert send(ada, "patch", path, {"name": "Mine"})[0] == 403
    assert send(ada, "delete", path)[0] == 403
    assert send(ada, "post", f"{path}pauses/", {"start": str(TODAY)})[0] == 403


def test_without_grants_the_group_sees_nothing(ada: User, eva: User, group: Group, reading: Habit, send: Send) -> None:
    """The lists of a group are decided by the grants on each habit, as its own address is."""
    share_habit(actor=eva, group_id=group.pk, habit_id=reading.pk)
    HabitGroupGrant.objects.all().delete()
    below = f"groups/{group.pk}/"
    assert send(ada, "get", f"{below}habits/")[1]["count"] == 0
    assert all(row["habits"] == [] for row in send(ada, "get", f"{below}progress/")[1]["results"])
    assert {row["kind"] for row in send(ada, "get", f"{below}feed/")[1]["results"]} == {"joined"}
    event = FeedEvent.objects.get(kind="shared")
    for method in ("post", "delete"):
        assert send(ada, method, f"{below}feed/{event.pk}/cheers/") == (404, "not_found")
    assert send(ada, "delete", f"{below}habits/{reading.pk}/") == (404, "not_found")
    assert send(eva, "get", f"{below}habits/")[1]["count"] == 1  # by the owner's own grants


# Lists


def test_the_list_is_ordered_filtered_and_paged(ada: User, eva: User, group: Group) -> None:
    for owner, name in ((eva, "Übung"), (ada, "Run"), (eva, "apples"), (ada, "Zen")):
        share_habit(actor=owner, group_id=group.pk, habit_id=HabitFactory(owner=owner, name=name).pk)
    assert listed(ada, group) == ["apples", "Run", "Zen", "Übung"]
    assert listed(ada, group, "?ordering=-name") == ["Übung", "Zen", "Run", "apples"]
    assert listed(ada, group, "?ordering=shared_at") == ["Übung", "Run", "apples", "Zen"]  # at one instant: by id
    assert listed(ada, group, f"?user={eva.pk}") == ["apples", "Übung"]
    assert listed(ada, group, f"?user={MISSING}") == []
    assert listed(ada, group, "?name=%C3%BCB") == ["Übung"]
    assert listed(ada, group, "?page_size=3&page=2") == ["Übung"]
    client = client_of(ada)
    for query in ("user=x", "ordering=position", "search=a", "tag=x", "habit=x"):
        assert client.get(f"{API}/groups/{group.pk}/habits/?{query}").status_code == 400


def test_archived_habits_stay_shared_and_are_listed_on_request(ada: User, eva: User, group: Group, reading: Habit) -> None:
    share_habit(actor=eva, group_id=group.pk, habit_id=reading.pk)
    update_habit(actor=eva, habit_id=reading.pk, changes={"archived_on": TODAY})
    assert (listed(ada, group), listed(ada, group, "?archived=true")) == ([], ["Read"])
    client = client_of(ada)
    assert client.get(f"{API}/habits/{reading.pk}/").status_code == 200
    assert client.get(f"{API}/habits/shared/").json()["count"] == 0
    assert client.get(f"{API}/habits/shared/?archived=true").json()["count"] == 1


def test_figures_are_those_of_the_owners_today(ada: User, eva: User, group: Group) -> None:
    update_profile(user_id=eva.pk, changes={"timezone": "Pacific/Kiritimati"})  # where it is the 18th
    eva.refresh_from_db()
    habit = HabitFactory(owner=eva, start_date=TODAY)
    put_log(actor=eva, habit_id=habit.pk, day=TODAY + timedelta(days=1), entry=Entry())
    share_habit(actor=eva, group_id=group.pk, habit_id=habit.pk)
    (row,) = client_of(ada).get(f"{API}/groups/{group.pk}/habits/").json()["results"]
    assert row["habit"]["today"] == {"date": "2026-06-18", "is_due": False, "status": "completed", "value": None}
    assert row["habit"]["stats"]["current_streak"] == 1


def test_an_owner_finds_out_where_a_habit_is_shared(
    ada: User, ben: User, eva: User, group: Group, reading: Habit, send: Send
) -> None:
    others = [GroupFactory(owner=eva, name=name) for name in ("Zen", "Alone")]
    for shared in (group, others[0]):
        share_habit(actor=eva, group_id=shared.pk, habit_id=reading.pk)
    assert [row["name"] for row in send(eva, "get", f"groups/?habit={reading.pk}")[1]["results"]] == ["Early birds", "Zen"]
    assert [row["name"] for row in send(ada, "get", f"groups/?habit={reading.pk}")[1]["results"]] == ["Early birds"]
    assert send(ben, "get", f"groups/?habit={reading.pk}")[1]["count"] == 0
    assert send(eva, "get", f"groups/?habit={MISSING}")[1]["count"] == 0
    assert send(ben, "get", f"groups/?discover=true&habit={reading.pk}") == (400, "invalid_parameter")


# What stays the owner's alone

SECRETS = ("Secret diary", "Hidden tag", "Whispered", "secretsource", "90210")


@pytest.fixture
def secretive(eva: User, group: Group) -> Habit:
    """Return a habit of Eva's in which everything that members are not shown holds words of its own."""
    habit = MeasuredHabitFactory(
        owner=eva,
        name="Walk",
        description=SECRETS[0],
        tags=(SECRETS[1],),
        position=int(SECRETS[4]),
        source=SECRETS[3],
        source_key=SECRETS[3],
    )
    for number in range(8):
        entry = Entry(value_milli=40_000, note=SECRETS[2])
        put_log(actor=eva, habit_id=habit.pk, day=TODAY - timedelta(days=number), entry=entry)
    habit.logs.update(source=SECRETS[3])
    create_pause(actor=eva, habit_id=habit.pk, start=TODAY + timedelta(days=3), end=None)
    share_habit(actor=eva, group_id=group.pk, habit_id=habit.pk)
    day = TODAY - timedelta(days=8)
    put_log(actor=eva, habit_id=habit.pk, day=day, entry=Entry(value_milli=40_000, note=SECRETS[2]))
    put_log(actor=eva, habit_id=habit.pk, day=day - timedelta(days=1), entry=Entry(value_milli=40_000, note=SECRETS[2]))
    return habit


def readable(habit: Habit, group: Group) -> list[str]:
    """Return every address at which a member reads something of a habit."""
    below = ("", "schedules/", "streaks/", "milestones/", "insights/", "heatmap.svg", "pauses/", "logs/", f"logs/{TODAY}/")
    paths = [f"habits/{habit.pk}/{path}" for path in below]
    paths += [f"groups/{group.pk}/{path}" for path in ("", "habits/", "progress/?days=true", "feed/", "members/", "audit-log/")]
    return [*paths, "habits/shared/", "groups/", f"groups/?habit={habit.pk}", "agenda/", "progress/", "insights/summary/"]


def test_no_answer_holds_what_is_the_owners_alone(ada: User, eva: User, group: Group, secretive: Habit) -> None:
    member, owner = client_of(ada), client_of(eva)
    for path in readable(secretive, group):
        answer = member.get(f"{API}/{path}")
        assert answer.status_code == 200, path
        found = answer.content.decode()
        assert not [secret for secret in SECRETS if secret.casefold() in found.casefold()], path
    told = "".join(owner.get(f"{API}/{path}").content.decode() for path in readable(secretive, group)[:-6])
    assert [secret for secret in SECRETS if secret not in told] == []  # they are there to be found


def test_every_address_below_a_habit_is_tried(world: World) -> None:
    from tests.contract.matrix import MATRIX

    tried = {path.partition("?")[0] for path in readable(world.daily, world.club)}
    ids = {"habit": world.daily.pk, "group": world.club.pk, "date": TODAY}
    for row in MATRIX:
        if row.method == "GET" and row.ids in (["habit"], ["group"]) and row.statuses["member"] == 200:
            assert row.path.format(**ids).removeprefix(f"{API}/") in tried, row


@pytest.mark.parametrize("query", ["search=diary", "tag=hidden", "position=1", "source=secretsource", "ordering=position"])
def test_nothing_is_found_by_what_is_the_owners_alone(ada: User, group: Group, secretive: Habit, query: str) -> None:
    client: APIClient = client_of(ada)
    for path in ("habits/shared/", f"groups/{group.pk}/habits/", f"groups/{group.pk}/progress/", f"groups/{group.pk}/feed/"):
        assert client.get(f"{API}/{path}?{query}").status_code == 400
    for path in ("habits/shared/", f"groups/{group.pk}/habits/"):
        assert client.get(f"{API}/{path}?name=secret").json()["count"] == 0
