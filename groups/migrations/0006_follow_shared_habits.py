"""What is shared with groups is counted on their boards of success rates: its statistics are swept with each day."""

from typing import Any

from django.db import migrations
from django.utils.timezone import now


def follow(apps: Any, schema_editor: Any) -> None:
    """Mark habits that are shared, and have those that rest and are followed swept."""
    using = schema_editor.connection.alias
    habits = apps.get_model("habits", "Habit").objects.using(using)
    shared = apps.get_model("groups", "SharedHabit").objects.using(using)
    stats = apps.get_model("habits", "HabitStats").objects.using(using)
    habits.filter(is_followed=False, pk__in=shared.values("habit")).update(is_followed=True)
    stats.filter(next_change_at=None, habit__is_followed=True).update(next_change_at=now())


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0005_challenge_events"),
        ("habits", "0007_goals"),
    ]

    operations = [migrations.RunPython(follow, migrations.RunPython.noop)]
