"""What others see of a habit that was granted to them, and what they do not."""

import pytest

from config.access import grant_to_user, holding
from config.errors import NotFound
from groups.services.habits import share_habit
from habits.models import Habit, HabitLog, HabitUserGrant
from habits.permissions import CHANGE, LOG, VIEW
from habits.selectors.habits import get_habit, list_source_keys
from tests.factories.habits import HabitFactory
from tests.factories.users import UserFactory
from tests.world import API, LOGGED, TODAY, World

pytestmark = pytest.mark.slow  # not each test, but all of them

PRIVATE = {"description", "tags", "position"}
PRIVATE_OF_LOGS = {"note", "source", "logged_by"}


@pytest.fixture
def world(standing_world: World) -> World:
    return standing_world


@pytest.mark.parametrize("role", ["viewer", "logger", "member"])
def test_a_habit_of_somebody_elses_shows_no_private_field(world: World, role: str) -> None:
    url = f"{API}/habits/{world.daily.pk}/"
    own, shared = world.client("owner").get(url).json(), world.client(role).get(url).json()
    assert shared == {name: value for name, value in own.items() if name not in PRIVATE}
    assert own.keys() - shared.keys() == PRIVATE
    assert shared["owner"] == {"id": str(world.owner.pk), "display_name": "owner"}


@pytest.mark.parametrize(
    ("role", "permissions"), [("viewer", ["view"]), ("logger", ["view", "log"]), ("member", ["view", "log"])]
)
def test_shared_habits_say_what_one_may_do(world: World, role: str, permissions: list[str]) -> None:
    row = world.client(role).get(f"{API}/habits/shared/?ordering=name").json()["results"][0]
    detail = world.client(role).get(f"{API}/habits/{world.daily.pk}/").json()
    assert row == detail | {"permissions": permissions}


def test_habits_that_a_group_sees_are_shared_with_its_members(world: World) -> None:
    for role, names in {"member": ["Read", "Walk"], "admin": ["Swim", "Walk"], "owner": ["Swim"]}.items():
        rows = world.client(role).get(f"{API}/habits/shared/?ordering=name").json()["results"]
        assert [row["name"] for row in rows] == names
        assert all(row["permissions"] == ["view"] for row in rows[-1:])


@pytest.mark.parametrize("role", ["outsider", "staff", "banned", "former", "asker"])
def test_nothing_is_shared_with_others(world: World, role: str) -> None:
    assert world.client(role).get(f"{API}/habits/shared/").json()["results"] == []


def test_a_habit_is_listed_once_however_often_it_was_granted(world: World) -> None:
    grant_to_user(world.daily, world.member.pk, [VIEW, LOG])
    grant_to_user(world.daily, world.member.pk, [VIEW])
    for group in (world.club, world.forum):
        share_habit(actor=world.owner, group_id=group.pk, habit_id=world.daily.pk)
    assert world.client("member").get(f"{API}/habits/shared/?name=read").json()["count"] == 1


def test_shared_habits_are_filtered_and_paged(world: World) -> None:
    for name in ("Übung", "Run"):
        grant_to_user(HabitFactory(owner=world.owner, name=name), world.viewer.pk, [VIEW])
    client = world.client("viewer")
    assert [row["name"] for row in client.get(f"{API}/habits/shared/?name=%C3%BCB").json()["results"]] == ["Übung"]
    page = client.get(f"{API}/habits/shared/?page_size=2&ordering=name").json()
    assert (page["count"], [row["name"] for row in page["results"]]) == (3, ["Read", "Run"])


@pytest.mark.parametrize("query", ["search=before", "search=evening", "tag=evening", "tag=%C3%BCbung"])
def test_private_texts_are_not_found_by_searching(world: World, query: str) -> None:
    assert world.client("owner").get(f"{API}/habits/?{query}").json()["count"] == 1
    for role in ("viewer", "logger", "member"):
        assert world.client(role).get(f"{API}/habits/shared/?{query}").status_code == 400


