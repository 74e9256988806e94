"""Chainable questions about challenges, and about who takes part in them."""

import uuid
from datetime import datetime
from typing import Self, TypeVar

from django.db.models import F, Model, Q, QuerySet

from challenges.domain.course import State
from challenges.domain.terms import Visibility

M = TypeVar("M", bound=Model)

# Better scores first, then those reached earlier, then who joined earlier; whom no log has raised comes last.
BY_STANDING = (F("score").desc(), F("reached_at").asc(nulls_last=True), F("joined_at").asc(), F("id").asc())


class ChallengeQuerySet(QuerySet[M]):
    """Challenges by what people and jobs ask of them."""

    def public(self) -> Self:
        """Keep those that everybody sees."""
        return self.filter(visibility=Visibility.PUBLIC)

    def open(self) -> Self:
        """Keep those whose standings may still change."""
        return self.filter(finished_at=None, cancelled_at=None)

    def in_state(self, state: State, present: datetime) -> Self:
        """Keep those that are so far: `course.state_of`, asked of the database."""
        if state is State.CANCELLED:
            return self.filter(cancelled_at__isnull=False)
        if state is State.FINISHED:
            return self.filter(finished_at__isnull=False)
        conditions = {
            State.UPCOMING: Q(starts_at__gt=present),
            State.ACTIVE: Q(starts_at__lte=present, ends_at__gt=present),
            State.SETTLING: Q(ends_at__lte=present),
        }
        return self.open().filter(conditions[state])


class ParticipationQuerySet(QuerySet[M]):
    """Participations by what jobs and standings ask of them."""

    def open(self) -> Self:
        """Keep those whose standings may still change."""
        return self.filter(rank=None, challenge__finished_at=None, challenge__cancelled_at=None)

    def of(self, challenge_id: uuid.UUID) -> Self:
        """Keep those of one challenge."""
        return self.filter(challenge=challenge_id)

    def by_standing(self) -> Self:
        """Put them into the order of the standings."""
        return self.order_by(*BY_STANDING)
