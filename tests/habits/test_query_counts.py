"""How many statements a request takes, authentication included, and that neither more habits nor more history make it more.

Statements that control a transaction are not counted. Beside each count stand the statements.
"""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from habits.domain.goals import GoalKind
from habits.models import Habit
from habits.services.stats import recount
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, days_until, log_days, new_goal
from tests.factories.users import UserFactory
from tests.world import API, TODAY, client_of
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

TRANSACTION_CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")
START = date(2025, 1, 1)
YESTERDAY = TODAY - timedelta(days=1)

READS = {
    # the user of the token; habits with their stats
    "habits/?page_size=100": 2,
    # the habit with its stats, decided by its grants and by whether the user is admitted
    "habits/{yes_no}/": 1,
    # the user; habits with their stats; notes of the day; logs of the units that hold the day
    "agenda/": 4,
    # the user; habits with their stats; logs of the range
    "progress/?page_size=100": 3,
    "insights/summary/": 3,
    "insights/summary/?period=this_year": 3,
    "insights/trends/?bucket=week": 3,
    "insights/trends.svg": 3,
    # the habit with its stats; its logs
    "habits/{yes_no}/streaks/": 2,
    "habits/{yes_no}/insights/": 2,
    # the habit with its stats; its milestones
    "habits/{yes_no}/milestones/": 2,
    # the user; the goals with the statistics that they are counted with
    "goals/": 2,
    # the habit; the user, for the day; the goals
    "habits/{yes_no}/goals/": 3,
    "habits/{yes_no}/heatmap.svg": 2,
    "habits/{yes_no}/logs/": 2,
    "habits/{yes_no}/logs/2026-06-16/": 2,
    # the habit; its versions, its pauses
    "habits/{yes_no}/schedules/": 2,
    "habits/{yes_no}/pauses/": 2,
    # the user; the habits that were granted, with their stats and owners
    "habits/shared/": 2,
}

ADDITION = {"amount": 5, "id": "01998f2e-7a31-7c4e-9d52-3f1b6d0c8e21"}
SKIPPED = {"habit": "{yes_no}", "status": "skipped"}

# One after the other: each finds what those before have left.
WRITES = [
    # the change number, which locks the owner; the habit with its stats, decided by the grants and by whether the user is
    # admitted; the stats; the log; the scores (of who is shown to everybody two more: what ranks are counted from)
    ("POST", "habits/{yes_no}/logs/", {}, 5),
    # … the scores of streaks that have fallen
    ("PUT", "habits/{yes_no}/logs/2026-06-17/", {"status": "skipped"}, 6),
    # … the log before the log
    ("PATCH", "habits/{yes_no}/logs/2026-06-17/", {"status": "completed"}, 6),
    # … the log; its end; its tombstone; the stats; the scores, those that have fallen too
    ("DELETE", "habits/{yes_no}/logs/2026-06-17/", None, 8),
    # No score is another one: 5 minutes are too few.
    ("PUT", "habits/{measured}/logs/2026-06-17/", {"value": 5}, 4),
    ("POST", "habits/{measured}/logs/2026-06-17/add/", {"amount": 5}, 5),
    # … the addition: a look and an insert
    ("POST", "habits/{measured}/logs/2026-06-17/add/", ADDITION, 7),
    # the change number; the habit; the log; the addition, which is there
    ("POST", "habits/{measured}/logs/2026-06-17/add/", ADDITION, 4),
    # the user; the habits with their owners, decided by the grants; the owner's change numbers; the habits with their stats;
    # their logs; the logs; the stats
    ("POST", "logs/batch/", [SKIPPED | {"date": "2026-06-17"}], 7),
    # … all logs of a habit whose distant past changes
    ("POST", "logs/batch/", [SKIPPED | {"date": "2025-01-01"}], 8),
    ("POST", "logs/batch/", [SKIPPED | {"date": str(START + timedelta(days=ago))} for ago in range(1, 81)], 8),
    # the user; the change numbers; how many habits there are; the habit; its version; its grants; its logs, of which there are
    # none; its stats
    ("POST", "habits/", {"name": "Read", "frequency": "daily"}, 8),
]


@pytest.fixture
def ada(db, wednesday) -> User:
    return UserFactory(password="!")


def store_habits(ada: User, count: int, days: int) -> dict[str, str]:
    """Store `count` habits of each kind, the first of each with logs on `days` days up to yesterday; return the ids of those."""
    yes_no = [HabitFactory(owner=ada, start_date=START) for _ in range(count)]
    measured = [MeasuredHabitFactory(owner=ada, start_date=START) for _ in range(count)]
    log_days(yes_no[0], days_until(YESTERDAY, days))
    log_days(measured[0], days_until(YESTERDAY, days), value_milli=30_000)
    return {"yes_no": str(yes_no[0].pk), "measured": str(measured[0].pk)}


def statements(send: Callable[[], Any]) -> list[str]:
    """Return the statements of a request that succeeds; that one is given to the server to be kept is none of them."""
    with CaptureQueriesContext(connection) as queries:
        answer = send()
    assert answer.status_code < 300, answer.content
    sent = [query["sql"] for query in queries if not query["sql"].startswith(TRANSACTION_CONTROL)]
    each = [sql for together in sent for sql in re.split(r"; (?=INSERT INTO |SELECT |EXECUTE |PREPARE )", together)]
    return [sql for sql in each if not sql.startswith("PREPARE ")]


