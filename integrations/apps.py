"""The app."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Traffic with other software."""

    name = "integrations"

    def ready(self) -> None:
        """Declare the schedules; the job library's models have to be loaded."""
        from config.jobs import schedule  # noqa: PLC0415
        from integrations.selectors import import_rows  # noqa: PLC0415
        from users.services.exports import export_section  # noqa: PLC0415

        export_section("imports", import_rows)
        schedule("integrations.jobs.resume_imports", minutes=15)
