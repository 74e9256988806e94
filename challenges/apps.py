"""The app."""

from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    """Challenges, who takes part in them, and how they stand."""

    name = "challenges"

    def ready(self) -> None:
        """Connect the receivers, and declare the schedules, what an export holds, and what is recounted."""
        from challenges import receivers  # noqa: F401, PLC0415 - signals connect when the apps are ready
        from challenges.selectors.challenges import participants_in  # noqa: PLC0415 - models
        from challenges.services.exports import declare_sections  # noqa: PLC0415 - models
        from challenges.services.recounting import recount  # noqa: PLC0415 - models
        from config.jobs import schedule  # noqa: PLC0415 - the job library's models load with the apps
        from groups.services.locking import declare_concern  # noqa: PLC0415 - models
        from habits.services.recounting import declare_recount  # noqa: PLC0415 - models

        declare_sections()
        declare_recount(recount)
        declare_concern(participants_in)
        for name in ("start_challenges", "sweep_standings", "settle_challenges"):
            schedule(f"challenges.jobs.{name}", minutes=5)  # a day may begin at any quarter of an hour
