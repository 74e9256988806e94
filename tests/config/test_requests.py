import dataclasses
import logging
import uuid

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ
from django_q.signals import post_execute_in_worker, pre_execute
from django_q.signing import SignedPackage
from structlog.contextvars import bound_contextvars, get_contextvars

from config import jobs
from config.requests import REQUEST_ID
from tests.config.test_logs import Lines
from tests.factories.habits import HabitFactory
from tests.factories.users import PASSWORD, UserFactory
from tests.world import API, client_of

GIVEN = "0fca-req_id1"


@pytest.fixture
def lines(caplog):
    """Collect the lines, those of requests included."""
    caplog.set_level(logging.INFO, logger="access")
    with Lines() as collected:
        yield collected


@pytest.fixture
def behind_proxy(settings):
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, trusted_proxy_hops=1)


class TestRequestId:
    def test_each_request_has_one_of_its_own(self, client):
        first, second = (client.get("/healthz/")["X-Request-ID"] for _ in range(2))
        assert first != second
        assert uuid.UUID(first)

    def test_the_one_of_a_trusted_proxy_is_taken(self, client, behind_proxy):
        assert client.get("/healthz/", headers={"x-request-id": GIVEN})["X-Request-ID"] == GIVEN

    def test_a_strangers_one_is_not(self, client):
        assert client.get("/healthz/", headers={"x-request-id": GIVEN})["X-Request-ID"] != GIVEN

    @pytest.mark.parametrize(
        "given", ["", "short", "a" * 65, "with space", "a\r\nX-Evil: 1", "ünïcödë-id", "a.b.c.d.e.f", f"{GIVEN}\n"]
    )
    def test_neither_is_one_that_is_not_well_formed(self, client, behind_proxy, given):
        answer = client.get("/healthz/", headers={"x-request-id": given})
        assert answer["X-Request-ID"] != given
        assert REQUEST_ID.fullmatch(answer["X-Request-ID"])

    @pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/api/v1/habits/", 401), ("/api/v1/habits/?a=%00", 400)])
    def test_errors_carry_it_too(self, client, lines, path, status):
        answer = client.get(path)
        assert answer.status_code == status
        assert {line["request_id"] for line in lines.read()} == {answer["X-Request-ID"]}

    def test_it_is_forgotten_after_the_request(self, client):
        client.get("/healthz/")
        assert "request_id" not in get_contextvars()


class TestLine:
    def test_a_request_of_nobody(self, client, lines):
        answer = client.post("/healthz/?key=hidden")
        (line,) = lines.read()
        assert line.pop("duration_ms") >= 0
        assert line.pop("timestamp")
        assert line == {
            "event": "request",
            "logger": "access",
            "level": "info",
            "method": "POST",
            "route": "healthz/",
            "status": 405,
            "actor": None,
            "client": "127.0.0.1",
            "request_id": answer["X-Request-ID"],
        }

    def test_the_client_is_whom_our_proxies_have_heard(self, client, lines, settings):
        settings.TRUSTED_PROXY_HOPS = 1
        client.get("/healthz/", headers={"x-forwarded-for": "6.6.6.6, 203.0.113.7"})
        (line,) = lines.read()
        assert line["client"] == "203.0.113.7"

    @pytest.mark.django_db
    def test_a_request_of_somebody_names_the_route_and_the_actor_without_a_query(self, lines, caplog):
        habit = HabitFactory()
        client = client_of(habit.owner)
        caplog.set_level(logging.WARNING, logger="access")
        with CaptureQueriesContext(connection) as silent:
            client.get(f"{API}/habits/{habit.pk}/")
        caplog.set_level(logging.INFO, logger="access")
        with CaptureQueriesContext(connection) as written:
            client.get(f"{API}/habits/{habit.pk}/")
        assert len(silent) == len(written)
        (line,) = lines.read()
        assert line["route"] == "api/v1/habits/<uuid:habit_id>/"
        assert line["actor"] == str(habit.owner.pk)
        assert str(habit.pk) not in lines.text

    def test_an_address_that_does_not_exist_has_no_route(self, client, lines):
        client.get("/secret/place")
        (line,) = lines.read()
        assert (line["route"], line["status"]) == (None, 404)
        assert "secret" not in lines.text

    @pytest.mark.django_db
    def test_nothing_that_people_write_or_keep_secret(self, lines):
        user = UserFactory(username="zoe-quill")
        client = client_of(user)
        pair = client.post(f"{API}/auth/token/", {"username": "zoe-quill", "password": PASSWORD}).json()
        client.post(f"{API}/auth/token/", {"username": user.email, "password": "wrong horse battery"})
        client.post(f"{API}/auth/token/refresh/", {"refresh": pair["refresh"]})
        client.post(f"{API}/habits/", {"name": "Diary\nERROR forged", "frequency": "daily"})
        client.get(f"{API}/habits/?search=diary")
        client.get(f"{API}/habits/", headers={"authorization": f"Bearer {pair['access']}x"})
        assert len([line for line in lines.read() if line["event"] == "request"]) == 6
        for secret in ("horse", "zoe", user.email, pair["access"], pair["refresh"], "eyJ", "iary", "forged"):
            assert secret not in lines.text, secret


