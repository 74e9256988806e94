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
