"""Groups for tests, made by the services: with their roles, grants and audit log."""

import factory
from django.db import transaction

from groups.domain.roles import Role
from groups.models import Group, Membership
from groups.services.groups import GroupDraft, create_group
from groups.services.seats import add_member
from tests.factories.users import UserFactory
from users.models import User


class GroupFactory(factory.Factory):
    """A private group `Group 0`, `Group 1` … of a new user; everything that a GroupDraft holds may be given."""

    class Meta:
        model = Group

    owner = factory.SubFactory(UserFactory, password="!")
    name = factory.Sequence(lambda number: f"Group {number}")

    @classmethod
    def _create(cls, model_class: type[Group], /, owner: User, **draft: object) -> Group:
        group, _ = create_group(actor=owner, draft=GroupDraft(**draft))
        return group


def enter(group: Group, user: User, role: Role = Role.MEMBER) -> Membership:
    """Make a user a member of a group, whatever its policy."""
    with transaction.atomic():
        return add_member(group, user.pk, role)
