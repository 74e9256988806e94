"""Examples for the OpenAPI document: one story, so that its ids and figures fit together."""

HABIT_ID = "019a9e5d-0c11-7b60-8f55-6a1d2e3f4a5b"
OWNER = {"id": "019a9e5c-7a31-7c4e-9d52-3f1b6d0c8e21", "display_name": "Ada L."}

HABIT_DRAFT = {
    "name": "Read",
    "frequency": "weekly",
    "target_count": 3,
    "unit": "minutes",
    "target_value": "30",
    "start_date": "2026-03-02",
    "tags": ["evening"],
    "color": "#1976D2",
}
STATS = {
    "current_streak": 5,
    "longest_streak": 9,
    "streak_unit": "week",
    "completions": 41,
    "last_completed_on": "2026-06-09",
    "strength": "0.7312",
}
TODAY = {"date": "2026-06-10", "is_due": True, "status": "pending", "value": None}
UNIT = {"start": "2026-06-08", "end": "2026-06-14", "required": 3, "achieved": 2, "status": "pending", "value": "75"}
SCHEDULE = {
    "frequency": "weekly",
    "interval": 1,
    "target_days": None,
    "target_count": 3,
    "target_value": "30",
    "target_direction": "at_least",
    "target_scope": "day",
}
OUTLINE = {
    "id": HABIT_ID,
    "owner": OWNER,
    "name": "Read",
    "unit": "minutes",
    "start_date": "2026-03-02",
    "end_date": None,
    "color": "#1976D2",
    "icon": None,
    "archived_on": None,
    "created_at": "2026-03-02T18:20:00Z",
    "updated_at": "2026-03-02T18:20:00Z",
    **SCHEDULE,
    "stats": STATS,
    "today": TODAY,
}
HABIT = OUTLINE | {"description": "", "tags": ["evening"], "position": 0}
SHARED_HABIT = OUTLINE | {"permissions": ["view", "log"]}
HABIT_CHANGE = {"target_count": 4, "effective_from": "2026-06-08"}
REORDER = {"ids": [HABIT_ID, "019a9e5d-1d22-7c71-9a66-7b2e3f4a5b6c"]}
VERSION = {
    "id": "019a9e5d-2e33-7d82-8b77-8c3f4a5b6c7d",
    "effective_from": "2026-03-02",
    "created_at": "2026-03-02T18:20:00Z",
    **SCHEDULE,
}
PAUSE_DRAFT = {"start": "2026-08-03", "end": "2026-08-16"}
PAUSE = {
    "id": "019a9e5d-3f44-7e93-9c88-9d4a5b6c7d8e",
    "habit": HABIT_ID,
    **PAUSE_DRAFT,
    "is_archive": False,
    "created_at": "2026-06-10T18:20:00Z",
}
LOG_DRAFT = {"value": "45", "note": "Two chapters"}
LOG = {
    "habit": HABIT_ID,
    "date": "2026-06-09",
    "status": "completed",
    "value": "45",
    "logged_at": "2026-06-09T19:05:00Z",
    "updated_at": "2026-06-09T19:05:00Z",
    "note": "Two chapters",
    "source": "api",
    "logged_by": None,
}
STATE = {"stats": STATS, "today": TODAY, "unit": UNIT}
LOG_WRITTEN = LOG | {"habit_state": STATE}
MEASURED_LOG_WRITTEN = LOG_WRITTEN
LOG_DELETED = {"habit": HABIT_ID, "date": "2026-06-09", "habit_state": STATE}
ADDITION = {"amount": "15", "id": "019a9e5d-4a55-7fa4-8d99-ae5b6c7d8e9f"}
BATCH_ROW = {"habit": HABIT_ID, "date": "2026-06-09", "value": "45"}
BATCH_RESULT = {"results": [{"habit": HABIT_ID, "date": "2026-06-09", "result": "created", "errors": []}]}

AGENDA = {
    "date": "2026-06-10",
    "habits": [
        HABIT
        | {
            "value_unit": "minutes",
            "unit": UNIT,
            "day": {"is_due": True, "status": "pending", "value": None, "note": ""},
        }
    ],
    "due": 1,
    "done": 0,
}
REFERENCE = {"id": HABIT_ID, "name": "Read"}
PROGRESS = {
    "habit": REFERENCE,
    "frequency": "weekly",
    "start": "2026-06-08",
    "end": "2026-06-14",
    "days": [
        {"date": "2026-06-08", "status": "completed", "value": "30"},
        {"date": "2026-06-09", "status": "completed", "value": "45"},
        {"date": "2026-06-10", "status": "free", "value": None},
    ],
    "units": [UNIT],
}
RATE = {"completions": 13, "expected": 14, "achieved": 13, "success_rate": "0.9286"}
SUMMARY = {
    "from": "2026-05-12",
    "to": "2026-06-10",
    "habits": 1,
    **RATE,
    "days_completed": 13,
    "perfect_days": 0,
    "best_current_streak": {"habit": REFERENCE, "length": 5, "unit": "week"},
    "longest_streak": {"habit": REFERENCE, "length": 9, "unit": "week"},
    "by_habit": [{"habit": HABIT_ID, "name": "Read", **RATE, "current_streak": 5, "longest_streak": 9, "strength": "0.7312"}],
}
TRENDS = {
    "buckets": [
        {
            "start": "2026-06-01",
            "end": "2026-06-07",
            "completions": 3,
            "expected": 3,
            "achieved": 3,
            "success_rate": "1.0000",
        }
    ]
}
STREAK = {"length": 9, "start": "2026-03-02", "end": "2026-05-03", "unit": "week", "interval": 1}
MILESTONE = {
    "id": "019a9e5d-9f54-7e85-8a96-715c6d7e8f90",
    "kind": "streak",
    "count": 7,
    "streak_unit": "day",
    "reached_on": "2026-06-07",
}
INSIGHTS = {
    "at_risk": True,
    "needed": 1,
    "needed_value": None,
    "deadline_on": "2026-06-14",
    "best_weekday": 2,
    "breaks_by_weekday": [0, 0, 0, 0, 0, 0, 1],
    "average_length": "7.00",
    "completions_by_weekday": [7, 9, 6, 5, 4, 5, 5],
}
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 860 180"><title>Read in 2026</title></svg>'
GOAL_DRAFT = {
    "kind": "streak",
    "title": "Thirty days of reading",
    "target": "30",
    "start_date": "2026-06-01",
    "deadline": "2026-07-31",
}
GOAL = {
    "id": "019a9e5f-3c43-7d54-8e65-7f809aab0c2e",
    "habit": HABIT_ID,
    **GOAL_DRAFT,
    "is_cancelled": False,
    "progress": {"value": "12", "ratio": "0.4000"},
    "state": "active",
    "reached_on": None,
    "created_at": "2026-06-01T07:30:00Z",
    "updated_at": "2026-06-01T07:30:00Z",
}
GOAL_CHANGE = {"is_cancelled": True}
