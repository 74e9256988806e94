"""Requests that are wrong in form: parameters, bodies, addresses. On both databases 4xx as problem details; nothing stored."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from rest_framework.test import APIClient

from habits.models import Habit
from tests.contract.conftest import Refused
from tests.contract.matrix import MATRIX
from tests.factories.habits import HabitFactory
from tests.world import API, TODAY, World, stored
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

HABIT = {"name": "Read", "frequency": "daily"}
LISTS = [
    "habits/",
    "habits/shared/",
    "progress/",
    "habits/{habit}/schedules/",
    "habits/{habit}/pauses/",
    "habits/{habit}/streaks/",
    "habits/{habit}/milestones/",
    "share-links/",
]
RANGES = ["progress/", "insights/summary/", "insights/trends/", "insights/trends.svg"]


@pytest.fixture
def habit(ada: User) -> Habit:
    return HabitFactory(owner=ada, name="Übung")


# Parameters


def test_unknown_parameters_are_refused_everywhere(world: World) -> None:
    clients = {role: world.client(role) for role in ("owner", "staff")}
    before = stored()
    for row in MATRIX:
        if row.path.startswith("/api/v1/"):
            client = clients["staff" if row.statuses["owner"] == 403 else "owner"]
            path = row.path.format(**world.ids)
            answer = client.generic(row.method, f"{path}?pge=2", "{}", content_type="application/json")
            assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json"), row
            assert (answer.json()["code"], answer.json()["errors"][0]["attr"]) == ("unknown_parameter", "pge")
    assert stored() == before


BAD_PAGES = ["0", "-1", "1.5", "last", "", str(2**63), "9" * 5000, "٣"]
BAD_SIZES = ["0", "101", "-1", "", str(2**63)]


@pytest.mark.parametrize("path", LISTS)
def test_a_page_that_is_none(refused: Refused, habit: Habit, path: str) -> None:
    for name, values in {"page": BAD_PAGES, "page_size": BAD_SIZES}.items():
        for value in values:
            query = f"{name}={value}"
            refused("GET", f"{path.format(habit=habit.pk)}?{query}", None, (name, "invalid_parameter"), code="invalid_parameter")


@pytest.mark.parametrize("path", LISTS)
def test_a_page_past_the_end(refused: Refused, habit: Habit, path: str) -> None:
    refused("GET", f"{path.format(habit=habit.pk)}?page=2", status=404, code="not_found")


@pytest.mark.parametrize(
    ("query", "attr", "code"),
    [
        ("frequency=yearly", "frequency", "invalid_choice"),
        ("archived=yes", "archived", "invalid_choice"),
        ("archived=1", "archived", "invalid_choice"),
        (f"name={'x' * 121}", "name", "max_length"),
        (f"tag={'x' * 121}", "tag", "max_length"),
        (f"search={'x' * 121}", "search", "max_length"),
        (f"search={'+'.join(['a'] * 1500)}", "search", "max_length"),
        (f"search={'+'.join('abcdefghijk')}", "search", "too_many_words"),
        ("ordering=password", "ordering", "invalid_parameter"),
        ("ordering=owner__password", "ordering", "invalid_parameter"),
        ("ordering=name,name", "ordering", "invalid_parameter"),
        ("ordering=--name", "ordering", "invalid_parameter"),
        ("ordering=,", "ordering", "invalid_parameter"),
        ("ordering=%3F", "ordering", "invalid_parameter"),
        ("frequency__in=daily", "frequency__in", "unknown_parameter"),
        ("created_at__year=0", "created_at__year", "unknown_parameter"),
        ("format=api", "format", "unknown_parameter"),
        ("name=a&name=b", "name", "repeated_parameter"),
        ("page=1&page=1", "page", "repeated_parameter"),
    ],
    ids=lambda text: text[:30],
)
@pytest.mark.parametrize("path", ["habits/", "habits/shared/"])
def test_filters_and_orders_that_there_are_not(
    refused: Refused, habit: Habit, path: str, query: str, attr: str, code: str
) -> None:
    if path == "habits/shared/" and attr in ("tag", "search"):
        code = "unknown_parameter"  # these texts are their owner's alone
    refused("GET", f"{path}?{query}", None, (attr, code))


@pytest.mark.parametrize(
    ("query", "attr", "code"),
    [
        ("cursor=x", "non_field_errors", "invalid_cursor"),
        ("cursor=", "non_field_errors", "invalid_cursor"),
        ("cursor=bjIwMjYtMDItMzA", "non_field_errors", "invalid_cursor"),  # n2026-02-30
        ("cursor=eDIwMjYtMDYtMTc", "non_field_errors", "invalid_cursor"),  # x2026-06-17
        (f"cursor={'A' * 5000}", "non_field_errors", "invalid_cursor"),
        ("cursor=%C3%BC", "non_field_errors", "invalid_cursor"),
        ("page=1", "page", "unknown_parameter"),
        ("page_size=101", "page_size", "invalid_parameter"),
        ("status=done", "status", "invalid_choice"),
        ("from=1969-12-31", "from", "out_of_range"),
        ("from=9999-12-31", "from", "out_of_range"),
        ("to=2026-02-29", "to", "invalid"),
        ("to=today", "to", "invalid"),
        ("ordering=date", "ordering", "unknown_parameter"),
    ],
    ids=lambda text: text[:30],
)
def test_parameters_of_logs(refused: Refused, habit: Habit, query: str, attr: str, code: str) -> None:
    refused("GET", f"habits/{habit.pk}/logs/?{query}", None, (attr, code))


@pytest.mark.parametrize("path", RANGES)
@pytest.mark.parametrize(
    ("query", "attr", "code"),
    [
        ("period=tomorrow", "period", "invalid_choice"),
        ("period=this_week&from=2026-06-01", "period", "invalid"),
        ("from=2026-06-17&to=2026-06-16", "from", "invalid_parameter"),
        ("from=2025-06-16&to=2026-06-17", "to", "invalid_parameter"),  # 367 days
        ("from=1970-01-01&to=9998-12-31", "to", "invalid_parameter"),
        ("from=9999-12-31", "from", "out_of_range"),
        ("to=1969-12-31", "to", "out_of_range"),
        ("from=2026-02-29", "from", "invalid"),
        ("habit=x", "habit", "invalid"),
        ("frequency=yearly", "frequency", "invalid_choice"),
        ("archived=yes", "archived", "invalid"),
        (f"name={'x' * 121}", "name", "max_length"),
        (f"tag={'x' * 121}", "tag", "max_length"),
        ("from=2026-06-01&from=2026-06-02", "from", "repeated_parameter"),
        ("bucket=year", "bucket", "invalid_choice"),
    ],
    ids=lambda text: text[:40],
)
def test_parameters_of_ranges(refused: Refused, habit: Habit, path: str, query: str, attr: str, code: str) -> None:
    if attr == "bucket" and "trends" not in path:
        code = "unknown_parameter"
    refused("GET", f"{path}?{query}", None, (attr, code))


@pytest.mark.parametrize("path", RANGES)
@pytest.mark.parametrize("query", ["from=1970-01-01&to=1970-01-01", "from=9998-12-31&to=9998-12-31", "to=1970-01-01"])
def test_ranges_at_the_edges_of_time_are_taken(client: APIClient, habit: Habit, path: str, query: str) -> None:
    assert client.get(f"{API}/{path}?{query}").status_code == 200


@pytest.mark.parametrize(
    ("path", "attr", "code"),
    [
        ("agenda/?date=2026-06-18", "date", "date_out_of_range"),
        ("agenda/?date=9998-12-31", "date", "date_out_of_range"),
        ("agenda/?date=9999-12-31", "date", "out_of_range"),
        ("agenda/?date=2026-02-29", "date", "invalid"),
        ("agenda/?day=2026-06-17", "day", "unknown_parameter"),
        ("habits/{habit}/heatmap.svg?year=0", "year", "min_value"),
        ("habits/{habit}/heatmap.svg?year=1969", "year", "min_value"),
        ("habits/{habit}/heatmap.svg?year=9999", "year", "max_value"),
        ("habits/{habit}/heatmap.svg?year=99999999999", "year", "invalid"),
        ("habits/{habit}/heatmap.svg?year=MMXXVI", "year", "invalid"),
        ("habits/{habit}/streaks/?ordering=-end", "ordering", "invalid_parameter"),
        ("habits/{habit}/pauses/?ordering=end", "ordering", "invalid_parameter"),
    ],
)
def test_parameters_of_single_views(refused: Refused, habit: Habit, path: str, attr: str, code: str) -> None:
    refused("GET", path.format(habit=habit.pk), None, (attr, code))


def test_a_batch_that_is_partial_or_not(refused: Refused, habit: Habit) -> None:
    rows = [{"habit": habit.pk, "date": TODAY}]
    refused("POST", "logs/batch/?partial=yes", rows, ("partial", "invalid"))
    refused("POST", "logs/batch/?partial=true&partial=false", rows, ("partial", "repeated_parameter"))


# Texts that no database keeps


NO_TEXTS = ["%00", "a%00b", "%ED%A0%80", "%C3%28", "%FF", "%", "%zz", "%u0000"]
NO_ADDRESSES = ["%00", "x%00", "%ED%A0%80", "%FF", "..", "%2e%2e", "%0A", "x" * 5000, quote("Übung"), "1", "-1"]
TEXT_FIELDS = ["name", "description", "unit", "tags", "icon", "color", "frequency", "target_days", "id"]


@pytest.mark.parametrize("name", ["search", "name", "tag", "frequency", "ordering", "page", "nonsense"])
def test_query_strings_that_are_no_text(refused: Refused, name: str) -> None:
    for text in NO_TEXTS:
        refused("GET", f"habits/?{name}={text}", None, ("non_field_errors", "malformed_query"), code="malformed_query")


@pytest.mark.parametrize("path", ["{part}/", "habits/{part}/", "habits/{habit}/logs/{part}/", "jobs/{part}/", "{part}"])
def test_addresses_that_there_are_not(refused: Refused, habit: Habit, path: str) -> None:
    for part in NO_ADDRESSES:
        refused("GET", path.format(habit=habit.pk, part=part), status=404, code="not_found")


@pytest.mark.parametrize("escape", ["\\u0000", "a\\u0000b", "\\ud800", "\\udfff\\ud800", "\\ud83d"])
def test_bodies_with_what_is_no_text(refused: Refused, escape: str) -> None:
    for field in TEXT_FIELDS:
        body = json.dumps({**HABIT, field: ["TEXT"] if field in ("tags", "target_days") else "TEXT"}).replace("TEXT", escape)
        refused("POST", "habits/", body, ("non_field_errors", "malformed_json"), content_type="application/json")


def test_notes_with_what_is_no_text(refused: Refused, habit: Habit) -> None:
    for escape in ("\\u0000", "\\ud800"):
        for method, path, body in [
            ("POST", f"habits/{habit.pk}/logs/", f'{{"note": "{escape}"}}'),
            ("PUT", f"habits/{habit.pk}/logs/{TODAY}/", f'{{"note": "{escape}"}}'),
            ("POST", "logs/batch/", f'[{{"habit": "{habit.pk}", "date": "{TODAY}", "note": "{escape}"}}]'),
        ]:
            refused(method, path, body, ("non_field_errors", "malformed_json"), content_type="application/json")


# Bodies

BODIES: list[tuple[str | bytes, str]] = [
    ("", "validation_error"),
    ("{", "malformed_json"),
    ('{"name": "a", "frequency": "daily",}', "malformed_json"),
    ('{"name": "a", "name": "b", "frequency": "daily"}', "malformed_json"),
    ('{"name": "a", "frequency": "daily", "target_value": NaN}', "malformed_json"),
    ('{"name": "a", "frequency": "daily", "target_value": Infinity}', "malformed_json"),
    ('{"name": "a", "frequency": "daily", "target_value": 1e999}', "malformed_json"),
    ('{"name": "a", "frequency": "daily", "interval": ' + "1" * 5000 + "}", "malformed_json"),
    ('{"name": "a", "frequency": "daily", "tags": ' + "[" * 33 + "]" * 33 + "}", "malformed_json"),
    ("[" * 100_000, "malformed_json"),
    ('{"a":' * 100_000, "malformed_json"),
    (b'{"name": "\xff", "frequency": "daily"}', "malformed_json"),
    ('{"name": "a", "frequency": "daily"}'.encode("utf-16"), "malformed_json"),
    ("null", "validation_error"),
    ("[]", "validation_error"),
    ('"name"', "validation_error"),
    ("5", "validation_error"),
    ("true", "validation_error"),
    ('[{"name": "a", "frequency": "daily"}]', "validation_error"),
]


@pytest.mark.parametrize(("body", "code"), BODIES, ids=lambda value: str(value)[:40])
def test_bodies_that_are_no_object(client: APIClient, body: str | bytes, code: str) -> None:
    before = stored()
    answer = client.post(f"{API}/habits/", body, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["code"] == code
    assert stored() == before


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "nonsense"],
)
def test_bodies_of_other_types(refused: Refused, habit: Habit, media_type: str) -> None:
    for method, path in [("POST", "habits/"), ("PATCH", f"habits/{habit.pk}/"), ("PUT", f"habits/{habit.pk}/logs/{TODAY}/")]:
        refused(method, path, "name=Read", status=415, code="unsupported_media_type", content_type=media_type)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_bodies_in_chunks(refused: Refused, habit: Habit, method: str) -> None:
    path = "habits/" if method == "POST" else f"habits/{habit.pk}/"
    refused(method, path, HABIT, status=411, code="length_required", HTTP_TRANSFER_ENCODING="chunked")


def test_bodies_above_the_limit(refused: Refused, habit: Habit) -> None:
    body = json.dumps({**HABIT, "description": "x" * 2**20})
    for method, path in [("POST", "habits/"), ("PUT", f"habits/{habit.pk}/"), ("POST", "logs/batch/"), ("POST", "nowhere/")]:
        refused(method, path, body, status=413, code="body_too_large", content_type="application/json")


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "9" * 5000, "٣"])
def test_lengths_that_are_none(client: APIClient, length: str) -> None:
    answer = client.post(f"{API}/habits/", HABIT, CONTENT_LENGTH=length)
    assert answer.status_code in (400, 413)
    assert answer["Content-Type"] == "application/problem+json"
    assert not Habit.objects.exists()


# Headers


@pytest.mark.parametrize(
    "credentials", ["Bearer", "Bearer x", "Bearer a b", "Bearer a.b.c", "Basic YTpi", "bearer \u00fc", "Bearer " + "x" * 5000, ""]
)
def test_credentials_that_are_none(db, credentials: str) -> None:
    answer = Client().get(f"{API}/habits/", headers={"authorization": credentials.encode().decode("latin-1")})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_representation_that_there_is_not(refused: Refused) -> None:
    refused("GET", "habits/", status=406, code="not_acceptable", HTTP_ACCEPT="text/html")


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v2/habits/", "/api/v1/habits", "/nowhere", "//", "/api/v1/habits/x/y/"]
)
def test_unknown_addresses_answer_json(db, path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not_found"


def test_a_foreign_host_is_answered_in_json(db) -> None:
    answer = Client().get(f"{API}/habits/", headers={"host": "evil.example"})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["code"] == "bad_request"


def test_answers_to_users_are_not_stored_by_caches(client: APIClient, habit: Habit) -> None:
    for answer in (client.get(f"{API}/habits/"), client.get(f"{API}/habits/x/"), client.put(f"{API}/habits/{habit.pk}/", [])):
        assert "no-store" in answer["Cache-Control"]


VALUES: list[Any] = [None, True, 0, -1, 1.5, 2**63, 1e300, "", "x", "\u0007", "9999-12-31", [], [[]], {}, {"": []}, [None]]


@pytest.mark.parametrize(
    ("method", "path", "fields"),
    [
        ("PUT", "habits/{habit}/logs/2026-06-17/", {"status", "value", "note"}),
        ("POST", "habits/{habit}/pauses/", {"start", "end"}),
        ("POST", "pauses/", {"habits", "end"}),
        ("POST", "habits/reorder/", {"ids"}),
        ("PATCH", "habits/{habit}/", set()),
    ],
)
def test_no_value_of_any_field_breaks_a_write(client: APIClient, habit: Habit, method: str, path: str, fields: set[str]) -> None:
    url = f"{API}/{path.format(habit=habit.pk)}"
    if method == "PATCH":
        fields = {*client.get(url).json(), "effective_from"}
    for field in fields:
        for value in VALUES:
            answer = getattr(client, method.lower())(
                url, {"start": str(TODAY), field: value} if "pauses" in path else {field: value}
            )
            assert answer.status_code < 500, (field, value)
