"""Ranks that follow from a few known ones, against counting."""

from hypothesis import given
from hypothesis import strategies as st

from leaderboards.domain.ranking import BITS, LEVELS, bucket_of, ranks_around, ranks_down

SCORES = st.lists(st.integers(1, 12) | st.integers(1, 5), min_size=1, max_size=40).map(
    lambda scores: sorted(scores, reverse=True)
)


def rank_of(score: int, scores: list[int]) -> int:
    return 1 + sum(other > score for other in scores)


@given(scores=SCORES, data=st.data())
def test_the_ranks_of_a_page(scores: list[int], data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(scores) - 1))
    page = scores[offset : offset + data.draw(st.integers(1, 10))]
    assert ranks_down(page, rank_of(page[0], scores), offset + 1) == [rank_of(score, scores) for score in page]


def test_ties_share_a_rank() -> None:
    assert ranks_down([9, 7, 7, 4], 1, 1) == [1, 2, 2, 4]


@given(scores=SCORES, data=st.data())
def test_the_ranks_of_neighbours(scores: list[int], data: st.DataObject) -> None:
    place, count = data.draw(st.integers(0, len(scores) - 1)), data.draw(st.integers(0, 6))
    above, own, below = scores[max(0, place - count) : place], scores[place], scores[place + 1 : place + 1 + count]
    lower = max((score for score in below if score < own), default=own)
    known = {"rank": rank_of(own, scores), "best": rank_of(max(above, default=own), scores), "worst": rank_of(lower, scores)}
    expected = ([rank_of(score, scores) for score in above], [rank_of(score, scores) for score in below])
    assert ranks_around(above, own, below, **known) == expected


@given(score=st.integers(1, 10**12), other=st.integers(1, 10**12))
def test_each_better_score_lies_in_one_of_the_three_ranges(score: int, other: int) -> None:
    ranges = 0
    for level in range(LEVELS):
        number = bucket_of(other, level)
        is_inside = level == LEVELS - 1 or bucket_of(other, level + 1) == bucket_of(score, level + 1)
        ranges += number > bucket_of(score, level) and is_inside
    assert ranges == (other > score)
    assert bucket_of(score, 1) == score // 2**BITS
