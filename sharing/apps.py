"""The app."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """What users show of their habits to single others, and to everybody who holds a link."""

    name = "sharing"

    def ready(self) -> None:
        """Declare what an export holds."""
        from sharing.services.exports import declare_sections  # noqa: PLC0415 - models

        declare_sections()
