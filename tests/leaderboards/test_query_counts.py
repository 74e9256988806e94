"""How many statements a board takes, whatever is on it, and what a log costs with groups and challenges beside."""

import pytest
from django.db import connection
from django.utils.timezone import now
from rest_framework.test import APIClient

from groups.services.habits import share_habit
from leaderboards.domain.boards import DATED, Kind, endless
from leaderboards.models import Score
from leaderboards.selectors import ranking
from leaderboards.selectors.boards import forget_moments
from leaderboards.services.ranking import fold_shifts
from leaderboards.services.statements import Move, statements_for
from tests.factories.challenges import ChallengeFactory, take_part
from tests.factories.groups import GroupFactory
from tests.habits.test_query_counts import statements
from tests.leaderboards.conftest import Player, habit_of
from tests.world import API, TODAY, client_of
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

BOARD = f"{API}/leaderboards/completions/"


@pytest.fixture(params=[2, 20])
def people(request: pytest.FixtureRequest, player: Player) -> list[User]:
    found = [player(f"user{number}x", 1 + number % 7) for number in range(request.param)]
    fold_shifts()
    return found


def test_reads(people: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(people[0])
    client.get(BOARD)
    # how often the address has asked; the places and how many there are; the people
    forget_moments()
    assert len(statements(lambda: APIClient().get(BOARD))) == 3
    assert len(statements(lambda: APIClient().get(BOARD))) == 0
    # the user, for the day; the places; the people
    assert len(statements(lambda: client.get(BOARD))) == 3
    # … the rank of the first one
    assert len(statements(lambda: client.get(BOARD, {"page": 2, "page_size": 1}))) == 4
    # … from bucket to bucket
    monkeypatch.setattr(ranking, "COUNTED_OFF", 0)
    assert len(statements(lambda: client.get(BOARD, {"page": 2, "page_size": 1}))) == 7
    # the user; the place, its rank and how many there are; the neighbours; the ranks of the first and of the next; the people
    assert len(statements(lambda: client.get(f"{BOARD}me/"))) <= 5


def test_a_group_and_a_challenge_cost_as_much_as_the_board_of_everybody(people: list[User]) -> None:
    ada = people[0]
    group, race = GroupFactory(owner=ada), ChallengeFactory(owner=ada)
    share_habit(actor=ada, group_id=group.pk, habit_id=habit_of(ada).pk)
    take_part(race, ada, habit_of(ada))
    client = client_of(ada)
    client.get(BOARD)
    # … the group by its grants; the challenge by its own, and as a public one
    assert len(statements(lambda: client.get(BOARD, {"scope": f"group:{group.pk}"}))) == 4
    assert len(statements(lambda: client.get(BOARD, {"scope": f"challenge:{race.pk}"}))) <= 6


@pytest.mark.parametrize("count", [0, 1, 8])
def test_a_log_costs_the_same_in_however_many_groups_it_counts(people: list[User], count: int) -> None:
    ada = people[0]
    for _ in range(count):
        share_habit(actor=ada, group_id=GroupFactory(owner=ada).pk, habit_id=habit_of(ada).pk)
    client, log = client_of(ada), f"{API}/habits/{habit_of(ada).pk}/logs/{TODAY}/"
    client.get(BOARD)
    # … the rates as they were and as they are, and their scores; no goal, and no challenge
    beside = 5 if count else 0
    assert len(statements(lambda: client.put(log, {"status": "missed"}))) == 8 + beside
    assert len(statements(lambda: client.put(log, {}))) == 7 + beside


@pytest.mark.postgres
def test_a_log_looks_at_nobody_elses_scores(player: Player) -> None:
    # so many that to read all of them would take long, and so few that a planner who expects many moves would rather do that
    names = [f"other{number}" for number in range(2_000)]
    others = User.objects.bulk_create(
        User(username=name, username_key=name, email=name, email_key=name, display_name=name) for name in names
    )
    boards = [endless(kind) for kind in Kind if kind not in DATED]
    Score.objects.bulk_create(
        Score(user=other, kind=board.kind, starts_on=board.starts_on, negative=-1 - number, reached_at=now(), is_shown=True)
        for number, other in enumerate(others)
        for board in boards
    )
    habit = habit_of(player("ada", 1))
    moves = [Move(habit, endless(Kind.COMPLETIONS), 1), Move(habit, endless(Kind.CURRENT_DAYS), None, fell_from=1)]
    found = statements_for(moves, now())
    assert len(found) == 4
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE leaderboards_score")
        for statement in found:
            cursor.execute(f"EXPLAIN {statement.sql}", statement.params)
            assert "Seq Scan on leaderboards_score" not in str(cursor.fetchall())
