"""The app."""

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    """Groups, their members, and who may do what in them."""

    name = "groups"

    def ready(self) -> None:
        """Connect the receivers, and declare the schedules and what an export holds."""
        from config.jobs import schedule  # noqa: PLC0415 - the job library's models load with the apps
        from groups import receivers  # noqa: F401, PLC0415 - signals connect when the apps are ready
        from groups.services.exports import declare_sections  # noqa: PLC0415 - models

        declare_sections()
        schedule("groups.jobs.forget_expired_invitations", minutes=24 * 60)
