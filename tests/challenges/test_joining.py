"""Joining with a habit that fits or with a new one, leaving, removal, invitations, seats."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from challenges.domain.terms import Visibility
from challenges.jobs import settle_challenges
from challenges.models import Challenge, ChallengeInvitation, Departure, Participation
from challenges.services import joining
from challenges.signals import participant_invited
from groups.models import Group
from habits.domain.schedule import Direction, Frequency, Schedule, Target
from habits.models import Habit, HabitLog
from habits.services.editing import update_habit
from habits.services.logs import change_log
from tests.conftest import Send
from tests.factories.challenges import ChallengeFactory, ask, take_part
from tests.factories.groups import GroupFactory, enter
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, log_days
from tests.factories.users import UserFactory
from tests.world import API, MISSING, NOW, TODAY, client_of
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

DAY = timedelta(days=1)
WEEKLY = Schedule.of(Frequency.WEEKLY, target_count=2)


def join(user: User, challenge: Challenge, habit: Any = None) -> Any:
    body = {} if habit is None else {"habit": str(getattr(habit, "pk", habit))}
    return client_of(user).post(f"{API}/challenges/{challenge.pk}/join/", body)


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 400, answer.content
    return [fault["code"] for fault in answer.json()["errors"] if fault["attr"] == "habit"]


class TestJoining:
    def test_with_an_own_habit(self, race: Challenge, ben: User) -> None:
        habit = HabitFactory(owner=ben)
        answers = [join(ben, race, habit) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        document = answers[1].json()
        assert document["my_participation"] == {"habit": str(habit.pk), "rank": 1, "score": "0"}
        assert (document["participant_count"], document["is_runner"]) == (1, False)
        assert answers[0]["ETag"] == answers[1]["ETag"]
        assert join(ben, race).json() == document  # whichever it is

    def test_with_a_new_habit_that_is_made_for_it(self, ada: User, ben: User) -> None:
        schedule = Schedule.of(Frequency.WEEKLY, target=Target(20_000, Direction.AT_LEAST))
        challenge = ChallengeFactory(owner=ada, title="Run", schedule=schedule, unit="km", late_log_days=2)
        for _ in range(2):
            assert join(ben, challenge).status_code == 200
        habit = Habit.objects.get(owner=ben)
        assert (habit.name, habit.unit, habit.schedule) == ("Run", "km", schedule)
        assert (habit.start_date, habit.end_date) == (TODAY, None)

    @pytest.mark.parametrize(("days", "start"), [(5, TODAY + 5 * DAY), (0, TODAY)])
    def test_the_new_habit_begins_with_the_challenge(self, ada: User, ben: User, days: int, start: Any) -> None:
        join(ben, ChallengeFactory(owner=ada, start_date=TODAY + days * DAY))
        assert Habit.objects.get(owner=ben).start_date == start

    def test_who_joins_late_may_log_the_days_that_still_count(self, race: Challenge, ben: User) -> None:
        with time_machine.travel(NOW + 6 * DAY, tick=False):
            join(ben, race)
            assert Habit.objects.get(owner=ben).start_date == TODAY + 5 * DAY

    def test_earlier_logs_count_if_they_were_in_time(self, race: Challenge, ben: User) -> None:
        habit = HabitFactory(owner=ben, start_date=TODAY - 9 * DAY)
        log_days(habit, [TODAY - DAY, TODAY])  # the day before does not belong to it
        with time_machine.travel(NOW + DAY, tick=False):
            log_days(habit, [TODAY + DAY])
        with time_machine.travel(NOW + 4 * DAY, tick=False):
            log_days(habit, [TODAY + 2 * DAY, TODAY + 3 * DAY])  # the first of them comes a day too late
            assert join(ben, race, habit).json()["my_participation"]["score"] == "3"
        row = Participation.objects.get()
        assert sorted(row.holdings) == [TODAY, TODAY + DAY, TODAY + 3 * DAY]
        assert row.reached_at == NOW + 4 * DAY

    def test_what_does_not_fit_is_named(self, race: Challenge, ben: User, send: Send) -> None:
        weekly, measured = HabitFactory(owner=ben, schedule=WEEKLY), MeasuredHabitFactory(owner=ben)
        later, short = HabitFactory(owner=ben, start_date=TODAY + DAY), HabitFactory(owner=ben, end_date=TODAY + DAY)
        archived = HabitFactory(owner=ben)
        update_habit(actor=ben, habit_id=archived.pk, changes={"archived_on": TODAY})
        fits = HabitFactory(owner=ben, name="Fits")
        assert codes(join(ben, race, weekly)) == ["other_frequency"]
        assert codes(join(ben, race, measured)) == ["measured"]
        assert codes(join(ben, race, later)) == ["starts_later"]
        assert codes(join(ben, race, short)) == ["ends_earlier"]
        assert codes(join(ben, race, archived)) == ["archived"]
        assert codes(join(ben, race, HabitFactory())) == ["not_found"]
        assert codes(join(ben, race, MISSING)) == ["not_found"]
        assert not Participation.objects.exists()
        _, page = send(ben, "get", f"challenges/{race.pk}/fitting-habits/")
        assert [(row["id"], row["name"], row["frequency"]) for row in page["results"]] == [(str(fits.pk), "Fits", "daily")]

    def test_a_unit_is_the_same_in_any_case(self, ada: User, ben: User) -> None:
        schedule = Schedule.of(Frequency.DAILY, target=Target(5_000))
        challenge = ChallengeFactory(owner=ada, schedule=schedule, unit="Minuten")
        habits = [HabitFactory(owner=ben, schedule=schedule, unit=unit) for unit in ("Seiten", "MINUTEN")]
        assert codes(join(ben, challenge, habits[0])) == ["other_unit"]
        assert join(ben, challenge, habits[1]).status_code == 200

    def test_without_the_grant_a_habit_is_nobodys(self, race: Challenge, ben: User, send: Send) -> None:
        habit = HabitFactory(owner=ben)
        habit.user_grants.all().delete()
        assert codes(join(ben, race, habit)) == ["not_found"]
        assert send(ben, "get", f"challenges/{race.pk}/fitting-habits/")[1]["results"] == []

    def test_with_another_habit_it_is_refused(self, race: Challenge, ben: User, send: Send) -> None:
        join(ben, race)
        body = {"habit": str(HabitFactory(owner=ben).pk)}
        assert send(ben, "post", f"challenges/{race.pk}/join/", body) == (409, "already_joined")

    def test_one_habit_may_serve_several_challenges(self, race: Challenge, ada: User, ben: User, send: Send) -> None:
        habit, other = HabitFactory(owner=ben), ChallengeFactory(owner=ada)
        for challenge in (race, other):
            join(ben, challenge, habit)
        log_days(habit, [TODAY])
        assert set(Participation.objects.values_list("score", flat=True)) == {1}

    def test_the_last_seat(self, ada: User, ben: User, cleo: User, send: Send) -> None:
        challenge = ChallengeFactory(owner=ada, max_participants=1)
        assert join(ben, challenge).status_code == 200
        assert send(cleo, "post", f"challenges/{challenge.pk}/join/", {}) == (409, "challenge_full")
        assert not Habit.objects.filter(owner=cleo).exists()
        client_of(ben).post(f"{API}/challenges/{challenge.pk}/leave/")
        assert join(cleo, challenge).status_code == 200

    def test_not_in_more_than_there_may_be(self, ada: User, ben: User, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(joining, "MAX_OPEN_PARTICIPATIONS", 1)
        first, second = (ChallengeFactory(owner=ada) for _ in range(2))
        join(ben, first)
        assert send(ben, "post", f"challenges/{second.pk}/join/", {}) == (409, "limit_reached")
        Challenge.objects.filter(pk=first.pk).update(cancelled_at=NOW)
        assert join(ben, second).status_code == 200

    def test_until_its_days_are_over_everywhere(self, race: Challenge, ben: User, cleo: User, send: Send) -> None:
        ends_at = race.ends_at
        with time_machine.travel(ends_at - timedelta(seconds=1), tick=False):
            assert join(ben, race).status_code == 200
        with time_machine.travel(ends_at, tick=False):
            assert send(cleo, "post", f"challenges/{race.pk}/join/", {}) == (409, "challenge_over")
            assert join(ben, race).status_code == 200  # that changes nothing

    def test_not_when_it_was_cancelled(self, race: Challenge, ben: User, cleo: User, send: Send) -> None:
        join(ben, race)
        Challenge.objects.update(cancelled_at=NOW)
        assert send(cleo, "post", f"challenges/{race.pk}/join/", {}) == (409, "challenge_over")

    @pytest.mark.parametrize("body", [{"habit": 5}, {"habit": None}, {"habit": "x"}, {"habits": []}, []])
    def test_bad_bodies(self, race: Challenge, ben: User, body: Any) -> None:
        answer = client_of(ben).post(f"{API}/challenges/{race.pk}/join/", body)
        assert answer.status_code == 400, answer.json()


class TestLeaving:
    def test_it_takes_one_out_of_the_standings(self, race: Challenge, ben: User, send: Send) -> None:
        row = take_part(race, ben)
        for _ in range(2):
            assert send(ben, "post", f"challenges/{race.pk}/leave/")[0] == 204
        document = send(ben, "get", f"challenges/{race.pk}/")[1]
        assert (document["participant_count"], document["my_participation"]) == (0, None)
        log_days(row.habit, [TODAY])
        assert HabitLog.objects.filter(habit=row.habit).exists()
        assert send(ben, "get", f"challenges/{race.pk}/progress/") == (403, "permission_denied")

    def test_who_comes_back_is_counted_by_what_was_logged(self, race: Challenge, ben: User, send: Send) -> None:
        habit = take_part(race, ben).habit
        log_days(habit, [TODAY])
        send(ben, "post", f"challenges/{race.pk}/leave/")
        assert join(ben, race, habit).json()["my_participation"]["score"] == "1"

    def test_who_comes_back_has_neither_lost_what_was_held_nor_made_it_better(
        self, race: Challenge, ben: User, send: Send
    ) -> None:
        habit = take_part(race, ben, HabitFactory(owner=ben)).habit
        log_days(habit, [TODAY])
        with time_machine.travel(NOW + 3 * DAY, tick=False):
            change_log(actor=ben, habit_id=habit.pk, day=TODAY, changes={"note": "Late"})  # its last write comes too late now
            log_days(habit, [TODAY + DAY])
            before = Participation.objects.values("holdings_text", "score", "reached_at").get()
            assert before["score"] == 1
            send(ben, "post", f"challenges/{race.pk}/leave/")
            join(ben, race, habit)
            assert Participation.objects.values("holdings_text", "score", "reached_at").get() == before
            # With another habit it is another beginning.
            send(ben, "post", f"challenges/{race.pk}/leave/")
            assert join(ben, race, HabitFactory(owner=ben)).json()["my_participation"]["score"] == "0"

    def test_who_comes_back_has_reached_the_score_when_it_was_reached(self, race: Challenge, ben: User, send: Send) -> None:
        habit = take_part(race, ben, HabitFactory(owner=ben)).habit
        log_days(habit, [TODAY])
        with time_machine.travel(NOW + timedelta(hours=3), tick=False):
            change_log(actor=ben, habit_id=habit.pk, day=TODAY, changes={"note": "In time, too"})
            send(ben, "post", f"challenges/{race.pk}/leave/")
            join(ben, race, habit)
        assert Participation.objects.get().reached_at == NOW

    def test_not_once_the_standings_are_final(self, race: Challenge, ben: User, ada: User, send: Send) -> None:
        take_part(race, ben)
        with time_machine.travel(race.settles_at - timedelta(hours=1), tick=False):
            take_out = Participation.objects.get()
            assert take_out.rank is None
        with time_machine.travel(race.settles_at + timedelta(hours=1), tick=False):
            settle_challenges()
            assert send(ben, "post", f"challenges/{race.pk}/leave/") == (409, "challenge_over")
            assert send(ada, "delete", f"challenges/{race.pk}/participants/{ben.pk}/") == (409, "challenge_over")
        assert Participation.objects.get().rank == 1

    def test_before_that_one_may_still_go(self, race: Challenge, ben: User, send: Send) -> None:
        take_part(race, ben)
        with time_machine.travel(race.settles_at + timedelta(hours=1), tick=False):
            assert send(ben, "post", f"challenges/{race.pk}/leave/")[0] == 204
            settle_challenges()
        assert not Participation.objects.exists()


class TestRemoving:
    def test_who_is_removed_comes_back_by_invitation_alone(self, race: Challenge, ada: User, ben: User, send: Send) -> None:
        take_part(race, ben)
        removal = f"challenges/{race.pk}/participants/{ben.pk}/"
        assert [send(ada, "delete", removal)[0] for _ in range(2)] == [204, 404]
        assert send(ben, "post", f"challenges/{race.pk}/join/", {}) == (403, "removed_from_challenge")
        assert send(ada, "post", f"challenges/{race.pk}/invitations/", {"user": "BEN"})[0] == 201
        assert join(ben, race).status_code == 200
        assert not ChallengeInvitation.objects.exists()
        assert not Departure.objects.exists()

    def test_of_a_private_one_nothing_is_left_to_see(self, ada: User, ben: User, send: Send) -> None:
        challenge = ChallengeFactory(owner=ada, visibility=Visibility.PRIVATE)
        ask(challenge, ben, ada)
        take_part(challenge, ben)
        send(ada, "delete", f"challenges/{challenge.pk}/participants/{ben.pk}/")
        assert send(ben, "get", f"challenges/{challenge.pk}/") == (404, "not_found")


class TestInvitations:
    def test_they_show_a_private_challenge(self, ada: User, ben: User, cleo: User, send: Send) -> None:
        challenge = ChallengeFactory(owner=ada, visibility=Visibility.PRIVATE)
        path = f"challenges/{challenge.pk}/"
        told: list[Any] = []
        participant_invited.connect(hear := lambda invitation, **_: told.append(invitation.user_id))
        assert send(ben, "get", path) == (404, "not_found")
        answers = [send(ada, "post", f"{path}invitations/", {"user": "ben"}) for _ in range(2)]
        assert [status for status, _ in answers] == [201, 200]
        assert (
            answers[0][1]
            == answers[1][1]
            == {
                "user": {"id": str(ben.pk), "display_name": "Ben"},
                "invited_by": {"id": str(ada.pk), "display_name": "Ada"},
                "created_at": "2026-06-17T12:00:00Z",
            }
        )
        participant_invited.disconnect(hear)
        assert told == [ben.pk]
        assert send(ada, "get", f"{path}invitations/")[1]["results"] == [answers[0][1]]
        assert send(ben, "get", path)[0] == 200
        assert send(ben, "get", f"{path}invitations/") == (403, "permission_denied")
        assert send(ada, "delete", f"{path}invitations/{ben.pk}/")[0] == 204
        assert send(ben, "get", path) == (404, "not_found")
        assert send(ada, "delete", f"{path}invitations/{ben.pk}/") == (404, "not_found")

    def test_whom_one_cannot_invite(self, race: Challenge, ada: User, ben: User, send: Send) -> None:
        take_part(race, ben)
        UserFactory(username="gone", is_active=False)
        for name in ("nobody", "gone", "ben"):
            assert send(ada, "post", f"challenges/{race.pk}/invitations/", {"user": name}) == (400, "validation_error")
        with time_machine.travel(race.ends_at, tick=False):
            assert send(ada, "post", f"challenges/{race.pk}/invitations/", {"user": "ada"}) == (409, "challenge_over")

    def test_to_a_groups_challenge_members_alone(self, ada: User, ben: User, cleo: User, send: Send) -> None:
        group = GroupFactory(owner=ada)
        enter(group, ben)
        challenge = ChallengeFactory(owner=ada, group_id=group.pk, visibility=Visibility.GROUP)
        path = f"challenges/{challenge.pk}/invitations/"
        assert send(ada, "post", path, {"user": "cleo"}) == (400, "validation_error")
        assert send(ada, "post", path, {"user": "ben"})[0] == 201

    def test_not_more_than_there_may_be(self, race: Challenge, ada: User, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(joining, "MAX_INVITATIONS", 1)
        path = f"challenges/{race.pk}/invitations/"
        UserFactory(username="one"), UserFactory(username="two")
        assert send(ada, "post", path, {"user": "one"})[0] == 201
        assert send(ada, "post", path, {"user": "two"}) == (409, "limit_reached")
        assert send(ada, "post", path, {"user": "one"})[0] == 200


class TestParticipants:
    def test_the_list(self, race: Challenge, ada: User, ben: User, cleo: User, send: Send) -> None:
        take_part(race, ben)
        with time_machine.travel(NOW + DAY, tick=False):
            take_part(race, ada)
        path = f"challenges/{race.pk}/participants/"
        assert send(cleo, "get", path)[1]["results"] == [
            {"user": {"id": str(ben.pk), "display_name": "Ben"}, "joined_at": "2026-06-17T12:00:00Z"},
            {"user": {"id": str(ada.pk), "display_name": "Ada"}, "joined_at": "2026-06-18T12:00:00Z"},
        ]
        assert [row["user"]["display_name"] for row in send(cleo, "get", f"{path}?ordering=-joined_at")[1]["results"]] == [
            "Ada",
            "Ben",
        ]


@pytest.fixture
def group(ada: User) -> Group:
    return GroupFactory(owner=ada)


def test_a_group_has_its_challenges_to_itself(ada: User, ben: User, cleo: User, group: Group, send: Send) -> None:
    enter(group, ben)
    challenge = ChallengeFactory(owner=ada, group_id=group.pk, visibility=Visibility.GROUP)
    assert join(ben, challenge).status_code == 200
    assert send(cleo, "post", f"challenges/{challenge.pk}/join/", {}) == (404, "not_found")
    for path in ("", "standings/", "participants/", "fitting-habits/", "progress/", "announcements/"):
        assert send(cleo, "get", f"challenges/{challenge.pk}/{path}") == (404, "not_found")
