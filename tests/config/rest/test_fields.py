import datetime as dt
import re
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from config.rest.fields import (
    MILLI_MAX,
    TIME_ZONE_PATTERN,
    CalendarDateField,
    ChoiceField,
    EmailField,
    FlagField,
    IdField,
    InstantField,
    MilliField,
    TextField,
    TimeZoneNameField,
    WholeNumberField,
    milli_text,
    time_zone_names,
)

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
)
FIELDS = [
    TextField(max_length=20),
    TextField(max_length=20, single_line=True, allow_blank=True),
    EmailField(),
    WholeNumberField(min_value=-(2**31), max_value=2**31 - 1),
    FlagField(),
    IdField(),
    ChoiceField(choices=["a", "b"]),
    CalendarDateField(),
    InstantField(),
    MilliField(),
    TimeZoneNameField(),
]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: type(field).__name__)
def test_any_value_is_taken_or_refused(field):
    @given(ANYTHING)
    def check(value):
        try:
            taken = field.run_validation(value)
        except ValidationError:
            return
        field.to_representation(taken)

    check()


def code_of(field, value):
    with pytest.raises(ValidationError) as caught:
        field.run_validation(value)
    return caught.value.get_codes()[0]


@pytest.mark.parametrize(
    ("text", "taken"), [("  Tea ", "Tea"), ("a\r\nb\tc", "a\nb\tc"), ("👩‍👩‍👧", "👩‍👩‍👧"), ("a" * 20, "a" * 20)]
)
def test_texts(text, taken):
    assert TextField(max_length=20).run_validation(text) == taken


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "blank"),
        (" \n ", "blank"),
        ("a" * 21, "max_length"),
        ("a\x00b", "control_character"),
        ("a\x1bb", "control_character"),
        ("a\x7fb", "control_character"),
        ("a\x85b", "control_character"),
        ("a\rb", "control_character"),
        ("a\x1f", "control_character"),
        ("\x85a", "control_character"),
        ("a\ud800", "control_character"),
        (5, "invalid"),
        (True, "invalid"),
        (0, "invalid"),
        ([], "invalid"),
        ({}, "invalid"),
        (None, "null"),
    ],
)
def test_refused_texts(text, code):
    assert code_of(TextField(max_length=20), text) == code


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "a\r\nb", "a\n", "\ta"])
def test_single_lines(text):
    assert code_of(TextField(max_length=20, single_line=True), text) == "line_break"


@pytest.mark.parametrize("text", ["a", "a@", "a@b\n.example", "a b@c.example", "a" * 250 + "@b.example"])
def test_refused_addresses(text):
    assert code_of(EmailField(), text) in ("invalid", "line_break", "max_length")


@pytest.mark.parametrize("value", ["5", True, False, 5.5, "", None, [], 2**63, -1, 10, 1e300])
def test_refused_integers(value):
    assert code_of(WholeNumberField(min_value=0, max_value=9), value) in ("invalid", "null", "min_value", "max_value")


def test_integers():
    field = WholeNumberField(min_value=0, max_value=9)
    taken = [field.run_validation(value) for value in (5, 5.0, 0)]
    assert [(type(value), value) for value in taken] == [(int, 5), (int, 5), (int, 0)]


@pytest.mark.parametrize("value", ["true", "false", 1, 0, "", "on", [], None])
def test_refused_flags(value):
    assert code_of(FlagField(), value) in ("invalid", "null")


def test_ids():
    text = "0190a5f2-7b3c-7000-8000-00000000abcd"
    assert IdField().run_validation(text) == IdField().run_validation(text.upper()) == UUID(text)
    for value in (text.replace("-", ""), f"{{{text}}}", f"urn:uuid:{text}", 5, f"{text}\n", "", None, [text]):
        assert code_of(IdField(), value) in ("invalid", "null")


@pytest.mark.parametrize("value", ["c", "", 1, True, None, [], ["a"], {}, "a" * 10**5])
def test_refused_choices(value):
    with pytest.raises(ValidationError) as caught:
        ChoiceField(choices=["a", "b"]).run_validation(value)
    assert len(str(caught.value.detail[0])) < 100


