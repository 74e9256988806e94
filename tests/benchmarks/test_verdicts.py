import pytest

from benchmarks.rounds import ALONE, Figures, Slot
from benchmarks.statements import StatementCount
from benchmarks.verdicts import TARGETS, Outcome, judge


def figures_of(*costs: float) -> Figures:
    figures = Figures(StatementCount(1, 1))
    figures.slots[ALONE].extend(Slot(100, cost, 0, [0.01]) for cost in costs)
    return figures


@pytest.mark.parametrize(
    ("costs", "outcome"),
    [
        ((2.9, 2.9, 3.0, 9.0), Outcome.MET),
        ((2.8, 2.9, 3.2, 3.3), Outcome.NOISE),
        ((2.9, 3.2, 3.3, 3.4), Outcome.MISSED),
        ((3.1,), Outcome.MISSED),
    ],
)
def test_a_target_is_missed_by_three_rounds_in_four(costs, outcome):
    bases = figures_of(*(1.0 for _ in costs))
    figures = {target.name: bases for target in TARGETS} | {target.base: bases for target in TARGETS}
    verdicts = judge({**figures, "list": figures_of(*costs)})
    assert verdicts[0].target.name == "list"
    assert verdicts[0].outcome is outcome
