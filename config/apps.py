"""The project's registration with Django: its checks, and what follows a migration."""

from django.apps import AppConfig, apps
from django.core.checks import register
from django.db.models.signals import post_migrate

from config.checks import check_environment


class ServiceConfig(AppConfig):
    """What holds for the service as a whole."""

    name = "config"
    verbose_name = "Service"

    def ready(self) -> None:
        """Register the checks and the receivers; those need the apps to be loaded."""
        from config.access import forget_permissions  # noqa: PLC0415
        from config.jobs import store_schedules  # noqa: PLC0415
        from config.rest.checks import check_access  # noqa: PLC0415

        register(check_environment)
        register(check_access)
        post_migrate.connect(forget_permissions, dispatch_uid="config.access")
        post_migrate.connect(store_schedules, sender=apps.get_app_config("django_q"), dispatch_uid="config.jobs")
