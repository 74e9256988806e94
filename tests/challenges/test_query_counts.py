"""How many statements requests take: the same for 2 rows and for 20, and for 2 participants and for 200."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from challenges.domain.terms import Visibility
from challenges.models import Challenge, Participation
from challenges.services.settling import settle_challenges
from challenges.services.standings import sweep
from tests.factories.challenges import ChallengeFactory, ask, new_announcement, take_part
from tests.factories.habits import HabitFactory
from tests.factories.users import UserFactory
from tests.habits.test_query_counts import statements
from tests.world import API, TODAY, client_of
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

READS = {
    # the user; the challenges
    "challenges/?page_size=100": 2,
    "challenges/?page_size=1": 3,
    "challenges/?joined=true&state=active&search=a": 2,
    # the challenge by its grant, and as it looks to the user
    "challenges/{challenge}/": 2,
    # the challenge; the participants
    "challenges/{challenge}/participants/?page_size=100": 2,
    # the challenge; the own row; how many are better; the page
    "challenges/{challenge}/standings/?page_size=100": 4,
    # … and how many are better than the first of the page
    "challenges/{challenge}/standings/?page_size=1&page=2": 5,
    # the challenge; the user; the own row; how many are better; the page
    "challenges/{challenge}/progress/?page_size=100": 5,
    "challenges/{challenge}/invitations/?page_size=100": 2,
    "challenges/{challenge}/announcements/?page_size=100": 2,
    # the challenge; the user; the habits
    "challenges/{challenge}/fitting-habits/?page_size=100": 3,
    # the user; the announcement; the challenge
    "announcements/{announcement}/": 3,
}


@pytest.fixture(params=[2, 20])
def ids(request: pytest.FixtureRequest, ada: User) -> dict[str, Any]:
    """Store so many challenges, and in one so many of everything; return the ids of one of each."""
    for _ in range(request.param):
        challenge = ChallengeFactory(owner=ada, title="A page a day", visibility=Visibility.PUBLIC)
        HabitFactory(owner=ada)
    take_part(challenge, ada, HabitFactory(owner=ada))
    for _ in range(request.param):
        take_part(challenge, UserFactory(password="!"))
        ask(challenge, UserFactory(password="!"), ada)
        announcement = new_announcement(challenge, ada)
    return {"challenge": challenge.pk, "announcement": announcement.pk}


def test_reads(client: APIClient, ids: dict[str, Any]) -> None:
    client.get(f"{API}/challenges/")  # the ids of permissions are read once in the life of a process
    found = {path: len(statements(lambda path=path: client.get(f"{API}/{path.format(**ids)}"))) for path in READS}
    assert found == READS


@pytest.mark.parametrize("people", [2, 200])
def test_a_log_costs_the_same_whoever_else_takes_part(race: Challenge, ben: User, people: int) -> None:
    habit = take_part(race, ben).habit
    others = [UserFactory(password="!") for _ in range(people)]
    template = Participation.objects.get()
    Participation.objects.bulk_create(
        Participation(challenge=race, user=user, score=3, as_of=template.as_of, next_change_at=template.next_change_at)
        for user in others
    )
    Challenge.objects.update(participant_count=people + 1)
    client = client_of(ben)
    log = f"{API}/habits/{habit.pk}/logs/{TODAY}/"
    client.put(log, {})
    # Six as for any log that ends a streak; its rates, as they were and as they are, and their scores; the goals; the
    # participation, and how it stands.
    assert len(statements(lambda: client.put(log, {"status": "missed"}))) == 12
    # Nothing that the challenge counts has changed.
    assert len(statements(lambda: client.put(log, {"status": "missed", "note": "Ill"}))) == 7


@pytest.mark.parametrize("people", [3, 60])
def test_jobs_take_few_statements(race: Challenge, people: int, django_assert_max_num_queries: Any) -> None:
    for _ in range(people):
        take_part(race, UserFactory(password="!"))
    Participation.objects.update(next_change_at=race.starts_at)
    with django_assert_max_num_queries(8):
        assert sweep() == people
    Participation.objects.update(as_of=race.start_date)
    past = {"start_date": TODAY - timedelta(days=9), "end_date": TODAY - timedelta(days=8)}
    Challenge.objects.update(**past, settles_at=race.starts_at)
    with django_assert_max_num_queries(16):
        assert settle_challenges() == 1


def test_writes(ada: User, ben: User, race: Challenge) -> None:
    run, play = client_of(ada), client_of(ben)
    habit, path = HabitFactory(owner=ben), f"{API}/challenges/{race.pk}/"
    run.get(path)  # the ids of permissions are read once in the life of a process
    days = {"start_date": str(TODAY), "end_date": str(TODAY)}
    draft = {"title": "Run", "frequency": "daily", "scoring": "streak"} | days
    asked = UserFactory(password="!")
    counts = {
        # the user; the user's lock; how many there are; the challenge; the grants that there are, whether one takes part or is
        # invited, the grants; as it looks
        "create": lambda: run.post(f"{API}/challenges/", draft),
        # the user; the counter; is there a group; the owner's and the challenge's lock; the challenge by a grant, by one of a
        # group, and as a public one; is one in it; is it of one who was removed and not invited (2); in how many is one; the
        # habit; its logs; the row; the mark, and that its days are swept; what waited (4); the count; the grants that there are,
        # whether one takes part or is invited, the grants; what counts for the challenge's boards (9); as it looks
        "join": lambda: play.post(f"{path}join/", {"habit": str(habit.pk)}),
        "join again": lambda: play.post(f"{path}join/", {}),
        # is there a group; the challenge's lock; the challenge; the change; as it looks
        "change": lambda: run.patch(path, {"title": "Two"}),
        # is there a group; the lock; the challenge; how many there are; the announcement; the author
        "announce": lambda: run.post(f"{path}announcements/", {"text": "Go"}),
        # the user; the challenge; who it is; is there a group; the lock; the challenge; is one in it, how many wait, is one
        # invited, the invitation; the grants (4); the invitation
        "invite": lambda: run.post(f"{path}invitations/", {"user": asked.username}),
        "leave": lambda: play.post(f"{path}leave/"),
    }
    expected = {"create": 9, "join": 33, "join again": 7, "change": 6, "announce": 6, "invite": 16, "leave": 15}
    assert {name: len(statements(send)) for name, send in counts.items()} == expected
