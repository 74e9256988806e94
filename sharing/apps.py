"""The app."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """What users show of their habits to single others, and to everybody who holds a link."""

    name = "sharing"
