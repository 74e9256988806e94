"""/achievements/."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from rest_framework.test import APIClient

from config.identifiers import new_id
from config.rates import Rate
from habits.models import Habit, Milestone
from sharing.models import Achievement, SpentId
from sharing.services import achievements as achievement_services
from tests.factories.habits import HabitFactory, days_until, log_days
from tests.factories.sharing import new_achievement, share_with
from tests.world import API, MISSING, TODAY, client_of
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

Send = Callable[..., tuple[int, Any]]
PATH = "achievements/"


@pytest.fixture
def running(habit: Habit) -> Habit:
    """Return the habit with a streak of eight days that runs, of which seven were a milestone."""
    log_days(habit, days_until(TODAY, 8))
    return habit


def told(habit: Habit, **fields: Any) -> dict[str, Any]:
    return {"habit": str(habit.pk), "user": "ben"} | fields


def test_a_running_streak_is_told(client: APIClient, ada: User, ben: User, running: Habit) -> None:
    answer = client.post(f"{API}/{PATH}", told(running))
    key = Achievement.objects.get().pk
    assert (answer.status_code, answer["Location"]) == (201, f"http://testserver{API}/{PATH}{key}/")
    assert answer.json() == {
        "id": str(key),
        "sender": {"id": str(ada.pk), "display_name": "Ada"},
        "recipient": {"id": str(ben.pk), "display_name": "Benjamin"},
        "habit_name": "Read",
        "kind": "streak",
        "count": 8,
        "unit": "day",
        "started_on": "2026-06-10",
        "reached_on": "2026-06-17",
        "created_at": "2026-06-17T12:00:00Z",
    }
    for user in (ada, ben):
        assert client_of(user).get(f"{API}/{PATH}{key}/").json() == answer.json()
        assert client_of(user).get(f"{API}/{PATH}").json()["results"] == [answer.json()]


def test_a_streak_of_weeks_counts_weeks(ada: User, ben: User, send: Send, client: APIClient) -> None:
    body = {"name": "Run", "frequency": "weekly", "start_date": "2026-06-01"}
    habit = Habit.objects.get(pk=client.post(f"{API}/habits/", body).json()["id"])
    log_days(habit, [date(2026, 6, 3), date(2026, 6, 16)])
    document = send(ada, "post", PATH, told(habit))[1]
    # The week before is missed; the one that runs is cut to today.
    assert [document[name] for name in ("count", "unit", "started_on", "reached_on")] == [1, "week", "2026-06-15", "2026-06-17"]


@pytest.mark.parametrize(("kind", "count"), [("streak", 7), ("completions", 10)])
def test_a_milestone_is_told(ada: User, ben: User, running: Habit, send: Send, kind: str, count: int) -> None:
    log_days(running, [date(2026, 6, 1), date(2026, 6, 3)])
    milestone = Milestone.objects.get(habit=running, kind=kind)
    status, document = send(ada, "post", PATH, told(running, milestone=str(milestone.pk)))
    assert (status, document["kind"], document["count"]) == (201, kind, count)
    assert (document["unit"], document["started_on"]) == ("day" if kind == "streak" else None, None)
    assert document["reached_on"] == str(milestone.reached_on)


def test_it_stays_as_it_was_told(ada: User, ben: User, running: Habit, send: Send) -> None:
    document = send(ada, "post", PATH, told(running))[1]
    assert send(ada, "patch", f"habits/{running.pk}/", {"name": "Write"})[0] == 200
    assert send(ada, "delete", f"habits/{running.pk}/logs/{TODAY}/")[0] == 200
    assert send(ben, "get", f"{PATH}{document['id']}/") == (200, document)


def test_it_opens_no_habit(ada: User, ben: User, running: Habit, send: Send) -> None:
    send(ada, "post", PATH, told(running))
    assert send(ben, "get", f"habits/{running.pk}/") == (404, "not_found")
    assert str(running.pk) not in str(send(ben, "get", PATH)[1])


def test_without_a_streak_there_is_nothing_to_tell(ada: User, ben: User, habit: Habit, send: Send) -> None:
    log_days(habit, [date(2026, 6, 15)])
    assert send(ada, "post", PATH, told(habit)) == (409, "no_streak")
    assert send(ada, "post", PATH, told(habit, milestone=None)) == (409, "no_streak")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"user": "nobody"}, "user.not_found"),
        ({"user": "ada"}, "user.own_habit"),
        ({"milestone": str(MISSING)}, "milestone.not_found"),
        ({"habit": str(MISSING)}, "habit.not_found"),
        ({"habit": "read"}, "habit.invalid"),
        ({"count": 1000}, "count.unknown_field"),
        ({"habit_name": "Buy this"}, "habit_name.unknown_field"),
    ],
)
def test_what_is_wrong_is_said(ada: User, ben: User, running: Habit, send: Send, fields: dict[str, Any], fault: str) -> None:
    assert send(ada, "post", PATH, told(running) | fields) == (400, fault)
    assert not Achievement.objects.exists()


def test_only_own_habits_are_told_of(ben: User, eva: User, running: Habit, send: Send) -> None:
    share_with(running, eva, "log")
    assert send(eva, "post", PATH, told(running)) == (400, "habit.permission_denied")
    assert send(ben, "post", PATH, told(running, user="eva")) == (400, "habit.not_found")
    # And of own milestones.
    milestone, own = Milestone.objects.get(kind="streak"), HabitFactory(owner=eva)
    assert send(eva, "post", PATH, told(own, milestone=str(milestone.pk))) == (400, "milestone.not_found")


def test_the_same_id_again_tells_nothing_twice(ada: User, ben: User, eva: User, running: Habit, send: Send) -> None:
    body = told(running, id=str(new_id()))
    status, document = send(ada, "post", PATH, body)
    assert status == 201
    assert send(ada, "post", PATH, body) == (200, document)
    assert send(ada, "post", PATH, body | {"user": "eva"}) == (200, document)
    own = HabitFactory(owner=eva)
    log_days(own, [TODAY])
    assert send(eva, "post", PATH, told(own, id=body["id"])) == (409, "id_conflict")
    assert send(ben, "delete", f"{PATH}{body['id']}/")[0] == 204
    assert send(ada, "post", PATH, body) == (409, "id_deleted")
    assert send(eva, "post", PATH, told(own, id=body["id"]))[0] == 201


def test_an_id_may_be_spent_twice(ada: User, ben: User, running: Habit, send: Send) -> None:
    """By a share and by an achievement, which know nothing of each other."""
    key = str(new_id())
    assert send(ada, "post", f"habits/{running.pk}/shares/", {"id": key, "user": "ben", "permission": "view"})[0] == 201
    assert send(ada, "post", PATH, told(running, id=key))[0] == 201
    assert send(ada, "delete", f"shares/{key}/")[0] == send(ada, "delete", f"{PATH}{key}/")[0] == 204
    assert SpentId.objects.count() == 1


@pytest.mark.parametrize("who", ["ada", "ben"])
def test_either_side_deletes_it(request: Any, ada: User, ben: User, eva: User, habit: Habit, send: Send, who: str) -> None:
    one = f"{PATH}{new_achievement(habit, ben).pk}/"
    for method in ("get", "delete"):
        assert send(eva, method, one) == (404, "not_found")
    actor = request.getfixturevalue(who)
    assert send(actor, "delete", one) == (204, None)
    assert send(actor, "delete", one) == (404, "not_found")
    assert [send(user, "get", PATH)[1]["results"] for user in (ada, ben)] == [[], []]


@pytest.mark.parametrize(
    ("query", "found"), [("", ["c", "b", "a"]), ("direction=sent", ["b", "a"]), ("direction=received", ["c"])]
)
def test_what_concerns_one(ada: User, ben: User, eva: User, habit: Habit, send: Send, query: str, found: list[str]) -> None:
    other = HabitFactory(owner=eva)
    rows = [new_achievement(*pair) for pair in ((habit, ben), (habit, eva), (other, ada), (other, ben))]
    names = dict(zip((str(row.pk) for row in rows), "abcd", strict=True))
    assert [names[row["id"]] for row in send(ada, "get", f"{PATH}?{query}")[1]["results"]] == found


def test_pages_are_walked_both_ways(ada: User, ben: User, habit: Habit, client: APIClient) -> None:
    keys = [str(new_achievement(habit, ben).pk) for _ in range(5)]
    page = client.get(f"{API}/{PATH}?page_size=2&direction=sent").json()
    found = [row["id"] for row in page["results"]]
    while page["next"]:
        page = client.get(page["next"]).json()
        found += [row["id"] for row in page["results"]]
    assert found == keys[::-1]
    assert [row["id"] for row in client.get(page["previous"]).json()["results"]] == [keys[2], keys[1]]
    for cursor in ("bm90aGluZw", "bjEyMw", "x"):
        assert client.get(f"{API}/{PATH}?cursor={cursor}").json()["code"] == "invalid_cursor"


def test_limits(ada: User, ben: User, eva: User, running: Habit, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(achievement_services, "MAX_BETWEEN_TWO", 1)
    first = send(ada, "post", PATH, told(running))[1]
    assert send(ada, "post", PATH, told(running)) == (409, "limit_reached")
    assert send(ada, "post", PATH, told(running, user="eva"))[0] == 201
    assert send(ben, "delete", f"{PATH}{first['id']}/")[0] == 204
    assert send(ada, "post", PATH, told(running))[0] == 201


def test_nobody_is_told_without_end(ada: User, ben: User, running: Habit, settings: Any) -> None:
    settings.LIMITS = settings.LIMITS | {"LIMIT_ACHIEVEMENT_USER": Rate(2, 600)}
    answers = [client_of(ada).post(f"{API}/{PATH}", told(running)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]


def test_it_goes_with_its_habit(ada: User, ben: User, habit: Habit, send: Send) -> None:
    one = f"{PATH}{new_achievement(habit, ben).pk}/"
    assert send(ada, "delete", f"habits/{habit.pk}/")[0] == 204
    assert send(ben, "get", one) == (404, "not_found")
