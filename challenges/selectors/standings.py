"""How the participants of a challenge stand."""

import uuid
from collections.abc import Sequence
from typing import Any

from challenges.models import Challenge, Participation
from challenges.selectors.challenges import CHALLENGES
from groups.selectors.groups import CLOCK_COLUMNS, with_people
from users.models import User


class Standings:
    """The standings of a challenge, as a pagination takes them: slices are read, and the whole is known by its count.

    Each row carries its `place`: the rank that was given when they were frozen, or the one of the moment.
    """

    def __init__(self, challenge: Challenge, *, with_holdings: bool = False) -> None:
        self.challenge = challenge
        self._keys = Participation.objects.of(challenge.pk).by_standing().values("pk")
        rows = Participation.objects.by_standing()
        self._rows = with_people(rows if with_holdings else rows.defer("holdings_text"), more=CLOCK_COLUMNS)

    def __len__(self) -> int:
        return self.challenge.participant_count

    def __getitem__(self, part: slice) -> list[Any]:
        # The rows before those of the page are looked for in the index alone.
        rows = list(self._rows.filter(pk__in=self._keys[part]))
        _place(rows, part.start)
        return rows

    def own(self, user: User) -> Any:
        """Return a participant's row, None for who takes no part."""
        row = self._rows.filter(challenge=self.challenge, user=user.pk).first()
        if row is not None:
            row.place = _rank_of(row)
        return row


def get_standings(actor: User, challenge_id: uuid.UUID) -> Standings:
    """Return the standings of a challenge that exists for the actor."""
    return Standings(CHALLENGES.see(actor, challenge_id))


def _place(rows: Sequence[Any], offset: int) -> None:
    """Give each row its place: equal scores share one, so that all but those of the first row's are known by their order."""
    for index, row in enumerate(rows):
        if row.rank is not None:
            row.place = row.rank
        elif index and row.score == rows[index - 1].score:
            row.place = rows[index - 1].place
        else:
            row.place = offset + index + 1 if index or not offset else _rank_of(row)


def _rank_of(row: Participation) -> int:
    if row.rank is not None:
        return row.rank
    return Participation.objects.of(row.challenge_id).filter(score__gt=row.score).count() + 1
