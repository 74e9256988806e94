"""The days of participants, side by side."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from challenges.domain.holdings import judged_logs
from challenges.models import Challenge
from challenges.permissions import PARTICIPATE
from challenges.selectors.challenges import CHALLENGES
from challenges.selectors.standings import Standings
from habits.domain.calendar import HabitCalendar
from habits.domain.schedule import ONE_DAY
from users.models import User
from users.selectors import today_for


class ParticipantProgress(NamedTuple):
    """A participant's place, and the days of a range as the challenge sees them; units are not asked for."""

    row: Any
    calendar: HabitCalendar


def get_progressing(actor: User, challenge_id: uuid.UUID) -> Standings:
    """Return the standings of a challenge in which the actor takes part, with what was received of everybody's logs."""
    return Standings(CHALLENGES.fetch(actor, challenge_id, needed=PARTICIPATE), with_holdings=True)


def get_progress(challenge: Challenge, rows: Iterable[Any], first: date, last: date) -> list[ParticipantProgress]:
    """Return the days of participants in a range, each as of their own today, and of former ones as of the end; no query."""
    terms, plan = challenge.terms, challenge.terms.plan
    found = []
    for row in rows:
        today = terms.end + ONE_DAY if row.user is None else today_for(row.user)
        holdings, first_day, last_day = row.holdings, max(first, terms.start), min(last, terms.end)
        logs = judged_logs(terms, holdings, [day for day in holdings if first_day <= day <= min(last_day, today)])
        found.append(ParticipantProgress(row, HabitCalendar(plan, logs, (), first_day, last_day, today)))
    return found
