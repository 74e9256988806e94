"""Examples for the OpenAPI document: one story, so that its ids and figures fit together."""

ADA = {"id": "019a9e5c-7a31-7c4e-9d52-3f1b6d0c8e21", "display_name": "Ada L."}
BEN = {"id": "019a9e5c-7b42-7d5f-8e63-401c7e1d9f32", "display_name": "Ben"}
PLACE = {"rank": 1, "user": ADA, "score": "9", "streak_unit": "day"}
BOARD = {
    "metric": "completions",
    "scope_kinds": ["public", "group", "challenge"],
    "streak_units": [],
    "periods": [
        {"period": "today", "starts_on": "2026-06-10", "ends_on": "2026-06-10", "closes_at": "2026-06-13T00:00:00Z"},
        {"period": "all_time", "starts_on": None, "ends_on": None, "closes_at": None},
    ],
}
OWN_PLACE = {
    "rank": 2,
    "score": "7",
    "streak_unit": "day",
    "reason": None,
    "total": 2,
    "above": [PLACE],
    "below": [],
    "starts_on": None,
    "ends_on": None,
    "as_of": "2026-06-10T08:00:00Z",
    "is_final": False,
}
