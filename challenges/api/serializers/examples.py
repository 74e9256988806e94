"""Examples for the OpenAPI document: one story, so that its ids and figures fit together."""

GROUP = {"id": "019a9e5d-5b10-7a41-8c52-3d1e2f3a4b5c", "name": "Early birds"}
ADA = {"id": "019a9e5c-7a31-7c4e-9d52-3f1b6d0c8e21", "display_name": "Ada L."}
BEN = {"id": "019a9e5c-7b42-7d5f-8e63-401c7e1d9f32", "display_name": "Ben"}
CHALLENGE_ID = "019a9e5e-1a21-7b32-8c43-9d54ae65bf76"
HABIT_ID = "019a9e5d-0c11-7b60-8f55-6a1d2e3f4a5b"
SCHEDULE = {
    "frequency": "daily",
    "interval": 1,
    "target_days": None,
    "target_count": None,
    "target_value": "20",
    "target_direction": "at_least",
    "target_scope": "day",
}
TEXTS = {"title": "A page a day", "description": "Twenty minutes with a book, every day of June."}
REST = {
    "unit": "minutes",
    "start_date": "2026-06-01",
    "end_date": "2026-06-30",
    "scoring": "completions",
    "late_log_days": 1,
    "allow_skips": False,
    "max_participants": 50,
}
DRAFT = {"group": GROUP["id"], **TEXTS, **SCHEDULE, **REST, "target_count": 1}
REPLACEMENT = {**TEXTS, **SCHEDULE, **REST, "target_count": 1}
CHALLENGE = {
    "id": CHALLENGE_ID,
    "group": GROUP,
    "creator": ADA,
    "visibility": "group",
    **TEXTS,
    **SCHEDULE,
    "target_count": 1,
    **REST,
    "state": "active",
    "starts_at": "2026-05-31T10:00:00Z",
    "ends_at": "2026-07-01T18:00:00Z",
    "settles_at": "2026-07-02T18:00:00Z",
    "finished_at": None,
    "cancelled_at": None,
    "participant_count": 2,
    "is_runner": True,
    "my_participation": {"habit": HABIT_ID, "rank": 1, "score": "9"},
    "created_at": "2026-05-25T06:00:00Z",
    "updated_at": "2026-05-25T06:00:00Z",
}
CHANGE = {"title": "A chapter a day", "end_date": "2026-07-05"}
JOINING = {"habit": HABIT_ID}
FITTING_HABIT = {
    "id": HABIT_ID,
    "name": "Read",
    "unit": "minutes",
    "start_date": "2026-03-02",
    "end_date": None,
    **SCHEDULE,
    "target_count": 1,
}
PARTICIPANT = {"user": BEN, "joined_at": "2026-05-26T07:00:00Z"}
INVITATION_DRAFT = {"user": "ben"}
INVITATION = {"user": BEN, "invited_by": ADA, "created_at": "2026-05-25T06:05:00Z"}
STANDING = {
    "rank": 1,
    "user": ADA,
    "score": "9",
    "achieved": 9,
    "expected": 9,
    "success_rate": "1.0000",
    "current_streak": 9,
    "streak_unit": "day",
    "last_completed_on": "2026-06-09",
    "reached_at": "2026-06-09T18:30:00Z",
}
PROGRESS = {
    "rank": 1,
    "user": ADA,
    "score": "9",
    "days": [
        {"date": "2026-06-08", "status": "completed", "value": "30"},
        {"date": "2026-06-09", "status": "completed", "value": "20"},
        {"date": "2026-06-10", "status": "pending", "value": None},
    ],
}
ANNOUNCEMENT_DRAFT = {"text": "Half of it is done. The library gives a prize to the winner."}
ANNOUNCEMENT = {
    "id": "019a9e5e-2b32-7c43-9d54-ae65bf76c087",
    "challenge": CHALLENGE_ID,
    "author": ADA,
    **ANNOUNCEMENT_DRAFT,
    "created_at": "2026-06-15T06:00:00Z",
    "updated_at": "2026-06-15T06:00:00Z",
}
ANNOUNCEMENT_CHANGE = {"text": "Half of it is done. The library gives a prize to the three best."}
