"""Writing the audit log."""

import uuid
from collections.abc import Sequence

from django.db.models import Max

from groups.domain.audit import Action
from groups.domain.roles import Role
from groups.models import AuditEntry, Group


def record(
    group: Group,
    action: Action,
    *,
    actor_id: uuid.UUID,
    subject_id: uuid.UUID | None = None,
    roles: tuple[Role | None, Role | None] = (None, None),
    changed: Sequence[str] = (),
) -> None:
    """Add an entry to the log of a group, whose row is locked; `roles` are the old and the new one."""
    old_role, new_role = roles
    AuditEntry.objects.create(
        group=group,
        number=_next_number(group),
        action=action,
        actor_id=actor_id,
        subject_id=subject_id,
        old_role=old_role or "",
        new_role=new_role or "",
        changed=list(changed),
    )


def _next_number(group: Group) -> int:
    last: int | None = AuditEntry.objects.filter(group=group).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
