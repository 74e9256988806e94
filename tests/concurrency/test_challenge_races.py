"""Challenges under concurrency: what holds with their locks, and breaks on PostgreSQL without them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils.timezone import now

from challenges.domain.terms import Visibility
from challenges.models import Challenge, ChallengeInvitation, Participation
from challenges.services import challenges as challenge_services
from challenges.services import joining, locking, participations, settling, standings
from challenges.services.recounting import recount
from challenges.services.settling import settle_challenges
from challenges.services.standings import sweep
from challenges.services.starting import start_challenges
from challenges.signals import challenge_finished, challenge_started
from config.identifiers import new_id
from config.prepared import Parameter, PreparedQuery
from groups.models import FeedEvent, Membership
from groups.services import cheers
from habits.models import Habit
from habits.services import logs as log_services
from tests.concurrency.conftest import call, run_together, shows, slowly
from tests.factories.challenges import ChallengeFactory, take_part
from tests.factories.groups import GroupFactory, enter
from tests.factories.habits import HabitFactory, log_days
from tests.factories.users import UserFactory
from users.models import User
from users.selectors import today_for
from users.services.accounts import delete_account

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def wide_challenge_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let time pass between what a service reads and what it writes."""
    monkeypatch.setattr(challenge_services, "MAX_OPEN_CHALLENGES", 1_000)
    monkeypatch.setattr(joining, "MAX_OPEN_PARTICIPATIONS", 1_000)

    monkeypatch.setattr(joining, "_habit_for", slowly(joining._habit_for))
    monkeypatch.setattr(joining, "add_participant", slowly(joining.add_participant))
    monkeypatch.setattr(participations, "follow_habit", slowly(participations.follow_habit))
    monkeypatch.setattr(challenge_services, "delete_challenge", slowly(challenge_services.delete_challenge))
    monkeypatch.setattr(standings, "stand", slowly(standings.stand))
    monkeypatch.setattr(settling, "_rank", slowly(settling._rank))
    monkeypatch.setattr(cheers, "get_membership", slowly(cheers.get_membership))


@pytest.fixture
def without_challenge_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nobody wait for a challenge."""

    def look(challenge_ids: Any) -> list[Challenge]:
        return list(Challenge.objects.filter(pk__in=list(challenge_ids)))

    for module in (locking, participations):
        monkeypatch.setattr(module, "lock_challenges", look)


@pytest.fixture
def without_group_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "lock_groups", lambda _: [])


@pytest.fixture
def without_owner_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nobody wait for the habits of another, until they are written."""
    monkeypatch.setattr(locking, "lock_owners", lambda _: set())
    monkeypatch.setattr(locking, "ChangeCounter", SimpleNamespace(objects=SimpleNamespace(take=lambda *_: 0)))