class TestEvents:
    @pytest.mark.parametrize(
        ("request_of", "event", "facts"),
        [
            ({"path": "/healthz/", "HTTP_HOST": "evil.example"}, "host_refused", {"host": "evil.example"}),
            ({"path": f"{API}/habits/", "CONTENT_LENGTH": str(2**30)}, "body_refused", {"code": "body_too_large"}),
            ({"path": f"{API}/habits/", "HTTP_TRANSFER_ENCODING": "chunked"}, "body_refused", {"code": "length_required"}),
            ({"path": f"{API}/habits/", "QUERY_STRING": "a=%00"}, "address_refused", {"code": "malformed_query"}),
            ({"path": f"{API}/habits/", "HTTP_AUTHORIZATION": "Bearer x"}, "invalid_token", {}),
        ],
    )
    def test_what_is_refused(self, client, lines, request_of, event, facts):
        client.generic("GET", **request_of)
        told, line = lines.read()
        assert told.items() >= {"event": event, "logger": "security", "request_id": line["request_id"], **facts}.items()

    def test_a_permission_that_is_missing(self, world, lines):
        world.client("viewer").delete(f"{API}/habits/{world.daily.pk}/")
        told, line = lines.read()
        assert (told["event"], told["actor"]) == ("permission_denied", str(world.viewer.pk))
        assert (line["status"], line["actor"]) == (403, str(world.viewer.pk))

    @pytest.mark.django_db
    def test_logins(self, client, lines):
        user = UserFactory(username="zoe-quill")
        for password in (PASSWORD, "wrong"):
            client.post(f"{API}/auth/token/", {"username": "zoe-quill", "password": password}, content_type="application/json")
        succeeded, _, failed, _ = lines.read()
        assert (succeeded["event"], succeeded["user"]) == ("login_succeeded", str(user.pk))
        assert failed["event"] == "login_failed"

    def test_a_fault_of_ours_has_a_trace_and_the_id(self, lines, client, monkeypatch):
        def fail():
            raise RuntimeError("bug")

        monkeypatch.setattr("config.service.get_oldest_wait", fail)
        client.raise_request_exception = False
        answer = client.get("/readyz/")
        fault, line = lines.read()
        assert (fault["logger"], fault["request_id"]) == ("django.request", answer["X-Request-ID"])
        assert "RuntimeError: bug" in fault["exception"]
        assert line["status"] == 500

    @pytest.mark.django_db
    def test_a_database_that_is_away_is_told_without_a_trace(self, lines, monkeypatch):
        def authenticate(self, request):
            raise OperationalError("connection refused")

        monkeypatch.setattr("users.api.authentication.TokenAuthentication.authenticate", authenticate)
        client_of(None).get(f"{API}/habits/")
        told, _ = lines.read()
        assert (told["event"], told["level"], told["reason"]) == ("unavailable", "error", "connection refused")


class TestJobs:
    @pytest.mark.django_db
    def test_a_job_carries_the_id_of_the_request_that_enqueued_it(self, lines):
        with bound_contextvars(request_id=GIVEN):
            jobs.enqueue("config.jobs.forget_failures")
        task = SignedPackage.loads(OrmQ.objects.get().payload)
        pre_execute.send(sender="django_q", func=None, task=task)
        logging.getLogger("x").warning("at work")
        post_execute_in_worker.send(sender="django_q", func=None, task=task)
        logging.getLogger("x").warning("idle")
        work, idle = lines.read()
        assert (work["request_id"], work["job"]) == (GIVEN, "config.jobs.forget_failures")
        assert not {"request_id", "job"} & idle.keys()

    @pytest.mark.django_db
    def test_a_job_of_no_request_has_none(self):
        jobs.enqueue("config.jobs.forget_failures")
        assert "request_id" not in SignedPackage.loads(OrmQ.objects.get().payload)
