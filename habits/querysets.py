"""Chainable questions about habits."""

import uuid
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from config.text import key_of

if TYPE_CHECKING:
    from habits.models import Habit


class HabitQuerySet(QuerySet["Habit"]):
    """Habits by what people ask of them; texts compare without regard to case in any script."""

    def owned_by(self, owner_id: uuid.UUID) -> "HabitQuerySet":
        """Keep the habits of one owner."""
        return self.filter(owner_id=owner_id)

    def archived(self, is_archived: bool) -> "HabitQuerySet":
        """Keep the archived habits, or the others."""
        return self.filter(archived_on__isnull=not is_archived)

    def tagged(self, tag: str) -> "HabitQuerySet":
        """Keep the habits that carry a tag."""
        return self.filter(tag_keys__contains=f"\n{key_of(tag)}\n")

    def named_like(self, part: str) -> "HabitQuerySet":
        """Keep the habits whose name holds `part`."""
        return self.filter(name_key__contains=key_of(part))

    def matching(self, text: str) -> "HabitQuerySet":
        """Keep the habits whose name, description or tags hold each word of `text`."""
        habits = self
        for word in key_of(text).split():
            habits = habits.filter(search_key__contains=word)
        return habits
