import logging

import pytest
from django.core import exceptions as django_exceptions
from django.db import IntegrityError, OperationalError
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.test import RequestFactory
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.exceptions import AuthenticationFailed as RestAuthenticationFailed
from rest_framework_simplejwt.exceptions import InvalidToken

from config.errors import (
    CODE_MAX_LENGTH,
    DETAIL_MAX_LENGTH,
    TITLE_MAX_LENGTH,
    Conflict,
    DomainError,
    FieldError,
    InvalidInput,
)
from config.rest.errors import InternalError, Unavailable
from config.rest.problems import all_codes, domain_error_of, handler400, handler403, problem_of, problem_response
from tests.config.rest.conftest import assert_problem


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        ("fault", 500, "internal_error"),
        ("database", 503, "unavailable"),
        ("locked", 503, "unavailable"),
        ("interface", 503, "unavailable"),
        ("conflict", 409, "conflict"),
        ("missing", 404, "not_found"),
        ("throttled", 429, "throttled"),
    ],
)
@pytest.mark.parametrize("address", ["failures", "pictures"])
@pytest.mark.parametrize("is_debug", [False, True])
def test_what_a_view_raises(anonymous, settings, caplog, address, failure, status, code, is_debug):
    settings.DEBUG = is_debug
    response = anonymous.get(f"/api/{address}/{failure}/")
    problem = assert_problem(response, status, code)
    assert "secret" not in response.content.decode()
    assert response.headers.get("Retry-After") == {503: "5", 429: "17"}.get(status)
    assert (logging.ERROR in [record.levelno for record in caplog.records]) == (status >= 500)
    assert failure != "conflict" or problem["detail"] == "The seat is taken."


def test_a_fault_reaches_the_test_that_made_it(anonymous):
    anonymous.raise_request_exception = True
    with pytest.raises(RuntimeError, match="the secret"):
        anonymous.get("/api/failures/fault/")
    assert_problem(anonymous.get("/api/failures/database/"), 503, "unavailable")


@pytest.mark.parametrize("path", ["/", "/api/nothing/", "/api/things", "/nothing.html", "/api/things/not-a-uuid/", "/api/%00/"])
def test_unknown_addresses(raw, path):
    assert_problem(raw.get(path), 404, "not_found")


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [("fault", 500, "internal_error"), ("database", 503, "unavailable"), ("locked", 503, "unavailable")],
)
def test_faults_outside_of_the_views(raw, kind, status, code):
    response = raw.get("/api/broken/", {"kind": kind})
    assert_problem(response, status, code)
    assert ("Retry-After" in response) == (status == 503)


def test_wrong_host(raw):
    assert_problem(raw.get("/api/groups/", headers={"host": "elsewhere.example"}), 400, "bad_request")


def test_method_not_allowed(anonymous, user):
    for client in (anonymous, user):
        response = client.put("/api/things/", {})
        assert_problem(response, 405, "method_not_allowed")
        assert response["Allow"] == "POST, DELETE, OPTIONS"


def test_not_acceptable(anonymous):
    assert_problem(anonymous.get("/api/pictures/", headers={"accept": "application/json"}), 406, "not_acceptable")
    assert_problem(anonymous.post("/api/things/", {}, headers={"accept": "text/html"}), 406, "not_acceptable")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "a" * 300]
)
def test_unsupported_media_type(raw, media_type):
    assert_problem(raw.post("/api/things/", b"name=Tea", content_type=media_type), 415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("exception", "status", "code"),
    [
        (django_exceptions.RequestDataTooBig(), 413, "body_too_large"),
        (django_exceptions.TooManyFieldsSent(), 400, "bad_request"),
        (django_exceptions.DisallowedHost(), 400, "bad_request"),
        (django_exceptions.BadRequest(), 400, "bad_request"),
        (MultiPartParserError(), 400, "malformed_body"),
        (UnreadablePostError(), 400, "malformed_body"),
        (ValueError("neither"), 400, "bad_request"),
    ],
)
def test_what_django_refuses(exception, status, code):
    response = handler400(RequestFactory().get("/"), exception)
    assert response.status_code == status
    assert f'"code":"{code}"'.encode() in response.content


