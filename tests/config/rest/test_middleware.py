import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from config.rest.middleware import body_limit, find_fault, is_clean_query
from tests.config.rest.conftest import assert_problem, client_of

MIB = 2**20


@pytest.fixture(autouse=True)
def limits(settings):
    settings.BODY_LIMIT = MIB
    settings.BODY_LIMITS_BY_PREFIX = {"/api/imports/": 50 * MIB}


def test_limits_by_address():
    assert body_limit("/api/things/") == MIB
    assert body_limit("/api/imports/") == 50 * MIB
    assert body_limit("/x/api/imports/") == MIB


@pytest.mark.parametrize("path", ["/api/things/", "/api/nothing/"])
def test_bodies_above_the_limit(raw, path):
    body = b'"' + b"a" * (MIB - 1) + b'"'
    problem = assert_problem(raw.post(path, body, content_type="application/json"), 413, "body_too_large")
    assert str(MIB) in problem["detail"]
    assert raw.post(path, body[:-1], content_type="application/json").status_code in (400, 404)
    assert raw.post("/api/imports/", body, content_type="application/json").status_code == 404


@pytest.mark.parametrize("length", ["9" * 5000, "1" + "0" * 7])
def test_announced_lengths(raw, length):
    assert_problem(raw.post("/api/things/", b"", content_type="application/json", CONTENT_LENGTH=length), 413, "body_too_large")


@pytest.mark.parametrize("length", ["-1", "1_0", "٣", "0x10", "1.5", " 1"])
def test_lengths_that_are_none(length):
    assert find_fault(RequestFactory().post("/", CONTENT_LENGTH=length)).code == "bad_request"


def test_leading_zeros_of_a_length():
    assert find_fault(RequestFactory().post("/", CONTENT_LENGTH="0" * 5000 + "7")) is None


def test_chunked_bodies(raw):
    for method in ("POST", "PATCH", "GET"):
        response = raw.generic(method, "/api/things/", headers={"transfer-encoding": "chunked"})
        assert_problem(response, 411, "length_required")


@pytest.mark.parametrize(
    "query", ["name=%00", "%00=1", "name=%", "name=%zz", "name=%C3", "name=%ED%A0%80", "a=1&b=%FF", "%u0041=1", "name=\xff"]
)
@pytest.mark.parametrize("path", ["/api/groups/", "/api/things/", "/api/nothing/"])
def test_broken_query_strings(raw, path, query):
    assert_problem(raw.generic("GET", path, QUERY_STRING=query), 400, "malformed_query")


@pytest.mark.parametrize("query", ["", "name=a%20b+c", "name=%C3%9Cbung", "name=\xc3\x9cbung", "name=100%25", "&&", "=", "name"])
def test_clean_query_strings(query):
    assert is_clean_query(query)


@given(st.text(st.characters(max_codepoint=255)))
def test_clean_is_what_decodes_without_a_loss(query):
    request = RequestFactory().get("/", QUERY_STRING=query)
    if is_clean_query(query):
        for name, values in request.GET.lists():
            for text in (name, *values):
                assert "\0" not in text
                text.encode()


SCRAPS = ["limit", "from", "period", "all", "=", "&", "%", "C3", "0", "9", "-", ",", "\xff", "a", "+", "2026-01-01", "this_week"]


@given(st.lists(st.sampled_from(SCRAPS), max_size=30).map("".join))
def test_any_query_string_is_answered(query):
    assert client_of().get("/api/reports/", QUERY_STRING=query).status_code in (200, 400)
