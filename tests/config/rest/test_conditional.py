from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import PreconditionFailed
from config.rest.conditional import is_known, read_precondition, tag_of
from config.versions import UNCONDITIONAL, Precondition
from tests.config.rest.conftest import assert_problem

THING = f"/api/versioned/{UUID(int=1)}/"
FEED = "/api/versioned/"

# Whatever a header may hold once WSGI has taken it apart.
HEADERS = st.text(st.characters(max_codepoint=255), max_size=60)
OPAQUE = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters='"\x7f' + "".join(map(chr, range(0x80))))
)

BROKEN = [
    "",
    " ",
    ",",
    "17-a",
    '"17-a',
    '17-a"',
    '"17-a" "18-b"',
    'w/"17-a"',
    'W/ "17-a"',
    '"17 -a"',
    "*, *",
    '*, "17-a"',
    '"17-a";',
]


def is_met(precondition: Precondition, version: int | None) -> bool:
    try:
        precondition.check(version)
    except PreconditionFailed:
        return False
    return True


def test_a_tag_is_the_version_and_a_digest():
    tag = tag_of({"name": "Tea"}, 17)
    assert tag == '"17-' + tag_of({"name": "Tea"}).strip('"') + '"'
    assert tag != tag_of({"name": "Tee"}, 17)
    assert tag_of("<svg/>") == tag_of("<svg/>") != tag_of("<svg />")
    assert len(tag) == 21


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('"17-a"', True),
        ('W/"17-a"', True),
        ("*", True),
        (" * ", True),
        ('"16-a", "17-a"', True),
        ('"16-a","17-a"', True),
        (' ,"16-a" ,\t, W/"17-a",', True),
        ('"17-a-gzip"', False),
        ('"17-b"', False),
        ('"17"', False),
        ('"a,b"', False),
        *((header, False) for header in BROKEN),
        (None, False),
    ],
)
def test_a_read_that_knows_the_tag(header, expected):
    assert is_known('"17-a"', header) is expected


@pytest.mark.parametrize(
    ("header", "versions"),
    [
        ('"17-a"', {17}),
        ('"17-b"', {17}),
        ('W/"17-a"', {17}),
        ('"17-a-gzip"', {17}),
        ('"16-a", W/"17-a"', {16, 17}),
        ("*", {16, 17, 18}),
        ('"17"', set()),
        ('"a17-a"', set()),
        ('"-17-a"', set()),
        ('"٣-a"', set()),
        ('"' + 5_000 * "1" + '-a"', set()),
        ('""', set()),
        *((header, set()) for header in BROKEN),
    ],
)
def test_a_write_expects_a_version(header, versions):
    precondition = read_precondition(header, None)
    assert {version for version in (16, 17, 18) if is_met(precondition, version)} == versions
    assert not is_met(precondition, None)
    refusal = read_precondition(None, header)
    assert {version for version in (16, 17, 18) if not is_met(refusal, version)} == versions
    assert is_met(refusal, None)


def test_both_headers_have_to_agree():
    precondition = read_precondition('"16-a", "17-a"', '"17-a"')
    assert [version for version in (None, 16, 17, 18) if is_met(precondition, version)] == [16]
    assert not is_met(read_precondition("*", "*"), 16)


def test_without_headers_nothing_is_expected():
    assert read_precondition(None, None) is UNCONDITIONAL
    assert is_met(UNCONDITIONAL, None)
    assert is_met(UNCONDITIONAL, 17)


@given(HEADERS)
def test_no_header_is_a_fault(header):
    assert is_known('"17-a"', header) in (True, False)
    assert is_met(read_precondition(header, header), None) in (True, False)


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 99), OPAQUE), min_size=1, max_size=5), st.sampled_from([",", ", ", "\t,, "])
)
def test_lists_of_tags(tags, comma):
    header = comma.join(("W/" if is_weak else "") + f'"{version}-{rest}"' for is_weak, version, rest in tags)
    precondition = read_precondition(header, None)
    assert {version for version in range(100) if is_met(precondition, version)} == {version for _, version, _ in tags}
    assert all(is_known(f'"{version}-{rest}"', header) for _, version, rest in tags)


def test_a_header_that_is_made_to_take_long_does_not():
    header = '"a",' + 4_000 * " ," + "x"
    assert not is_known('"a"', header)


# What the base of views does with them.


@pytest.mark.parametrize("path", [THING, FEED])
def test_a_read_is_answered_once(user, path):
    first = user.get(path)
    assert first.status_code == 200
    for send in (user.get, user.head):
        again = send(path, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], "no-store")
        assert "Content-Type" not in again
    assert user.get(path, headers={"if-none-match": '"other"'}).json() == first.json()
    assert user.head(path)["ETag"] == first["ETag"]


def test_answers_without_a_body_have_no_length(user, staff):
    assert "Content-Length" not in user.get(THING, headers={"if-none-match": "*"})
    assert "Content-Length" not in staff.delete("/api/things/")
    assert "Content-Length" in user.get(THING)


@pytest.mark.parametrize(("method", "header"), [("get", "if-none-match"), ("put", "if-match"), ("put", "if-none-match")])
def test_a_condition_has_a_length(user, method, header):
    send = getattr(user, method)
    assert send(THING, headers={header: f"{',' * 4_094}*"}).status_code in (200, 412)
    assert_problem(send(THING, headers={header: f'"{"a" * 4_095}"'}), 400, "bad_request")


def test_a_write_passes_what_is_expected_on(user):
    tag = user.get(THING)["ETag"]
    assert tag.startswith('"17-')
    assert user.put(THING, headers={"if-match": tag})["ETag"] == tag
    assert_problem(user.put(THING, headers={"if-match": '"16-a"'}), 412, "precondition_failed")
    assert_problem(user.put(THING, headers={"if-none-match": "*"}), 412, "precondition_failed")


def test_a_deletion_and_a_refusal_have_no_tag(user, anonymous):
    assert "ETag" not in user.delete(THING)
    refused = anonymous.get(THING, headers={"if-none-match": "*"})
    assert (refused.status_code, "ETag" in refused) == (401, False)


def test_actions_that_do_not_say_so_are_not_conditional(user):
    thing = f"/api/things/{UUID(int=1)}/"
    answer = user.get(thing, headers={"if-none-match": "*"})
    assert (answer.status_code, "ETag" in answer) == (200, False)
