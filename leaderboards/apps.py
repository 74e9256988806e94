"""The app."""

from django.apps import AppConfig


class LeaderboardsConfig(AppConfig):
    """Leaderboards: of everybody who wants to be seen, of groups, and of challenges."""

    name = "leaderboards"

    def ready(self) -> None:
        """Connect the receivers, declare the schedules and what is recounted."""
        from config.jobs import schedule  # noqa: PLC0415 - the job library's models load with the apps
        from habits.services.recounting import declare_recount  # noqa: PLC0415 - models
        from leaderboards import receivers  # noqa: F401, PLC0415 - signals connect when the apps are ready
        from leaderboards.services.recounting import recount  # noqa: PLC0415 - models

        declare_recount(recount)
        schedule("leaderboards.jobs.fold_shifts", minutes=1)
        schedule("leaderboards.jobs.repair_rankings", minutes=1)
        schedule("leaderboards.jobs.forget_old_boards", minutes=24 * 60)
