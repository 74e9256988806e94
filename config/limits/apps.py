"""The registration with Django, for the table of counts."""

from django.apps import AppConfig


class LimitsConfig(AppConfig):
    """What is counted against limits."""

    name = "config.limits"

    def ready(self) -> None:
        """Declare the schedule; the job library's models have to be loaded."""
        from config.jobs import schedule  # noqa: PLC0415

        schedule("config.limits.jobs.forget_windows", minutes=15)
