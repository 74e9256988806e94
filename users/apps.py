"""The app's registration with Django."""

from django.apps import AppConfig


class UsersConfig(AppConfig):
    """Accounts and what belongs to one account alone."""

    name = "users"
    verbose_name = "Users"
