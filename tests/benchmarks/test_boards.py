import uuid
from datetime import date

import pytest

from benchmarks.boards.operations import PAGE_SIZE, far_page, limits, services, size_name, targets_for
from benchmarks.boards.session import QUICK_SIZES, SIZES
from benchmarks.boards.world import BoardWorld, Town
from benchmarks.report import Results, write_report_of_boards
from benchmarks.rounds import ALONE, CROWD, Figures, Slot
from benchmarks.statements import StatementCount
from benchmarks.verdicts import Outcome, judge
from benchmarks.world import OwnHabit, Person


def world_of(sizes: tuple[int, ...]) -> BoardWorld:
    actor = Person(uuid.uuid4(), "token", date(2026, 6, 17), (OwnHabit(uuid.uuid4(), is_measured=False),))
    return BoardWorld(actor, tuple(Town(size, size, 1) for size in sizes))


@pytest.mark.parametrize(("size", "page"), [(1_000, 20), (10_000, 200), (100_000, 1_000), (1_000_000, 1_000)])
def test_the_page_far_down_is_a_full_one_of_any_size(size, page):
    assert far_page(size) == page
    assert page * PAGE_SIZE <= size


def test_sizes_are_told_in_words():
    assert [size_name(size) for size in SIZES] == ["1 k", "100 k", "1 M"]


def figures_of(cost: float, ranking: float = 0.0) -> Figures:
    figures = Figures(StatementCount(1, 1))
    for connections in (ALONE, CROWD):
        figures.slots[connections].append(Slot(100, cost, 0, [0.01, 0.02], ranking))
    return figures


@pytest.mark.parametrize("sizes", [SIZES, QUICK_SIZES])
def test_what_grows_by_more_than_a_half_is_missed_whichever_server_does_it(sizes):
    world = world_of(sizes)
    figures = {operation.name: figures_of(1.0) for operation in limits(world) + services(world)}
    assert all(verdict.outcome is not Outcome.MISSED for verdict in judge(figures, targets_for(sizes)))
    figures |= {f"move_{sizes[-1]}": figures_of(1.0, ranking=0.6)}
    missed = [verdict for verdict in judge(figures, targets_for(sizes)) if verdict.outcome is Outcome.MISSED]
    assert [(verdict.target.name, verdict.target.base) for verdict in missed] == [(f"move_{sizes[-1]}", f"move_{sizes[0]}")]


@pytest.mark.postgres
def test_the_report_tells_what_each_server_does(db):
    operations = limits(world_of(SIZES))
    figures = {"l_top": figures_of(1.0), "l_rank": figures_of(1.0, ranking=0.6)}
    report = write_report_of_boards({"Both": Results(operations, figures, [])}, ["1 k users"])
    assert "| 1.00 + 0.00 |" in report
    assert "| 1.00 + 0.00 + 0.60 |" in report
