"""What the OpenAPI document shows."""

CREDENTIALS = {"username": "ada", "password": "correct horse battery"}  # nosec B105
SETTINGS = {
    "username": "ada",
    "email": "ada@example.org",
    "display_name": "Ada L.",
    "timezone": "Europe/London",
    "day_start_hour": 4,
    "leaderboard_visibility": "groups",
}
ACCOUNT = {
    "id": "019a9e5c-7a31-7c4e-9d52-3f1b6d0c8e21",
    "pending_email": None,
    "email_verified": True,
    **SETTINGS,
    "date_joined": "2026-05-01T08:30:00Z",
}
PERSON = {"id": "019a9e5c-7a31-7c4e-9d52-3f1b6d0c8e21", "display_name": "Ada L."}
PASSWORD_CHANGE = {"current_password": "correct horse battery", "new_password": "staple the next horse"}  # nosec B105
DELETION = {"current_password": "correct horse battery"}  # nosec B105
EMAIL = {"email": "ada@example.org"}
LINK = {"uid": "019a9e5c-7a31-7c4e-9d52-3f1b6d0c8e21", "token": "d3a1c2-5f0e9b7c6a1d4e8f2b3c5d7e9f1a2b4c"}  # nosec B105
PASSWORD_RESET = {**LINK, "new_password": "staple the next horse"}  # nosec B105
TOKENS = {
    "access": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTlhIn0.c2lnbmVk",
    "refresh": "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJmMDBkIn0.c2lnbmVk",
}
SESSION = {
    "id": "019a9e5c-8c10-7d3a-8f6e-2c4d5e6f7a8b",
    "user_agent": "HabitApp/3.1 (Android 16)",
    "address": "203.0.113.7",
    "created_at": "2026-05-01T08:30:00Z",
    "last_used_at": "2026-05-02T07:10:00Z",
    "expires_at": "2026-05-16T07:10:00Z",
    "is_current": True,
}
TOKEN_DRAFT = {"name": "Kitchen display", "scopes": ["habits:read"], "expires_at": "2027-05-01T00:00:00Z"}
PERSONAL_TOKEN = {
    "id": "019a9e5c-9d10-7d3a-8f6e-2c4d5e6f7a8b",
    **TOKEN_DRAFT,
    "created_at": "2026-05-01T08:30:00Z",
    "last_used_at": None,
}
NEW_TOKEN = {**PERSONAL_TOKEN, "token": "hab_Jx2v0sFf3c9Y7kq1Zr5tWm8bNd4hLp6uQe0aGiVyTzE"}  # nosec B105
JOB = {
    "id": "019a9e5c-9b10-7d3a-8f6e-2c4d5e6f7a8b",
    "kind": "import",
    "state": "running",
    "progress": 40,
    "result_url": None,
    "error": None,
    "created_at": "2026-05-01T08:30:00Z",
    "started_at": "2026-05-01T08:30:01Z",
    "finished_at": None,
}