@pytest.mark.parametrize("text", ["1970-01-01", "2024-02-29", "9998-12-31"])
def test_dates(text):
    field = CalendarDateField()
    assert field.to_representation(field.run_validation(text)) == text


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2023-02-29", "invalid"),
        ("2023-2-1", "invalid"),
        ("20230201", "invalid"),
        ("2023-W01-1", "invalid"),
        ("2023-02-01T00:00:00Z", "invalid"),
        ("2023-02-01\n", "invalid"),
        ("٢٠٢٣-٠٢-٠١", "invalid"),
        (20230201, "invalid"),
        ("1969-12-31", "out_of_range"),
        ("9999-01-01", "out_of_range"),
        ("0001-01-01", "out_of_range"),
    ],
)
def test_refused_dates(value, code):
    assert code_of(CalendarDateField(), value) == code


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-01-31T08:30:00Z", "2026-01-31T08:30:00Z"),
        ("2026-01-31t08:30:00z", "2026-01-31T08:30:00Z"),
        ("2026-01-31T08:30:00.25+02:00", "2026-01-31T06:30:00.250000Z"),
        ("1970-01-01T00:00:00+14:00", "1969-12-31T10:00:00Z"),
    ],
)
def test_instants(text, written):
    field = InstantField()
    taken = field.run_validation(text)
    assert taken.tzinfo is dt.UTC
    assert field.to_representation(taken) == written


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-31",
        "2026-01-31T08:30:00",
        "2026-01-31 08:30:00Z",
        "2026-01-31T24:30:00Z",
        "2026-01-31T08:30:61Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59Z",
        "2026-01-31T08:30:00+99:00",
        1769848200,
        None,
    ],
)
def test_refused_instants(value):
    assert code_of(InstantField(), value) in ("invalid", "out_of_range", "null")


@pytest.mark.parametrize(
    ("value", "milli"),
    [
        ("7.5", 7500),
        ("30", 30_000),
        ("0", 0),
        ("0.001", 1),
        ("7.5000", 7500),
        ("007", 7000),
        (7, 7000),
        (7.5, 7500),
        (0.1 + 0.2, 300),
        (1.009, 1009),
        (10**9, MILLI_MAX),
        ("1000000000", MILLI_MAX),
        ("1000000000.000", MILLI_MAX),
        (999999999.999, MILLI_MAX - 1),
        (-0.0, 0),
        ("-0", 0),
    ],
)
def test_decimals(value, milli):
    assert MilliField().run_validation(value) == milli


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("0.0001", "max_decimal_places"),
        (0.0001, "max_decimal_places"),
        (1e-300, "max_decimal_places"),
        ("1000000000.001", "max_value"),
        (10**9 + 1, "max_value"),
        (1e300, "max_value"),
        (10**400, "max_value"),
        ("-0.001", "min_value"),
        (-1, "min_value"),
        ("1e3", "invalid"),
        (" 1", "invalid"),
        ("1,5", "invalid"),
        ("", "invalid"),
        ("NaN", "invalid"),
        ("Infinity", "invalid"),
        ("٣", "invalid"),
        ("+1", "invalid"),
        (".5", "invalid"),
        ("9" * 5000, "invalid"),
        (True, "invalid"),
        ([], "invalid"),
        (None, "null"),
    ],
)
def test_refused_decimals(value, code):
    assert code_of(MilliField(), value) == code


@given(st.integers(-MILLI_MAX, MILLI_MAX))
@example(0)
@example(-1)
def test_decimals_as_text(milli):
    text = milli_text(milli)
    assert Decimal(text) * 1000 == milli
    assert not text.endswith(".")
    assert "." not in text or not text.endswith("0")


@given(st.integers(0, MILLI_MAX))
def test_decimals_as_numbers_of_json_are_exact(milli):
    assert MilliField().run_validation(milli / 1000) == milli == MilliField().run_validation(milli_text(milli))


@pytest.mark.parametrize(
    "name", ["localtime", "posixrules", "Factory", "europe/berlin", "Mars/Base", "../etc/passwd", "", "UTC\n", 5, None]
)
def test_refused_time_zones(name):
    assert code_of(TimeZoneNameField(), name) in ("invalid", "null")


def test_time_zones():
    assert TimeZoneNameField().run_validation("Europe/Berlin") == "Europe/Berlin"
    assert {"UTC", "Asia/Kolkata"} <= time_zone_names()
    assert all(len(name) <= 64 and re.search(TIME_ZONE_PATTERN, name) for name in time_zone_names())


@pytest.mark.parametrize("options", [{}, {"single_line": True}, {"allow_blank": True}, {"trim_whitespace": False}], ids=str)
def test_a_text_is_taken_if_it_matches_the_documented_pattern(options):
    field = TextField(max_length=20, **options)

    @given(st.text(st.sampled_from("a \t\n\r\x00\x1f\x7f\x85\xa0\u2003\u3000"), min_size=1, max_size=6))
    @example("\r\n")
    @example(" a ")
    @example("a\x1c")
    def check(text):
        try:
            field.run_validation(text)
        except ValidationError:
            assert not re.fullmatch(field.pattern, text)
        else:
            assert re.fullmatch(field.pattern, text)

    check()
