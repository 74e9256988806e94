"""The OpenAPI document: complete, valid, the same as in the code, and what the service really answers."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from openapi_spec_validator import OpenAPIV31SpecValidator
from rest_framework.test import APIClient

from config.identifiers import new_id
from config.rates import Rate
from habits.models import Milestone
from tests.contract.openapi import COMMITTED, PROBLEM, ROOT, Contract, ContractClient
from tests.factories.habits import days_until, log_days
from tests.factories.users import PASSWORD, UserFactory
from tests.integrations.loop_files import backup
from tests.world import API, LOGGED, MISSING, TODAY, World, client_of
from users.models import User
from users.services.jobs import fail_job
from users.services.verification import EMAIL_TOKENS

KEY = "a" * 43
SETTINGS = {"username", "display_name", "timezone", "day_start_hour", "leaderboard_visibility"}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract.committed()


# The document itself.


@pytest.mark.slow
def test_the_committed_document_is_the_one_of_the_code(tmp_path: Path) -> None:
    GENERATOR_STATS.reset()
    call_command("spectacular", "--validate", "--fail-on-warn", file=str(tmp_path / "v1.yaml"))
    assert COMMITTED.read_text() == (tmp_path / "v1.yaml").read_text(), "run `make schema`"


ASK_AT_ONCE = """
from concurrent.futures import ThreadPoolExecutor
import django
django.setup()
from django.test import Client

Client().get("/healthz/")  # loads the views
get = Client(raise_request_exception=False).get
with ThreadPoolExecutor(4) as pool:
    print({answer.status_code for answer in pool.map(get, ["/api/schema/"] * 4)})
