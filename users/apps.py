"""The app's registration with Django."""

from django.apps import AppConfig


class UsersConfig(AppConfig):
    """Accounts and what belongs to one account alone."""

    name = "users"
    verbose_name = "Users"

    def ready(self) -> None:
        """Declare the schedules, and what an export holds; the models have to be loaded."""
        from config.jobs import schedule  # noqa: PLC0415
        from users.services import exports  # noqa: PLC0415

        exports.export_section("account", exports.account_rows)
        exports.export_section("sessions", exports.session_rows)
        exports.export_section("personal_tokens", exports.token_rows)
        exports.export_section("jobs", exports.job_rows)
        schedule("users.jobs.forget_expired", minutes=24 * 60)
