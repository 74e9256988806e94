"""Which engine answers for a board."""

from django.conf import settings

from leaderboards.domain.boards import Board
from leaderboards.models import PUBLIC
from leaderboards.selectors.ranking import DatabaseRanking, Ranking
from leaderboards.selectors.sorted_sets import SortedSetRanking


def ranking_of(scope: str, board: Board) -> Ranking:
    """Return the order of a board in a scope: those of everybody come from the ranking server where there is one."""
    database = DatabaseRanking(scope, board)
    return SortedSetRanking(board, database) if settings.RANKING_URL and scope == PUBLIC else database
