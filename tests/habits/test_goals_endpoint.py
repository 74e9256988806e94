"""/habits/{id}/goals/ and /goals/: goals follow the logs exactly, and nobody but their owner sees them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from config.access import grant_to_user
from config.identifiers import new_id
from habits.domain.goals import GoalKind
from habits.domain.schedule import Direction, Frequency, Schedule, Scope, Target
from habits.jobs import sweep_stats
from habits.models import ChangeCounter, Goal, Habit, HabitStats, HabitUserGrant, Tombstone
from habits.services import goals as goal_services
from habits.services.editing import update_habit
from habits.services.goals import delete_goal
from habits.services.habits import delete_habit
from habits.services.pauses import create_pause
from habits.services.stats import recount
from habits.signals import goal_reached
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, days_until, log_days, new_goal
from tests.factories.sharing import share_with
from tests.factories.users import UserFactory
from tests.world import API, NOW, TODAY, World, client_of
from users.models import User

pytestmark = pytest.mark.django_db

START = date(2026, 6, 1)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def ada(wednesday: None) -> User:
    return UserFactory(password="!")


@pytest.fixture
def habit(ada: User) -> Habit:
    return HabitFactory(owner=ada, start_date=START)


@pytest.fixture
def told() -> Iterator[list[Goal]]:
    """The goals of which listeners were told that they are reached."""
    heard: list[Goal] = []

    def hear(habit: Habit, goal: Goal, **_: Any) -> None:
        assert goal.habit == habit
        heard.append(goal)

    goal_reached.connect(hear)
    yield heard
    goal_reached.disconnect(hear)


def post(habit: Habit, **body: Any) -> Any:
    draft = {"kind": "completions", "title": "Thirty", "target": "30", "start_date": str(START)} | body
    return client_of(habit.owner).post(f"{API}/habits/{habit.pk}/goals/", {k: v for k, v in draft.items() if v is not ...})


def read(goal: Goal) -> dict[str, Any]:
    return client_of(goal.owner).get(f"{API}/goals/{goal.pk}/").json()


def put_log(habit: Habit, day: date, **body: Any) -> None:
    assert client_of(habit.owner).put(f"{API}/habits/{habit.pk}/logs/{day}/", body).status_code < 300


def figures(goal: Goal) -> tuple[str, str, str | None]:
    found = read(goal)
    return found["progress"]["value"], found["state"], found["reached_on"]


class TestWriting:
    def test_a_goal_is_made_with_what_the_logs_say_already(self, habit: Habit) -> None:
        log_days(habit, days_until(YESTERDAY, 4))
        answer = post(habit, kind="streak", target=8, deadline="2026-07-31")
        body = answer.json()
        assert answer.status_code == 201
        assert answer["Location"].endswith(f"/api/v1/goals/{body['id']}/")
        assert body["progress"] == {"value": "4", "ratio": "0.5000"}
        assert (body["habit"], body["target"], body["state"], body["reached_on"]) == (str(habit.pk), "8", "active", None)
        assert read(Goal.objects.get()) == body
        assert Habit.objects.get(pk=habit.pk).is_followed

    def test_it_begins_today_unless_it_says_otherwise(self, habit: Habit) -> None:
        assert post(habit, start_date=...).json()["start_date"] == str(TODAY)
        assert post(habit, start_date="2026-01-01").json()["start_date"] == "2026-01-01"

    def test_a_total_is_a_decimal(self, ada: User) -> None:
        run = MeasuredHabitFactory(owner=ada, start_date=START)
        log_days(run, [YESTERDAY], value_milli=1_250)
        assert post(run, kind="total", target="3.750").json()["progress"] == {"value": "1.25", "ratio": "0.3333"}

    def test_a_ratio_of_one_means_reached(self, ada: User) -> None:
        run = MeasuredHabitFactory(owner=ada, start_date=START)
        log_days(run, [YESTERDAY], value_milli=99_999_999)
        goal = post(run, kind="total", target="100000").json()
        assert (goal["progress"]["ratio"], goal["state"]) == ("0.9999", "active")
        log_days(run, [TODAY], value_milli=900_000_000)
        assert read(Goal.objects.get())["progress"] == {"value": "999999.999", "ratio": "1.0000"}

    @pytest.mark.parametrize(
        ("body", "attr", "code"),
        [
            ({"kind": "total"}, "kind", "habit_not_measured"),
            ({"kind": "habits"}, "kind", "invalid_choice"),
            ({"target": "0"}, "target", "out_of_range"),
            ({"target": "1.5"}, "target", "not_whole"),
            ({"target": "100001"}, "target", "out_of_range"),
            ({"target": "-1"}, "target", "min_value"),
            ({"target": None}, "target", "null"),
            ({"target": ...}, "target", "required"),
            ({"title": ""}, "title", "blank"),
            ({"title": "x" * 121}, "title", "max_length"),
            ({"deadline": "2026-05-31"}, "deadline", "end_before_start"),
            ({"deadline": "2031-06-18"}, "deadline", "date_out_of_range"),
            ({"start_date": "2031-06-18", "deadline": None}, "start_date", "date_out_of_range"),
            ({"state": "reached", "colour": "red"}, "colour", "unknown_field"),
        ],
    )
    def test_bad_input_is_named_and_stores_nothing(self, habit: Habit, body: dict[str, Any], attr: str, code: str) -> None:
        answer = post(habit, **body)
        assert answer.status_code == 400
        assert [(fault["attr"], fault["code"]) for fault in answer.json()["errors"]] == [(attr, code)]
        assert not Goal.objects.exists()
        assert not Habit.objects.get(pk=habit.pk).is_followed

    def test_ids_of_clients(self, ada: User, habit: Habit) -> None:
        goal_id, other = str(new_id()), HabitFactory(owner=ada)
        assert [post(habit, id=goal_id, title=title).status_code for title in "ab"] == [201, 200]
        assert post(habit, id=goal_id).json()["title"] == "a"
        assert (post(other, id=goal_id).status_code, post(HabitFactory(), id=goal_id).json()["code"]) == (409, "id_conflict")
        delete_goal(actor=ada, goal_id=Goal.objects.get().pk)
        assert post(habit, id=goal_id).json()["code"] == "id_deleted"

    def test_ids_of_goals_that_went_with_their_habit_stay_spent(self, ada: User, habit: Habit) -> None:
        goals = [new_goal(habit) for _ in range(2)]
        delete_habit(actor=ada, habit_id=habit.pk)
        assert not Goal.objects.exists()
        assert {post(HabitFactory(owner=ada), id=str(goal.pk)).json()["code"] for goal in goals} == {"id_deleted"}
        numbers = list(Tombstone.objects.filter(owner=ada).values_list("change_no", flat=True))
        assert len(set(numbers)) == len(numbers) == 3

    def test_changes_take_a_number_and_logs_do_not(self, ada: User, habit: Habit) -> None:
        goal = new_goal(habit)
        put_log(habit, TODAY)
        assert Goal.objects.get().change_no == goal.change_no
        last = ChangeCounter.objects.get(owner=ada).last_change_no
        client_of(ada).patch(f"{API}/goals/{goal.pk}/", {"title": "Forty", "target": "40"})
        assert Goal.objects.get().change_no == last + 1
        delete_goal(actor=ada, goal_id=goal.pk)
        stone = Tombstone.objects.get(owner=ada, kind="goal")
        assert (stone.key, stone.change_no) == (str(goal.pk), last + 2)

    def test_another_target_is_counted_anew(self, ada: User, habit: Habit) -> None:
        log_days(habit, days_until(YESTERDAY, 5))
        goal, client = new_goal(habit, 3), client_of(ada)
        address = f"{API}/goals/{goal.pk}/"
        assert figures(goal) == ("5", "reached", "2026-06-14")
        assert client.patch(address, {"target": 4}).json()["reached_on"] == "2026-06-15"
        assert client.patch(address, {"start_date": "2026-06-15"}).json()["state"] == "active"
        assert client.patch(address, {"deadline": "2026-06-15"}).json()["state"] == "missed"
        assert client.patch(address, {"deadline": "2026-06-14"}).json()["errors"][0]["code"] == "end_before_start"
        body = client.put(address, {"kind": "streak", "title": "Two", "target": 2}).json()
        assert (body["start_date"], body["deadline"], body["reached_on"]) == ("2026-06-15", None, "2026-06-16")

    def test_a_goal_is_cancelled_and_taken_back(self, ada: User, habit: Habit) -> None:
        goal, client = new_goal(habit, 1), client_of(ada)
        address = f"{API}/goals/{goal.pk}/"
        assert client.patch(address, {"is_cancelled": True}).json()["state"] == "cancelled"
        put_log(habit, TODAY)
        assert figures(goal) == ("1", "cancelled", str(TODAY))
        assert client.patch(address, {"is_cancelled": False}).json()["state"] == "reached"

    def test_as_many_as_there_may_be(self, ada: User, habit: Habit, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(goal_services, "MAX_ACTIVE_GOALS", 2)
        monkeypatch.setattr(goal_services, "MAX_GOALS", 4)
        goals = [new_goal(habit) for _ in range(2)]
        assert post(habit).json()["code"] == "limit_reached"
        assert post(HabitFactory(owner=ada)).status_code == 201
        assert post(habit, deadline=str(YESTERDAY)).json()["state"] == "missed"
        address = f"{API}/goals/{goals[0].pk}/"
        client = client_of(ada)
        assert client.patch(address, {"is_cancelled": True}).status_code == 200
        assert post(habit).status_code == 201
        assert client.patch(address, {"is_cancelled": False}).json()["code"] == "limit_reached"
        assert client.patch(address, {"title": "Still cancelled"}).status_code == 200
        assert post(habit, deadline=str(YESTERDAY)).json()["code"] == "limit_reached"

    def test_stale_writes_are_refused(self, ada: User, habit: Habit) -> None:
        goal, client = new_goal(habit), client_of(ada)
        address = f"{API}/goals/{goal.pk}/"
        tag = client.get(address)["ETag"]
        put_log(habit, TODAY)  # makes no editor stale
        assert client.get(address, headers={"if-none-match": tag}).status_code == 200
        changed = client.patch(address, {"title": "Ours"}, headers={"if-match": tag})
        assert changed.status_code == 200
        for send in (client.patch, client.put, client.delete):
            body = {"title": "Late", "kind": "streak", "target": 1}
            assert send(address, body, headers={"if-match": tag}).status_code == 412
        assert client.get(address, headers={"if-none-match": changed["ETag"]}).status_code == 304
        assert client.delete(address, headers={"if-match": changed["ETag"]}).status_code == 204


class TestFollowing:
    def test_logs_reach_and_unreach_it(self, ada: User, habit: Habit) -> None:
        goal, client = new_goal(habit, 2), client_of(ada)
        for day in (date(2026, 6, 10), TODAY):
            put_log(habit, day)
        assert figures(goal) == ("2", "reached", str(TODAY))
        put_log(habit, date(2026, 6, 3))
        assert figures(goal) == ("3", "reached", "2026-06-10")
        client.delete(f"{API}/habits/{habit.pk}/logs/2026-06-03/")
        client.patch(f"{API}/habits/{habit.pk}/logs/2026-06-10/", {"status": "skipped"})
        assert figures(goal) == ("1", "active", None)
        log_days(habit, days_until(YESTERDAY, 3))
        assert figures(goal) == ("4", "reached", "2026-06-15")

    def test_added_amounts_and_other_targets_are_followed(self, ada: User) -> None:
        walk, client = MeasuredHabitFactory(owner=ada, start_date=START), client_of(ada)
        total, done = new_goal(walk, 40, GoalKind.TOTAL), new_goal(walk, 1)
        for _ in range(2):
            client.post(f"{API}/habits/{walk.pk}/logs/{TODAY}/add/", {"amount": "20"})
        assert figures(total) == ("40", "reached", str(TODAY))
        assert figures(done) == ("1", "reached", str(TODAY))
        client.patch(f"{API}/habits/{walk.pk}/", {"target_value": "50"})
        assert figures(done) == ("0", "active", None)

    def test_pauses_dates_and_archiving_are_followed(self, ada: User, habit: Habit) -> None:
        log_days(habit, [date(2026, 6, day) for day in (8, 9, 12, 13)])
        goal = new_goal(habit, 4, GoalKind.STREAK, deadline=date(2026, 6, 14))
        assert figures(goal) == ("0", "missed", None)
        create_pause(actor=ada, habit_id=habit.pk, start=date(2026, 6, 10), end=date(2026, 6, 11))
        assert figures(goal) == ("4", "reached", "2026-06-13")
        update_habit(actor=ada, habit_id=habit.pk, changes={"archived_on": TODAY})
        assert figures(goal) == ("4", "reached", "2026-06-13")
        update_habit(actor=ada, habit_id=habit.pk, changes={"frequency": "weekly"}, effective_from=START)
        assert figures(goal) == ("1", "missed", None)

    def test_a_back_dated_log_reaches_a_missed_one(self, habit: Habit) -> None:
        goal = new_goal(habit, 1, deadline=date(2026, 6, 5))
        put_log(habit, TODAY)
        assert figures(goal) == ("0", "missed", None)
        put_log(habit, date(2026, 6, 5))
        assert figures(goal) == ("1", "reached", "2026-06-05")

    def test_days_end_without_a_write(self, ada: User, told: list[Goal]) -> None:
        """A run breaks, a deadline passes, and a week within its limit is met: shown at once, stored by the sweep."""
        at_most = Schedule.of(Frequency.WEEKLY, target=Target(10_000, Direction.AT_MOST, Scope.UNIT))
        coffee = HabitFactory(owner=ada, start_date=date(2026, 6, 15), schedule=at_most, unit="cups")
        read = HabitFactory(owner=ada, start_date=START)
        log_days(coffee, [TODAY], value_milli=4_000)
        log_days(read, days_until(TODAY, 3))
        week, run = new_goal(coffee, 1, GoalKind.STREAK), new_goal(read, 5, GoalKind.STREAK, deadline=date(2026, 6, 20))
        assert (figures(week), figures(run)) == (("0", "active", None), ("3", "active", None))
        with time_machine.travel(datetime(2026, 6, 19, 12, tzinfo=UTC), tick=False):
            assert figures(run) == ("0", "active", None)
            sweep_stats()
            assert (Goal.objects.get(pk=run.pk).value_milli, figures(run)) == (0, ("0", "active", None))
        with time_machine.travel(datetime(2026, 6, 22, 12, tzinfo=UTC), tick=False):
            assert (figures(week), figures(run)) == (("1", "reached", "2026-06-21"), ("0", "missed", None))
            assert told == []
            sweep_stats()
            assert Goal.objects.get(pk=week.pk).reached_on == date(2026, 6, 21)
            assert [goal.pk for goal in told] == [week.pk]
            assert figures(week) == ("1", "reached", "2026-06-21")

    def test_a_habit_that_cannot_be_computed_keeps_no_goal_from_being_swept(self, ada: User, habit: Habit) -> None:
        log_days(habit, days_until(TODAY, 2))
        goal, broken = new_goal(habit, 5, GoalKind.STREAK), HabitFactory(owner=ada)
        log_days(broken, [TODAY])
        new_goal(broken)
        HabitStats.objects.filter(pk=broken.pk).update(history="[]")
        with time_machine.travel(NOW + timedelta(days=2), tick=False):
            sweep_stats()
        assert Goal.objects.get(pk=goal.pk).value_milli == 0

    def test_it_is_told_once(self, ada: User, habit: Habit, told: list[Goal]) -> None:
        goal = new_goal(habit, 2)
        log_days(habit, [YESTERDAY])
        assert told == []
        put_log(habit, TODAY)
        assert [(found.pk, found.reached_on) for found in told] == [(goal.pk, TODAY)]
        client_of(ada).delete(f"{API}/habits/{habit.pk}/logs/{TODAY}/")
        put_log(habit, TODAY)
        client_of(ada).patch(f"{API}/goals/{goal.pk}/", {"target": 1})
        assert [found.pk for found in told] == [goal.pk]
        assert [made.pk for made in (new_goal(habit, 1), new_goal(habit, 9))][:1] == [told[1].pk]
        assert len(told) == 2

    def test_a_cancelled_goal_is_told_when_it_is_taken_back(self, ada: User, habit: Habit, told: list[Goal]) -> None:
        goal, client = new_goal(habit, 1, is_cancelled=True), client_of(ada)
        put_log(habit, TODAY)
        assert told == []
        client.patch(f"{API}/goals/{goal.pk}/", {"is_cancelled": False})
        assert [found.pk for found in told] == [goal.pk]

    @pytest.mark.slow
    def test_years_of_history_are_gone_on_from(self, ada: User) -> None:
        habit = HabitFactory(owner=ada, start_date=date(2016, 1, 1))
        log_days(habit, days_until(YESTERDAY, 400))
        goals = [new_goal(habit, 401, kind, start_date=date(2025, 1, 1)) for kind in (GoalKind.STREAK, GoalKind.COMPLETIONS)]
        for days in range(30):
            with time_machine.travel(NOW + timedelta(days=days), tick=False):
                put_log(habit, TODAY + timedelta(days=days))
                assert list(recount(repair=False)) == []
        assert {(goal.value_milli, goal.reached_on, goal.tally.day > TODAY) for goal in Goal.objects.filter(habit=habit)} == {
            (430_000, TODAY, True)
        }
        assert len(goals) == 2


class TestReading:
    def test_lists_hold_own_goals_by_what_was_asked(self, ada: User, habit: Habit) -> None:
        other = HabitFactory(owner=ada, start_date=START)
        log_days(habit, [TODAY])
        goals = {
            "reached": new_goal(habit, 1),
            "missed": new_goal(habit, 2, deadline=YESTERDAY),
            "cancelled": new_goal(habit, 1, is_cancelled=True),
            "active": new_goal(other, 5, GoalKind.STREAK, title="Another"),
        }
        new_goal(HabitFactory())
        client = client_of(ada)
        for state, goal in goals.items():
            assert [row["id"] for row in client.get(f"{API}/goals/?state={state}").json()["results"]] == [str(goal.pk)]
        assert client.get(f"{API}/goals/?kind=streak").json()["count"] == 1
        assert client.get(f"{API}/goals/?habit={habit.pk}").json()["count"] == 3
        assert client.get(f"{API}/habits/{habit.pk}/goals/?state=missed").json()["count"] == 1
        assert client.get(f"{API}/goals/?ordering=title").json()["results"][0]["title"] == "Another"
        made_at_once = [str(goal.pk) for goal in goals.values()]
        assert [row["id"] for row in client.get(f"{API}/goals/?page_size=3").json()["results"]] == made_at_once[:3]
        assert client.get(f"{API}/goals/?state=done").status_code == client.get(f"{API}/goals/?habit=1").status_code == 400

    def test_goals_are_their_owners_alone(self, world: World) -> None:
        for role in ("viewer", "logger", "member", "outsider", "staff"):
            client = world.client(role)
            assert client.get(f"{API}/goals/{world.goal.pk}/").status_code == 404
            assert client.get(f"{API}/goals/?habit={world.daily.pk}").json()["results"] == []
        assert world.client("logger").put(f"{API}/habits/{world.daily.pk}/logs/{TODAY}/", {}).status_code == 201
        assert figures(world.goal) == ("2", "active", None)

    def test_not_even_who_may_change_the_habit_sees_or_sets_them(self, habit: Habit) -> None:
        other = UserFactory(password="!")
        share_with(habit, other)
        grant_to_user(habit, other.pk, ["change_habit"])
        client, goal = client_of(other), new_goal(habit)
        assert client.get(f"{API}/habits/{habit.pk}/goals/").status_code == 403
        body = {"kind": "streak", "title": "Theirs", "target": 1}
        assert client.post(f"{API}/habits/{habit.pk}/goals/", body).status_code == 403
        assert client.patch(f"{API}/goals/{goal.pk}/", {"title": "Theirs"}).status_code == 404
        assert list(Goal.objects.values_list("title", flat=True)) == ["Thirty"]

    def test_they_go_by_the_grants_on_the_habit(self, ada: User, habit: Habit) -> None:
        goal, client = new_goal(habit), client_of(ada)
        HabitUserGrant.objects.filter(user=ada, permission__codename="change_habit").delete()
        assert client.get(f"{API}/goals/{goal.pk}/").status_code == 200
        assert client.patch(f"{API}/goals/{goal.pk}/", {"title": "x"}).status_code == 403
        assert client.delete(f"{API}/goals/{goal.pk}/").status_code == 403
        HabitUserGrant.objects.filter(user=ada).delete()
        for send in (client.get, client.patch, client.put, client.delete):
            body = {"title": "x"} if send == client.patch else {"kind": "streak", "title": "x", "target": 1}
            answer = send(f"{API}/goals/{goal.pk}/", body if send in (client.patch, client.put) else None)
            assert answer.status_code == 404
        assert Goal.objects.filter(pk=goal.pk).exists()


class TestRecount:
    @pytest.mark.parametrize(
        ("column", "value"),
        [("value_milli", 9_000), ("reached_on", TODAY), ("tally_text", "[1,0,0,null,null]"), ("tally_text", "x")],
    )
    def test_a_wrong_goal_is_found_and_repaired(self, habit: Habit, column: str, value: Any) -> None:
        log_days(habit, days_until(YESTERDAY, 3))
        goal = new_goal(habit, 5)
        assert list(recount(repair=False)) == []
        Goal.objects.filter(pk=goal.pk).update(**{column: value})
        for repair in (False, True):
            assert [difference.fields for difference in recount(repair=repair)] == [["goals"]]
        assert list(recount(repair=False)) == []
        assert figures(goal) == ("3", "active", None)

    def test_a_habit_whose_goals_nobody_follows_is_found(self, habit: Habit) -> None:
        new_goal(habit)
        Habit.objects.filter(pk=habit.pk).update(is_followed=False)
        assert [difference.fields for difference in recount(repair=True)] == [["is_followed"]]
        assert Habit.objects.get(pk=habit.pk).is_followed
        assert list(recount(repair=False)) == []

    def test_goals_go_along_when_the_statistics_are_repaired(self, habit: Habit) -> None:
        log_days(habit, days_until(YESTERDAY, 10))
        goal = new_goal(habit, 20)
        HabitStats.objects.filter(pk=habit.pk).update(history="[]")
        assert len(list(recount(repair=True))) == 1
        put_log(habit, TODAY)
        assert figures(goal)[0] == "11"
        assert list(recount(repair=False)) == []