"""


@pytest.mark.slow
def test_a_server_that_has_just_started_may_be_asked_for_it_at_once() -> None:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    asked = subprocess.run([sys.executable, "-c", ASK_AT_ONCE], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "{200}"


@pytest.mark.slow
def test_the_document_is_valid_openapi_3_1(contract: Contract) -> None:
    assert contract.document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(contract.document).validate()


def test_it_holds_every_route_and_no_other(contract: Contract) -> None:
    described = {(method.upper(), path) for path, method, _ in contract.operations()}
    assert described == set(routed(get_resolver().url_patterns))


def routed(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routed(pattern.url_patterns, address)
        elif address.startswith(API):
            path = re.sub(r"<\w+:(\w+)>", r"{\1}", address)
            yield from ((method.upper(), path) for method in pattern.callback.actions if method != "head")


def test_every_operation_is_described(contract: Contract) -> None:
    tags = {tag["name"] for tag in contract.document["tags"]}
    ids = [operation["operationId"] for _, _, operation in contract.operations()]
    assert len(ids) == len(set(ids))
    for _, _, operation in contract.operations():
        name = operation["operationId"]
        assert operation["summary"].strip(), name
        assert operation["description"].strip(), name
        assert set(operation["tags"]) <= tags, name
        assert len(operation["tags"]) == 1, name
        for parameter in operation.get("parameters", []):
            assert parameter["description"].strip(), (name, parameter["name"])
        for status, answer in operation["responses"].items():
            assert "$ref" in answer or answer["description"].strip(), (name, status)


def test_every_body_has_an_example_that_fits(contract: Contract) -> None:
    for name, at, body in contract.bodies():
        if body["schema"].get("format") == "binary":
            continue  # bytes are nothing to show
        assert body.get("examples"), f"{name} has no example"
        for example in body["examples"].values():
            assert contract.faults(at, example["value"]) == [], name


def test_bounds_of_bodies_are_described(contract: Contract) -> None:
    schemas = contract.document["components"]["schemas"]
    habit = schemas["HabitRequest"]["properties"]
    assert {(name, habit[name]["uniqueItems"]) for name in ("tags", "target_days")} == {("tags", True), ("target_days", True)}
    assert habit["target_days"]["minItems"] == 1
    batch = contract.document["paths"][f"{API}/logs/batch/"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert (batch["minItems"], schemas["RegistrationRequest"]["properties"]["password"]["minLength"]) == (1, 8)


def test_refusals_are_described(contract: Contract) -> None:
    for path, _, operation in contract.operations():
        name, statuses = operation["operationId"], set(operation["responses"])
        assert any(status.startswith("2") for status in statuses), name
        assert {"400", "406", "429", "500", "503"} <= statuses, name
        assert ("{" in path) <= ("404" in statuses), name
        assert bool(operation["security"]) <= ("401" in statuses), name
        assert "requestBody" not in operation or {"411", "413", "415"} <= statuses, name
        for status in statuses:
            if status >= "400":
                answer = operation["responses"][status]
                if "$ref" in answer:
                    answer = contract.document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
                assert list(answer["content"]) == [PROBLEM], (name, status)


def test_schemas_are_what_a_generator_of_clients_wants(contract: Contract) -> None:
    schemas = contract.document["components"]["schemas"]
    used = set(re.findall(r"#/components/schemas/(\w+)", orjson.dumps(contract.document).decode()))
    assert schemas.keys() == used
    for name, schema in schemas.items():
        assert re.fullmatch(r"[A-Z][A-Za-z]+", name), "a name made up for want of a better one"
        assert "nullable" not in orjson.dumps(schema).decode(), name
        assert schema.get("additionalProperties", False) is False, name
        if name.startswith("Patched") or not name.endswith("Request"):
            assert not any("default" in field for field in schema.get("properties", {}).values()), name
        if name.endswith("Page"):
            assert set(schema["required"]) == schema["properties"].keys(), name


# What the service answers.


def test_options_are_answered_everywhere(contract: Contract, db: None) -> None:
    for path in contract.document["paths"]:
        answer = APIClient().options(
            re.sub(r"{\w+_id}", str(MISSING), path).format(date=TODAY, metric="completions", invitation_key=KEY, share_key=KEY)
        )
        assert (answer.status_code, answer.content) == (204, b""), path


@pytest.fixture
def tour(contract: Contract, world: World):
    """Return a function that makes a checked client of one of the cast, or of another user."""

    def client(role: str = "owner", user: User | None = None) -> ContractClient:
        checked = ContractClient()
        checked.contract = contract
        checked.credentials(**(client_of(user) if user else world.client(role))._credentials)
        return checked

    return client


def walk_accounts(client: Any, guest: Any, world: World) -> None:
    account = {"username": "grace", "email": "grace@example.org", "password": "correct horse battery"}
    assert guest.post(f"{API}/users/", account | {"timezone": "Europe/Berlin"}).status_code == 201
    assert guest.post(f"{API}/users/", account).json()["errors"][0]["code"] == "username_taken"
    assert guest.post(f"{API}/users/", {"username": "x"}).status_code == 400
    pair = guest.post(f"{API}/auth/token/", {"username": "grace", "password": account["password"]}).json()
    assert guest.post(f"{API}/auth/token/refresh/", {"refresh": pair["refresh"]}).status_code == 200
    assert guest.post(f"{API}/auth/token/refresh/", {"refresh": "none"}).status_code == 401
    assert guest.post(f"{API}/auth/token/", {"username": "grace", "password": "wrong"}).status_code == 401
    assert client.get(f"{API}/users/lookup/?username=nobody").status_code == 404
    me = client.get(f"{API}/users/me/").json()
    writable = ("username", "display_name", "timezone", "day_start_hour", "leaderboard_visibility")
    assert client.put(f"{API}/users/me/", {name: me[name] for name in writable}).status_code == 200
    assert client.patch(f"{API}/users/me/", {"display_name": "Ada"}).status_code == 200
    assert client.get(f"{API}/jobs/{world.job.pk}/").status_code == 200
    fail_job(job_id=world.job.pk, code="unreadable_file", detail="The file cannot be read.")
    assert client.get(f"{API}/jobs/{world.job.pk}/").json()["error"]["code"] == "unreadable_file"


def walk_habits(client: Any, world: World) -> None:
    kinds = [
        {"frequency": "daily", "interval": 2, "icon": "tea", "color": "#1976D2", "end_date": "2026-12-31"},
        {"frequency": "weekly", "target_days": [1, 3, 5], "tags": ["Evening"], "description": "Once\nmore"},
        {"frequency": "weekly", "target_count": 3, "target_value": 7.5, "unit": "km"},
        {"frequency": "monthly", "target_days": [1, -1]},
        {"frequency": "monthly", "target_count": 2, "interval": 3},
        {"frequency": "monthly", "target_value": "100", "unit": "pages", "target_scope": "unit"},
        {"frequency": "daily", "target_value": "2", "target_direction": "at_most", "unit": "cups"},
    ]
    for number, kind in enumerate(kinds):
        answer = client.post(f"{API}/habits/", {"name": f"Kind {number}", "start_date": "2026-01-01", **kind})
        assert answer.status_code == 201, answer.content
        address = f"{API}/habits/{answer.json()['id']}/"
        for path in ("", "schedules/", "streaks/", "milestones/", "insights/", "logs/"):
            assert client.get(address + path).status_code == 200
    draft = {"id": str(new_id()), "name": "Retried", "frequency": "daily"}
    assert [client.post(f"{API}/habits/", draft).status_code for _ in range(2)] == [201, 200]
    retried = f"{API}/habits/{draft['id']}/"
    assert client.put(retried, {"name": "Renamed", "frequency": "weekly", "effective_from": str(TODAY)}).status_code == 200
    assert client.patch(retried, {"archived_on": str(TODAY)}).status_code == 200
    assert client.get(f"{API}/habits/", {"archived": "true"}).json()["results"][0]["archived_on"] == str(TODAY)
    assert client.delete(retried).status_code == 204
    assert client.post(f"{API}/habits/", draft).json()["code"] == "id_deleted"
    assert client.post(f"{API}/habits/reorder/", {"ids": [str(world.measured.pk)]}).status_code == 204
    assert client.get(f"{API}/habits/", {"page_size": 2, "ordering": "-name", "tag": "evening"}).status_code == 200
    assert client.get(f"{API}/habits/", {"page": 99}).status_code == 404
    assert client.get(f"{API}/habits/", {"colour": "red"}).json()["code"] == "unknown_parameter"


def walk_pauses(client: Any, world: World) -> None:
    pauses = f"{API}/habits/{world.daily.pk}/pauses/"
    pause = client.post(pauses, {"start": "2026-09-01"}).json()
    assert client.get(pauses).json()["count"] == 2
    assert client.patch(f"{pauses}{pause['id']}/", {"end": "2026-09-30"}).status_code == 200
    assert client.delete(f"{pauses}{pause['id']}/").status_code == 204
    assert client.post(f"{API}/pauses/", {"start": "2026-10-01", "end": "2026-10-07"}).status_code == 201
    assert client.get(f"{API}/habits/{world.archived.pk}/pauses/").status_code == 200
    assert client.post(pauses, {"start": "2026-09-31"}).status_code == 400


def walk_goals(tour: Any, world: World) -> None:
    client, goals = tour(), f"{API}/habits/{world.daily.pk}/goals/"
    draft = {"id": str(new_id()), "kind": "completions", "title": "Once", "target": 1, "start_date": "2026-06-01"}
    assert [client.post(goals, draft).status_code for _ in range(2)] == [201, 200]
    assert tour("outsider").post(f"{API}/habits/{world.foreign.pk}/goals/", draft).json()["code"] == "id_conflict"
    assert tour("viewer").get(goals).status_code == 403
    assert client.post(goals, {"kind": "total", "title": "x", "target": "1.5"}).status_code == 400
    terms = {"kind": "total", "title": "100 km", "target": "100", "start_date": "2026-06-01", "deadline": "2026-06-15"}
    assert client.post(f"{API}/habits/{world.measured.pk}/goals/", terms).json()["state"] == "missed"
    assert client.get(f"{goals}?state=reached&kind=completions&page_size=1&ordering=-title").json()["count"] == 1
    assert client.get(f"{API}/goals/?state=missed&habit={world.measured.pk}").json()["count"] == 1
    one = f"{API}/goals/{draft['id']}/"
    assert client.get(one, headers={"if-none-match": client.get(one)["ETag"]}).status_code == 304
    assert client.put(one, {"kind": "streak", "title": "Twice", "target": "2"}).json()["start_date"] == "2026-06-01"
    assert client.patch(one, {"is_cancelled": True}).json()["state"] == "cancelled"
    assert client.patch(one, {"title": "Late"}, headers={"if-match": '"0-0"'}).status_code == 412
    assert client.delete(one).status_code == 204
    assert client.post(goals, draft).json()["code"] == "id_deleted"


def walk_logs(client: Any, world: World, role: str) -> None:
    """Write the daily habit's logs, and take them back."""
    logs = f"{API}/habits/{world.daily.pk}/logs/"
    note = {"note": "Late"} if role == "owner" else {}
    created = client.post(logs, note)
    assert (created.status_code, "note" in created.json()) == (201, role == "owner")
    assert client.post(logs, note).json()["code"] == "log_exists"
    assert client.get(logs, {"page_size": 1, "from": "2026-06-01", "status": "completed"}).status_code == 200
    today = f"{logs}{TODAY}/"
    assert client.put(today, {"status": "skipped"}).status_code == 200
    assert client.patch(today, {"status": "completed"}).status_code == 200
    assert client.get(today).status_code == 200
    assert client.delete(today).status_code == 200
    assert client.get(today).status_code == 404
    assert client.put(today, {"status": "missed"}).status_code == 201
    assert client.delete(today).status_code == 200
    assert client.post(f"{today}add/", {"amount": "1"}).json()["code"] == "habit_not_measured"
    row = {"habit": str(world.daily.pk), "date": "2026-06-02"}
    batch = [row, row | {"status": "skipped"}, row | {"date": "2027-01-01"}, row | {"habit": str(MISSING)}]
    assert client.post(f"{API}/logs/batch/", batch).status_code == 400
    results = client.post(f"{API}/logs/batch/?partial=true", batch).json()["results"]
    assert [result["result"] for result in results][2:] == ["refused", "refused"]


