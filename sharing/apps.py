"""The app."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """What users show of their habits to single others, and to everybody who holds a link."""

    name = "sharing"

    def ready(self) -> None:
        """Declare what an export holds, and whom the end of an account concerns."""
        from habits.services.locking import declare_concern  # noqa: PLC0415 - models
        from sharing.selectors.concerns import list_tellers  # noqa: PLC0415
        from sharing.services.exports import declare_sections  # noqa: PLC0415

        declare_sections()
        declare_concern(list_tellers)
