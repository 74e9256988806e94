import datetime as dt
from base64 import urlsafe_b64encode
from itertools import pairwise

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from config.errors import NotFound
from config.rest.errors import InvalidCursor
from config.rest.pagination import CursorKey, PagePagination, _read_cursor
from tests.config.rest.conftest import assert_problem, faults_of

pytestmark = pytest.mark.django_db
NAMES = [f"{number:02}" for number in range(45)]


@pytest.fixture
def groups():
    return Group.objects.bulk_create(Group(name=name) for name in NAMES)


def queries_of(client, path, **query):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(path, query)
    assert response.status_code == 200, response.content
    return len(captured), response.json()


def test_pages(user, groups):
    first = user.get("/api/groups/").json()
    assert first["count"] == 45
    assert first["results"] == NAMES[:20]
    assert first["previous"] is None
    assert first["next"] == "http://testserver/api/groups/?page=2"
    second = user.get(first["next"]).json()
    assert second["results"] == NAMES[20:40]
    assert second["previous"] == "http://testserver/api/groups/"
    last = user.get(second["next"]).json()
    assert last == {"count": 45, "next": None, "previous": "http://testserver/api/groups/?page=2", "results": NAMES[40:]}


def test_links_keep_the_other_parameters(user, groups):
    page = user.get("/api/groups/", {"page_size": 5, "ordering": "-name", "search": "0"}).json()
    assert page["next"] == "http://testserver/api/groups/?ordering=-name&page=2&page_size=5&search=0"


def test_rows_are_counted_where_a_page_follows_alone(user, groups):
    assert queries_of(user, "/api/groups/")[0] == 2
    assert queries_of(user, "/api/groups/", page=3)[0] == 1
    queries, page = queries_of(user, "/api/groups/", page_size=45)
    assert (queries, page["count"], page["next"]) == (1, 45, None)
    assert queries_of(user, "/api/groups/", page=2, page_size=40)[1]["count"] == 45


def test_an_empty_list_has_a_first_page(user):
    assert user.get("/api/groups/").json() == {"count": 0, "next": None, "previous": None, "results": []}


@pytest.mark.parametrize("page", ["4", "99999999", "100000000"])
def test_pages_past_the_end(user, groups, page):
    assert_problem(user.get("/api/groups/", {"page": page}), 404, "not_found")


@pytest.mark.parametrize("name", ["page", "page_size"])
@pytest.mark.parametrize("value", ["", "0", "-1", "abc", "1.0", "1e1", " 1", "last", "٣", str(2**63), "9" * 5000])
@pytest.mark.parametrize("path", ["/api/groups/", "/api/feed/"])
def test_bad_numbers(user, path, name, value):
    code = "unknown_parameter" if path == "/api/feed/" and name == "page" else "invalid_parameter"
    assert list(faults_of(assert_problem(user.get(path, {name: value}), 400, code))) == [name]


def test_the_largest_page(user, groups):
    assert_problem(user.get("/api/groups/", {"page_size": 101}), 400, "invalid_parameter")
    assert len(user.get("/api/groups/", {"page_size": 100}).json()["results"]) == 45


def request_of(**query):
    return Request(APIRequestFactory().get("/", query))


@given(st.integers(0, 50), st.integers(1, 60), st.integers(1, 100))
def test_sequences_are_paged_alike(total, page, size):
    rows, pagination = list(range(total)), PagePagination()
    try:
        found = pagination.paginate_queryset(rows, request_of(page=page, page_size=size))
    except NotFound:
        assert page > 1
        assert (page - 1) * size >= total
        return
    answer = pagination.get_paginated_response(found).data
    assert answer["results"] == rows[(page - 1) * size : page * size]
    assert answer["count"] == total
    assert (answer["next"] is None) == (page * size >= total)
    assert (answer["previous"] is None) == (page == 1)


def follow(client, url, direction):
    pages = []
    while url:
        page = client.get(url).json()
        pages.append(page)
        url = page[direction]
    return pages


@pytest.mark.parametrize("size", [1, 7, 9, 44, 45, 46])
def test_a_feed_there_and_back(user, groups, size):
    pages = follow(user, f"/api/feed/?page_size={size}", "next")
    assert [name for page in pages for name in page["results"]] == NAMES[::-1]
    assert all(set(page) == {"next", "previous", "results"} for page in pages)
    back = follow(user, pages[-1]["previous"], "previous") if len(pages) > 1 else []
    assert [page["results"] for page in back] == [page["results"] for page in pages[-2::-1]]
    assert all(
        user.get(page["next"]).json()["results"] == following["results"] for following, page in pairwise([pages[-1], *back])
    )


def test_a_feed_is_neither_counted_nor_skipped_through(user, groups):
    with CaptureQueriesContext(connection) as captured:
        follow(user, "/api/feed/", "next")
    assert len(captured) == 3
    assert not any("OFFSET" in query["sql"] or "COUNT" in query["sql"] for query in captured)


def test_a_feed_that_grows_shows_no_row_twice(user, groups):
    first = user.get("/api/feed/").json()
    Group.objects.create(name="newer")
    second = user.get(first["next"]).json()
    assert second["results"][0] == NAMES[24]
    assert user.get(second["previous"]).json()["results"] == first["results"]


def test_beyond_the_last_row(user, groups):
    cursor = urlsafe_b64encode(b"n0").decode().rstrip("=")
    assert user.get("/api/feed/", {"cursor": cursor}).json() == {"next": None, "previous": None, "results": []}


FORGED_TEXTS = [b"n", b"x1", b"nabc", b"n" + b"9" * 140, b"n\xff1", b"n1\0", b"p-"]
FORGERIES = ["", "a", "!", "==", "bjE=", "n1", "é", "a" * 201, "a" * 100_000]
FORGERIES += [urlsafe_b64encode(text).decode().rstrip("=") for text in FORGED_TEXTS]


@pytest.mark.parametrize("cursor", FORGERIES)
def test_forged_cursors(user, groups, cursor):
    assert_problem(user.get("/api/feed/", {"cursor": cursor}), 400, "invalid_cursor")


@given(st.text() | st.binary().map(lambda raw: urlsafe_b64encode(raw).decode().rstrip("=")))
def test_any_cursor_is_a_date_or_refused(cursor):
    try:
        _, position = _read_cursor(cursor, CursorKey("date"))
    except InvalidCursor:
        return
    assert isinstance(position, dt.date)


@given(st.dates(), st.booleans())
def test_cursors_of_dates(date, goes_back):
    cursor = urlsafe_b64encode(f"{'p' if goes_back else 'n'}{date}".encode()).decode().rstrip("=")
    assert _read_cursor(cursor, CursorKey("date")) == (goes_back, date)
