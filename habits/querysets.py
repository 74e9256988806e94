"""Chainable questions about habits and goals."""

import uuid
from datetime import date
from typing import Self, TypeVar

from django.db.models import Model, Q, QuerySet

from config.text import key_of
from habits.domain.goals import GoalState

M = TypeVar("M", bound=Model)


class HabitQuerySet(QuerySet[M]):
    """Habits by what people ask of them; texts compare without regard to case in any script."""

    def owned_by(self, owner_id: uuid.UUID) -> Self:
        """Keep the habits of one owner."""
        return self.filter(owner_id=owner_id)

    def archived(self, *, is_archived: bool) -> Self:
        """Keep the archived habits, or the others."""
        return self.filter(archived_on__isnull=not is_archived)

    def tagged(self, tag: str) -> Self:
        """Keep the habits that carry a tag."""
        return self.filter(tag_keys__contains=f"\n{key_of(tag)}\n")

    def named_like(self, part: str) -> Self:
        """Keep the habits whose name holds `part`."""
        return self.filter(name_key__contains=key_of(part))


class GoalQuerySet(QuerySet[M]):
    """Goals by what people ask of them."""

    def in_state(self, state: GoalState, today: date) -> Self:
        """Keep the goals that stand so on their owner's today: `goals.state_of`, asked of the database."""
        if state is GoalState.CANCELLED:
            return self.filter(is_cancelled=True)
        is_past = Q(deadline__isnull=False, deadline__lt=today)
        conditions = {
            GoalState.REACHED: Q(reached_on__isnull=False),
            GoalState.MISSED: Q(reached_on__isnull=True) & is_past,
            GoalState.ACTIVE: Q(reached_on__isnull=True) & ~is_past,
        }
        return self.filter(conditions[state], is_cancelled=False)
