"""What a partner logs: it is marked as the partner's, and takes nothing from the owner."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from config.access import grant_to_user
from config.identifiers import new_id
from habits.domain.logs import LogStatus
from habits.models import ChangeCounter, Habit, HabitLog, Tombstone
from habits.permissions import LOG, VIEW
from habits.services.adoption import Candidate, Fate, adopt_habit
from habits.services.habits import HabitDraft
from habits.services.logs import Entry
from tests.factories.habits import EVERY_DAY, HabitFactory, MeasuredHabitFactory
from tests.factories.users import UserFactory
from tests.habits.test_query_counts import statements
from tests.world import API, LOGGED, TODAY, client_of
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

NOTE = "In the rain"


@pytest.fixture
def ben(db, wednesday) -> User:
    return UserFactory(username="ben", display_name="Ben", password="!")


@pytest.fixture
def coach(ben: User) -> APIClient:
    return client_of(ben)


@pytest.fixture
def walking(ada: User, ben: User, client: APIClient) -> Habit:
    """Return a measured habit that Ben may log, with a log of Ada's."""
    habit = MeasuredHabitFactory(owner=ada)
    grant_to_user(habit, ben.pk, [VIEW, LOG])
    client.put(url(habit), {"value": "10", "note": NOTE})
    return habit


def url(habit: Habit, day: object = LOGGED) -> str:
    return f"{API}/habits/{habit.pk}/logs/{day}/"


def mark_of(client: APIClient, habit: Habit, day: object = LOGGED) -> tuple[Any, Any]:
    log = client.get(url(habit, day)).json()
    return log["source"], log["logged_by"]


def batch(habit: Habit, **fields: object) -> list[dict[str, object]]:
    return [{"habit": str(habit.pk), "date": str(LOGGED), **fields}]


WRITES: dict[str, Any] = {
    "put": lambda client, habit: client.put(url(habit), {"value": "20"}),
    "patch": lambda client, habit: client.patch(url(habit), {"value": "20"}),
    "add": lambda client, habit: client.post(f"{url(habit)}add/", {"amount": "10"}),
    "batch": lambda client, habit: client.post(f"{API}/logs/batch/", batch(habit, value="20")),
}
every_write = pytest.mark.parametrize("write", WRITES)


@every_write
def test_what_a_partner_writes_is_marked_for_the_owner(
    client: APIClient, coach: APIClient, ben: User, walking: Habit, write: str
) -> None:
    assert mark_of(client, walking) == ("api", None)
    assert WRITES[write](coach, walking).status_code == 200
    log = client.get(url(walking)).json()
    assert (log["value"], log["source"], log["logged_by"]) == ("20", "partner", {"id": str(ben.pk), "display_name": "Ben"})
    assert client.get(f"{API}/habits/{walking.pk}/logs/").json()["results"] == [log]


@every_write
def test_it_keeps_the_owners_note_which_the_partner_does_not_see(coach: APIClient, walking: Habit, write: str) -> None:
    answer = WRITES[write](coach, walking)
    assert NOTE not in answer.content.decode()
    assert HabitLog.objects.get().note == NOTE


@every_write
def test_what_the_owner_writes_again_is_the_owners(client: APIClient, coach: APIClient, walking: Habit, write: str) -> None:
    WRITES[write](coach, walking)
    answer = WRITES[write](client, walking)
    assert answer.status_code == 200
    if write != "batch":
        assert (answer.json()["source"], answer.json()["logged_by"]) == ("api", None)
    assert mark_of(client, walking) == ("api", None)


def test_a_new_log_is_marked_too(client: APIClient, coach: APIClient, ben: User, walking: Habit) -> None:
    assert coach.post(f"{API}/habits/{walking.pk}/logs/", {"value": "20"}).status_code == 201
    log = HabitLog.objects.get(date=TODAY)
    assert (log.source, log.logged_by, log.owner) == ("partner", ben, walking.owner)
    assert log.change_no == ChangeCounter.objects.get(owner=walking.owner).last_change_no


@every_write
def test_a_partner_sees_no_mark(coach: APIClient, walking: Habit, write: str) -> None:
    WRITES[write](coach, walking)
    (listed,) = coach.get(f"{API}/habits/{walking.pk}/logs/").json()["results"]
    for log in (listed, coach.get(url(walking)).json()):
        assert not {"note", "source", "logged_by"} & log.keys()