def walk_measured_logs(client: Any, world: World) -> None:
    logs = f"{API}/habits/{world.measured.pk}/logs/"
    addition = {"amount": "7.5", "id": str(new_id())}
    assert [client.post(f"{logs}{TODAY}/add/", addition).status_code for _ in range(2)] == [201, 200]
    assert client.put(f"{logs}{LOGGED}/", {"value": 12.125}).json()["value"] == "12.125"
    assert client.get(f"{logs}{LOGGED}/").status_code == 200
    assert client.post(f"{API}/habits/{world.archived.pk}/logs/", {"status": "completed"}).json()["code"] == "habit_archived"


def walk_insights(client: Any, world: World) -> None:
    for date in ("", "?date=2026-06-01", "?date=2020-01-01"):
        assert client.get(f"{API}/agenda/{date}").status_code == 200
    assert client.get(f"{API}/agenda/?date=2027-01-01").status_code == 400
    for query in (
        "",
        "?to=1970-01-01",
        "?period=this_year",
        "?from=2026-06-01&to=2026-06-07",
        "?tag=none",
        "?archived=true&frequency=daily",
    ):
        for path in ("progress", "insights/summary", "insights/trends"):
            assert client.get(f"{API}/{path}/{query}").status_code == 200
    for path in ("insights/trends.svg?bucket=month", f"habits/{world.daily.pk}/heatmap.svg"):
        assert client.get(f"{API}/{path}").status_code == 200
    for path in ("insights/trends/?bucket=year", "insights/trends.svg?bucket=year", "progress/?from=2020-01-01"):
        assert client.get(f"{API}/{path}").status_code == 400


