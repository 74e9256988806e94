"""Groups in JSON, and those who belong to them."""

from typing import Any

from rest_framework import serializers

from config.rest.fields import ChoiceField, CountField, IdField, InstantField, TextField, WholeNumberField
from config.rest.params import FlagParameter, QueryParams
from config.rest.references import Person, UserReferenceSerializer, user_reference
from config.rest.serializers import StrictSerializer
from groups.domain.audit import ACTIONS
from groups.domain.joining import VISIBILITIES, JoinPolicy, State, Visibility
from groups.domain.roles import ROLES, Power
from groups.models import DESCRIPTION_MAX_LENGTH, NAME_MAX_LENGTH, SEATS_MAX, AuditEntry, Ban, Group, JoinRequest, Membership
from groups.services.groups import SETTINGS


class GroupSerializer(StrictSerializer):
    """A group as it looks to the one who asks; it tells nothing about its members but how many there are."""

    id = IdField(required=False, help_text="May be made by the client, once, so that a repeated request makes no second group.")
    name = TextField(max_length=NAME_MAX_LENGTH, single_line=True)
    description = TextField(max_length=DESCRIPTION_MAX_LENGTH, allow_blank=True, default="")
    visibility = ChoiceField(
        choices=list(VISIBILITIES),
        default=Visibility.PRIVATE.value,
        help_text="Who sees that there is the group: everybody who is logged in, or its members.",
    )
    join_policy = ChoiceField(
        choices=[policy.value for policy in JoinPolicy],
        default=JoinPolicy.INVITE.value,
        help_text="What it takes to become a member: nothing, the approval of an admin, or an invitation.",
    )
    max_members = WholeNumberField(
        min_value=1, max_value=SEATS_MAX, allow_null=True, default=None, help_text=f"How many seats; null: {SEATS_MAX}."
    )
    my_role = ChoiceField(choices=list(ROLES), read_only=True, allow_null=True, help_text="Null for who is no member.")
    my_state = ChoiceField(choices=[state.value for state in State], read_only=True)
    my_permissions = serializers.ListField(
        child=ChoiceField(choices=[power.value for power in Power]),
        max_length=len(Power),
        read_only=True,
        help_text="What the role allows: to see the members, to change the settings, to manage members, to delete the group.",
    )
    member_count = CountField()
    created_at = InstantField(read_only=True)
    updated_at = InstantField(read_only=True)


class GroupChangeSerializer(GroupSerializer):
    """A change of a group's settings."""

    id = IdField(read_only=True)


class GroupListParams(QueryParams):
    """Which groups are listed."""

    discover = FlagParameter(default=False, help_text="Public groups, in the place of own ones.")
    habit = IdField(required=False, help_text="Own groups that see this habit.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse to tell of groups of others which habits they see."""
        if attrs["discover"] and "habit" in attrs:
            raise serializers.ValidationError({"habit": "It narrows down own groups alone."}, code="invalid_parameter")
        return attrs


class MemberSerializer(StrictSerializer):
    """A member of a group."""

    user = UserReferenceSerializer(read_only=True)
    role = ChoiceField(choices=list(ROLES))
    joined_at = InstantField(read_only=True)


class RemovalParams(QueryParams):
    """How somebody goes."""

    ban = FlagParameter(default=False, help_text="Whether the one who goes may not come back until the ban is lifted.")


class BanSerializer(StrictSerializer):
    """Somebody who is banned from a group."""

    user = UserReferenceSerializer(read_only=True)
    banned_by = UserReferenceSerializer(read_only=True, allow_null=True, help_text="Null if the account has ended.")
    banned_at = InstantField(read_only=True)


class JoinRequestSerializer(StrictSerializer):
    """Somebody who asks to become a member."""

    id = IdField(read_only=True)
    user = UserReferenceSerializer(read_only=True)
    created_at = InstantField(read_only=True)


class AuditEntrySerializer(StrictSerializer):
    """Who did what in a group; people are null once their account has ended."""

    id = IdField(read_only=True)
    number = CountField(help_text="Its place in the log, from 1 on.")
    action = ChoiceField(choices=list(ACTIONS), read_only=True)
    actor = UserReferenceSerializer(read_only=True, allow_null=True)
    subject = UserReferenceSerializer(read_only=True, allow_null=True, help_text="To whom it was done, if to anybody.")
    old_role = ChoiceField(choices=list(ROLES), read_only=True, allow_null=True)
    new_role = ChoiceField(choices=list(ROLES), read_only=True, allow_null=True)
    changed = serializers.ListField(
        child=ChoiceField(choices=list(SETTINGS)),
        max_length=len(SETTINGS),
        read_only=True,
        help_text="The settings that were changed.",
    )
    created_at = InstantField(read_only=True)


def group_document(group: Group) -> dict[str, Any]:
    """Return a group as it looks to the one who asks."""
    return {
        "id": group.pk,
        "name": group.name,
        "description": group.description,
        "visibility": group.visibility,
        "join_policy": group.join_policy,
        "max_members": group.max_members,
        "my_role": group.my_role,
        "my_state": group.my_state,
        "my_permissions": group.my_powers,
        "member_count": group.member_count,
        "created_at": group.created_at,
        "updated_at": group.updated_at,
    }


def member_document(membership: Membership) -> dict[str, Any]:
    """Return a member."""
    return {"user": user_reference(membership.user), "role": membership.role, "joined_at": membership.joined_at}


def ban_document(ban: Ban) -> dict[str, Any]:
    """Return a ban."""
    return {"user": user_reference(ban.user), "banned_by": _person(ban.banned_by), "banned_at": ban.banned_at}


def request_document(request: JoinRequest) -> dict[str, Any]:
    """Return a request to join."""
    return {"id": request.pk, "user": user_reference(request.user), "created_at": request.created_at}


def audit_document(entry: AuditEntry) -> dict[str, Any]:
    """Return an entry of an audit log."""
    return {
        "id": entry.pk,
        "number": entry.number,
        "action": entry.action,
        "actor": _person(entry.actor),
        "subject": _person(entry.subject),
        "old_role": entry.old_role or None,
        "new_role": entry.new_role or None,
        "changed": entry.changed,
        "created_at": entry.created_at,
    }


def _person(person: Person | None) -> dict[str, object] | None:
    return None if person is None else user_reference(person)