def test_a_partner_may_delete_a_log(client: APIClient, coach: APIClient, walking: Habit) -> None:
    assert NOTE not in coach.delete(url(walking)).content.decode()
    stone = Tombstone.objects.get()
    assert stone.owner == walking.owner
    assert stone.change_no == ChangeCounter.objects.get(owner=walking.owner).last_change_no
    # What comes after it does not bring the note back.
    coach.put(url(walking), {"value": "5"})
    assert client.get(url(walking)).json()["note"] == ""


def test_a_batch_that_says_nothing_new_marks_nothing(client: APIClient, coach: APIClient, walking: Habit) -> None:
    assert coach.post(f"{API}/logs/batch/", batch(walking, value="10")).json()["results"][0]["result"] == "unchanged"
    assert mark_of(client, walking) == ("api", None)


def test_the_owner_takes_over_by_saying_the_same(client: APIClient, coach: APIClient, walking: Habit) -> None:
    WRITES["put"](coach, walking)
    rows = batch(walking, value="20", note=NOTE)
    outcomes = [client.post(f"{API}/logs/batch/", rows).json()["results"][0]["result"] for _ in range(2)]
    assert outcomes == ["replaced", "unchanged"]
    assert mark_of(client, walking) == ("api", None)


def test_an_addition_that_is_sent_again_marks_nothing(client: APIClient, coach: APIClient, ben: User, walking: Habit) -> None:
    addition = {"amount": "5", "id": str(new_id())}
    assert coach.post(f"{url(walking)}add/", addition).status_code == 200
    assert client.post(f"{url(walking)}add/", addition).json()["logged_by"]["id"] == str(ben.pk)
    assert client.put(url(walking), {"value": "15"}).status_code == 200
    assert coach.post(f"{url(walking)}add/", addition).status_code == 200
    assert mark_of(client, walking) == ("api", None)


def test_an_account_that_ends_leaves_what_it_has_logged(client: APIClient, coach: APIClient, ben: User, walking: Habit) -> None:
    WRITES["put"](coach, walking)
    ben.delete()
    assert mark_of(client, walking) == ("partner", None)
    (listed,) = client.get(f"{API}/habits/{walking.pk}/logs/").json()["results"]
    assert (listed["source"], listed["logged_by"], listed["note"]) == ("partner", None, NOTE)
    client.put(url(walking), {"value": "20"})
    assert mark_of(client, walking) == ("api", None)


def test_what_is_read_back_may_be_sent_back(client: APIClient, coach: APIClient, walking: Habit) -> None:
    WRITES["put"](coach, walking)
    assert client.put(url(walking), client.get(url(walking)).json()).status_code == 200


def test_partners_are_named_with_one_statement_and_none_where_there_are_none(client: APIClient, ada: User, ben: User) -> None:
    habit = HabitFactory(owner=ada)
    coaches = [ben, UserFactory(password="!")]
    for coach in coaches:
        grant_to_user(habit, coach.pk, [VIEW, LOG])
    counts = []
    for day in range(1, 17):
        client_of(coaches[day % 2] if day > 8 else ada).put(url(habit, f"2026-06-{day:02}"), {})
        if day % 8 == 0 or day == 9:
            counts.append(len(statements(lambda: client.get(f"{API}/habits/{habit.pk}/logs/"))))
    # The habit; its logs; the partners.
    assert counts == [2, 3, 3]


def test_an_import_keeps_what_a_partner_has_logged(ada: User, ben: User) -> None:
    draft = HabitDraft(name="Read", schedule=EVERY_DAY, source="loop", source_key="7")
    entry = Entry(status=LogStatus.COMPLETED)
    habit = adopt_habit(owner=ada, candidate=Candidate(draft=draft, is_archived=False, entries={LOGGED: entry})).habit
    grant_to_user(habit, ben.pk, [VIEW, LOG])
    client_of(ben).put(url(habit), {"status": "skipped"})
    again = adopt_habit(owner=ada, candidate=Candidate(draft=draft, is_archived=False, entries={LOGGED: entry, TODAY: entry}))
    assert again.fates == {LOGGED: Fate.KEPT_OWN, TODAY: Fate.CREATED}
    assert list(HabitLog.objects.order_by("date").values_list("source", "logged_by")) == [("partner", ben.pk), ("loop", None)]