def walk_groups(tour: Any, world: World) -> None:
    client, groups = tour(), f"{API}/groups/"
    draft = {"id": str(new_id()), "name": "Runners", "visibility": "public", "join_policy": "open", "max_members": 2}
    assert [client.post(groups, draft).status_code for _ in range(2)] == [201, 200]
    own = f"{groups}{draft['id']}/"
    guest, late = (UserFactory(password="!") for _ in range(2))
    assert tour(user=guest).post(f"{own}join/").status_code == 200
    assert tour(user=late).post(f"{own}join/").json()["code"] == "group_full"
    assert client.put(own, {"name": "Runners", "visibility": "public", "join_policy": "request"}).status_code == 200
    for decision in ("decline", "approve"):
        assert tour(user=late).post(f"{own}join/").status_code == 202
        (request,) = client.get(f"{own}join-requests/").json()["results"]
        assert client.post(f"{own}join-requests/{request['id']}/{decision}/").status_code < 300
    assert client.post(f"{own}join-requests/{request['id']}/decline/").json()["code"] == "request_decided"
    assert client.patch(own, {"join_policy": "invite"}).status_code == 200
    assert tour("outsider").post(f"{own}join/").json()["code"] == "invitation_required"
    assert tour("outsider").get(f"{own}members/").status_code == 403
    assert client.get(f"{own}members/?role=member").json()["count"] == 2
    member = f"{own}members/{guest.pk}/"
    assert client.patch(member, {"role": "admin"}).status_code == 200
    assert tour(user=guest).patch(f"{own}members/{world.owner.pk}/", {"role": "member"}).json()["code"] == "role_above_own"
    assert client.delete(f"{member}?ban=true").status_code == 204
    assert tour(user=guest).post(f"{own}join/").json()["code"] == "banned"
    assert client.get(f"{own}bans/").json()["count"] == 1
    assert client.delete(f"{own}bans/{guest.pk}/").status_code == 204
    walk_invitations(tour, own)
    walk_shared_habits(tour, world, own)
    assert client.get(f"{own}audit-log/?page_size=2").json()["next"]
    assert client.get(f"{groups}?discover=true&search=runners").json()["count"] == 1
    assert client.post(f"{own}leave/").json()["code"] == "last_owner"
    assert tour(user=late).post(f"{own}leave/").status_code == 204
    assert client.get(own, headers={"if-none-match": client.get(own)["ETag"]}).status_code == 304
    assert client.delete(own, headers={"if-match": '"0-0"'}).status_code == 412
    assert client.delete(own).status_code == 204
    assert client.post(groups, draft).json()["code"] == "id_deleted"


def walk_invitations(tour: Any, own: str) -> None:
    client = tour()
    link = client.post(f"{own}invitations/", {"max_uses": 1}).json()
    mailed = client.post(f"{own}invitations/", {"email": "eva@example.org", "expires_at": "2026-07-01T00:00:00Z"}).json()
    assert client.get(f"{own}invitations/").json()["count"] == 2
    named = {"id": str(new_id())}
    assert [client.post(f"{own}invitations/", named).status_code for _ in range(2)] == [201, 200]
    assert client.delete(f"{own}invitations/{named['id']}/").status_code == 204
    assert client.post(f"{own}invitations/", named).json()["code"] == "id_deleted"
    held = f"{API}/invitations/{link['token']}/"
    assert tour("outsider").get(held).json()["my_state"] == "none"
    assert tour("outsider").get(held, headers={"if-none-match": "*"}).status_code == 304
    assert tour("outsider").post(f"{held}accept/").json()["my_state"] == "member"
    assert tour("staff").post(f"{held}accept/").status_code == 404
    assert client.post(f"{own}invitations/", {"email": "eva@example.org", "max_uses": 2}).status_code == 400
    assert client.delete(f"{own}invitations/{mailed['id']}/").status_code == 204


