"""How members get on with the habits that they share: judged as at home, each as of its owner's today."""

import cProfile
import pstats
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from groups.models import Group
from groups.services.habits import share_habit
from habits.domain.codec import encode_plan
from habits.domain.logs import LogStatus
from habits.domain.schedule import Frequency, Schedule
from habits.models import Habit, HabitLog
from habits.services.editing import update_habit
from habits.services.stats import begin_stats
from tests.factories.groups import GroupFactory, enter
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, days_until, log_days
from tests.factories.users import UserFactory
from tests.habits import reference
from tests.habits.adapters import plan_of, schedule_of
from tests.habits.strategies import Case, random_habit
from tests.world import API, MISSING, TODAY, client_of
from users.models import User
from users.selectors import today_for

Send = Callable[..., tuple[int, Any]]
Row = dict[str, Any]

START = date(2026, 6, 1)
NOTHING = {"completions": 0, "expected": 0, "achieved": 0, "success_rate": None}


def member_of(group: Group, name: str, **clock: Any) -> User:
    user = UserFactory(username=name, display_name=name.title(), password="!", **clock)
    enter(group, user)
    return user


def share(group: Group, habit: Habit) -> Habit:
    share_habit(actor=habit.owner, group_id=group.pk, habit_id=habit.pk)
    return habit


