"""Comparing what the service shows with what was counted by hand."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import StringIO
from random import Random
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils.timezone import now

from benchmarks.soak.reckoning import EVERYBODY, Address
from leaderboards.domain.boards import Board
from leaderboards.domain.scopes import Scope, ScopeKind
from leaderboards.models import RankingCopy, Shift
from leaderboards.selectors.boards import Places
from leaderboards.selectors.ranking import DatabaseRanking, Ranking
from leaderboards.services.ranking import list_miscounted
from tests.leaderboards.places import SortedPlaces, by_server
from users.models import User

EVERYTHING: Final = 100_000
SAMPLE: Final = 5
KINDS: Final = {"g": ScopeKind.GROUP, "c": ScopeKind.CHALLENGE}
TOLD_AT_MOST: Final = 20


class Inspector:
    """Looks at boards, and remembers what it saw."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.seen: Counter[str] = Counter()
        self.faults: list[str] = []
        self.suspects: list[UUID] = []

    def inspect(self, counted: dict[Address, dict[UUID, int]], addresses: Sequence[Address]) -> None:
        """Compare all boards; `counted` are those that are not empty."""
        present = now()
        for scope, board in addresses:
            right = counted.get((scope, board), {})
            self.seen["boards"] += 1
            self.seen["closed"] += not board.is_open_at(present)
            self.seen["places"] += len(right)
            order = self._compare_places(scope, board, right)
            self._compare_answers(DatabaseRanking(scope, board), order, f"{scope} {board}")
            if scope == EVERYBODY and settings.RANKING_URL:
                self._compare_answers(by_server(board), order, f"{board} by the server")
            for _ in self._engines(scope):
                self._compare_shown(scope, board, right)
        self._inspect_engines()

    def told(self, fault: str) -> None:
        """Remember what is wrong."""
        self.faults.append(f"{now():%d %b %H:%M}: {fault}")

    def _compare_places(self, scope: str, board: Board, right: dict[UUID, int]) -> SortedPlaces:
        """Compare who is on a board, and with which score; return it as a list."""
        page = DatabaseRanking(scope, board).page(0, EVERYTHING)
        found = {place.user_id: place.score for place in page.places}
        for user in sorted(found.keys() | right.keys()):
            if found.get(user) != right.get(user):
                self.suspects += [] if user in self.suspects else [user]
                self.told(f"{scope or 'everybody'} {board}: {user} has {found.get(user)}, counted {right.get(user)}")
        order = SortedPlaces(page.places)
        if order.places != page.places:
            self.told(f"{scope or 'everybody'} {board}: not in order")
        return order

    def _compare_answers(self, ranking: Ranking, order: SortedPlaces, name: str) -> None:
        """Compare an engine with the list: all of it, pages, ranks and neighbours of some."""
        total = len(order.places)
        self._expect(ranking.page(0, EVERYTHING), order.page(0, EVERYTHING), name)
        for place in self.random.sample(order.places, min(SAMPLE, total)):
            offset = self.random.randrange(total)
            self._expect(ranking.page(offset, 10), order.page(offset, 10), f"{name} from {offset}")
            self._expect(ranking.standing_of(place.user_id), order.standing_of(place.user_id), f"{name} of {place}")
            self._expect(ranking.around(place, 3), order.around(place, 3), f"{name} around {place}")

    def _compare_shown(self, scope: str, board: Board, right: dict[UUID, int]) -> None:
        """Compare pages with names, and how some stand, with ranks by counting: equal scores share one."""
        kind = KINDS[scope[0]] if scope else ScopeKind.PUBLIC
        places = Places(Scope(kind, UUID(scope[1:]) if scope else None), board, now())
        ranks = ranks_by_counting(right)
        start = self.random.randrange(max(1, len(right)))
        rows = [(row.rank, row.score, row.user.pk) for row in places[start : start + 50]]
        for rank, score, user in rows:
            if (rank, score) != (ranks.get(right.get(user, 0)), right.get(user)):
                self.told(f"{scope} {board}: {user} is shown on rank {rank} with {score}, counted {right.get(user)}")
        self._expect(len(rows), min(50, len(right) - start) if right else 0, f"{scope} {board}: rows of a page")
        for user_id in self.random.sample(sorted(right), min(SAMPLE, len(right))):
            own = places.own(User.objects.get(pk=user_id), 3)
            around = [(row.rank, row.score, right.get(row.user.pk)) for row in [*own.above, *own.below]]
            wrong = [neighbour for neighbour in around if neighbour[0] != ranks.get(neighbour[2] or 0)]
            if wrong or (own.rank, own.score, own.total) != (ranks[right[user_id]], right[user_id], len(right)):
                self.told(f"{scope} {board}: {user_id} stands {own}")
            self.seen["standings"] += 1

    def _engines(self, scope: str) -> Iterator[None]:
        """Have the database answer, and for everybody the ranking server too."""
        with override_settings(RANKING_URL=""):
            yield
        if scope == EVERYBODY and settings.RANKING_URL:
            yield

    def recount(self) -> None:
        """Have the service compare all that it keeps with the logs."""
        output = StringIO()
        with suppress(CommandError):
            call_command("recount", "--check", stdout=output)
        lines = output.getvalue().splitlines()
        for line in lines if lines != ["0 differences."] else ():
            self.told(f"recount: {line}")

    def _inspect_engines(self) -> None:
        """Make sure that nothing waits, that the buckets are those of the scores, and that a copy is current."""
        if count := Shift.objects.count():
            self.told(f"{count} shifts wait")
        if settings.RANKING_URL:
            copy = RankingCopy.objects.get()
            if not copy.generation or copy.building or copy.is_behind:
                self.told(f"the copy is not current: {RankingCopy.objects.values().get()}")
        for board in list_miscounted():
            self.told(f"miscounted: {board}")

    def _expect(self, found: object, right: object, name: str) -> None:
        if found != right:
            self.told(f"{name}: {str(found)[:300]} for {str(right)[:300]}")


def ranks_by_counting(scores: dict[UUID, int]) -> dict[int, int]:
    """Return the rank of each score: one more than there are better ones."""
    numbers = Counter(scores.values())
    ranks, better = {}, 0
    for score in sorted(numbers, reverse=True):
        ranks[score] = better + 1
        better += numbers[score]
    return ranks
