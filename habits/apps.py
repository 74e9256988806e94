"""The app."""

from django.apps import AppConfig


class HabitsConfig(AppConfig):
    """Habits, their schedules and logs, and what follows from them."""

    name = "habits"

    def ready(self) -> None:
        """Connect the receivers, and have the statistics swept."""
        from config.jobs import schedule  # noqa: PLC0415 - the job library's models load with the apps
        from habits import receivers  # noqa: F401, PLC0415 - signals connect when the apps are ready
        from habits.services.exports import declare_sections  # noqa: PLC0415 - models

        declare_sections()
        schedule("habits.jobs.sweep_stats", minutes=5)  # a day may begin at any quarter of an hour
