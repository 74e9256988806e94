"""The app."""

from django.apps import AppConfig


class HabitsConfig(AppConfig):
    """Habits, their schedules and logs, and what follows from them."""

    name = "habits"

    def ready(self) -> None:
        """Connect the receivers."""
        from habits import receivers  # noqa: F401, PLC0415 - signals connect when the apps are ready