@pytest.mark.parametrize("role", ["viewer", "logger", "member"])
def test_logs_of_somebody_elses_show_no_note_and_no_source(world: World, role: str) -> None:
    url = f"{API}/habits/{world.daily.pk}/logs/"
    (own,) = world.client("owner").get(url).json()["results"]
    (shared,) = world.client(role).get(url).json()["results"]
    assert own.keys() - shared.keys() == PRIVATE_OF_LOGS
    assert world.client(role).get(f"{url}{LOGGED}/").json() == shared == {name: own[name] for name in shared}


@pytest.mark.parametrize("role", ["logger", "member"])
def test_what_others_log_answers_no_note_and_no_source(world: World, role: str) -> None:
    client, url = world.client(role), f"{API}/habits/{world.daily.pk}/logs/"
    answers = [
        client.post(url, {}),
        client.put(f"{url}{TODAY}/", {"status": "skipped"}),
        client.put(f"{url}{LOGGED}/", {"status": "missed"}),
        client.patch(f"{url}{LOGGED}/", {"status": "skipped"}),
    ]
    for answer in answers:
        assert answer.status_code < 300
        assert not PRIVATE_OF_LOGS & answer.json().keys()
        assert answer.json()["habit_state"]["today"]["date"] == "2026-06-17"
    assert HabitLog.objects.get(habit=world.daily, date=LOGGED).note == "In the rain"


@pytest.mark.parametrize("role", ["logger", "member"])
def test_others_neither_write_nor_erase_notes(world: World, role: str) -> None:
    client, url = world.client(role), f"{API}/habits/{world.daily.pk}/logs/{LOGGED}/"
    assert client.put(url, {"note": "mine"}).status_code == 403
    row = {"habit": str(world.daily.pk), "date": str(LOGGED), "status": "missed"}
    refused = client.post(f"{API}/logs/batch/", [row | {"note": "mine"}])
    assert [fault["code"] for fault in refused.json()["errors"]] == ["permission_denied"]
    assert client.post(f"{API}/logs/batch/", [row]).status_code == 200
    log = HabitLog.objects.get(habit=world.daily, date=LOGGED)
    assert (log.status, log.note) == ("missed", "In the rain")


def test_whoever_may_change_a_habit_leaves_what_only_its_owner_sees(world: World) -> None:
    grant_to_user(world.daily, world.viewer.pk, [CHANGE])
    client, url = world.client("viewer"), f"{API}/habits/{world.daily.pk}/"
    private = [world.daily.description, world.daily.tags, world.daily.position]
    answer = client.put(url, client.get(url).json() | {"name": "Reading"})
    assert (answer.status_code, answer.json()["name"]) == (200, "Reading")
    world.daily.refresh_from_db()
    assert [world.daily.description, world.daily.tags, world.daily.position] == private
    assert all(private[:2])


def test_the_agenda_and_the_summary_are_of_own_habits_alone(world: World) -> None:
    client = world.client("logger")
    assert client.get(f"{API}/agenda/").json()["habits"] == []
    assert client.get(f"{API}/insights/summary/").json()["by_habit"] == []
    assert client.get(f"{API}/progress/").json()["results"] == []


def test_grants_of_inactive_users_are_worth_nothing_below_the_api_either(world: World) -> None:
    for codename in (VIEW, LOG):
        assert not holding(Habit.objects.all(), world.inactive, codename).exists()
        with pytest.raises(NotFound):
            get_habit(world.inactive, world.daily.pk, needed=codename)
    world.inactive.is_active = True
    assert holding(Habit.objects.all(), world.inactive, VIEW).get() == world.daily


def test_a_repeated_creation_answers_as_the_grants_say(world: World) -> None:
    draft = {"id": str(world.daily.pk), "name": "Read", "frequency": "daily"}
    assert world.client().post(f"{API}/habits/", draft).status_code == 200
    HabitUserGrant.objects.filter(user=world.owner).delete()
    assert world.client().post(f"{API}/habits/", draft).status_code == 404


def test_the_keys_of_taken_over_habits_are_the_owners_alone(db) -> None:
    ada, ben = UserFactory(password="!"), UserFactory(password="!")
    for owner, key in ((ada, "a"), (ben, "b"), (ada, "")):
        HabitFactory(owner=owner, source="loop", source_key=key)
    HabitFactory(owner=ada, source="habo", source_key="c")
    assert list_source_keys(ada, "loop") == ["a"]
