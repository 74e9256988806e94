"""Users for tests."""

from functools import cache

import factory
from django.contrib.auth.hashers import make_password

from config.text import key_of
from users.models import Job, User

PASSWORD = "correct horse battery staple"


@cache
def hashed_password() -> str:
    """Return PASSWORD as it is stored: hashed once, for that takes longer than most tests."""
    return make_password(PASSWORD)


class UserFactory(factory.django.DjangoModelFactory):
    """An active user `user0`, `user1` … who logs in with PASSWORD."""

    class Meta:
        model = User

    username = factory.Sequence(lambda number: f"user{number}")
    username_key = factory.LazyAttribute(lambda user: key_of(user.username))
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    email_key = factory.LazyAttribute(lambda user: key_of(user.email))
    display_name = factory.LazyAttribute(lambda user: user.username)
    password = factory.LazyFunction(hashed_password)


class JobFactory(factory.django.DjangoModelFactory):
    """A queued job of a new user."""

    class Meta:
        model = Job

    owner = factory.SubFactory(UserFactory)
    kind = "import"
