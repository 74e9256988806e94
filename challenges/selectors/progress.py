"""The days of participants, side by side."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from challenges.domain.scoring import judged_calendar
from challenges.models import Challenge
from challenges.permissions import PARTICIPATE
from challenges.selectors.challenges import CHALLENGES
from challenges.selectors.standings import Standings
from habits.domain.calendar import HabitCalendar
from habits.domain.schedule import ONE_DAY
from users.models import User
from users.selectors import today_for


class ParticipantProgress(NamedTuple):
    """A participant's place, and the days of a range as the challenge judges them."""

    row: Any
    calendar: HabitCalendar


def get_progressing(actor: User, challenge_id: uuid.UUID) -> Standings:
    """Return the standings of a challenge in which the actor takes part, with what was received of everybody's logs."""
    return Standings(CHALLENGES.fetch(actor, challenge_id, needed=PARTICIPATE), with_holdings=True)


def get_progress(challenge: Challenge, rows: Iterable[Any], first: date, last: date) -> list[ParticipantProgress]:
    """Return the days of participants in a range, each as of their own today, and of former ones as of the end; no query."""
    terms = challenge.terms
    found = []
    for row in rows:
        today = terms.end + ONE_DAY if row.user is None else today_for(row.user)
        calendar = judged_calendar(terms, row.holdings, today)
        found.append(ParticipantProgress(row, calendar._replace(first=max(first, terms.start), last=min(last, terms.end))))
    return found
