"""Making, finding, changing and ending challenges."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from challenges.domain.terms import Visibility
from challenges.jobs import settle_challenges, sweep_standings
from challenges.models import Challenge, Participation
from challenges.services import challenges as service
from config.identifiers import new_id
from groups.domain.roles import Role
from groups.models import Group
from groups.services.joining import leave_group
from habits.domain.schedule import Direction, Frequency, Schedule, Target
from sharing.models import SpentId
from tests.conftest import Send
from tests.factories.challenges import ChallengeFactory, ask, take_part
from tests.factories.groups import GroupFactory, enter
from tests.factories.habits import HabitFactory, log_days
from tests.factories.users import UserFactory
from tests.world import API, MISSING, NOW, TODAY, client_of
from users.models import User

DRAFT = {
    "title": "A page a day",
    "frequency": "daily",
    "start_date": "2026-06-20",
    "end_date": "2026-06-30",
    "scoring": "completions",
}
MEASURED = {"target_value": "20", "unit": "minutes"}


@pytest.fixture
def group(ada: User) -> Group:
    return GroupFactory(owner=ada, name="Early birds")


def faults(client: APIClient, body: dict[str, Any]) -> set[tuple[str, str]]:
    answer = client.post(f"{API}/challenges/", body)
    assert answer.status_code == 400, answer.json()
    return {(fault["attr"], fault["code"]) for fault in answer.json()["errors"]}


class TestMaking:
    def test_what_it_answers(self, client: APIClient, ada: User) -> None:
        body = DRAFT | MEASURED | {"description": "With a book", "max_participants": 9, "allow_skips": True, "late_log_days": 2}
        answer = client.post(f"{API}/challenges/", body)
        document = answer.json()
        assert (answer.status_code, answer["Location"]) == (201, f"http://testserver{API}/challenges/{document['id']}/")
        assert answer["ETag"].startswith('"1-')
        assert document == {
            **body,
            "id": document["id"],
            "group": None,
            "creator": {"id": str(ada.pk), "display_name": "Ada"},
            "visibility": "private",
            "interval": 1,
            "target_days": None,
            "target_count": 1,
            "target_direction": "at_least",
            "target_scope": "day",
            "state": "upcoming",
            "starts_at": "2026-06-19T10:00:00Z",
            "ends_at": "2026-07-01T18:00:00Z",
            "settles_at": "2026-07-03T18:00:00Z",
            "finished_at": None,
            "cancelled_at": None,
            "participant_count": 0,
            "is_runner": True,
            "my_participation": None,
            "created_at": "2026-06-17T12:00:00Z",
            "updated_at": "2026-06-17T12:00:00Z",
        }
        assert client.get(answer["Location"]).json() == document

    def test_the_defaults(self, client: APIClient) -> None:
        document = client.post(f"{API}/challenges/", DRAFT).json()
        names = ("visibility", "late_log_days", "allow_skips", "max_participants", "description", "unit", "target_value")
        assert [document[name] for name in names] == ["private", 1, False, None, "", None, None]

    def test_a_repeated_id_makes_one(self, client: APIClient, ben: User) -> None:
        body = DRAFT | {"id": str(new_id())}
        assert [client.post(f"{API}/challenges/", body).status_code for _ in range(2)] == [201, 200]
        answer = client_of(ben).post(f"{API}/challenges/", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "id_conflict")
        assert client.delete(f"{API}/challenges/{body['id']}/").status_code == 204
        answer = client.post(f"{API}/challenges/", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "id_deleted")
        assert Challenge.objects.count() == 0

    @pytest.mark.parametrize(
        ("changes", "found"),
        [
            ({"title": " "}, {("title", "blank")}),
            ({"start_date": "2026-06-16"}, {("start_date", "date_out_of_range")}),
            ({"end_date": "2026-06-19"}, {("end_date", "end_before_start")}),
            ({"end_date": "2027-06-21"}, {("end_date", "too_long")}),
            (
                {"start_date": "2032-01-01", "end_date": "2032-01-02"},
                {("start_date", "date_out_of_range"), ("end_date", "date_out_of_range")},
            ),
            ({"scoring": "total"}, {("scoring", "not_measured")}),
            ({"unit": "pages"}, {("unit", "unit_without_target")}),
            ({"target_direction": "at_most"}, {("target_value", "required")}),
            ({"interval": 2, "target_days": [1]}, {("target_days", "interval_not_one")}),
            ({"late_log_days": 32}, {("late_log_days", "max_value")}),
            ({"max_participants": 0}, {("max_participants", "min_value")}),
            ({"visibility": "group"}, {("group", "required")}),
            ({"group": str(MISSING)}, {("group", "not_found")}),
            ({"frequency": "hourly", "scoring": "love"}, {("frequency", "invalid_choice"), ("scoring", "invalid_choice")}),
            ({"winner": "me"}, {("winner", "unknown_field")}),
        ],
    )
    def test_what_is_refused(self, client: APIClient, changes: dict[str, Any], found: set[tuple[str, str]]) -> None:
        assert faults(client, DRAFT | changes) == found
        assert not Challenge.objects.exists()

    def test_a_year_and_a_day_is_the_longest(self, client: APIClient) -> None:
        assert client.post(f"{API}/challenges/", DRAFT | {"end_date": "2027-06-20"}).status_code == 201

    def test_of_a_group_by_its_admins_alone(self, ada: User, ben: User, cleo: User, group: Group, send: Send) -> None:
        enter(group, ben, Role.ADMIN)
        enter(group, cleo)
        body = DRAFT | {"group": str(group.pk)}
        status, document = send(ben, "post", "challenges/", body)
        assert (status, document["visibility"]) == (201, "group")
        assert document["group"] == {"id": str(group.pk), "name": "Early birds"}
        assert send(cleo, "post", "challenges/", body) == (403, "permission_denied")
        assert send(UserFactory(), "post", "challenges/", body) == (400, "validation_error")
        assert send(ben, "post", "challenges/", body | {"visibility": "public"}) == (400, "validation_error")
        for user, status in ((ada, 200), (ben, 200), (cleo, 403)):
            assert send(user, "patch", f"challenges/{document['id']}/", {"title": "Two pages"})[0] == status

    def test_a_repeated_id_shows_nothing_that_is_no_more_to_be_seen(self, ben: User, group: Group, send: Send) -> None:
        enter(group, ben, Role.ADMIN)
        body = DRAFT | {"group": str(group.pk), "id": str(new_id())}
        assert send(ben, "post", "challenges/", body)[0] == 201
        leave_group(actor=ben, group_id=group.pk)
        assert send(ben, "post", "challenges/", body) == (404, "not_found")

    def test_not_more_than_there_may_be(self, client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(service, "MAX_OPEN_CHALLENGES", 1)
        client.post(f"{API}/challenges/", DRAFT)
        answer = client.post(f"{API}/challenges/", DRAFT)
        assert (answer.status_code, answer.json()["code"]) == (409, "limit_reached")
        Challenge.objects.update(cancelled_at=NOW)
        assert client.post(f"{API}/challenges/", DRAFT).status_code == 201


class TestFinding:
    def test_lists_hold_what_one_may_see(self, ada: User, ben: User, group: Group, send: Send) -> None:
        public = ChallengeFactory(owner=ada, title="Public")
        ChallengeFactory(owner=ada, title="Private", visibility=Visibility.PRIVATE)
        ChallengeFactory(owner=ada, title="Ours", visibility=Visibility.GROUP, group_id=group.pk)
        asked = ChallengeFactory(owner=ada, title="Asked", visibility=Visibility.PRIVATE)
        ask(asked, ben, ada)

        def titles(user: User, query: str = "") -> set[str]:
            return {row["title"] for row in send(user, "get", f"challenges/{query}")[1]["results"]}

        assert titles(ada) == {"Public", "Private", "Ours", "Asked"}
        assert titles(ben) == {"Public", "Asked"}
        enter(group, ben)
        assert titles(ben) == {"Public", "Asked", "Ours"}
        assert titles(ben, f"?group={group.pk}") == {"Ours"}
        assert titles(ben, "?search=OUR") == {"Ours"}
        assert titles(ben, "?search=private") == set()
        take_part(public, ben)
        assert titles(ben, "?joined=true") == {"Public"}
        assert titles(ben, "?joined=false") == {"Asked", "Ours"}
        assert titles(UserFactory()) == {"Public"}

    def test_states_are_those_of_the_moment(self, ada: User, ben: User, send: Send) -> None:
        for title, start, days in (("now", TODAY, 3), ("later", TODAY + timedelta(days=9), 3)):
            take_part(ChallengeFactory(owner=ada, title=title, start_date=start, days=days), ben)
        gone = ChallengeFactory(owner=ada, title="gone")
        take_part(gone, ben)
        assert send(ada, "delete", f"challenges/{gone.pk}/")[0] == 204

        def states() -> dict[str, str]:
            found = {}
            for state in ("upcoming", "active", "settling", "finished", "cancelled"):
                for row in send(ada, "get", f"challenges/?state={state}")[1]["results"]:
                    assert row["state"] == state
                    found[row["title"]] = state
            return found

        assert states() == {"now": "active", "later": "upcoming", "gone": "cancelled"}
        with time_machine.travel(NOW + timedelta(days=3, hours=6), tick=False):
            assert states() == {"now": "settling", "later": "upcoming", "gone": "cancelled"}
        with time_machine.travel(NOW + timedelta(days=5), tick=False):
            settle_challenges()
            assert states() == {"now": "finished", "later": "upcoming", "gone": "cancelled"}
        assert send(ada, "get", "challenges/?state=tomorrow") == (400, "invalid_parameter")

    def test_the_order(self, ada: User, send: Send) -> None:
        for number, start in enumerate((3, 9, 6)):
            ChallengeFactory(owner=ada, title=str(number), start_date=TODAY + timedelta(days=start), days=20 - 2 * start)
        for query, expected in (
            ("", "120"),
            ("?ordering=end_date", "120"),
            ("?ordering=-end_date", "021"),
            ("?ordering=start_date", "021"),
        ):
            rows = send(ada, "get", f"challenges/{query}")[1]["results"]
            assert "".join(row["title"] for row in rows) == expected


class TestChanging:
    def test_before_it_begins_everything_may_be_changed(self, client: APIClient) -> None:
        url = f"{API}/challenges/{client.post(f'{API}/challenges/', DRAFT).json()['id']}/"
        changes = MEASURED | {"title": "Two", "scoring": "total", "start_date": "2026-06-18", "end_date": "2026-06-25"}
        changes |= {"frequency": "weekly", "target_count": 3, "late_log_days": 0, "allow_skips": True, "max_participants": 5}
        document = client.patch(url, changes).json()
        assert {name: document[name] for name in changes} == changes
        assert (document["starts_at"], document["settles_at"]) == ("2026-06-17T10:00:00Z", "2026-06-26T18:00:00Z")
        # That was the first day in the east: it has begun.
        assert document["state"] == "active"
        assert client.patch(url, {"scoring": "streak"}).json()["code"] == "terms_fixed"

    def test_a_replacement_takes_defaults(self, client: APIClient) -> None:
        body = DRAFT | MEASURED | {"description": "x", "late_log_days": 3}
        url = f"{API}/challenges/{client.post(f'{API}/challenges/', body).json()['id']}/"
        document = client.put(url, DRAFT).json()
        assert (document["description"], document["late_log_days"], document["target_value"], document["unit"]) == (
            "",
            1,
            None,
            None,
        )
        # What was read may be sent back.
        assert client.put(url, document).json() == document

    @pytest.mark.parametrize(
        "change",
        [
            {"scoring": "streak"},
            {"start_date": "2026-06-18"},
            {"late_log_days": 3},
            {"allow_skips": True},
            {"max_participants": 3},
            {"target_count": None, "target_days": [1, 2]},
            {"target_value": "5"},
        ],
    )
    def test_once_it_has_begun_the_terms_stay(self, client: APIClient, race: Challenge, change: dict[str, Any]) -> None:
        before = Challenge.objects.values().get(pk=race.pk)
        answer = client.patch(f"{API}/challenges/{race.pk}/", change | {"title": "Changed"})
        assert (answer.status_code, answer.json()["code"]) == (409, "terms_fixed")
        assert {fault["attr"] for fault in answer.json()["errors"]} >= change.keys()
        assert Challenge.objects.values().get(pk=race.pk) == before

    def test_title_and_description_may_change_while_it_runs(self, client: APIClient, race: Challenge, ben: User) -> None:
        take_part(race, ben)
        document = client.patch(f"{API}/challenges/{race.pk}/", {"title": "Two", "description": "More"}).json()
        assert (document["title"], document["description"]) == ("Two", "More")

    def test_what_decides_which_habits_fit_stays_once_somebody_has_joined(self, client: APIClient, ada: User, ben: User) -> None:
        challenge = ChallengeFactory(owner=ada, start_date=date(2026, 6, 25))
        url = f"{API}/challenges/{challenge.pk}/"
        assert client.patch(url, {"frequency": "weekly"}).status_code == 200
        take_part(Challenge.objects.get(pk=challenge.pk), ben)
        for change in ({"frequency": "daily"}, {"interval": 2}, {"target_value": "3"}):
            assert client.patch(url, change).json()["code"] == "terms_fixed"
        assert client.patch(url, {"target_count": 3, "scoring": "streak", "start_date": "2026-06-24"}).status_code == 200

    def test_the_end_moves_as_long_as_its_day_has_passed_for_nobody(
        self, ada: User, race: Challenge, ben: User, send: Send
    ) -> None:
        path = f"challenges/{race.pk}/"
        take_part(race, ben)
        assert send(ada, "patch", path, {"end_date": "2026-06-20"})[1]["settles_at"] == "2026-06-22T18:00:00Z"
        # It is the 18th in the east.
        assert send(ada, "patch", path, {"end_date": "2026-06-17"}) == (400, "validation_error")
        with time_machine.travel(NOW + timedelta(days=2, hours=21), tick=False):  # the 20th, 9 UTC: not the 21st anywhere
            assert send(ada, "patch", path, {"end_date": "2026-06-22"})[0] == 200
        with time_machine.travel(NOW + timedelta(days=5), tick=False):  # the 22nd, noon: the 23rd in the east
            assert send(ada, "patch", path, {"end_date": "2026-06-25"}) == (409, "challenge_over")
            assert send(ada, "patch", path, {"title": "Still"})[0] == 200

    def test_nothing_changes_once_it_is_over(self, ada: User, race: Challenge, ben: User, send: Send) -> None:
        take_part(race, ben)
        other = ChallengeFactory(owner=ada)
        take_part(other, ben)
        send(ada, "delete", f"challenges/{other.pk}/")
        with time_machine.travel(NOW + timedelta(days=16), tick=False):
            settle_challenges()
            for challenge in (race, other):
                assert send(ada, "patch", f"challenges/{challenge.pk}/", {"title": "x"}) == (409, "challenge_over")

    def test_standings_follow_other_terms(self, client: APIClient, ada: User, ben: User) -> None:
        """A week that was cut by the end, and calls for less, is a whole one now."""
        weekly = Schedule.of(Frequency.WEEKLY, target_count=7)
        challenge = ChallengeFactory(owner=ada, schedule=weekly, scoring="success_rate", days=2)  # Wednesday and Thursday
        row = take_part(challenge, ben, HabitFactory(owner=ben, schedule=weekly))
        log_days(row.habit, [TODAY])
        assert client.patch(f"{API}/challenges/{challenge.pk}/", {"end_date": "2026-06-28"}).status_code == 200
        assert Challenge.objects.get().is_stale
        sweep_standings()
        assert not Challenge.objects.get().is_stale
        with time_machine.travel(NOW + timedelta(days=8), tick=False):
            sweep_standings()
        row.refresh_from_db()
        assert (row.expected, row.achieved) == (1, 1)  # a broken week that was not met adds what was achieved
        assert row.as_of == TODAY + timedelta(days=8)

    def test_it_does_not_begin_on_a_day_that_participants_may_have_logged(self, ada: User, ben: User, send: Send) -> None:
        challenge = ChallengeFactory(owner=ada, start_date=date(2026, 6, 25))
        path = f"challenges/{challenge.pk}/"
        log_days(take_part(challenge, ben, HabitFactory(owner=ben)).habit, [TODAY])
        for day, status in (("2026-06-17", 400), ("2026-06-18", 400), ("2026-06-19", 200)):
            assert send(ada, "patch", path, {"start_date": day})[0] == status

    def test_weekdays_become_no_days_of_the_month_by_themselves(self, client: APIClient) -> None:
        body = DRAFT | {"frequency": "weekly", "target_days": [1, 3]}
        url = f"{API}/challenges/{client.post(f'{API}/challenges/', body).json()['id']}/"
        assert client.patch(url, {"frequency": "monthly"}).json()["errors"][0]["attr"] == "target_days"
        assert client.patch(url, {"frequency": "monthly", "target_days": [1, 15]}).status_code == 200

    def test_stale_tags_are_refused(self, client: APIClient, race: Challenge) -> None:
        url = f"{API}/challenges/{race.pk}/"
        tag = client.get(url)["ETag"]
        assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
        assert client.patch(url, {"title": "Two"}, headers={"If-Match": tag}).status_code == 200
        assert client.patch(url, {"title": "Three"}, headers={"If-Match": tag}).status_code == 412
        assert client.delete(url, headers={"If-Match": tag}).status_code == 412


class TestEnding:
    def test_without_participants_it_is_deleted(self, client: APIClient, race: Challenge, ada: User) -> None:
        assert [client.delete(f"{API}/challenges/{race.pk}/").status_code for _ in range(2)] == [204, 404]
        assert SpentId.objects.filter(maker=ada, spent_id=race.pk).exists()

    def test_with_participants_it_is_cancelled(self, client: APIClient, race: Challenge, ben: User) -> None:
        habit = take_part(race, ben).habit
        url = f"{API}/challenges/{race.pk}/"
        assert [client.delete(url).status_code for _ in range(2)] == [204, 204]
        document = client_of(ben).get(url).json()
        assert (document["state"], document["cancelled_at"]) == ("cancelled", "2026-06-17T12:00:00Z")
        log_days(habit, [TODAY])
        sweep_standings()
        assert Participation.objects.values_list("score", "next_change_at").get() == (0, None)  # nothing sweeps it any more
        with time_machine.travel(NOW + timedelta(days=20), tick=False):
            sweep_standings()
            settle_challenges()
        assert Challenge.objects.get().finished_at is None

    def test_when_everybody_has_left_it_is_deleted(self, client: APIClient, race: Challenge, ben: User) -> None:
        take_part(race, ben)
        client_of(ben).post(f"{API}/challenges/{race.pk}/leave/")
        client.delete(f"{API}/challenges/{race.pk}/")
        assert not Challenge.objects.exists()

    def test_a_finished_one_stays(self, ada: User, race: Challenge, ben: User, send: Send) -> None:
        take_part(race, ben)
        with time_machine.travel(NOW + timedelta(days=16), tick=False):
            settle_challenges()
            assert send(ada, "delete", f"challenges/{race.pk}/") == (409, "challenge_over")


def test_a_measured_one_with_a_limit(ada: User, ben: User, client: APIClient) -> None:
    """At most two cups a day."""
    schedule = Schedule.of(Frequency.DAILY, target=Target(2_000, Direction.AT_MOST))
    challenge = ChallengeFactory(owner=ada, schedule=schedule, unit="cups")
    habit = take_part(challenge, ben).habit
    assert (habit.unit, habit.schedule) == ("cups", schedule)
    for value, score in ((3_000, "0"), (2_000, "1")):
        log_days(habit, [TODAY], value_milli=value)
        [row] = client.get(f"{API}/challenges/{challenge.pk}/standings/").json()["results"]
        assert row["score"] == score