def walk_shares(tour: Any, world: World) -> None:
    client, habits = tour(), f"{API}/habits/"
    friend = UserFactory(password="!")
    given, own = f"{habits}{world.measured.pk}/shares/", tour(user=friend)
    draft = {"id": str(new_id()), "user": friend.username, "permission": "log"}
    assert [client.post(given, draft).status_code for _ in range(2)] == [201, 200]
    assert client.post(given, {"user": friend.username, "permission": "view"}).json()["code"] == "share_exists"
    assert client.post(given, {"user": "nobody", "permission": "view"}).json()["errors"][0]["code"] == "not_found"
    share = f"{API}/shares/{draft['id']}/"
    assert own.get(f"{API}/shares/?direction=received&state=pending").json()["count"] == 1
    assert own.get(f"{habits}{world.measured.pk}/").status_code == 404
    assert client.post(f"{share}accept/").status_code == 403
    assert own.post(f"{share}accept/").json()["state"] == "accepted"
    assert (
        client.get(given).json()["count"] == client.get(f"{API}/shares/?direction=given&ordering=created_at").json()["count"] - 4
    )
    assert client.patch(share, {"permission": "view"}).json()["permission"] == "view"
    assert own.get(given).status_code == own.patch(share, {"permission": "log"}).status_code == 403
    assert own.get(share, headers={"if-none-match": own.get(share)["ETag"]}).status_code == 304
    assert own.delete(share, headers={"if-match": '"0-0"'}).status_code == 412
    assert own.delete(share).status_code == 204
    assert client.get(share).status_code == 404
    assert client.post(given, draft).json()["code"] == "id_deleted"


def walk_achievements(tour: Any, world: World) -> None:
    client, friend = tour(), UserFactory(password="!")
    own = tour(user=friend)
    told = {"habit": str(world.daily.pk), "user": friend.username}
    draft = told | {"id": str(new_id()), "milestone": str(world.milestone.pk)}
    assert [client.post(f"{API}/achievements/", draft).status_code for _ in range(2)] == [201, 200]
    assert client.post(f"{API}/achievements/", told).json()["code"] == "no_streak"
    client.put(f"{API}/habits/{world.daily.pk}/logs/{TODAY}/", {"status": "completed"})
    assert client.post(f"{API}/achievements/", told).json()["started_on"] == str(TODAY)
    page = own.get(f"{API}/achievements/?direction=received&page_size=1").json()
    assert page["next"]
    assert own.get(f"{API}/achievements/?direction=sent").json()["results"] == []
    one = f"{API}/achievements/{draft['id']}/"
    assert own.get(one, headers={"if-none-match": "*"}).status_code == 304
    assert own.get(one).json()["kind"] == "completions"
    assert own.delete(one).status_code == 204
    assert client.get(one).status_code == 404
    assert client.post(f"{API}/achievements/", draft).json()["code"] == "id_deleted"


def walk_links(tour: Any, world: World) -> None:
    client, links = tour(), f"{API}/share-links/"
    draft = {"id": str(new_id()), "habit": str(world.daily.pk), "kind": "streak", "show_name": True}
    assert [client.post(links, draft).status_code for _ in range(2)] == [201, 200]
    assert tour("outsider").post(links, draft).json()["code"] == "id_conflict"
    assert tour("viewer").post(links, draft | {"id": str(new_id())}).status_code == 403
    assert client.post(links, {"habit": str(world.daily.pk), "kind": "milestone"}).status_code == 400
    milestone = Milestone.objects.create(habit=world.daily, kind="streak", count=7, streak_unit="day", reached_on=TODAY)
    kinds: list[dict[str, Any]] = [
        {"habit": str(world.daily.pk), "kind": "milestone", "milestone": str(milestone.pk)},
        {"habit": str(world.measured.pk), "kind": "heatmap", "expires_at": "2026-12-31T00:00:00Z"},
    ]
    made = [client.post(links, kind) for kind in kinds]
    assert [answer.status_code for answer in made] == [201, 201]
    assert client.get(f"{links}?habit={world.daily.pk}&page_size=1").json()["next"]
    own = f"{links}{draft['id']}/"
    assert client.get(own, headers={"if-none-match": client.get(own)["ETag"]}).status_code == 304
    assert client.patch(own, {"title": "Reading", "expires_at": None}).json()["title"] == "Reading"
    for answer in (client.get(own), *made):
        shared = f"{API}/shared/{answer.json()['url'].split('/')[-2]}/"
        assert tour("anonymous").get(shared, headers={"if-none-match": tour().get(shared)["ETag"]}).status_code == 304
    assert client.delete(own, headers={"if-match": '"0-0"'}).status_code == 412
    assert client.delete(own).status_code == 204
    assert client.post(links, draft).json()["code"] == "id_deleted"
    assert tour("anonymous").get(f"{API}/shared/{KEY}/").status_code == 404


def walk_shared_habits(tour: Any, world: World, own: str) -> None:
    client, guest = tour(), tour("outsider")
    habits = f"{own}habits/"
    assert [client.post(habits, {"habit": str(world.daily.pk)}).status_code for _ in range(2)] == [201, 200]
    assert guest.post(habits, {"habit": str(world.daily.pk)}).json()["errors"][0]["code"] == "not_found"
    assert guest.post(habits, {"habit": str(world.foreign.pk)}).status_code == 201
    assert client.get(f"{habits}?user={world.owner.pk}&name=rea&ordering=-shared_at").json()["count"] == 1
    assert client.get(f"{API}/groups/?habit={world.daily.pk}").json()["count"] == 1
    assert client.get(f"{API}/groups/?discover=true&habit={world.daily.pk}").json()["code"] == "invalid_parameter"
    log_days(world.foreign, [day for day in days_until(TODAY, 10) if day != LOGGED])
    for query in ("", "?days=true&period=last_7_days", f"?user={world.outsider.pk}", "?from=2026-06-01&to=2026-06-07"):
        assert client.get(f"{own}progress/{query}").status_code == 200
    assert client.get(f"{own}progress/?from=2020-01-01").status_code == 400
    events = client.get(f"{own}feed/").json()["results"]
    assert {event["kind"] for event in events} == {"joined", "shared", "milestone"}
    cheers = f"{own}feed/{events[0]['id']}/cheers/"
    assert [client.post(cheers).status_code for _ in range(2)] == [201, 200]
    assert [client.delete(cheers).status_code for _ in range(2)] == [204, 204]
    assert guest.delete(f"{habits}{world.daily.pk}/").status_code == 403
    assert client.delete(f"{habits}{world.foreign.pk}/").status_code == 204


