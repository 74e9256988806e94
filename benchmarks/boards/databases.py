"""Several databases of one server, in each of which the service's own code can work."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test import override_settings


def create_database(name: str, template: str = "template1") -> None:
    """Create a database as a copy of one to which nobody is connected."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")


@contextmanager
def inside(name: str, ranking_url: str = "") -> Iterator[None]:
    """Work in a database of the server, with its ranking server or with none."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        with override_settings(RANKING_URL=ranking_url):
            yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
