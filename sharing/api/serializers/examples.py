"""Examples for the OpenAPI document."""

_HABIT_ID = "019a9e5c-9c10-7b3e-8f21-5a6b7c8d9e0f"
_TOKEN = "Xq3vB8nL1kT6wZ9sD4fG7hJ2mP5rY0cV-aE_uI8oK1M"  # noqa: S105 # nosec B105
_URLS = {"url": f"https://habits.example/s/{_TOKEN}/", "image_url": f"https://habits.example/s/{_TOKEN}.png"}

LINK_DRAFT = {
    "habit": _HABIT_ID,
    "kind": "streak",
    "title": "Reading every evening",
    "show_name": True,
    "expires_at": "2026-12-31T00:00:00Z",
}
LINK = {
    "id": "019a9e5d-af54-7e85-8a96-715c6d7e8f90",
    "milestone": None,
    **LINK_DRAFT,
    "is_expired": False,
    **_URLS,
    "created_at": "2026-06-17T12:00:00Z",
}
LINK_CHANGE = {"title": "Reading", "show_name": False, "expires_at": None}
CHANGED_LINK = LINK | LINK_CHANGE
SHARED = {
    "title": "Reading every evening",
    "display_name": "Ada L.",
    "kind": "streak",
    "as_of": "2026-06-17",
    "streak": {
        "current_streak": 42,
        "longest_streak": 57,
        "streak_unit": "day",
        "longest_unit": "day",
        "since": "2026-05-07",
    },
    "milestone": None,
    "heatmap": None,
    **_URLS,
}

ADA = {"id": "019a9e5c-7a31-7c4e-9d52-3f1b6d0c8e21", "display_name": "Ada L."}
BEN = {"id": "019a9e5c-7b42-7d5f-8e63-401c7e1d9f32", "display_name": "Ben"}

SHARE_DRAFT = {"user": "ben", "permission": "log"}
SHARE = {
    "id": "019a9e5e-1a21-7b32-8c43-5d6e7f8a9b0c",
    "habit": {"id": _HABIT_ID, "name": "Read"},
    "owner": ADA,
    "user": BEN,
    "permission": "log",
    "state": "pending",
    "created_at": "2026-06-10T18:20:00Z",
    "accepted_at": None,
}
ACCEPTED = SHARE | {"state": "accepted", "accepted_at": "2026-06-10T19:00:00Z"}
SHARE_CHANGE = {"permission": "view"}
ACHIEVEMENT_DRAFT = {"habit": _HABIT_ID, "user": "ben"}
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
