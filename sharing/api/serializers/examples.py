"""Examples for the OpenAPI document: one story, so that its ids and figures fit together."""

HABIT_ID = "019a9e5d-0c11-7b60-8f55-6a1d2e3f4a5b"
ADA = {"id": "019a9e5c-7a31-7c4e-9d52-3f1b6d0c8e21", "display_name": "Ada L."}
BEN = {"id": "019a9e5c-7b42-7d5f-8e63-401c7e1d9f32", "display_name": "Ben"}

SHARE_DRAFT = {"user": "ben", "permission": "log"}
SHARE = {
    "id": "019a9e5e-1a21-7b32-8c43-5d6e7f8a9b0c",
    "habit": {"id": HABIT_ID, "name": "Read"},
    "owner": ADA,
    "user": BEN,
    "permission": "log",
    "state": "pending",
    "created_at": "2026-06-10T18:20:00Z",
    "accepted_at": None,
}
ACCEPTED = SHARE | {"state": "accepted", "accepted_at": "2026-06-10T19:00:00Z"}
SHARE_CHANGE = {"permission": "view"}
ACHIEVEMENT_DRAFT = {"habit": HABIT_ID, "user": "ben"}
ACHIEVEMENT = {
    "id": "019a9e5e-2b32-7c43-9d54-6e7f8a9b0c1d",
    "sender": ADA,
    "recipient": BEN,
    "habit_name": "Read",
    "kind": "streak",
    "count": 5,
    "unit": "week",
    "started_on": "2026-05-04",
    "reached_on": "2026-06-07",
    "created_at": "2026-06-10T18:30:00Z",
}
