"""Any history, written as any version of Loop would write it, comes back as it was."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.domain.formats import parse
from tests.integrations.loop_files import DAY, ENTRIES_HEADER, NEW_HEADER, OLD_HEADER, backup, export

pytestmark = pytest.mark.slow

LABELS = {-1: "UNKNOWN", 0: "NO", 1: "YES_AUTO", 2: "YES_MANUAL", 3: "SKIP"}
STATUS = {0: "missed", 2: "completed", 3: "skipped"}
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20).map(str.strip)


@st.composite
def habits(draw, measured=True):
    """A habit in plain values, with its entries by day number."""
    is_measured = draw(st.booleans()) and measured
    values = st.sampled_from([-1, 3]) | st.integers(4, 10**9) | st.just(0) if is_measured else st.sampled_from(list(LABELS))
    return {
        "name": draw(TEXT.map(lambda text: " ".join(text.split()) or "x")),
        "question": draw(TEXT),
        "measured": is_measured,
        "at_most": draw(st.booleans()),
        "target": draw(st.integers(1, 10**6)),
        "den": draw(st.sampled_from([1, 7, 30])),
        "archived": draw(st.booleans()),
        "entries": draw(st.dictionaries(st.integers(0, 30_000), st.tuples(values, TEXT), max_size=12)),
    }


def expected_logs(habit, *, notes):
    """Return what must come back, by the rules of the formats page."""
    logs = []
    for number, (value, note) in sorted(habit["entries"].items()):
        text = note if notes else ""
        day = date(1970, 1, 1) + timedelta(days=number)
        if habit["measured"]:
            if value == 3:
                logs.append((day, "skipped", None, text))
            elif value >= 0:
                logs.append((day, measured(habit, value), value, text))
            elif text and not habit["at_most"]:
                logs.append((day, measured(habit, 0), 0, text))
        elif value in STATUS:
            logs.append((day, STATUS[value], None, text))
        elif text:
            logs.append((day, "missed", None, text))
    return logs


def measured(habit, value):
    """Return the status of a value: days against the target, totals by direction."""
    if habit["den"] > 1:
        return "completed" if value > 0 or habit["at_most"] else "missed"
    is_met = value <= habit["target"] if habit["at_most"] else value >= habit["target"]
    return "completed" if is_met else "missed"


def assert_same(data, habits_in, *, notes):
    assert [habit.name for habit in data.habits] == [habit["name"] for habit in habits_in]
    for found, habit in zip(data.habits, habits_in, strict=True):
        assert [(log.date, log.status, log.value_milli, log.note) for log in found.logs] == expected_logs(habit, notes=notes)
        assert (found.unit is not None) == habit["measured"]
        assert found.description == habit["question"]
        if habit["measured"]:
            assert found.schedule.target_value_milli == habit["target"]
    values = [value for habit in habits_in if not habit["measured"] for value, _ in habit["entries"].values()]
    assert data.counts.derived == values.count(1)


@settings(deadline=None)
@given(habits_in=st.lists(habits(), max_size=4), version=st.sampled_from([22, 23, 25]))
def test_backups(habits_in, version):
    rows = [
        {
            "id": number,
            "position": number,
            "name": habit["name"],
            "question" if version >= 23 else "description": habit["question"],
            "type": int(habit["measured"]),
            "target_type": int(habit["at_most"]),
            "target_value": habit["target"] / 1000,
            "unit": "km",
            "freq_den": habit["den"],
            "archived": int(habit["archived"]),
        }
        for number, habit in enumerate(habits_in)
    ]
    entries = [
        {"habit": number, "timestamp": day * DAY, "value": value, "notes": note}
        for number, habit in enumerate(habits_in)
        for day, (value, note) in habit["entries"].items()
    ]
    data = parse(backup(rows, entries, version=version))
    assert_same(data, habits_in, notes=version >= 25)
    assert [habit.is_archived for habit in data.habits] == [habit["archived"] for habit in habits_in]


def lines_of(habit, *, labels, notes):
    """Return the rows of a habit's file, newest first."""
    for number, (value, note) in sorted(habit["entries"].items(), reverse=True):
        cell = LABELS.get(value, str(value)) if labels else str(value)
        yield [str(date(1970, 1, 1) + timedelta(days=number)), cell, *([note] if notes else [])]


@settings(deadline=None)
@given(habits_in=st.lists(habits(), max_size=4), labels=st.booleans())
def test_exports(habits_in, labels):
    rows, files = [], {}
    for number, habit in enumerate(habits_in, 1):
        direction = "AT_MOST" if habit["at_most"] else "AT_LEAST"
        target = ["km", direction, str(habit["target"] / 1000)] if habit["measured"] else ["", "", ""]
        kind = "NUMERICAL" if habit["measured"] else "YES_NO"
        archived = str(habit["archived"]).lower()
        rows.append(
            [f"{number:03}", habit["name"], kind, habit["question"], "", "1", str(habit["den"]), "#1976D2", *target, archived]
        )
        files[f"{number:03} x"] = [ENTRIES_HEADER, *lines_of(habit, labels=labels, notes=True)]
    assert_same(parse(export(rows, files, header=NEW_HEADER)), habits_in, notes=True)


@settings(deadline=None)
@given(habits_in=st.lists(habits(measured=False), max_size=4))
def test_old_exports(habits_in):
    rows, files = [], {}
    for number, habit in enumerate(habits_in, 1):
        rows.append([f"{number:03}", habit["name"], habit["question"], "1", str(habit["den"]), "#1976D2"])
        files[f"{number:03}"] = list(lines_of(habit, labels=False, notes=False))
    assert_same(parse(export(rows, files, header=OLD_HEADER)), habits_in, notes=False)