def test_what_a_header_holds_is_not_repeated_at_length(raw):
    response = raw.post("/api/things/", b"x", content_type="a/\x85" + "b" * 5_000)
    detail = assert_problem(response, 415, "unsupported_media_type")["detail"]
    assert len(detail) <= DETAIL_MAX_LENGTH
    assert "\x85" not in detail


def test_a_thousand_faults_are_told():
    faults = [FieldError(f"{row}.date", "required", "This field is required.") for row in range(1_500)]
    assert len(problem_of(InvalidInput(errors=faults))["errors"]) == 1_000


def test_titles_are_as_short_as_the_document_says():
    assert all(len(code) <= CODE_MAX_LENGTH and len(title) <= TITLE_MAX_LENGTH for code, (_, title) in all_codes().items())


def test_forbidden_outside_of_the_views():
    assert handler403(RequestFactory().get("/"), django_exceptions.PermissionDenied()).status_code == 403


def test_codes_of_authentication_are_kept_where_they_are_known():
    known = domain_error_of(RestAuthenticationFailed("Gone.", "invalid_token"))
    assert (known.status, known.code, known.detail) == (401, "invalid_token", "Gone.")
    assert domain_error_of(RestAuthenticationFailed("Gone.", "of_no_app")).code == "authentication_failed"
    assert domain_error_of(RestAuthenticationFailed("Gone.", "not_found")).code == "authentication_failed"
    assert domain_error_of(InvalidToken({"messages": []})).detail == "The credentials are not valid."


def test_faults_of_ours_mean_nothing_to_the_client():
    assert domain_error_of(KeyError("x")) is None
    assert domain_error_of(APIException("x")) is None
    assert domain_error_of(None) is None


def test_paths_of_faults():
    detail = {
        "name": [ValidationError("long", "max_length").detail[0]],
        17: {"date": ["early"], "steps": {3: {"title": ["blank"]}}},
        "non_field_errors": ["both"],
    }
    error = domain_error_of(ValidationError(detail))
    assert error.code == "validation_error"
    assert {fault.attr for fault in error.errors} == {"name", "17.date", "17.steps.3.title", "non_field_errors"}
    assert [fault.attr for fault in domain_error_of(ValidationError("whole")).errors] == ["non_field_errors"]


def test_a_400_always_tells_its_faults():
    assert problem_of(InvalidInput("No."))["errors"] == (FieldError("non_field_errors", "validation_error", "No."),)
    assert "errors" not in problem_of(Conflict())


def test_codes_are_those_of_the_errors_modules_alone():
    class Elsewhere(DomainError):
        code = "elsewhere"

    codes = all_codes()
    assert "elsewhere" not in codes
    assert "domain_error" not in codes
    assert codes["conflict"] == (409, Conflict.title)
    assert codes["invalid_credentials"][0] == 401
    assert list(codes.values()) == sorted(codes.values(), key=lambda value: value[0])


def test_unauthenticated_refusals_of_the_domain_carry_the_challenge():
    class Wrong(DomainError):
        code = "wrong"
        status = 401

    assert problem_response(Wrong())["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("path", ["/api/groups/", "/api/reports/"])
def test_a_database_that_is_away_while_the_caller_is_looked_up(anonymous, monkeypatch, path):
    def authenticate(self, request):
        raise OperationalError("connection refused")

    monkeypatch.setattr("users.api.authentication.TokenAuthentication.authenticate", authenticate)
    assert assert_problem(anonymous.get(path), 503, "unavailable")["detail"] == Unavailable.title


@pytest.mark.parametrize("error", [OperationalError("database is locked"), RuntimeError("bug")])
def test_a_middleware_that_fails(raw, monkeypatch, error):
    def fail(self, request):
        raise error

    monkeypatch.setattr("django.middleware.common.CommonMiddleware.process_request", fail)
    kind = Unavailable if isinstance(error, OperationalError) else InternalError
    assert_problem(raw.get("/api/groups/"), kind.status, kind.code)


def test_a_constraint_that_no_service_expected_is_a_fault_of_ours():
    assert domain_error_of(IntegrityError("UNIQUE constraint failed")) is None