@pytest.fixture
def without_row_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read participations without a lock."""
    open_rows = Participation.objects.open().select_related("challenge", "user")
    monkeypatch.setattr(standings, "_locked", lambda rows, **_: rows & open_rows)
    logged = standings._logged

    def unlocked() -> Any:
        rows = logged()
        rows.query.select_for_update = False
        return rows

    monkeypatch.setattr(standings, "LOGGED", PreparedQuery(unlocked))


def path_of(challenge: Challenge, below: str = "") -> str:
    return f"challenges/{challenge.pk}/{below}"


def statuses(*works: Callable[[], Any]) -> list[int]:
    """Return the statuses of requests at once; 0 for what was raised."""
    return [getattr(answer, "status_code", 0) for answer in run_together(list(works))]


# Seats


def take_the_last_seat() -> int:
    """Return how many take part in a challenge with one seat, for which two ask at once."""
    challenge = ChallengeFactory(max_participants=1)
    users = [UserFactory(password="!") for _ in range(2)]
    habits = [HabitFactory(owner=user) for user in users]
    works = [
        lambda user=user, habit=habit: call(user, "post", path_of(challenge, "join/"), {"habit": habit.pk})
        for user, habit in zip(users, habits, strict=True)
    ]
    run_together(works)
    return Participation.objects.of(challenge.pk).count()


def test_the_last_seat_is_taken_once(transactional_db):
    assert {take_the_last_seat() for _ in range(4)} == {1}


@pytest.mark.postgres
def test_without_the_lock_two_take_the_last_seat(transactional_db, without_challenge_lock):
    assert shows(lambda: take_the_last_seat() == 2)


# One who joins twice


def join_twice(user: User) -> tuple[list[int], int, int]:
    """Return the statuses of two joins at once without a habit, how many places and how many habits there are."""
    challenge = ChallengeFactory()
    found = statuses(*[lambda: call(user, "post", path_of(challenge, "join/"), {})] * 2)
    places = Participation.objects.of(challenge.pk).filter(user=user)
    return found, places.count(), Habit.objects.filter(name=challenge.title).count()


def test_who_joins_twice_at_once_joins_once(ada):
    for _ in range(3):
        assert join_twice(ada) == ([200, 200], 1, 1)


@pytest.mark.postgres
def test_without_the_locks_a_second_habit_is_made_or_an_error_answered(ada, without_challenge_lock, without_owner_lock):
    assert shows(lambda: join_twice(ada) != ([200, 200], 1, 1))


# Joining what is being called off


def join_and_end(ada: User) -> bool:
    """Return whether somebody was told to have joined a challenge that is gone."""
    challenge, user = ChallengeFactory(owner=ada), UserFactory(password="!")
    habit = HabitFactory(owner=user)
    joined, _ = statuses(
        lambda: call(user, "post", path_of(challenge, "join/"), {"habit": habit.pk}),
        lambda: call(ada, "delete", path_of(challenge)),
    )
    return joined not in {404, 409} and not Challenge.objects.filter(pk=challenge.pk).exists()


def test_who_joins_what_is_called_off_sees_it_cancelled_or_learns_that_it_is_gone(ada):
    assert not any(join_and_end(ada) for _ in range(5))


@pytest.mark.postgres
def test_without_the_lock_it_is_deleted_under_who_joins(ada, without_challenge_lock):
    assert shows(lambda: join_and_end(ada))


# Logs and joining


def join_and_log(user: User) -> bool:
    """Return whether a log is counted that is made at the moment of joining."""
    challenge, habit = ChallengeFactory(), HabitFactory(owner=user)
    found = statuses(
        lambda: call(user, "post", path_of(challenge, "join/"), {"habit": habit.pk}),
        lambda: call(user, "put", f"habits/{habit.pk}/logs/{today_for(user)}/", {}),
    )
    assert found == [200, 201]
    return Participation.objects.get(challenge=challenge).score == 1


def test_what_is_logged_while_one_joins_counts(ada):
    assert all(join_and_log(ada) for _ in range(5))


@pytest.mark.postgres
def test_without_the_owners_lock_it_is_missed(ada, without_lock, monkeypatch):
    monkeypatch.setattr(locking, "lock_owners", lambda _: set())
    monkeypatch.setattr(log_services, "note_outcomes", lambda _: time.sleep(0.05))
    assert shows(lambda: not join_and_log(ada))


def leave_and_log(user: User) -> list[int]:
    challenge, habit = ChallengeFactory(), HabitFactory(owner=user)
    take_part(challenge, user, habit)
    found = statuses(
        lambda: call(user, "post", path_of(challenge, "leave/")),
        lambda: call(user, "put", f"habits/{habit.pk}/logs/{today_for(user)}/", {}),
    )
    assert Challenge.objects.get(pk=challenge.pk).participant_count == Participation.objects.of(challenge.pk).count() == 0
    return found


def test_who_leaves_while_logging_is_gone(ada):
    assert {tuple(leave_and_log(ada)) for _ in range(5)} == {(204, 201)}


# A day that ends while another is logged


def sweep_and_log(user: User) -> bool:
    """Return whether a log counts that is made while standings are swept."""
    challenge, habit = ChallengeFactory(), HabitFactory(owner=user)
    take_part(challenge, user, habit)
    Participation.objects.update(next_change_at=now())
    run_together([sweep, lambda: call(user, "put", f"habits/{habit.pk}/logs/{today_for(user)}/", {})])
    return Participation.objects.get(challenge=challenge).score == 1


def test_a_sweep_undoes_no_log(ada):
    assert all(sweep_and_log(ada) for _ in range(5))
    assert list(recount(repair=False)) == []


@pytest.mark.postgres
def test_without_the_lock_of_the_row_it_does(ada, without_row_lock):
    assert shows(lambda: not sweep_and_log(ada))


# Leaving the group of a challenge that one joins


def join_and_leave_the_group(ada: User) -> bool:
    """Return whether somebody takes part in a challenge of a group that is not theirs any more."""
    group, user = GroupFactory(owner=ada), UserFactory(password="!")
    enter(group, user)
    challenge = ChallengeFactory(owner=ada, visibility=Visibility.GROUP, group_id=group.pk)
    habit = HabitFactory(owner=user)
    run_together(
        [
            lambda: call(user, "post", path_of(challenge, "join/"), {"habit": habit.pk}),
            lambda: call(user, "post", f"groups/{group.pk}/leave/"),
        ]
    )
    is_member = Membership.objects.filter(group=group, user=user).exists()
    return not is_member and Participation.objects.of(challenge.pk).exists()


def test_who_leaves_the_group_takes_part_no_more(ada):
    assert not any(join_and_leave_the_group(ada) for _ in range(5))


@pytest.mark.postgres
def test_without_both_locks_somebody_stays(ada, without_group_lock, without_owner_lock, monkeypatch):
    """The group's and the owner's: either holds back who leaves."""
    # An event names a membership, which would refuse to go.
    monkeypatch.setattr(participations, "tell_challenge_joined", lambda *_: None)
    assert shows(lambda: join_and_leave_the_group(ada))


def cheer_and_leave(ada: User) -> list[int]:
    """Return the statuses of a cheer at an event that goes at the same moment."""
    group, user = GroupFactory(owner=ada), UserFactory(password="!")
    enter(group, user)
    challenge = ChallengeFactory(owner=ada, visibility=Visibility.GROUP, group_id=group.pk)
    take_part(challenge, user)
    event = FeedEvent.objects.get(challenge_id=challenge.pk, membership__user=user)
    return statuses(
        lambda: call(ada, "post", f"groups/{group.pk}/feed/{event.pk}/cheers/"),
        lambda: call(user, "post", path_of(challenge, "leave/")),
    )


def test_a_cheer_meets_an_event_that_goes(ada):
    assert {tuple(cheer_and_leave(ada)) for _ in range(5)} <= {(201, 204), (404, 204)}


@pytest.mark.postgres
def test_without_the_groups_lock_a_cheer_breaks_the_leave(ada, without_group_lock):
    assert shows(lambda: cheer_and_leave(ada)[1] != 204)


# Freezing


@pytest.fixture
def finished() -> Iterator[list[Any]]:
    """The challenges of which listeners were told that they are finished, by transactions that were committed too."""
    told: list[Any] = []

    def hear(challenge: Challenge, **_: Any) -> None:
        transaction.on_commit(lambda: told.append(challenge.pk))

    challenge_finished.connect(hear)
    yield told
    challenge_finished.disconnect(hear)


def long_over(ada: User, people: int = 3, **draft: Any) -> Challenge:
    """Return a challenge whose late days are over since an hour, and of which nothing was swept since it began."""
    challenge = ChallengeFactory(owner=ada, days=2, late_log_days=9, **draft)
    first = challenge.start_date - timedelta(days=3)
    Challenge.objects.filter(pk=challenge.pk).update(start_date=first, end_date=first + timedelta(days=1))
    for _ in range(people):
        user = UserFactory(password="!")
        if challenge.group_id is not None:
            enter(challenge.group, user)
        habit = HabitFactory(owner=user, start_date=first)
        log_days(habit, [first])
        take_part(challenge, user, habit)
    Participation.objects.of(challenge.pk).update(as_of=first)
    past = {"ends_at": now() - timedelta(hours=2), "settles_at": now() - timedelta(hours=1)}
    Challenge.objects.filter(pk=challenge.pk).update(**past)
    challenge.refresh_from_db()
    return challenge


def settle_twice(ada: User, told: list[Any]) -> int:
    """Return how often it was told that a challenge is finished which two workers settle at once."""
    told.clear()
    challenge = long_over(ada)
    run_together([settle_challenges, settle_challenges])
    challenge.refresh_from_db()
    assert challenge.finished_at is not None
    assert set(Participation.objects.of(challenge.pk).values_list("rank", "score")) == {(1, 1)}
    return told.count(challenge.pk)


def test_two_workers_freeze_a_challenge_once(ada, finished):
    assert {settle_twice(ada, finished) for _ in range(3)} == {1}


@pytest.mark.postgres
def test_without_the_lock_it_is_told_twice(ada, finished, monkeypatch):
    queryset = type(Challenge.objects.all())
    monkeypatch.setattr(queryset, "select_for_update", lambda self, **_: self)
    assert shows(lambda: settle_twice(ada, finished) > 1)


def test_two_workers_tell_a_start_once(ada):
    told: list[Any] = []
    challenge_started.connect(hear := lambda challenge, **_: told.append(challenge.pk))
    challenges = [ChallengeFactory(owner=ada) for _ in range(5)]
    run_together([start_challenges, start_challenges])
    challenge_started.disconnect(hear)
    assert sorted(told) == sorted(challenge.pk for challenge in challenges)


@pytest.mark.postgres
def test_without_the_lock_a_start_is_told_twice(ada, monkeypatch):
    monkeypatch.setattr(type(Challenge.objects.all()), "select_for_update", lambda self, **_: self)
    told: list[Any] = []
    challenge_started.connect(hear := lambda challenge, **_: (time.sleep(0.01), told.append(challenge.pk)))

    def tell_twice() -> bool:
        challenge = ChallengeFactory(owner=ada)
        run_together([start_challenges, start_challenges])
        Challenge.objects.all().delete()
        return told.count(challenge.pk) > 1

    assert shows(tell_twice)
    challenge_started.disconnect(hear)


KILLED = """
import time, django
django.setup()
from challenges.services import settling
from challenges.signals import challenge_finished
{at}
print("ready", flush=True)
settling.settle_challenges()
"""
HANGS = "lambda *_, **__: (print('there', flush=True), time.sleep(60))"
POINTS = {
    "before the ranks": f"settling._rank = {HANGS}",
    "after the ranks": f"hang = {HANGS}\nchallenge_finished.connect(hang)",
    "among the standings": f"settling._bring_rest_to_end = {HANGS}",
}


@pytest.mark.postgres
@pytest.mark.parametrize("point", POINTS)
def test_a_worker_that_is_killed_in_the_middle_leaves_it_to_the_next(ada, finished, point):
    group = GroupFactory(owner=ada)
    challenge = long_over(ada, visibility=Visibility.GROUP, group_id=group.pk)
    settings = connection.settings_dict
    url = os.environ["DATABASE_URL"].replace("@/postgres?", f"@/{settings['NAME']}?")
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    script = KILLED.format(at=POINTS[point])
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as worker:
        assert [worker.stdout.readline().strip() for _ in range(2)] == ["ready", "there"]
        # Another one does not wait for it.
        assert settle_challenges() == 0
        worker.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while not settle_challenges() and time.monotonic() < deadline:
        time.sleep(0.1)  # the server has not noticed yet
    settle_challenges()
    assert finished == [challenge.pk]
    assert FeedEvent.objects.filter(challenge_step="finished", challenge_id=challenge.pk).count() == 1
    assert set(Participation.objects.of(challenge.pk).values_list("rank", "score")) == {(1, 1)}
    assert list(recount(repair=False)) == []


@contextmanager
def log_before_the_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have logs be received a day ago, whatever the time is for others."""
    with monkeypatch.context() as patched:
        patched.setattr(standings, "now", lambda: now() - timedelta(days=1))
        yield


