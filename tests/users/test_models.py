"""What the database holds of a user, whoever writes it, and the way of Django's own commands."""

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from tests.factories.users import UserFactory
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"username": "a@b"}, "user_username_is_no_email"),
        ({"display_name": ""}, "user_display_name_not_empty"),
        ({"day_start_hour": 7}, "user_day_start_hour_range"),
        ({"leaderboard_visibility": "all"}, "user_leaderboard_visibility_known"),
    ],
)
def test_the_database_refuses_impossible_users(values: dict[str, object], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        UserFactory(**values)


@pytest.mark.parametrize("values", [{"username": "ÜBUNG"}, {"email": "ADA@EXAMPLE.ORG"}])
def test_names_and_addresses_are_unique_in_any_case(values: dict[str, str]) -> None:
    UserFactory(username="übung", email="ada@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(**values)


def test_createsuperuser_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse battery")
    call_command("createsuperuser", interactive=False, username_key="Root.Ü", email="root@example.org", verbosity=0)
    user = User.objects.get()
    assert (user.username, user.username_key, user.display_name) == ("Root.Ü", "root.ü", "Root.Ü")
    assert user.is_staff
    assert user.is_superuser
    assert authenticate(username="ROOT.ü", password="correct horse battery") == user


def test_create_user_checks_the_name() -> None:
    with pytest.raises(ValidationError, match="letters, digits"):
        User.objects.create_user("a b", "ada@example.org")


def test_a_user_without_a_password_cannot_log_in() -> None:
    User.objects.create_user("ada", "ada@example.org")
    assert authenticate(username="ada", password="") is None
