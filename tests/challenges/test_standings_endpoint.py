"""Standings, days side by side, and what freezes them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from challenges.domain.terms import Scoring
from challenges.jobs import settle_challenges, start_challenges, sweep_standings
from challenges.models import Challenge, Participation
from challenges.services import settling
from challenges.services.challenges import update_challenge
from challenges.services.recounting import recount
from challenges.signals import challenge_finished, challenge_started, standing_changed
from habits.domain.logs import LogStatus
from habits.domain.schedule import Frequency, Schedule, Target
from habits.services.editing import update_habit
from habits.services.habits import delete_habit
from habits.services.logs import Entry, change_log, delete_log, put_log
from tests.conftest import Send
from tests.factories.challenges import ChallengeFactory, take_part
from tests.factories.habits import HabitFactory, log_days
from tests.factories.users import PASSWORD, UserFactory
from tests.world import API, NOW, TODAY, client_of
from users.models import User
from users.services.accounts import delete_account, update_profile

pytestmark = pytest.mark.slow  # not each test, but all of them

DAY = timedelta(days=1)


def standings(user: User, challenge: Challenge, query: str = "") -> dict[str, Any]:
    answer = client_of(user).get(f"{API}/challenges/{challenge.pk}/standings/{query}")
    assert answer.status_code == 200
    return answer.json()


def table(user: User, challenge: Challenge) -> list[tuple[int, str, str | None]]:
    rows = standings(user, challenge)["results"]
    return [(row["rank"], row["user"]["display_name"], row["score"]) for row in rows]


class TestStandings:
    def test_what_is_told(self, race: Challenge, ada: User, ben: User) -> None:
        habit = take_part(race, ben).habit
        take_part(race, ada)
        with time_machine.travel(NOW + 2 * DAY, tick=False):
            log_days(habit, [TODAY + DAY, TODAY + 2 * DAY])
            sweep_standings()
            page = standings(ada, race)
        assert page["results"][0] == {
            "rank": 1,
            "user": {"id": str(ben.pk), "display_name": "Ben"},
            "score": "2",
            "achieved": 2,
            "expected": 3,
            "success_rate": "0.6667",
            "current_streak": 2,
            "streak_unit": "day",
            "last_completed_on": "2026-06-19",
            "reached_at": "2026-06-19T12:00:00Z",
        }
        assert page["me"] == page["results"][1]
        assert (page["me"]["rank"], page["me"]["score"], page["me"]["reached_at"]) == (2, "0", None)
        assert (page["count"], page["next"], page["as_of"], page["is_final"]) == (2, None, "2026-06-19T12:00:00Z", False)

    def test_each_log_shows_at_once(self, race: Challenge, ben: User) -> None:
        habit = take_part(race, ben).habit
        heard: list[tuple[int, int]] = []
        standing_changed.connect(hear := lambda participation, old_score, **_: heard.append((old_score, participation.score)))
        put_log(actor=ben, habit_id=habit.pk, day=TODAY, entry=Entry())
        assert table(ben, race) == [(1, "Ben", "1")]
        change_log(actor=ben, habit_id=habit.pk, day=TODAY, changes={"note": "In the rain"})
        put_log(actor=ben, habit_id=habit.pk, day=TODAY, entry=Entry(status=LogStatus.SKIPPED))
        assert table(ben, race) == [(1, "Ben", "0")]
        put_log(actor=ben, habit_id=habit.pk, day=TODAY, entry=Entry())
        delete_log(actor=ben, habit_id=habit.pk, day=TODAY)
        put_log(actor=ben, habit_id=habit.pk, day=TODAY, entry=Entry(status=LogStatus.MISSED))  # no other score
        standing_changed.disconnect(hear)
        assert table(ben, race) == [(1, "Ben", "0")]
        assert heard == [(0, 1), (1, 0), (0, 1), (1, 0)]

    def test_a_note_makes_no_log_later(self, race: Challenge, ben: User) -> None:
        habit = take_part(race, ben).habit
        log_days(habit, [TODAY])
        with time_machine.travel(NOW + timedelta(hours=5), tick=False):
            change_log(actor=ben, habit_id=habit.pk, day=TODAY, changes={"note": "In the rain"})
        assert Participation.objects.get().reached_at == NOW

    def test_equal_scores_share_a_rank_and_who_was_first_comes_first(self, race: Challenge) -> None:
        names = ("one", "two", "three", "four", "five")
        habits = {name: take_part(race, UserFactory(username=name)).habit for name in names}
        for hour, name in enumerate(("four", "two", "three")):
            with time_machine.travel(NOW + timedelta(hours=hour), tick=False):
                log_days(habits[name], [TODAY])
        with time_machine.travel(NOW + DAY, tick=False):
            log_days(habits["three"], [TODAY + DAY])
        viewer = UserFactory()
        assert table(viewer, race) == [(1, "three", "2"), (2, "four", "1"), (2, "two", "1"), (4, "one", "0"), (4, "five", "0")]
        pages = [standings(viewer, race, f"?page_size=2&page={page}") for page in (1, 2, 3)]
        assert [[row["rank"] for row in page["results"]] for page in pages] == [[1, 2], [2, 4], [4]]
        assert [page["count"] for page in pages] == [5, 5, 5]
        assert pages[0]["me"] is None
        assert client_of(viewer).get(f"{API}/challenges/{race.pk}/standings/?page=9").status_code == 404

    def test_before_anybody_has_logged_who_joined_first_comes_first(self, race: Challenge, ada: User, ben: User) -> None:
        with time_machine.travel(NOW + DAY, tick=False):
            late = take_part(race, ada)
        early = take_part(race, ben)
        assert early.joined_at < late.joined_at
        assert table(ada, race) == [(1, "Ben", "0"), (1, "Ada", "0")]

    def test_another_target_of_the_habit_makes_no_log_later(self, ada: User, ben: User) -> None:
        challenge = ChallengeFactory(owner=ada, schedule=Schedule.of(Frequency.DAILY, target=Target(10_000)))
        habit = take_part(challenge, ben).habit
        log_days(habit, [TODAY], value_milli=12_000)
        with time_machine.travel(NOW + timedelta(hours=2), tick=False):
            update_habit(actor=ben, habit_id=habit.pk, changes={"target_value_milli": 15_000}, effective_from=habit.start_date)
        row = Participation.objects.get()
        assert (row.score, row.reached_at) == (1, NOW)

    def test_scores_as_texts(self, ada: User, ben: User) -> None:
        measured = Schedule.of(Frequency.DAILY, target=Target(10_000))
        for scoring, text in (("streak", "1"), ("completions", "1"), ("total", "12.5"), ("success_rate", "1.0000")):
            challenge = ChallengeFactory(owner=ada, schedule=measured, scoring=Scoring(scoring))
            row = take_part(challenge, ben)
            assert table(ben, challenge)[0][2] == (None if scoring == "success_rate" else "0")
            log_days(row.habit, [TODAY], value_milli=12_500)
            assert table(ben, challenge)[0][2] == text
            own = client_of(ben).get(f"{API}/challenges/{challenge.pk}/").json()["my_participation"]
            assert (own["rank"], own["score"]) == (1, text)

    def test_what_comes_too_late_counts_as_if_it_had_not_come(self, race: Challenge, ben: User) -> None:
        habit = take_part(race, ben).habit
        with time_machine.travel(datetime(2026, 6, 18, 23, 59, 59, tzinfo=UTC), tick=False):
            log_days(habit, [TODAY])
        with time_machine.travel(datetime(2026, 6, 19, tzinfo=UTC), tick=False):
            delete_log(actor=ben, habit_id=habit.pk, day=TODAY)  # the value held at the cut-off stays
            sweep_standings()
        with time_machine.travel(datetime(2026, 6, 20, tzinfo=UTC), tick=False):
            log_days(habit, [TODAY + DAY])
            assert table(ben, race) == [(1, "Ben", "1")]
        assert list(Participation.objects.get().holdings) == [TODAY]

    def test_a_deleted_habit_keeps_what_it_has_scored(self, race: Challenge, ben: User) -> None:
        habit = take_part(race, ben).habit
        log_days(habit, [TODAY])
        delete_habit(actor=ben, habit_id=habit.pk)
        assert table(ben, race) == [(1, "Ben", "1")]
        own = client_of(ben).get(f"{API}/challenges/{race.pk}/").json()["my_participation"]
        assert own == {"habit": None, "rank": 1, "score": "1"}
        with time_machine.travel(race.settles_at + DAY, tick=False):
            settle_challenges()
            assert table(ben, race) == [(1, "Ben", "1")]


class TestZones:
    def test_everybody_gets_the_same_number_of_days(self, ada: User) -> None:
        """At UTC+14 and UTC-12 each day can be logged from its first to the last second of the day after it."""
        challenge = ChallengeFactory(owner=ada, start_date=TODAY + 3 * DAY, days=3)
        east = UserFactory(username="east", timezone="Pacific/Kiritimati")
        west = UserFactory(username="west", timezone="Etc/GMT+12", day_start_hour=6)
        habits = {user.pk: take_part(challenge, user).habit for user in (east, west)}
        offsets = {east.pk: timedelta(hours=-14), west.pk: timedelta(hours=18)}
        for number in range(3):
            day = challenge.start_date + number * DAY
            for user in (east, west):
                midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) + offsets[user.pk]
                instant = midnight if number % 2 else midnight + 2 * DAY - timedelta(seconds=1)
                with time_machine.travel(instant, tick=False):
                    log_days(habits[user.pk], [day])
        assert set(Participation.objects.values_list("score", flat=True)) == {3}
        # One second later the last of them is too late.
        for user in (east, west):
            last = challenge.end_date
            instant = datetime(last.year, last.month, last.day, tzinfo=UTC) + offsets[user.pk] + 2 * DAY
            with time_machine.travel(instant, tick=False):
                delete_log(actor=user, habit_id=habits[user.pk].pk, day=last)
        assert set(Participation.objects.values_list("score", flat=True)) == {3}
        assert challenge.settles_at == datetime(2026, 6, 24, 18, tzinfo=UTC)
        with time_machine.travel(challenge.settles_at + settling.GRACE - timedelta(seconds=1), tick=False):
            settle_challenges()
            assert Challenge.objects.get().finished_at is None
        with time_machine.travel(challenge.settles_at + settling.GRACE, tick=False):
            settle_challenges()
            assert Challenge.objects.get().finished_at is not None

    def test_who_moves_east_is_judged_by_another_day(self, race: Challenge, ben: User) -> None:
        row = take_part(race, ben)
        update_profile(user_id=ben.pk, changes={"timezone": "Pacific/Kiritimati"})
        sweep_standings()
        row.refresh_from_db()
        assert (row.as_of, row.expected) == (TODAY + DAY, 1)  # the day that was not logged has ended


class TestProgress:
    def test_days_side_by_side(self, race: Challenge, ada: User, ben: User, send: Send) -> None:
        habits = {user.username: take_part(race, user).habit for user in (ada, ben)}
        log_days(habits["ben"], [TODAY])
        put_log(actor=ada, habit_id=habits["ada"].pk, day=TODAY, entry=Entry(status=LogStatus.SKIPPED, note="Ill"))
        with time_machine.travel(NOW + DAY, tick=False):
            log_days(habits["ben"], [TODAY + DAY])
            status, page = send(ada, "get", f"challenges/{race.pk}/progress/")
        assert status == 200
        places = [(row["rank"], row["user"]["display_name"], row["score"]) for row in page["results"]]
        assert places == [(1, "Ben", "2"), (2, "Ada", "0")]
        days = {row["user"]["display_name"]: [day["status"] for day in row["days"]] for row in page["results"]}
        # A skipped day is a missed one here.
        assert days == {"Ben": ["completed", "completed"], "Ada": ["missed", "pending"]}
        assert page["me"] == page["results"][1]
        assert (page["is_final"], page["as_of"]) == (False, "2026-06-18T12:00:00Z")

    def test_a_range(self, race: Challenge, ben: User, send: Send) -> None:
        take_part(race, ben)
        with time_machine.travel(NOW + 9 * DAY, tick=False):

            def days(query: str) -> list[str]:
                return [day["date"] for day in send(ben, "get", f"challenges/{race.pk}/progress/{query}")[1]["me"]["days"]]

            assert days("?from=2026-06-20&to=2026-06-21") == ["2026-06-20", "2026-06-21"]
            assert days("?from=2026-01-01&to=2026-06-18") == ["2026-06-17", "2026-06-18"]
            assert days("?period=last_7_days")[0] == "2026-06-20"
            assert days("?from=2026-01-01&to=2026-02-01") == []
            assert send(ben, "get", f"challenges/{race.pk}/progress/?page_size=100&from=2026-01-01") == (400, "invalid_parameter")

    def test_for_participants_alone(self, race: Challenge, ada: User, ben: User, send: Send) -> None:
        take_part(race, ben)
        assert send(ada, "get", f"challenges/{race.pk}/progress/") == (403, "permission_denied")


class TestFreezing:
    @pytest.fixture
    def rows(self, race: Challenge, ada: User, ben: User, cleo: User) -> dict[str, Participation]:
        found = {user.username: take_part(race, user) for user in (ada, ben, cleo)}
        for name, days in {"ada": 2, "ben": 3}.items():
            for number in range(days):
                with time_machine.travel(NOW + number * DAY, tick=False):
                    log_days(found[name].habit, [TODAY + number * DAY])
        return found

    @pytest.fixture
    def heard(self) -> Any:
        told: list[Any] = []
        challenge_finished.connect(hear := lambda challenge, **_: told.append(challenge.pk))
        yield told
        challenge_finished.disconnect(hear)

    def settle(self, race: Challenge) -> None:
        with time_machine.travel(race.settles_at + DAY, tick=False):
            settle_challenges()

    def test_once_and_for_good(self, race: Challenge, ada: User, ben: User, cleo: User, rows: Any, heard: Any) -> None:
        for _ in range(3):
            self.settle(race)
        assert heard == [race.pk]
        viewer = UserFactory()
        with time_machine.travel(race.settles_at + 2 * DAY, tick=False):
            before = standings(viewer, race)
            assert (before["is_final"], before["as_of"]) == (True, "2026-07-03T18:00:00Z")
            assert table(viewer, race) == [(1, "Ben", "3"), (2, "Ada", "2"), (3, "Cleo", "0")]
            delete_log(actor=ben, habit_id=rows["ben"].habit_id, day=TODAY)
            log_days(rows["cleo"].habit, [TODAY + number * DAY for number in range(14)])
            delete_habit(actor=ada, habit_id=rows["ada"].habit_id)
            sweep_standings()
            assert standings(viewer, race) == before
            assert list(recount(repair=True)) == []

    def test_a_deleted_account_becomes_a_former_participant(
        self, race: Challenge, ada: User, ben: User, rows: Any, send: Send
    ) -> None:
        self.settle(race)
        delete_account(user_id=ben.pk, current_password=PASSWORD, is_own=False)
        former = {"id": None, "display_name": "former participant"}
        with time_machine.travel(race.settles_at + 2 * DAY, tick=False):
            first, *_ = standings(ada, race)["results"]
            assert (first["rank"], first["score"], first["user"]) == (1, "3", former)
            listed = send(ada, "get", f"challenges/{race.pk}/participants/")[1]["results"]
            assert former in [row["user"] for row in listed]
            [former_row] = [
                row for row in send(ada, "get", f"challenges/{race.pk}/progress/")[1]["results"] if row["user"] == former
            ]
            assert [day["status"] for day in former_row["days"]].count("completed") == 3
        assert list(recount(repair=False)) == []

    def test_equal_scores_share_their_final_rank(self, race: Challenge, ada: User, cleo: User, rows: Any) -> None:
        with time_machine.travel(NOW + DAY, tick=False):
            log_days(rows["cleo"].habit, [TODAY, TODAY + DAY])
        self.settle(race)
        assert not Participation.objects.exclude(next_change_at=None).exists()
        with time_machine.travel(race.settles_at + 2 * DAY, tick=False):
            assert table(ada, race) == [(1, "Ben", "3"), (2, "Ada", "2"), (2, "Cleo", "2")]

    def test_by_the_last_terms_though_nothing_has_followed_them(self, ada: User, ben: User) -> None:
        """Of a week that the end had cut one day was asked for; of the whole one three are."""
        weekly = Schedule.of(Frequency.WEEKLY, target_count=3)
        challenge = ChallengeFactory(owner=ada, schedule=weekly, scoring=Scoring.STREAK, start_date=TODAY + 5 * DAY, days=2)
        habit = take_part(challenge, ben, HabitFactory(owner=ben, schedule=weekly)).habit
        with time_machine.travel(NOW + 5 * DAY, tick=False):  # Monday
            log_days(habit, [TODAY + 5 * DAY])
            assert Participation.objects.get().score == 1
            update_challenge(actor=ada, challenge_id=challenge.pk, changes={"end_date": TODAY + 11 * DAY})
        Participation.objects.update(as_of=TODAY + 20 * DAY)  # as if it was brought to its end before
        with time_machine.travel(NOW + 16 * DAY, tick=False):
            settle_challenges()
        assert Participation.objects.values_list("score", "rank").get() == (0, 1)
        assert not Challenge.objects.get().is_stale

    def test_nothing_is_frozen_too_early(self, race: Challenge, rows: Any, heard: Any) -> None:
        with time_machine.travel(race.settles_at, tick=False):
            settle_challenges()
        assert heard == []

    def test_workers_that_were_down_catch_up(self, race: Challenge, rows: Any, heard: Any) -> None:
        """Nothing has been swept since the first day."""
        with time_machine.travel(race.settles_at + 90 * DAY, tick=False):
            settle_challenges()
        assert heard == [race.pk]
        assert set(Participation.objects.values_list("as_of", "current_streak")) == {(date(2026, 9, 30), 0)}

    def test_one_that_fails_keeps_no_other_from_it(self, race: Challenge, rows: Any, heard: Any, ada: User, ben: User) -> None:
        other = ChallengeFactory(owner=ada)
        take_part(other, ben)
        Participation.objects.filter(pk=rows["ben"].pk).update(holdings_text="[[1]]")
        self.settle(race)
        assert heard == [other.pk]
        lines = [line for line in recount(repair=False) if "holdings" in line]
        assert len(lines) == 1


def test_the_start_is_told_once(race: Challenge, ada: User, client: APIClient) -> None:
    later = ChallengeFactory(owner=ada, start_date=TODAY + 3 * DAY)
    told: list[Any] = []
    challenge_started.connect(hear := lambda challenge, **_: told.append(challenge.pk))
    for _ in range(2):
        start_challenges()
    assert told == [race.pk]
    with time_machine.travel(later.starts_at, tick=False):
        start_challenges()
    challenge_started.disconnect(hear)
    assert told == [race.pk, later.pk]