def walk_challenges(tour: Any, world: World) -> None:
    client, guest, challenges = tour(), tour("outsider"), f"{API}/challenges/"
    days = {"start_date": str(TODAY + timedelta(days=5)), "end_date": str(TODAY + timedelta(days=9))}
    draft = {"title": "Pages", "frequency": "daily", "scoring": "total", "target_value": 5, "unit": "pages"} | days
    made = {"id": str(new_id()), "visibility": "public", "max_participants": 1} | draft
    assert [client.post(challenges, made).status_code for _ in range(2)] == [201, 200]
    own = f"{challenges}{made['id']}/"
    assert client.post(challenges, draft | {"group": str(MISSING)}).json()["errors"][0]["code"] == "not_found"
    assert tour("member").post(challenges, draft | {"group": str(world.club.pk)}).status_code == 403
    ours = client.post(challenges, draft | {"group": str(world.club.pk), "description": "Of all"}).json()
    assert (ours["visibility"], ours["is_runner"]) == ("group", True)
    assert client.put(own, draft).status_code == 200
    assert client.patch(own, {"title": "More pages", "max_participants": 1}).json()["title"] == "More pages"
    assert guest.post(f"{own}join/", {"habit": str(world.foreign.pk)}).json()["errors"][0]["code"] == "not_measured"
    assert guest.post(f"{own}join/", {}).json()["my_participation"]["score"] == "0"
    assert guest.post(f"{own}join/", {"habit": str(world.foreign.pk)}).json()["code"] == "already_joined"
    assert client.post(f"{own}join/", {}).json()["code"] == "challenge_full"
    assert client.patch(own, {"unit": "lines"}).json()["code"] == "terms_fixed"
    assert client.get(own, headers={"if-none-match": client.get(own)["ETag"]}).status_code == 304
    assert guest.patch(own, {"title": "Mine"}).status_code == 403
    for query in ("?joined=true&state=active&search=race", f"?group={world.club.pk}&ordering=-created_at", "?state=upcoming"):
        assert client.get(f"{challenges}{query}").json()["count"] > 0
    walk_race(tour, world)
    assert client.delete(f"{own}participants/{world.outsider.pk}/").status_code == 204
    assert guest.post(f"{own}join/", {}).json()["code"] == "removed_from_challenge"
    assert [client.post(f"{own}invitations/", {"user": "outsider"}).status_code for _ in range(2)] == [201, 200]
    assert client.get(f"{own}invitations/").json()["count"] == 1
    assert client.delete(f"{own}invitations/{world.outsider.pk}/").status_code == 204
    assert client.delete(own, headers={"if-match": '"0-0"'}).status_code == 412
    assert client.delete(own).status_code == 204
    assert client.post(challenges, made).json()["code"] == "id_deleted"


def walk_race(tour: Any, world: World) -> None:
    client, viewer, race = tour(), tour("viewer"), f"{API}/challenges/{world.race.pk}/"
    log_days(world.daily, [TODAY])
    page = client.get(f"{race}standings/?page_size=1").json()
    assert page["next"]
    assert page["me"] == page["results"][0]
    assert viewer.get(f"{race}participants/").json()["count"] == 2
    assert viewer.get(f"{race}fitting-habits/").json()["count"] == 1
    assert viewer.get(f"{race}progress/?period=this_week").json()["me"]["days"]
    assert viewer.get(f"{race}progress/?from=2020-01-01").status_code == 400
    assert tour("logger").get(f"{race}progress/").status_code == 403
    draft = {"id": str(new_id()), "text": "Half of it"}
    assert [client.post(f"{race}announcements/", draft).status_code for _ in range(2)] == [201, 200]
    assert viewer.get(f"{race}announcements/").json()["count"] == 2
    announcement = f"{API}/announcements/{draft['id']}/"
    assert viewer.get(announcement, headers={"if-none-match": viewer.get(announcement)["ETag"]}).status_code == 304
    assert viewer.patch(announcement, {"text": "Mine"}).status_code == 403
    assert client.patch(announcement, {"text": "Two thirds"}).json()["text"] == "Two thirds"
    assert client.delete(announcement, headers={"if-match": '"0-0"'}).status_code == 412
    assert client.delete(announcement).status_code == 204
    assert client.post(f"{race}announcements/", draft).json()["code"] == "id_deleted"
    assert viewer.post(f"{race}leave/").status_code == 204
    assert client.delete(race).status_code == 204
    assert client.patch(race, {"title": "Over"}).json()["code"] == "challenge_over"


