"""Groups as those who ask may see them."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import now

from config.access import Gate
from config.errors import NotFound
from config.prepared import Parameter
from groups.domain.joining import Visibility
from groups.domain.tokens import digest_of
from groups.models import AuditEntry, Ban, Group, Invitation, JoinRequest, Membership, RequestState, SharedHabit
from groups.permissions import MANAGE, VIEW
from users.models import User

# Of people, what is shown of them.
PERSON_COLUMNS: Final = ("id", "display_name")
# … and what tells their day.
CLOCK_COLUMNS: Final = ("timezone", "day_start_hour")


def described(groups: QuerySet[Group], user: Any) -> QuerySet[Any]:
    """Return groups with the number of their members, and how a user (a key, or a Parameter for one) stands to each."""
    own = {"group": OuterRef("pk"), "user": user}
    members = Membership.objects.filter(group=OuterRef("pk")).order_by().values("group")
    additions: dict[str, Any] = {
        "my_role": Subquery(Membership.objects.filter(**own).values("role")),
        "is_banned": Exists(Ban.objects.filter(**own)),
        "is_pending": Exists(JoinRequest.objects.filter(**own, state=RequestState.PENDING)),
        "member_count": Coalesce(Subquery(members.annotate(count=Count("pk")).values("count")), 0),
    }
    return groups.annotate(**additions)


GROUPS: Final[Gate[Group]] = Gate(
    lambda: described(Group.objects.all(), Parameter("user", User._meta.pk)),
    visible_by=VIEW,
    by_groups_alone=True,
    open_where=Q(visibility=Visibility.PUBLIC),
)


def list_own_groups(actor: User, *, seeing: uuid.UUID | None = None) -> QuerySet[Group]:
    """Return the groups to which the actor belongs, or those of them that see a habit."""
    groups = Group.objects.of_member(actor.pk)
    if seeing is not None:
        groups = groups.filter(pk__in=SharedHabit.objects.filter(habit=seeing).values("group"))
    return described(groups, actor.pk)


def list_public_groups(actor: User) -> QuerySet[Group]:
    """Return the groups that everybody may find."""
    return described(Group.objects.public(), actor.pk)


def get_group(actor: User, group_id: uuid.UUID) -> Group:
    """Return a group of the actor's, or a public one; NotFound for any other."""
    return GROUPS.see(actor, group_id)


def list_members(actor: User, group_id: uuid.UUID) -> QuerySet[Membership]:
    """Return the members of a group of the actor's."""
    group = GROUPS.fetch(actor, group_id, needed=VIEW)
    return with_people(Membership.objects.filter(group=group))


def get_membership(group: Group, user_id: uuid.UUID) -> Membership:
    """Return somebody's membership of a group that was fetched for the actor; NotFound for who has none."""
    membership: Membership | None = with_people(Membership.objects.filter(group=group, user=user_id)).first()
    if membership is None:
        raise NotFound
    return membership


def list_bans(actor: User, group_id: uuid.UUID) -> QuerySet[Ban]:
    """Return who is banned from a group that the actor manages."""
    group = GROUPS.fetch(actor, group_id, needed=MANAGE)
    return with_people(Ban.objects.filter(group=group), "user", "banned_by")


def list_join_requests(actor: User, group_id: uuid.UUID) -> QuerySet[JoinRequest]:
    """Return who asks to join a group that the actor manages."""
    group = GROUPS.fetch(actor, group_id, needed=MANAGE)
    return with_people(JoinRequest.objects.filter(group=group, state=RequestState.PENDING))


def list_invitations(actor: User, group_id: uuid.UUID) -> QuerySet[Invitation]:
    """Return the invitations to a group that the actor manages, as long as they can be accepted."""
    group = GROUPS.fetch(actor, group_id, needed=MANAGE)
    return with_people(Invitation.objects.filter(group=group).open(now()), "created_by")


def get_inviting_group(actor: User, token: str) -> Group:
    """Return the group to which a token invites whoever holds it; NotFound where it cannot be accepted."""
    invitations = Invitation.objects.filter(digest=digest_of(token)).open(now())
    group: Group | None = described(Group.objects.filter(pk__in=invitations.values("group")), actor.pk).first()
    if group is None:
        raise NotFound
    return group


def list_audit_entries(actor: User, group_id: uuid.UUID) -> QuerySet[AuditEntry]:
    """Return the audit log of a group that the actor manages."""
    group = GROUPS.fetch(actor, group_id, needed=MANAGE)
    return with_people(AuditEntry.objects.filter(group=group), "actor", "subject")


def with_people(rows: QuerySet[Any], *paths: str, more: Sequence[str] = ()) -> QuerySet[Any]:
    """Return rows with those whom they name, `user` if nothing else is said, and `more` of their columns than are shown."""
    people = paths or ("user",)
    hidden = [field.name for field in User._meta.concrete_fields if field.name not in (*PERSON_COLUMNS, *more)]
    return rows.select_related(*people).defer(*(f"{person}__{column}" for person in people for column in hidden))
