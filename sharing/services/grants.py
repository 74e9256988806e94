"""Comparing grants with the shares that they follow from."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef

from habits.models import ChangeCounter, Habit, HabitUserGrant
from sharing.models import Share
from sharing.permissions import rebuild_grants


def rebuild_all_grants(*, repair: bool) -> Iterator[str]:
    """Yield each difference between the grants of single users and the shares, a habit at a time; `repair` makes them equal."""
    shared = Exists(Share.objects.filter(habit=OuterRef("pk")))
    granted = Exists(HabitUserGrant.objects.filter(content_object=OuterRef("pk")).exclude(user=OuterRef("owner")))
    habits = Habit.objects.filter(shared | granted).order_by("pk").values_list("pk", "owner")
    for habit_id, owner_id in habits.iterator():
        with transaction.atomic():
            ChangeCounter.objects.take(owner_id, 0)
            habit = Habit.objects.filter(pk=habit_id).first()
            differences = [] if habit is None else rebuild_grants(habit, repair=repair)
        yield from (f"{habit_id}: {line}" for line in differences)
