"""What the ratios are to be, and whether they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median, quantiles
from typing import Final, NamedTuple

from benchmarks.rounds import Figures


class Target(NamedTuple):
    """A ratio of two operations' CPU: the most that it may be now, and the aim; None where nothing is asked."""

    title: str
    name: str
    base: str
    now: float | None
    aim: float | None


TARGETS: Final = (
    Target("habit list of 20 / L-list (Django view)", "list", "l_list", 3.0, 2.0),
    Target("log write / L-write", "write", "l_write", 2.5, 2.5),
    Target("one habit with its stats / L-stats", "stats", "l_stats", 2.0, 1.4),
    Target("habit list, 10 years / 1 year", "list_10y", "list", 1.2, 1.05),
    Target("log write, 10 years / 1 year", "write_10y", "write", 1.2, 1.05),
    Target("one habit with its stats, 10 years / 1 year", "stats_10y", "stats", 1.2, 1.05),
    Target("habit list of 20 / L-list behind a DRF view", "list", "l_list_drf", None, None),
    Target("habit list, 20 of 200 / 20 of 20", "list_200", "list", None, 2.5),
    Target("log write 3 days back / L-write", "back", "l_write", None, 2.5),
    Target("log write 3 days back, 10 years / 1 year", "back_10y", "back", None, 1.05),
    Target("summary of 20 habits / L-stats", "summary", "l_stats", None, 1.4),
    Target("summary of 20 habits, 10 years / 1 year", "summary_10y", "summary", None, 1.05),
    Target("agenda of 20 habits / L-list (Django view)", "agenda", "l_list", None, None),
    Target("create a habit / L-create", "create", "l_create", None, 2.2),
    Target("standings and own rank, 10,000 / 100 participants", "race_10k", "race", 1.5, 1.5),
    Target("the page in the middle, 10,000 / 100 participants", "race_10k_middle", "race_middle", None, 1.5),
    Target("log write in a challenge, 10,000 / 100 participants", "race_10k_write", "race_write", 1.1, 1.1),
    Target("log write in a challenge / L-write", "race_write", "l_write", None, None),
)


class Outcome(StrEnum):
    """Whether a target is met; `NOISE` where the median misses it, but not three rounds in four."""

    MET = "met"
    NOISE = "within the noise"
    MISSED = "MISSED"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target and the ratios of the rounds: lower quartile, median, upper quartile."""

    target: Target
    low: float
    ratio: float
    high: float

    @property
    def outcome(self) -> Outcome:
        """Whether the target of the present is met."""
        if self.target.now is None:
            return Outcome.NONE
        if self.ratio <= self.target.now:
            return Outcome.MET
        return Outcome.NOISE if self.low <= self.target.now else Outcome.MISSED


def judge(figures: Mapping[str, Figures], targets: Sequence[Target] = TARGETS) -> list[Verdict]:
    """Return the verdict on every target: the two sides of a ratio come from the same round."""
    return [_judge(target, figures[target.name].costs, figures[target.base].costs) for target in targets]


def _judge(target: Target, costs: list[float], bases: list[float]) -> Verdict:
    ratios = [cost / base for cost, base in zip(costs, bases, strict=True)]
    low, _, high = quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    return Verdict(target, low, median(ratios), high)