def walk_imports(client: Any, run_jobs: Any) -> None:
    for content in (backup([{"name": "Run"}]), b"no backup"):
        form = {"file": SimpleUploadedFile("loop.db", content), "format": "loop"}
        answer = client.post(f"{API}/imports/", form, format="multipart")
        assert answer.status_code == 202, answer.content
        address = f"{API}/imports/{answer.json()['id']}/"
        assert client.get(address).json()["state"] == "queued"
        run_jobs()
        assert client.get(address).json()["state"] in {"finished", "failed"}
    assert client.post(f"{API}/imports/", {"format": "loop"}, format="multipart").status_code == 400


def walk_refusals(client: Any, guest: Any, world: World) -> None:
    habits = f"{API}/habits/"
    assert guest.get(habits).status_code == 401
    assert guest.get(f"{habits}{world.daily.pk}/heatmap.svg").status_code == 401
    assert client.get(f"{habits}{world.foreign.pk}/").status_code == 404
    assert client.get(f"{API}/nowhere/").status_code == 404
    assert client.get(f"{habits}{world.daily.pk}/logs/2026-02-30/").status_code == 404
    assert client.delete(habits).status_code == 405
    assert client.post(habits, "name=Tea", content_type="application/x-www-form-urlencoded").status_code == 415
    assert client.post(habits, '{"name": "a", "name": "b"}', content_type="application/json").json()["code"] == "malformed_json"
    assert client.post(habits, {"name": "Tea", "frequency": "daily", "colour": "red"}).json()["code"] == "unknown_field"
    assert client.post(habits, {"name": "Tea", "frequency": "daily", "interval": 0}).status_code == 400
    assert client.post(habits, "x" * 2_000_000, content_type="application/json").status_code == 413
    assert client.get(habits, headers={"accept": "text/html"}).status_code == 406


def walk_known(client: Any, world: World) -> None:
    """Read again what is known already, and write what is known no more."""
    daily = f"{API}/habits/{world.daily.pk}"
    reads = [
        f"{API}/users/me/",
        f"{API}/jobs/{world.job.pk}/",
        f"{API}/imports/{world.imported.pk}/",
        f"{API}/insights/trends.svg",
    ]
    for url in (*reads, f"{daily}/", f"{daily}/heatmap.svg", f"{daily}/logs/{LOGGED}/"):
        assert client.get(url, headers={"if-none-match": client.get(url)["ETag"]}).status_code == 304
    assert client.patch(f"{daily}/", {"name": "Late"}, headers={"if-match": '"0-0"'}).status_code == 412
    assert client.put(f"{daily}/logs/{LOGGED}/", {}, headers={"if-none-match": "*"}).status_code == 412
    assert client.delete(f"{daily}/logs/{LOGGED}/", headers={"if-match": '"0-0"'}).status_code == 412
    assert client.patch(f"{API}/users/me/", {"display_name": "Late"}, headers={"if-match": '"0-0"'}).status_code == 412


def walk_sessions(tour: Any, guest: Any) -> None:
    user, password = UserFactory(), "staple the next horse"
    pair = guest.post(f"{API}/auth/token/", {"username": user.username, "password": PASSWORD}).json()
    assert guest.post(f"{API}/auth/token/refresh/", {"refresh": pair["refresh"]}).status_code == 200
    client = tour(user=user)
    others = [session for session in client.get(f"{API}/auth/sessions/").json()["results"] if not session["is_current"]]
    assert client.delete(f"{API}/auth/sessions/{others[0]['id']}/").status_code == 204
    draft = {"name": "Display", "scopes": ["habits:read"], "expires_at": None}
    token = client.post(f"{API}/auth/personal-tokens/", draft).json()
    assert client.get(f"{API}/auth/personal-tokens/").json()["count"] == 1
    assert client.delete(f"{API}/auth/personal-tokens/{token['id']}/").status_code == 204
    link = {"uid": str(user.pk), "token": EMAIL_TOKENS.make_token(user)}
    assert client.post(f"{API}/auth/verify-email/resend/").status_code == 202
    assert [guest.post(f"{API}/auth/verify-email/", link).status_code for _ in range(2)] == [204, 400]
    assert guest.post(f"{API}/auth/password-reset/", {"email": user.email}).status_code == 202
    user.refresh_from_db()
    link = {"uid": str(user.pk), "token": default_token_generator.make_token(user), "new_password": password}
    assert [guest.post(f"{API}/auth/password-reset/confirm/", link).status_code for _ in range(2)] == [204, 400]
    pair = guest.post(f"{API}/auth/token/", {"username": user.username, "password": password}).json()
    assert guest.post(f"{API}/auth/logout/", {"refresh": pair["refresh"]}).status_code == 204
    change = {"current_password": password, "new_password": PASSWORD}
    assert tour(user=user).post(f"{API}/users/me/password/", change).status_code == 204
    assert tour(user=user).post(f"{API}/users/me/deletion/", {"current_password": PASSWORD}).status_code == 204


