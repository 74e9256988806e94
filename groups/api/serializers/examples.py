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
HABIT = {"id": "019a9e5d-0c11-7b60-8f55-6a1d2e3f4a5b", "name": "Read"}
SCHEDULE = {
    "frequency": "weekly",
    "interval": 1,
    "target_days": None,
    "target_count": 3,
    "target_value": "30",
    "target_direction": "at_least",
    "target_scope": "day",
}
GROUP_HABIT_DRAFT = {"habit": HABIT["id"]}
GROUP_HABIT = {
    "habit": {
        **HABIT,
        "owner": ADA,
        "unit": "minutes",
        "start_date": "2026-03-02",
        "end_date": None,
        "color": "#1976D2",
        "icon": None,
        "archived_on": None,
        "created_at": "2026-03-02T18:20:00Z",
        "updated_at": "2026-03-02T18:20:00Z",
        **SCHEDULE,
        "stats": {
            "current_streak": 7,
            "longest_streak": 9,
            "streak_unit": "week",
            "completions": 41,
            "last_completed_on": "2026-06-09",
            "strength": "0.7312",
        },
        "today": {"date": "2026-06-10", "is_due": True, "status": "pending", "value": None},
    },
    "shared_at": "2026-06-02T07:00:00Z",
}
RATE = {"completions": 13, "expected": 14, "achieved": 13, "success_rate": "0.9286"}
MEMBER_PROGRESS = {
    "user": ADA,
    "habits": [
        {
            "habit": {**HABIT, "unit": "minutes", **SCHEDULE},
            **RATE,
            "current_streak": 7,
            "longest_streak": 9,
            "streak_unit": "week",
            "days": [
                {"date": "2026-06-08", "status": "completed", "value": "30"},
                {"date": "2026-06-09", "status": "completed", "value": "45"},
                {"date": "2026-06-10", "status": "free", "value": None},
            ],
        }
    ],
    **RATE,
}
FEED_EVENT = {
    "id": "019a9e5d-9f54-7e85-8a96-715c6d7e8f9a",
    "kind": "milestone",
    "user": ADA,
    "habit": HABIT,
    "milestone": {
        "id": "019a9e5d-9f53-7d84-9b85-604b5c6d7e8f",
        "kind": "streak",
        "count": 7,
        "streak_unit": "week",
        "reached_on": "2026-06-09",
    },
    "challenge": None,
    "cheers": 1,
    "cheered": False,
    "created_at": "2026-06-09T19:05:00Z",
}
CHEERED_EVENT = FEED_EVENT | {"cheers": 2, "cheered": True}
