import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from config.rest.errors import MalformedJSON
from config.rest.parsers import MAX_DEPTH, loads
from tests.config.rest.conftest import assert_problem


def nested(depth: int, opening: str = "[", closing: str = "]") -> bytes:
    return (opening * depth + closing * depth).encode()


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "a", "name": "b"}',
        b'{"steps": [{"title": "a", "title": "a"}]}',
        b'{"count": NaN}',
        b'{"count": Infinity}',
        b'{"count": -Infinity}',
        b'{"count": 1e999}',
        b'{"count": -1e999}',
        b'{"count": ' + b"9" * 33 + b"}",
        b'{"count": 1.' + b"0" * 100_000 + b"}",
        rb'{"name": "\u0000"}',
        rb'{"na\u0000me": "a"}',
        rb'{"name": "\ud800"}',
        rb'{"name": "\udc00\ud800"}',
        rb'[{"steps": [{"\udfff": 1}]}]',
        b'{"name": "\x00"}',
        b'{"name": "a\nb"}',
        b'{"name": "\xff"}',
        b'{"name": "\xed\xa0\x80"}',
        b'\xef\xbb\xbf{"name": "a"}',
        '{"name": "a"}'.encode("utf-16"),
        nested(MAX_DEPTH + 1),
        b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1),
        nested(100_000),
        b"[" * 500_000,
        b'{"name": "a"',
        b"{'name': 'a'}",
        b'{"name": "a"} {}',
        b'{"name": "a",}',
        b"   ",
        b"tru",
    ],
)
def test_refused(raw, body):
    problem = assert_problem(raw.post("/api/things/", body, content_type="application/json"), 400, "malformed_json")
    assert problem["errors"] == [{"attr": "non_field_errors", "code": "malformed_json", "detail": problem["detail"]}]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (rb'{"name": "\ud83d\ude00"}', {"name": "😀"}),
        (rb'"\u00fcbung"', "übung"),
        (b'[1, 2.5, -0, 1e3, null, true, ""]', [1, 2.5, 0, 1000.0, None, True, ""]),
        (nested(MAX_DEPTH), json.loads(nested(MAX_DEPTH))),
        (b"[" + b"[]," * 99 + b"[]]", [[]] * 100),
        (rb'{"path": "a\\u0000"}', {"path": "a\\u0000"}),
    ],
)
def test_accepted(body, value):
    assert loads(body) == value


def test_no_body_is_an_empty_object(anonymous, raw):
    assert_problem(raw.generic("POST", "/api/things/"), 400, "validation_error")
    assert raw.generic("PATCH", "/api/things/").status_code == 405
    assert anonymous.post("/api/things/", {"name": "Tea"}).json() == {"name": "Tea"}


@pytest.mark.parametrize("body", [b"[]", b"1", b'"name"', b"null", b"true"])
def test_other_values_than_objects_are_refused_by_the_serializer(raw, body):
    assert_problem(raw.post("/api/things/", body, content_type="application/json"), 400, "validation_error")


def test_the_charset_of_the_header_changes_nothing(raw):
    body = '{"name": "Ü"}'.encode()
    response = raw.generic("POST", "/api/things/", body, "application/json; charset=latin-1")
    assert response.json() == {"name": "Ü"}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
)


def value_or_refusal(body: bytes) -> Any:
    try:
        return loads(body)
    except MalformedJSON as refusal:
        return refusal


@pytest.mark.slow
@given(st.binary() | VALUES.map(lambda value: json.dumps(value).encode()))
@example(b'"' + b"\\u" * 1000 + b'"')
def test_any_bytes_are_a_storable_value_or_refused(body):
    value = value_or_refusal(body)
    if not isinstance(value, MalformedJSON):
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        assert "\\u0000" not in json.dumps(value).replace("\\\\", "")


JSON_TOKENS = st.sampled_from(["{", "}", "[", "]", ",", ":", '"', "\\u", "0000", "d800", "1", "-", ".", "e9", "null", " ", "a"])


@given(st.lists(JSON_TOKENS, max_size=80).map("".join))
def test_scraps_of_json_are_read_or_refused(text):
    value = value_or_refusal(text.encode())
    if not isinstance(value, MalformedJSON):
        assert value == json.loads(text)