def log_and_freeze(ada: User, monkeypatch: pytest.MonkeyPatch, delay: float) -> tuple[int, int]:
    """Return the score and the rank after the freezing meets a log that was received in time, and was about to be written."""
    challenge = long_over(ada, people=1)
    row = Participation.objects.select_related("user").get(challenge=challenge)
    path = f"habits/{row.habit_id}/logs/{challenge.start_date}/"
    with log_before_the_end(monkeypatch):
        run_together([settle_challenges, lambda: (time.sleep(delay), call(row.user, "put", path, {"status": "missed"}))])
    row.refresh_from_db()
    return row.score, row.rank


def is_final(ada: User, monkeypatch: pytest.MonkeyPatch, delay: float) -> bool:
    """Return whether the standings are as they were frozen, with the log or without it."""
    before: dict[str, int] = {}

    def note(challenge: Challenge, **_: Any) -> None:
        before["score"] = Participation.objects.get(challenge=challenge).score
        time.sleep(0.1)  # the log comes now, if it has not yet

    challenge_finished.connect(note)
    score, rank = log_and_freeze(ada, monkeypatch, delay)
    challenge_finished.disconnect(note)
    return (score, rank) == (before["score"], 1)


def test_a_log_that_meets_the_freezing_changes_nothing_that_is_final(ada, monkeypatch):
    assert all(is_final(ada, monkeypatch, delay) for delay in (0, 0.02, 0.04, 0.06, 0.08))


