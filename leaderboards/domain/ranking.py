"""Ranks by counting: equal scores share a rank, which is one more than there are better ones.

To count them without a look at everybody, scores are in buckets, each level of which covers 64 times as much as the one below.
How many have more than a score is the sum over three ranges: the rest of its bucket of level 1 by single scores, the rest of its
bucket of level 2 by buckets of level 1, and all above by buckets of level 2.
"""

from collections.abc import Sequence
from typing import Final

LEVELS: Final = 3
BITS: Final = 6


def bucket_of(score: int, level: int) -> int:
    """Return the number of the bucket of a level that holds a score."""
    return score >> (BITS * level)


def ranks_down(scores: Sequence[int], first_rank: int, place: int) -> list[int]:
    """Return the ranks of scores in their order, from the first one's; `place` is its position on the board, from 1 on."""
    ranks: list[int] = []
    for index, score in enumerate(scores):
        is_tied = index and score == scores[index - 1]
        ranks.append(ranks[-1] if is_tied else place + index if index else first_rank)
    return ranks


def ranks_around(
    above: Sequence[int], score: int, below: Sequence[int], *, rank: int, best: int, worst: int
) -> tuple[list[int], list[int]]:
    """Return the ranks of the scores next above and next below one of a rank, all in the order of the board.

    `best` is the rank of the first score above, and `worst` that of the first one below which is lower: how many share a score
    beyond what is given cannot be seen. All others follow.
    """
    lower = next((other for other in below if other < score), score)
    ranks_above = [
        rank if other == score else best if other == above[0] else rank - sum(score < between <= other for between in above)
        for other in above
    ]
    ranks_below = [rank if other == score else worst + sum(other < between <= lower for between in below) for other in below]
    return ranks_above, ranks_below
