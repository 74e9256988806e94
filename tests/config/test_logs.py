import io
import json
import logging
import re
import sys
import time
from datetime import datetime, timedelta

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from config.events import security_event
from config.logs import STRUCTLOG, TEXT_MAX_LENGTH, clean_text, make_formatter

FORMATTERS = {"json": make_formatter(is_readable=False), "readable": make_formatter(is_readable=True)}
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTlhIn0.c2lnbmVk"
NASTY = st.text() | st.sampled_from(
    ["a\nERROR forged", "\r\n", "\x85", "\u2028x", "\u2029", "\x0b\x0c\x1c\x1d\x1e", '","event":"forged"}', "\x1b[2J", "\ud800"]
)


class Lines:
    """Collects what the given formatter makes of everything that is logged."""

    def __init__(self, name="json", logger=None):
        self.logger = logger or logging.getLogger()
        self.stream = io.StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(FORMATTERS[name])

    def __enter__(self):
        self.logger.addHandler(self.handler)
        return self

    def __exit__(self, *_):
        self.logger.removeHandler(self.handler)

    @property
    def text(self):
        return self.stream.getvalue()

    def read(self):
        return [json.loads(line) for line in self.text.split("\n") if line]


def record_of(message, *args, exc_info=None, name="users"):
    return logging.LogRecord(name, logging.WARNING, __file__, 1, message, args, exc_info)


def failure_of(error):
    """Return what `sys.exc_info()` says while the exception is handled."""
    try:
        raise error
    except type(error):
        return sys.exc_info()


class TestShape:
    def test_lines_of_libraries_and_our_own_have_the_same_members(self):
        with Lines() as lines:
            logging.getLogger("some.library").warning("renamed %s", "it")
            structlog.stdlib.get_logger("ours").warning("renamed", count=2)
        foreign, own = lines.read()
        assert foreign.items() >= {"event": "renamed it", "level": "warning", "logger": "some.library"}.items()
        assert own.items() >= {"event": "renamed", "level": "warning", "logger": "ours", "count": 2}.items()
        assert foreign.keys() == own.keys() - {"count"}

    def test_instants_are_in_utc(self):
        line = json.loads(FORMATTERS["json"].format(record_of("x")))
        instant = datetime.fromisoformat(line["timestamp"])
        assert line["timestamp"].endswith("Z")
        assert abs(instant.timestamp() - time.time()) < 60
        assert instant.utcoffset() == timedelta(0)

    @pytest.mark.parametrize("name", FORMATTERS)
    def test_the_address_of_a_request_stays_out_of_djangos_lines(self, name):
        line = FORMATTERS[name].format(record_of("%s: %s", "Internal Server Error", "/shares/key", name="django.request"))
        assert "Internal Server Error" in line
        assert "key" not in line


@pytest.mark.parametrize("name", FORMATTERS)
class TestForging:
    @settings(deadline=None)  # a busy machine is no fault
    @given(text=NASTY, value=NASTY)
    def test_no_text_makes_a_second_line(self, name, text, value):
        library = logging.Logger("apart")  # from the test runner's own handlers, which do not bear everything
        ours = structlog.wrap_logger(library, processors=STRUCTLOG["processors"], wrapper_class=structlog.stdlib.BoundLogger)
        with Lines(name, library) as lines:
            library.warning("renamed to %s", text)
            ours.warning("renamed", to=value, number=1)
            ours.warning(text)
        assert len(lines.text.splitlines()) == 3
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x80-\x9f]", lines.text)
        if name == "json":
            assert [line["level"] for line in lines.read()] == ["warning"] * 3

    @settings(deadline=None)  # a busy machine is no fault
    @given(text=NASTY)
    def test_neither_does_one_in_an_exception(self, name, text):
        formatted = FORMATTERS[name].format(record_of("failed", exc_info=failure_of(ValueError(text))))
        first, *trace = formatted.splitlines()
        assert "failed" in first
        if name == "json":
            assert trace == []
            assert "ValueError" in json.loads(first)["exception"]
        else:
            assert all(line.startswith("    ") for line in trace)


@pytest.mark.parametrize("name", FORMATTERS)
class TestSecrets:
    @pytest.mark.parametrize(
        ("text", "secret"),
        [
            (f"Authorization: Bearer {TOKEN}", TOKEN),
            (f"refused {TOKEN}.", TOKEN),
            ("authorization: bearer opaque-token", "opaque-token"),
            ("Basic YWRhOnBhc3N3b3Jk", "YWRhOnBhc3N3b3Jk"),
            ("used hab_Zk3v9-x_Y2", "Zk3v9"),
            ("Error handling request /s/-66OxyXXg1j0VtJnwYVIQgGm5F-VGE9SOhanE9jo2QY.png", "66Oxy"),
            ("GET /api/v1/shared/-66OxyXXg1j0VtJnwYVIQgGm5F-VGE9SOhanE9jo2QY/ failed", "66Oxy"),
            ("mail to ada.l+x@example.org failed", "ada.l"),
            ("mail to ada@example.org failed", "example.org"),
            ("postgres://habits:pass-word@db.example:5432/habits", "pass-word"),
            ("Error handling request GET /api/v1/habits/?name=diary&x=1", "diary"),
            ("duplicate key\nDETAIL:  Key (email_key)=(ada) already exists.\nmore", "(ada)"),
            ("near\nLINE 1: SELECT * FROM x WHERE note = 'diary'\n", "diary"),
        ],
    )
    def test_what_looks_like_one_is_taken_out(self, name, text, secret):
        formatter = FORMATTERS[name]
        assert secret not in formatter.format(record_of(text))
        assert secret not in formatter.format(record_of("failed", exc_info=failure_of(RuntimeError(text))))
        with Lines(name) as lines:
            security_event("something", fact=text)
        assert secret not in lines.text

    @settings(deadline=None)  # a busy machine is no fault
    @given(before=st.text(max_size=20), after=st.text(max_size=20))
    def test_wherever_it_stands(self, name, before, after):
        assert TOKEN not in FORMATTERS[name].format(record_of(f"{before}{TOKEN}{after}".replace("%", "")))

    def test_the_rest_is_kept(self, name):
        text = "The statistics of habit 01a203b8-4b5f-7a1c-9f0e-5d1c3a7b2e64 cannot be brought up to date: is it? a=b (10:42)"
        assert text in FORMATTERS[name].format(record_of(text))


@pytest.mark.parametrize("part", ["a", "@", "a@", "?a", "?a=", "eyJ", "hab_", "bearer ", "DETAIL: ", "a.", "\n"])
def test_long_texts_are_cut_and_cost_little(part):
    started = time.process_time()
    assert len(clean_text(part * 1_000_000)) < 2 * TEXT_MAX_LENGTH
    assert time.process_time() - started < 0.5


def test_values_of_any_kind_are_written():
    with Lines() as lines:
        structlog.stdlib.get_logger("ours").warning(
            "x", flag=True, none=None, number=1.5, nested={"a": ["b"]}, kind=ValueError("y")
        )
    (line,) = lines.read()
    assert (line["flag"], line["none"], line["number"], line["nested"], line["kind"]) == (True, None, 1.5, "{'a': ['b']}", "y")


def test_security_events_are_written_whatever_the_level():
    assert logging.getLogger().level == logging.WARNING
    with Lines() as lines:
        security_event("login_failed", user=None)
    (line,) = lines.read()
    assert line.items() >= {"event": "login_failed", "logger": "security", "level": "info", "user": None}.items()
