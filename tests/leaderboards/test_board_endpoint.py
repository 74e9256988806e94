"""Boards over HTTP: who sees which, who is on them, in which order, and what is refused."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine
from rest_framework.test import APIClient

from challenges.domain.terms import Visibility
from groups.services.habits import share_habit
from habits.domain.logs import LogStatus
from habits.domain.schedule import Frequency, Schedule
from habits.services.editing import update_habit
from habits.services.logs import Entry, put_log
from leaderboards.selectors.boards import forget_moments
from leaderboards.services.recounting import recount
from tests.factories.challenges import ChallengeFactory, take_part
from tests.factories.groups import GroupFactory, enter
from tests.factories.habits import HabitFactory, days_until, log_days
from tests.factories.users import UserFactory
from tests.leaderboards.conftest import START, Player, days_ago, habit_of
from tests.world import API, MISSING, TODAY, client_of
from users.models import User
from users.services.accounts import delete_account, set_active

STREAK = f"{API}/leaderboards/current_streak/"
COUNT = f"{API}/leaderboards/completions/"


def read(path: str, user: User | None = None, **query: object) -> Any:
    """Return what is answered some seconds later."""
    forget_moments()
    answer = (client_of(user) if user else APIClient()).get(path, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def names(page: Any) -> list[tuple[int, str, str]]:
    return [(row["rank"], row["user"]["display_name"], row["score"]) for row in page["results"]]


class TestPublicBoard:
    def test_anybody_reads_it(self, player: Player) -> None:
        player("ada", 9)
        ben = player("ben", 4)
        page = read(STREAK)
        assert page["results"][1] == {
            "rank": 2,
            "user": {"id": str(ben.pk), "display_name": "Ben"},
            "score": "4",
            "streak_unit": "day",
        }
        assert {name: page[name] for name in ("count", "next", "previous", "starts_on", "ends_on", "as_of", "is_final")} == {
            "count": 2,
            "next": None,
            "previous": None,
            "starts_on": None,
            "ends_on": None,
            "as_of": "2026-06-17T12:00:00Z",
            "is_final": False,
        }

    def test_equal_scores_share_a_rank_and_who_reached_it_first_is_first(self, player: Player) -> None:
        for name, days in (("late", 3), ("best", 5), ("last", 1)):
            player(name, days)
        second = player("soon", 2)
        put_log(actor=second, habit_id=habit_of(second).pk, day=days_ago(2), entry=Entry())
        assert names(read(STREAK)) == [(1, "Best", "5"), (2, "Late", "3"), (2, "Soon", "3"), (4, "Last", "1")]

    @pytest.mark.parametrize("visibility", ["groups", "hidden"])
    def test_who_does_not_want_to_be_seen_is_not(self, player: Player, visibility: str) -> None:
        player("ada", 9)
        player("ben", 10, visibility)
        assert names(read(STREAK)) == [(1, "Ada", "9")]
        assert read(STREAK)["count"] == 1

    def test_a_change_of_visibility_shows_at_once_on_every_board(self, player: Player) -> None:
        ada, _ = player("ada", 30), player("ben", 4)
        boards = [(STREAK, {}), (COUNT, {}), (COUNT, {"period": "today"}), (COUNT, {"period": "this_month"})]
        assert ["Ada" in str(names(read(path, **query))) for path, query in boards] == [True, True, True, True]
        for visibility, is_seen in (("hidden", False), ("public", True), ("groups", False), ("public", True)):
            client_of(ada).patch(f"{API}/users/me/", {"leaderboard_visibility": visibility})
            assert {"Ada" in str(names(read(path, **query))) for path, query in boards} == {is_seen}

    def test_a_closed_board_stays_but_for_who_is_shown(self, player: Player) -> None:
        ada, ben = player("ada", 10), player("ben", 5)
        with time_machine.travel(datetime(2026, 6, 24, tzinfo=UTC), tick=False):  # the week of the 15th is closed
            for user, status in ((ada, LogStatus.MISSED), (ben, LogStatus.COMPLETED)):
                for ago in range(3, 0, -1):
                    put_log(actor=user, habit_id=habit_of(user).pk, day=days_ago(ago - 3), entry=Entry(status=status))
            week = read(COUNT, period="last_week")
            assert (names(week), week["is_final"]) == ([(1, "Ada", "3"), (1, "Ben", "3")], True)
            assert names(read(COUNT, period="this_month")) == [(1, "Ada", "9"), (2, "Ben", "7")]
            client_of(ben).patch(f"{API}/users/me/", {"leaderboard_visibility": "hidden"})
            assert names(read(COUNT, period="last_week")) == [(1, "Ada", "3")]
            client_of(ada).delete(f"{API}/habits/{habit_of(ada).pk}/")
            assert names(read(COUNT, period="last_week")) == [(1, "Ada", "3")]
            assert names(read(COUNT, period="this_month")) == []

    def test_inactive_and_deleted_users_are_nowhere(self, player: Player) -> None:
        ada, ben = player("ada", 9), player("ben", 4)
        set_active(ada, is_active=False)
        assert names(read(STREAK)) == [(1, "Ben", "4")]
        set_active(ada, is_active=True)
        assert names(read(STREAK)) == [(1, "Ada", "9"), (2, "Ben", "4")]
        delete_account(user_id=ben.pk, is_own=False)
        assert names(read(STREAK)) == [(1, "Ada", "9")]

    def test_a_new_display_name_is_the_one_shown(self, player: Player) -> None:
        client_of(player("ada", 9)).patch(f"{API}/users/me/", {"display_name": "Countess"})
        assert names(read(STREAK)) == [(1, "Countess", "9")]

    def test_nothing_else_is_told(self, player: Player) -> None:
        player("ada", 9)
        answer = APIClient().get(STREAK)
        for secret in ("example.org", '"ada"', "Habit", "reached"):
            assert secret not in answer.text

    def test_streaks_of_units_are_not_mixed(self, player: Player) -> None:
        ada, _ = player("ada", 3), player("ben", 4)
        weekly = HabitFactory(owner=ada, start_date=START, schedule=Schedule.of(Frequency.WEEKLY))
        log_days(weekly, [days_ago(7 * week) for week in range(6)])
        assert names(read(STREAK)) == [(1, "Ben", "4"), (2, "Ada", "3")]
        assert names(read(STREAK, streak_unit="week")) == [(1, "Ada", "6")]
        assert names(read(STREAK, streak_unit="month")) == []

    def test_a_streak_is_the_best_of_all_own_habits(self, player: Player) -> None:
        ada = player("ada", 3)
        better = HabitFactory(owner=ada, start_date=START)
        log_days(better, days_until(TODAY, 8))
        assert names(read(STREAK)) == [(1, "Ada", "8")]
        put_log(actor=ada, habit_id=better.pk, day=days_ago(1), entry=Entry(status=LogStatus.MISSED))
        assert names(read(STREAK)) == [(1, "Ada", "3")]
        assert names(read(f"{API}/leaderboards/longest_streak/")) == [(1, "Ada", "6")]

    def test_the_longest_of_a_unit_is_not_hidden_by_that_of_another(self, player: Player) -> None:
        ada = player("ada", 17)
        update_habit(actor=ada, habit_id=habit_of(ada).pk, changes={"frequency": Frequency.WEEKLY})
        longest = f"{API}/leaderboards/longest_streak/"
        assert names(read(STREAK, streak_unit="week")) == names(read(longest, streak_unit="week")) == [(1, "Ada", "1")]
        assert names(read(longest)) == [(1, "Ada", "14")]  # up to the week that is judged as a whole
        assert list(recount(repair=False)) == []

    def test_who_is_hidden_while_a_page_is_read_ends_no_list(self, player: Player) -> None:
        people = [player(f"user{number}x", 9 - number) for number in range(5)]
        User.objects.filter(pk=people[0].pk).update(leaderboard_visibility="hidden")  # as a ranking that is behind would see it
        page = read(STREAK, page_size=2)
        assert (page["count"], len(page["results"]), page["next"] is None) == (5, 1, False)

    @pytest.mark.parametrize(
        ("period", "score", "first", "last"),
        [
            ("today", "1", "2026-06-17", "2026-06-17"),
            ("this_week", "3", "2026-06-15", "2026-06-21"),
            ("last_week", "7", "2026-06-08", "2026-06-14"),
            ("this_month", "17", "2026-06-01", "2026-06-30"),
            ("all_time", "40", None, None),
        ],
    )
    def test_completions_of_a_period(self, player: Player, period: str, score: str, first: str | None, last: str | None) -> None:
        player("ada", 40)
        page = read(COUNT, period=period)
        assert names(page) == ([(1, "Ada", score)] if period != "last_week" else [])
        assert (page["starts_on"], page["ends_on"]) == (first, last)
        assert page["is_final"] is (period == "last_week")

    def test_pages(self, player: Player) -> None:
        for number in range(5):
            player(f"user{number}x", 10 - 2 * (number // 2))
        page = read(STREAK, page_size=2)
        assert (page["count"], [row["rank"] for row in page["results"]]) == (5, [1, 1])
        page = APIClient().get(page["next"]).json()
        assert (page["count"], [row["rank"] for row in page["results"]]) == (5, [3, 3])
        assert [row["rank"] for row in APIClient().get(page["next"]).json()["results"]] == [5]
        assert APIClient().get(STREAK, {"page": 4, "page_size": 2}).status_code == 404


class TestRefusals:
    @pytest.mark.parametrize(
        ("metric", "query", "attr"),
        [
            ("current_streak", {"period": "today"}, "period"),
            ("longest_streak", {"period": "this_week"}, "period"),
            ("completions", {"streak_unit": "day"}, "streak_unit"),
            ("completions", {"period": "yesterday"}, "period"),
            ("completions", {"scope": "everybody"}, "scope"),
            ("completions", {"scope": "group:1"}, "scope"),
            ("completions", {"scope": f"user:{MISSING}"}, "scope"),
            ("current_streak", {"streak_unit": "year"}, "streak_unit"),
            ("current_streak", {"unit": "day"}, "unit"),
            ("current_streak", {"neighbors": "5"}, "neighbors"),
        ],
    )
    def test_parameters_that_fit_no_board(self, db, metric: str, query: dict[str, str], attr: str) -> None:
        answer = APIClient().get(f"{API}/leaderboards/{metric}/", query)
        assert (answer.status_code, [fault["attr"] for fault in answer.json()["errors"]]) == (400, [attr])

    @pytest.mark.parametrize("neighbors", ["-1", "51", "x"])
    def test_neighbors_out_of_bounds(self, player: Player, neighbors: str) -> None:
        assert client_of(player("ada", 1)).get(f"{STREAK}me/", {"neighbors": neighbors}).status_code == 400

    def test_what_nobody_ranks_is_not_found(self, db) -> None:
        assert APIClient().get(f"{API}/leaderboards/kindness/").status_code == 404

    @pytest.mark.parametrize("kind", ["group", "challenge"])
    def test_boards_of_groups_and_challenges_take_a_token(self, db, kind: str) -> None:
        answer = APIClient().get(STREAK, {"scope": f"{kind}:{MISSING}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")

    def test_a_wrong_token_is_refused_where_none_is_needed(self, db) -> None:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION="Bearer none")
        assert {client.get(path).status_code for path in (STREAK, f"{API}/leaderboards/")} == {401}


class TestGroupBoard:
    def test_it_ranks_members_by_what_they_share(self, player: Player) -> None:
        ada, ben, cem = player("ada", 9), player("ben", 4, "groups"), player("cem", 12, "hidden")
        group = GroupFactory(owner=ada)
        for user in (ben, cem):
            enter(group, user)
        for user in (ada, ben, cem):
            share_habit(actor=user, group_id=group.pk, habit_id=habit_of(user).pk)
        log_days(HabitFactory(owner=ben, start_date=START), days_until(TODAY, 20))  # not shared
        scope = f"group:{group.pk}"
        assert names(read(STREAK, ben, scope=scope)) == [(1, "Ada", "9"), (2, "Ben", "4")]
        assert names(read(COUNT, cem, scope=scope, period="today")) == [(1, "Ada", "1"), (1, "Ben", "1")]
        assert read(f"{STREAK}me/", cem, scope=scope)["reason"] == "hidden"

    def test_who_leaves_is_not_on_it_any_more(self, player: Player) -> None:
        ada, ben = player("ada", 9), player("ben", 4)
        group = GroupFactory(owner=ada)
        enter(group, ben)
        share_habit(actor=ben, group_id=group.pk, habit_id=habit_of(ben).pk)
        client, scope = client_of(ben), {"scope": f"group:{group.pk}"}
        assert names(client.get(STREAK, scope).json()) == [(1, "Ben", "4")]
        client.delete(f"{API}/groups/{group.pk}/habits/{habit_of(ben).pk}/")
        assert names(client.get(STREAK, scope).json()) == []
        share_habit(actor=ben, group_id=group.pk, habit_id=habit_of(ben).pk)
        client.post(f"{API}/groups/{group.pk}/leave/")
        assert client.get(STREAK, scope).status_code == 404
        assert names(read(STREAK, ada, **scope)) == []

    def test_others_do_not_see_it(self, player: Player) -> None:
        group, eva = GroupFactory(owner=player("ada", 9)), UserFactory(password="!")
        foreign, missing = (client_of(eva).get(STREAK, {"scope": f"group:{key}"}) for key in (group.pk, MISSING))
        assert (foreign.status_code, foreign.content) == (404, missing.content)
        public = GroupFactory(visibility="public")
        assert client_of(eva).get(STREAK, {"scope": f"group:{public.pk}"}).status_code == 403


class TestChallengeBoard:
    def test_it_ranks_participants_by_the_habit_that_takes_part(self, player: Player) -> None:
        ada, ben = player("ada", 9), player("ben", 4, "groups")
        race = ChallengeFactory(owner=ada)
        for user in (ada, ben):
            take_part(race, user, habit_of(user))
        log_days(HabitFactory(owner=ben, start_date=START), days_until(TODAY, 20))
        scope = {"scope": f"challenge:{race.pk}"}
        assert names(read(STREAK, UserFactory(password="!"), **scope)) == [(1, "Ada", "9"), (2, "Ben", "4")]
        client_of(ben).post(f"{API}/challenges/{race.pk}/leave/")
        assert names(read(STREAK, ada, **scope)) == [(1, "Ada", "9")]

    def test_a_private_one_is_for_its_people(self, player: Player) -> None:
        race = ChallengeFactory(owner=player("ada", 9), visibility=Visibility.PRIVATE)
        eva = client_of(UserFactory(password="!"))
        foreign, missing = (eva.get(STREAK, {"scope": f"challenge:{key}"}) for key in (race.pk, MISSING))
        assert (foreign.status_code, foreign.content) == (404, missing.content)

    def test_it_is_another_board_than_that_of_a_group_with_the_same_id(self, player: Player) -> None:
        ada, eva = player("ada", 9), player("eva", 4)
        group = GroupFactory(owner=ada)
        share_habit(actor=ada, group_id=group.pk, habit_id=habit_of(ada).pk)
        client = client_of(eva)
        terms = {"title": "x", "frequency": "daily", "scoring": "completions", "start_date": TODAY, "end_date": TODAY}
        assert client.post(f"{API}/challenges/", {"id": group.pk, **terms}).status_code == 201
        client.post(f"{API}/challenges/{group.pk}/join/", {"habit": habit_of(eva).pk})
        assert names(read(STREAK, eva, scope=f"challenge:{group.pk}")) == [(1, "Eva", "4")]
        assert names(read(STREAK, ada, scope=f"group:{group.pk}")) == [(1, "Ada", "9")]

    def test_no_id_is_that_of_everybody(self, player: Player) -> None:
        ada, nil = player("ada", 3), UUID(int=0)
        client = client_of(ada)
        assert client.post(f"{API}/groups/", {"id": nil, "name": "Nil"}).status_code == 201
        share_habit(actor=ada, group_id=nil, habit_id=habit_of(ada).pk)
        put_log(actor=ada, habit_id=habit_of(ada).pk, day=days_ago(3), entry=Entry())
        assert names(read(COUNT)) == names(read(COUNT, ada, scope=f"group:{nil}")) == [(1, "Ada", "4")]
        assert client.delete(f"{API}/groups/{nil}/").status_code == 204
        assert names(read(COUNT)) == [(1, "Ada", "4")]

    def test_what_a_habit_has_scored_there_stays_when_it_is_deleted(self, player: Player) -> None:
        ada = player("ada", 9)
        race = ChallengeFactory(owner=ada)
        take_part(race, ada, habit_of(ada))
        client_of(ada).delete(f"{API}/habits/{habit_of(ada).pk}/")
        assert names(read(STREAK, ada, scope=f"challenge:{race.pk}")) == [(1, "Ada", "9")]
        assert names(read(STREAK)) == []
        assert list(recount(repair=False)) == []


class TestOwnPlace:
    def test_rank_total_and_neighbours(self, player: Player) -> None:
        users = [player(f"user{days}x", days) for days in range(1, 10)]
        own = read(f"{STREAK}me/", users[4], neighbors=2)
        assert (own["rank"], own["score"], own["total"], own["reason"], own["streak_unit"]) == (5, "5", 9, None, "day")
        assert [(row["rank"], row["score"]) for row in own["above"]] == [(3, "7"), (4, "6")]
        assert [(row["rank"], row["score"]) for row in own["below"]] == [(6, "4"), (7, "3")]
        assert read(f"{STREAK}me/", users[8])["above"] == []
        assert len(read(f"{STREAK}me/", users[8])["below"]) == 5
        assert read(f"{STREAK}me/", users[0], neighbors=0)["above"] == []

    def test_who_has_no_place_learns_why(self, player: Player) -> None:
        player("ada", 2)
        ben, eva = player("ben", 3, "hidden"), UserFactory(password="!", leaderboard_visibility="public")
        for user, reason in ((ben, "hidden"), (eva, "no_score")):
            own = read(f"{STREAK}me/", user)
            assert (own["rank"], own["score"], own["reason"], own["total"]) == (None, None, reason, 1)
            assert own["above"] == own["below"] == []

    def test_it_takes_a_token(self, db) -> None:
        assert APIClient().get(f"{STREAK}me/").status_code == 401


def test_the_boards_there_are(db, wednesday) -> None:
    boards = {board["metric"]: board for board in read(f"{API}/leaderboards/")}
    assert list(boards) == ["current_streak", "longest_streak", "completions", "success_rate"]
    assert [board["scope_kinds"][0] for board in boards.values()] == ["public"] * 3 + ["group"]
    assert boards["success_rate"]["periods"] == boards["completions"]["periods"]
    assert [period["period"] for period in boards["longest_streak"]["periods"]] == ["all_time"]
    week = boards["completions"]["periods"][1]
    assert week == {
        "period": "this_week",
        "starts_on": "2026-06-15",
        "ends_on": "2026-06-21",
        "closes_at": "2026-06-24T00:00:00Z",
    }
    east = UserFactory(password="!", timezone="Pacific/Kiritimati")
    assert read(f"{API}/leaderboards/", east)[2]["periods"][0]["starts_on"] == "2026-06-18"