def progress(user: User, group: Group, query: str = "") -> list[Row]:
    answer = client_of(user).get(f"{API}/groups/{group.pk}/progress/{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def june(*days: int) -> list[date]:
    return [date(2026, 6, day) for day in days]


@pytest.fixture
def eva(group: Group) -> User:
    return member_of(group, "eva")


def test_each_member_with_what_is_shared(ada: User, eva: User, group: Group) -> None:
    reading = share(group, HabitFactory(owner=eva, name="Read", start_date=START))
    log_days(reading, june(*range(1, 6), *range(8, 15), 16))
    log_days(reading, june(6), status=LogStatus.SKIPPED)
    schedule = Schedule.of(Frequency.WEEKLY, target_count=2)
    log_days(share(group, HabitFactory(owner=eva, name="apples", schedule=schedule, start_date=START)), june(1, 2, 3, 9))
    log_days(HabitFactory(owner=eva, name="Alone", start_date=START), june(1))
    first, second = progress(ada, group, "?from=2026-06-01&to=2026-06-17")
    assert first == {"user": {"id": str(ada.pk), "display_name": "Ada"}, "habits": [], **NOTHING}
    assert second["user"] == {"id": str(eva.pk), "display_name": "Eva"}
    counted, daily = second["habits"]
    yes_no = {"unit": None, "target_value": None, "target_direction": None, "target_scope": None, "interval": 1}
    assert daily == {
        "habit": {
            "id": str(reading.pk),
            "name": "Read",
            "frequency": "daily",
            "target_days": None,
            "target_count": 1,
            **yes_no,
        },
        "completions": 13,
        "expected": 15,
        "achieved": 13,
        "success_rate": "0.8667",
        "current_streak": 1,
        "longest_streak": 7,
        "streak_unit": "day",
        "days": None,
    }
    assert (counted["habit"]["name"], counted["habit"]["target_count"]) == ("apples", 2)
    # Two of two; one of two in a week that is over; the present one adds what it has.
    assert {name: counted[name] for name in NOTHING} == {
        "completions": 4,
        "expected": 4,
        "achieved": 3,
        "success_rate": "0.7500",
    }
    assert {name: second[name] for name in NOTHING} == {
        "completions": 17,
        "expected": 19,
        "achieved": 16,
        "success_rate": "0.8421",
    }


def test_days_are_told_on_request(ada: User, eva: User, group: Group) -> None:
    walking = share(group, MeasuredHabitFactory(owner=eva, name="Walk", start_date=START))
    log_days(walking, june(15), value_milli=45_500)
    log_days(walking, june(16), status=LogStatus.SKIPPED)
    query = "?from=2026-06-14&to=2026-06-20&days="
    (row,) = progress(ada, group, query + "true")[1]["habits"]
    assert row["days"] == [
        {"date": "2026-06-14", "status": "missed", "value": None},
        {"date": "2026-06-15", "status": "completed", "value": "45.5"},
        {"date": "2026-06-16", "status": "skipped", "value": None},
        {"date": "2026-06-17", "status": "pending", "value": None},
    ]
    (same,) = progress(ada, group, query + "false")[1]["habits"]
    assert same == row | {"days": None}


def test_archived_habits_are_left_out(ada: User, eva: User, group: Group) -> None:
    habit = share(group, HabitFactory(owner=eva, start_date=START))
    log_days(habit, june(15, 16))
    update_habit(actor=eva, habit_id=habit.pk, changes={"archived_on": TODAY})
    assert progress(ada, group)[1]["habits"] == []


def test_members_are_paged_in_the_order_in_which_they_came(ada: User, group: Group) -> None:
    people = [ada, *(member_of(group, name) for name in ("zoe", "ben", "kim"))]
    names = [person.display_name for person in people]
    assert [row["user"]["display_name"] for row in progress(ada, group)] == names
    assert [row["user"]["display_name"] for row in progress(ada, group, "?page=2&page_size=3")] == names[3:]
    assert progress(ada, group, f"?user={people[2].pk}")[0]["user"]["display_name"] == "Ben"
    assert progress(ada, group, f"?user={MISSING}") == []
    page = client_of(ada).get(f"{API}/groups/{group.pk}/progress/?page_size=2").json()
    assert page["count"] == 4
    assert client_of(ada).get(page["next"]).json()["results"][0]["user"]["display_name"] == "Ben"


@pytest.mark.parametrize(
    "query",
    [
        "period=today",
        "period=this_week&from=2026-06-01",
        "from=2026-06-02&to=2026-06-01",
        "from=2025-01-01&to=2026-06-01",
        "from=yesterday",
        "days=1",
        "page_size=101",
        "user=eva",
        "ordering=success_rate",
        "habit=x",
    ],
)
def test_what_it_does_not_take_is_refused(ada: User, group: Group, query: str) -> None:
    assert client_of(ada).get(f"{API}/groups/{group.pk}/progress/?{query}").status_code == 400


def test_the_more_members_a_page_holds_the_shorter_is_its_range(ada: User, group: Group) -> None:
    client, url = client_of(ada), f"{API}/groups/{group.pk}/progress/"
    for query in ("from=2025-06-17&to=2026-06-17", "period=this_year&page_size=20", "page_size=100&from=2026-04-06"):
        assert client.get(f"{url}?{query}").status_code == 200, query
    for query in (
        "from=2025-06-17&to=2026-06-17&page_size=21",
        "page_size=100&from=2026-04-05",
        "page_size=100&period=this_year",
    ):
        answer = client.get(f"{url}?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "page_size"), query


def test_a_page_past_the_end_is_missing(ada: User, group: Group) -> None:
    assert client_of(ada).get(f"{API}/groups/{group.pk}/progress/?page=2").status_code == 404


# Whose today it is


def test_the_range_is_by_the_readers_today_and_habits_are_judged_by_their_owners(group: Group) -> None:
    """At noon of Wednesday 17 in London it is Thursday on Kiritimati, and Tuesday for a late riser on Samoa."""
    early = member_of(group, "early", timezone="Pacific/Kiritimati")
    late = member_of(group, "late", timezone="Pacific/Pago_Pago", day_start_hour=3)
    todays = {early: date(2026, 6, 18), late: date(2026, 6, 16)}
    for owner, today in todays.items():
        assert today_for(owner) == today
        log_days(share(group, HabitFactory(owner=owner, start_date=START)), days_until(today, 5))
    for reader, last in ((early, 18), (late, 16)):
        rows = progress(reader, group, "?period=last_7_days&days=true")[1:]
        dates = [[day["date"] for day in row["habits"][0]["days"]] for row in rows]
        asked = [date(2026, 6, day) for day in range(last - 6, last + 1)]
        assert dates == [[str(day) for day in asked if day <= todays[owner]] for owner in (early, late)]
        assert [row["habits"][0]["current_streak"] for row in rows] == [5, 5]
    # What Early has done on the 18th lies after Late's today, and counts for who asks for it all the same.
    assert [row["completions"] for row in progress(late, group, "?from=2026-06-18&to=2026-06-18")] == [0, 1, 0]


def keep(owner: User, case: Case, number: int) -> Habit:
    """Store a habit as the plain data says."""
    schedule = schedule_of(case.habit["versions"][-1][1])
    habit = HabitFactory(
        owner=owner,
        name=f"Habit {number}",
        schedule=schedule,
        unit="km" if schedule.target else "",
        start_date=case.habit["start"],
    )
    habit.end_date, habit.archived_on = case.habit["end"], case.habit["archived_on"]
    habit.plan_text = encode_plan(plan_of(case.habit))
    habit.save()
    HabitLog.objects.bulk_create(
        HabitLog(habit=habit, owner=owner, date=day, status=status, value_milli=value, change_no=1)
        for day, (status, value) in case.logs.items()
    )
    begin_stats(habit)
    return habit


def expected_row(habit: Habit, case: Case, first: date, last: date) -> Row:
    expected, achieved, rate = reference.rate(case.habit, case.logs, case.today, first, last)
    current = reference.current_streak(case.habit, case.logs, case.today)
    longest = reference.longest_streak(case.habit, case.logs, case.today)
    return {
        "name": habit.name,
        "completions": reference.completions(case.habit, case.logs, case.today, first, last),
        "expected": expected,
        "achieved": achieved,
        "success_rate": None if rate is None else str(rate),
        "current_streak": current["length"] if current else 0,
        "longest_streak": longest["length"] if longest else 0,
    }


def totals(rows: list[Row]) -> Row:
    sums = {name: sum(row[name] for row in rows) for name in ("completions", "expected", "achieved")}
    rate = Decimal(sums["achieved"]) / sums["expected"] if sums["expected"] else None
    return sums | {"success_rate": None if rate is None else f"{rate.quantize(Decimal('0.0001'), 'ROUND_HALF_UP')}"}


CLOCKS = [("UTC", 0), ("Pacific/Kiritimati", 0), ("Pacific/Pago_Pago", 3), ("America/New_York", 4), ("Asia/Kolkata", 0)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_every_figure_of_random_habits_is_that_of_the_slow_reference(ada: User, group: Group, seed: int) -> None:
    rng = Random(seed)
    people = [
        member_of(group, f"{seed}-{number}", timezone=zone, day_start_hour=hour)
        for number, (zone, hour) in enumerate(rng.sample(CLOCKS, 4))
    ]
    kept: dict[str, list[tuple[Habit, Case]]] = {str(person.pk): [] for person in people}
    for person in people:
        for number in range(rng.randint(0, 4)):
            case = random_habit(rng, today_for(person))
            kept[str(person.pk)].append((share(group, keep(person, case, number)), case))
    for _ in range(4):
        last = TODAY + timedelta(days=20 - rng.randint(0, 150))
        first = last - timedelta(days=rng.randint(0, 200))
        query = f"?from={first}&to={last}"
        for row in progress(rng.choice([ada, *people]), group, f"{query}&days=true")[1:]:
            cases = [(habit, case) for habit, case in kept[row["user"]["id"]] if case.habit["archived_on"] is None]
            expected = [expected_row(habit, case, first, last) for habit, case in cases]
            found = [{name: (one["habit"] | one)[name] for name in expected_row_names} for one in row["habits"]]
            assert found == expected
            assert {name: row[name] for name in NOTHING} == totals(expected)
            owner = next(person for person in people if str(person.pk) == row["user"]["id"])
            own = client_of(owner).get(f"{API}/progress/{query}&page_size=100").json()["results"]
            assert [one["days"] for one in row["habits"]] == [one["days"] for one in own]  # by position: as they were made


expected_row_names = ("name", "completions", "expected", "achieved", "success_rate", "current_streak", "longest_streak")


# What it costs


def calls(user: User, group: Group) -> int:
    """Return how many functions are called to answer for all members."""
    client = client_of(user)
    with cProfile.Profile() as profile:
        assert client.get(f"{API}/groups/{group.pk}/progress/?page_size=100&days=true").status_code == 200
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


@pytest.mark.slow
def test_each_further_member_costs_as_much_as_the_one_before(ada: User) -> None:
    group, costs = GroupFactory(owner=ada), []
    calls(ada, group)  # what is made once in the life of a process
    for count in (10, 20, 40):
        while group.memberships.count() < count:
            member = UserFactory(password="!")
            enter(group, member)
            for _ in range(3):
                log_days(share(group, HabitFactory(owner=member, start_date=date(2026, 5, 1))), days_until(TODAY, 30))
        costs.append(calls(ada, group))
    ten, twenty = costs[1] - costs[0], costs[2] - costs[1]
    assert twenty == pytest.approx(2 * ten, rel=0.02)