def walk_people(tour: Any, run_jobs: Any) -> None:
    user, staff = UserFactory(), tour("staff")
    client, path = tour(user=user), f"{API}/users/{user.pk}/"
    assert client.get(f"{API}/users/lookup/?username={user.username}").json()["id"] == str(user.pk)
    job = client.post(f"{API}/users/me/export/").json()
    assert client.post(f"{API}/users/me/export/").status_code == 409
    run_jobs()
    url = client.get(f"{API}/jobs/{job['id']}/").json()["result_url"]
    assert client.get(url).status_code == 200
    assert client.get(f"{API}/users/").status_code == 403
    assert staff.get(f"{API}/users/?search={user.username}").json()["count"] == 1
    me = staff.get(path).json()
    assert staff.put(path, {name: value for name, value in me.items() if name in SETTINGS}).status_code == 200
    assert staff.patch(path, {"display_name": "B."}).json()["display_name"] == "B."
    assert staff.get(path, headers={"if-none-match": "*"}).status_code == 304
    assert staff.delete(path).status_code == 204
    assert tour(user=UserFactory()).delete(f"{API}/users/me/", {"current_password": PASSWORD}).status_code == 204


def walk_boards(tour: Any, world: World) -> None:
    client, guest, boards = tour(), tour("anonymous"), f"{API}/leaderboards/"
    client.patch(f"{API}/users/me/", {"leaderboard_visibility": "public"})
    for who in (client, guest):
        for path in ("", "completions/?period=this_month&page_size=1", "current_streak/?streak_unit=week", "longest_streak/"):
            assert who.get(f"{boards}{path}").status_code == 200
        assert who.get(f"{boards}completions/?scope=everybody").status_code == 400
        page = who.get(f"{boards}completions/")
        assert who.get(f"{boards}completions/", headers={"if-none-match": page["ETag"]}).status_code == 304
    scopes = (f"group:{world.club.pk}", f"challenge:{world.race.pk}")
    for scope in scopes:
        assert client.get(f"{boards}completions/?scope={scope}").status_code == 200
        assert tour("outsider").get(f"{boards}completions/me/?scope={scope}").status_code == 404
        assert guest.get(f"{boards}completions/?scope={scope}").status_code == 401
    assert tour("outsider").get(f"{boards}completions/?scope=group:{world.forum.pk}").status_code == 403
    assert client.get(f"{boards}completions/me/?neighbors=1").json()["rank"] == 1
    assert tour("viewer").get(f"{boards}completions/me/").json()["reason"] == "hidden"
    assert client.get(f"{boards}completions/me/?neighbors=99").status_code == 400


def walk_nothing(client: Any) -> None:
    """Read everything as somebody who has nothing."""
    for path in (
        "agenda/",
        "goals/",
        "habits/",
        "habits/shared/",
        "progress/",
        "insights/summary/",
        "insights/trends/",
        "insights/trends.svg",
    ):
        assert client.get(f"{API}/{path}").status_code == 200


def test_a_refusal_by_a_limit_is_as_described(contract: Contract, tour: Any, settings: Any) -> None:
    settings.LIMITS = dict.fromkeys(settings.LIMITS, Rate(1, 60))
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    login = {"username": "nobody", "password": "wrong"}
    page = {"Origin": "https://app.example"}
    answers = [tour("anonymous").post(f"{API}/auth/token/", login, headers=page) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [401, 429]
    described = contract.document["components"]["responses"]["Problem429"]["headers"]
    assert described.keys() <= answers[1].headers.keys()


@pytest.mark.slow
def test_every_answer_is_as_described(contract: Contract, tour: Any, world: World, run_jobs: Any) -> None:
    owner, guest = tour(), tour("anonymous")
    walk_accounts(owner, guest, world)
    walk_sessions(tour, guest)
    walk_people(tour, run_jobs)
    for role in ("owner", "logger"):
        walk_logs(tour(role), world, role)
    walk_measured_logs(owner, world)
    walk_pauses(owner, world)
    walk_goals(tour, world)
    walk_habits(owner, world)
    walk_insights(owner, world)
    walk_known(owner, world)
    walk_groups(tour, world)
    walk_shares(tour, world)
    walk_achievements(tour, world)
    walk_links(tour, world)
    walk_challenges(tour, world)
    walk_boards(tour, world)
    walk_imports(owner, run_jobs)
    for role, count in {"viewer": 1, "member": 2, "logger": 1}.items():
        assert tour(role).get(f"{API}/habits/shared/").json()["count"] == count
        assert "tags" not in tour(role).get(f"{API}/habits/{world.daily.pk}/").json()
        assert "note" not in tour(role).get(f"{API}/habits/{world.daily.pk}/logs/{LOGGED}/").json()
    assert tour("viewer").delete(f"{API}/habits/{world.daily.pk}/").status_code == 403
    walk_refusals(owner, guest, world)
    walk_nothing(tour(user=UserFactory(password="!")))
    successes = {
        (operation["operationId"], int(status))
        for _, _, operation in contract.operations()
        for status in operation["responses"]
        if int(status) < HTTPStatus.BAD_REQUEST
    }
    assert successes - contract.answered == set(), "documented, and never answered"