@pytest.mark.postgres
def test_without_a_look_at_the_rank_it_does(ada, monkeypatch):
    rows = Participation.objects.filter(habit=Parameter("habit", Habit._meta.pk)).select_related("challenge")
    logged = PreparedQuery(lambda: rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
    monkeypatch.setattr(standings, "LOGGED", logged)
    assert shows(lambda: not is_final(ada, monkeypatch, 0.05))


# Ids, ends, accounts


def test_a_challenge_that_is_sent_many_times_is_made_once(ada):
    today = today_for(ada)
    body = {"id": str(new_id()), "title": "Run", "frequency": "daily", "scoring": "streak"}
    body |= {"start_date": str(today), "end_date": str(today)}
    found = statuses(*[lambda: call(ada, "post", "challenges/", body)] * 4)
    assert sorted(found) == [200, 200, 200, 201]
    other = UserFactory(password="!")
    assert call(other, "post", "challenges/", body).json()["code"] == "id_conflict"


def test_of_two_users_with_one_id_one_is_refused(ada):
    today = today_for(ada)
    users = [ada, UserFactory(password="!")]
    body = {"id": str(new_id()), "title": "Run", "frequency": "daily", "scoring": "streak"}
    body |= {"start_date": str(today), "end_date": str(today)}
    answers = run_together([lambda user=user: call(user, "post", "challenges/", body) for user in users])
    assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_who_is_invited_twice_at_once_is_invited_once(ada):
    challenge, user = ChallengeFactory(owner=ada), UserFactory(password="!")
    body = {"user": user.username}
    found = statuses(*[lambda: call(ada, "post", path_of(challenge, "invitations/"), body)] * 3)
    assert sorted(found) == [200, 200, 201]
    assert ChallengeInvitation.objects.count() == 1


def test_two_runners_call_it_off_at_once(ada):
    for people in (0, 1):
        challenge = ChallengeFactory(owner=ada)
        for _ in range(people):
            take_part(challenge, UserFactory(password="!"))
        found = statuses(*[lambda challenge=challenge: call(ada, "delete", path_of(challenge))] * 2)
        assert sorted(found) == ([204, 204] if people else [204, 404])


def test_an_account_that_ends_while_it_logs_and_joins_leaves_nothing(ada):
    for _ in range(4):
        user = UserFactory(password="!")
        joined, other = (ChallengeFactory(owner=ada) for _ in range(2))
        habit = HabitFactory(owner=user)
        take_part(joined, user, habit)
        found = run_together(
            [
                lambda user=user: delete_account(user_id=user.pk, is_own=False),
                lambda user=user, habit=habit: call(user, "put", f"habits/{habit.pk}/logs/{today_for(user)}/", {}),
                lambda user=user, other=other: call(user, "post", path_of(other, "join/"), {}),
            ]
        )
        assert found[0] is None
        assert {getattr(answer, "status_code", 0) for answer in found[1:]} <= {200, 201, 401, 404}
        assert not Participation.objects.exists()
        assert set(Challenge.objects.values_list("participant_count", flat=True)) == {0}
        Challenge.objects.all().delete()
