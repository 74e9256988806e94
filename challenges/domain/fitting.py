"""Which habits fit a challenge: decided here alone.

A challenge judges the logs of the linked habit by terms of its own. So a habit fits whose logs say what the challenge asks, on
the days that are left of it.
"""

from datetime import date
from typing import NamedTuple

from challenges.domain.terms import Terms
from habits.domain.schedule import Plan, Schedule


class Misfit(NamedTuple):
    """Why a habit does not fit: a code and a sentence."""

    code: str
    detail: str


class Candidate(NamedTuple):
    """What of a habit decides whether it fits; `unit` in the form in which names are compared."""

    schedule: Schedule
    plan: Plan
    unit: str


def candidate_of(plan: Plan, unit_key: str, today: date) -> Candidate:
    """Return a habit as of its owner's today."""
    return Candidate(plan.schedule_on(max(today, plan.start)), plan, unit_key)


def list_misfits(terms: Terms, unit_key: str, habit: Candidate, today: date) -> list[Misfit]:
    """Return all that keeps a habit from a challenge, nothing if it fits; `today` is that of the habit's owner."""
    return [*_misfits_of_kind(terms, unit_key, habit), *_misfits_of_days(terms, habit.plan, today)]


def _misfits_of_kind(terms: Terms, unit_key: str, habit: Candidate) -> list[Misfit]:
    asked, has = terms.schedule, habit.schedule
    found = []
    if asked.kind != has.kind:
        wanted = f"{asked.frequency}, with the interval {asked.interval}"
        found.append(Misfit("other_frequency", f"The challenge takes a habit whose schedule is {wanted}."))
    if asked.target is None or has.target is None:
        if asked.target is not None:
            found.append(Misfit("not_measured", "The challenge counts values: it takes a measured habit."))
        elif has.target is not None:
            found.append(Misfit("measured", "The challenge counts days, not values: it takes a yes/no habit."))
        return found
    if asked.target.direction is not has.target.direction:
        found.append(Misfit("other_direction", "One of the two is to reach its target, the other to stay within it."))
    if unit_key != habit.unit:
        found.append(Misfit("other_unit", "The values of the habit have another unit."))
    return found


def _misfits_of_days(terms: Terms, plan: Plan, today: date) -> list[Misfit]:
    found = []
    if plan.is_archived:
        found.append(Misfit("archived", "An archived habit takes no logs."))
    first = max(terms.start, today)
    if plan.start > first:
        found.append(Misfit("starts_later", f"The habit begins on {plan.start}, and there are days of the challenge before."))
    if plan.end is not None and plan.end < terms.end:
        found.append(Misfit("ends_earlier", f"The habit ends on {plan.end}, before the challenge does."))
    return found