@pytest.fixture(params=[(1, 1), (50, 365)], ids=["two habits with a day", "a hundred habits with a year"])
def ids(request: pytest.FixtureRequest, ada: User) -> dict[str, str]:
    return store_habits(ada, *request.param)


@pytest.fixture
def client(ada: User) -> APIClient:
    client = client_of(ada)
    client.get(f"{API}/habits/shared/")  # the ids of permissions are read once in the life of a process
    return client


def test_reads(client: APIClient, ids: dict[str, str]) -> None:
    found = {path: len(statements(lambda path=path: client.get(f"{API}/{path.format(**ids)}"))) for path in READS}
    assert found == READS
    # A page that another one follows: the user; the page; the count.
    assert len(statements(lambda: client.get(f"{API}/habits/?page_size=1"))) == 3


def test_writes(client: APIClient, ids: dict[str, str]) -> None:
    for method, path, template, count in WRITES:
        body = json.loads(json.dumps(template).replace("{yes_no}", ids["yes_no"]))
        found = statements(lambda: getattr(client, method.lower())(f"{API}/{path.format(**ids)}", body))  # noqa: B023 - called at once
        assert len(found) == count, (method, path, body, [sql[:150] for sql in found])


def test_conditional_requests(client: APIClient, ids: dict[str, str]) -> None:
    habit = f"{API}/habits/{ids['yes_no']}/"
    log = f"{habit}logs/{TODAY}/"
    assert len(statements(lambda: client.get(habit, headers={"if-none-match": '"other"'}))) == 1
    tag = client.put(log, {})["ETag"]
    # … the log before the log
    assert len(statements(lambda: client.put(log, {}, headers={"if-match": tag}))) == 5
    tag = client.get(log)["ETag"]
    assert len(statements(lambda: client.patch(log, {"note": "Late"}, headers={"if-match": tag}))) == 5
    edits = [
        statements(lambda headers=headers: client.patch(habit, {"name": "Run"}, headers=headers))
        for headers in ({}, {"if-match": "*"})
    ]
    assert len(edits[0]) == len(edits[1])


def test_a_batch_over_all_habits(ada: User, client: APIClient, ids: dict[str, str]) -> None:
    rows = [{"habit": habit_id, "date": TODAY, "status": "skipped"} for habit_id in Habit.objects.values_list("pk", flat=True)]
    # As with one habit; SQLite takes 999 parameters a statement, and so two for the logs and the stats of a hundred.
    expected = 10 if connection.vendor == "sqlite" and len(rows) == 100 else 7
    assert len(statements(lambda: client.post(f"{API}/logs/batch/", rows))) == expected


def test_a_batch_into_the_distant_past_of_many_habits(ada: User, client: APIClient) -> None:
    habits = [HabitFactory(owner=ada, start_date=START).pk for _ in range(10)]
    for habit_id in habits:
        # A log of today moves the checkpoint on, so that the past is behind it.
        client.put(f"{API}/habits/{habit_id}/logs/{TODAY}/", {})
    rows = [{"habit": habit_id, "date": str(START)} for habit_id in habits]
    # As with one such habit: all their logs come by one query; one for the scores of all.
    assert len(statements(lambda: client.post(f"{API}/logs/batch/", rows))) == 9
    assert not list(recount(repair=False))


@pytest.mark.parametrize("start", ["2026-07-01", "2025-01-01"])
def test_holidays_for_two_habits_and_for_twenty(ada: User, client: APIClient, start: str) -> None:
    found = []
    for number in (2, 18):
        for _ in range(number):
            habit = HabitFactory(owner=ada, start_date=START)
            client.put(f"{API}/habits/{habit.pk}/logs/{TODAY}/", {})
        found.append(len(statements(lambda: client.post(f"{API}/pauses/", {"start": start, "end": start}))))
    # The user; the lock; the habits; their pauses; the change numbers; the pauses; the plans; all logs of those whose distant
    # past changes; the stats.
    assert found == ([9, 9] if start == "2025-01-01" else [8, 8])
    assert not list(recount(repair=False))


@pytest.mark.parametrize("count", [2, 20])
def test_logs_of_habits_with_goals(client: APIClient, ids: dict[str, str], count: int) -> None:
    """Four more than without: whether there are rates, the goals, those that have come further, and whether there are challenges.

    One for all logs where the distant past changes.
    """
    habit = Habit.objects.get(pk=ids["yes_no"])
    goals = [new_goal(habit, 700, kind) for kind in (GoalKind.STREAK, GoalKind.COMPLETIONS) for _ in range(count // 2)]
    log = f"{API}/habits/{habit.pk}/logs/{TODAY}/"
    assert len(statements(lambda: client.put(log, {}))) == 9
    # Nothing that a goal counts has changed.
    assert len(statements(lambda: client.put(log, {"note": "Late"}))) == 7
    assert len(statements(lambda: client.patch(log, {"status": "missed"}))) == 11
    assert len(statements(lambda: client.post(f"{API}/logs/batch/", [{"habit": habit.pk, "date": str(TODAY)}]))) == 12
    past = [{"habit": habit.pk, "date": "2025-01-03", "status": "completed"}]
    assert len(statements(lambda: client.post(f"{API}/logs/batch/", past))) == 14
    assert len(statements(lambda: client.get(f"{API}/goals/?page_size=100"))) == 2
    assert len(statements(lambda: client.get(f"{API}/goals/{goals[0].pk}/"))) == 2
    assert not list(recount(repair=False))
