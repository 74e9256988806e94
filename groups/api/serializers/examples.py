"""Examples for the OpenAPI document: one story, so that its ids and figures fit together."""

GROUP_ID = "019a9e5d-5b10-7a41-8c52-3d1e2f3a4b5c"
ADA = {"id": "019a9e5c-7a31-7c4e-9d52-3f1b6d0c8e21", "display_name": "Ada L."}
BEN = {"id": "019a9e5c-7b42-7d5f-8e63-401c7e1d9f32", "display_name": "Ben"}

GROUP_DRAFT = {
    "name": "Early birds",
    "description": "Up before the sun.",
    "visibility": "public",
    "join_policy": "request",
    "max_members": 20,
}
GROUP = {
    "id": GROUP_ID,
    **GROUP_DRAFT,
    "my_role": "owner",
    "my_state": "member",
    "my_permissions": ["view", "change", "manage", "delete"],
    "member_count": 2,
    "created_at": "2026-06-01T06:00:00Z",
    "updated_at": "2026-06-01T06:00:00Z",
}
ASKED = GROUP | {"my_role": None, "my_state": "pending", "my_permissions": []}
JOINED = GROUP | {"my_role": "member", "my_permissions": ["view"]}
GROUP_CHANGE = {"join_policy": "open", "max_members": None}
MEMBER = {"user": BEN, "role": "admin", "joined_at": "2026-06-02T06:00:00Z"}
ROLE_CHANGE = {"role": "admin"}
BAN = {"user": BEN, "banned_by": ADA, "banned_at": "2026-06-05T06:00:00Z"}
JOIN_REQUEST = {"id": "019a9e5d-6c21-7b52-9d63-4e2f3a4b5c6d", "user": BEN, "created_at": "2026-06-02T05:30:00Z"}
INVITATION_DRAFT = {"max_uses": 5, "expires_at": "2026-06-30T00:00:00Z"}
INVITATION = {
    "id": "019a9e5d-8e43-7d74-9f85-604b5c6d7e8f",
    "email": None,
    **INVITATION_DRAFT,
    "uses": 0,
    "created_by": ADA,
    "created_at": "2026-06-02T05:00:00Z",
}
NEW_INVITATION = {**INVITATION, "token": "pZ7sWc1Qm4Yt9Lk2Xv5Rb8Nd0Hf3Jg6Ua1Se4Io7PqT"}  # nosec B105
INVITING = GROUP | {"visibility": "private", "my_role": None, "my_state": "none", "my_permissions": []}
AUDIT_ENTRY = {
    "id": "019a9e5d-7d32-7c63-8e74-5f3a4b5c6d7e",
    "number": 7,
    "action": "role_changed",
    "actor": ADA,
    "subject": BEN,
    "old_role": "member",
    "new_role": "admin",
    "changed": [],
    "created_at": "2026-06-03T06:00:00Z",
}
