"""Loop's database backups: every version, every kind of row."""

from datetime import date, time

import pytest

from integrations.domain.formats import parse
from integrations.domain.imported import ImportedLog, ImportedReminder, ImportedSchedule, Reason, UnreadableFile
from tests.integrations.loop_files import DAY, backup, database


def only(data):
    (habit,) = data.habits
    return habit


def reasons(findings):
    return [(finding.where, finding.reason) for finding in findings]


@pytest.mark.parametrize("version", [0, 9, 12, 14, 16, 18, 20, 21, 22, 23, 24, 25])
def test_every_version_is_read(version):
    data = parse(backup([{"id": 3}], [{"habit": 3, "timestamp": 5 * DAY, "value": 2, "notes": "easy"}], version=version))
    assert data.format == "loop"
    assert not data.rejected
    assert only(data).schedule == ImportedSchedule("daily", target_count=1)
    assert only(data).logs == (ImportedLog(date(1970, 1, 6), "completed", None, "easy" if version >= 25 else ""),)


def test_a_newer_version_is_refused():
    with pytest.raises(UnreadableFile, match="version 26"):
        parse(backup([{}], version=26))


def test_yes_no_values():
    rows = [{"habit": 1, "timestamp": value_day * DAY, "value": value} for value_day, value in enumerate((2, 0, 3, 1, -1, 7))]
    data = parse(backup([{"id": 1}], rows))
    assert [(log.date.day, log.status) for log in only(data).logs] == [(1, "completed"), (2, "missed"), (3, "skipped")]
    assert (data.counts.derived, data.counts.empty) == (1, 1)
    assert reasons(data.rejected) == [("Repetitions 6", Reason.VALUE_UNKNOWN)]


def test_notes_of_days_without_an_entry_are_kept():
    rows = [{"habit": 1, "timestamp": day * DAY, "value": value, "notes": f"n{value}"} for day, value in enumerate((1, -1))]
    data = parse(backup([{"id": 1}], rows))
    assert [(log.status, log.note) for log in only(data).logs] == [("missed", "n1"), ("missed", "n-1")]
    assert {finding.reason for finding in data.adjusted} == {Reason.NOTE_KEPT_WITHOUT_ENTRY}


MEASURED = {"id": 1, "type": 1, "unit": "km", "target_value": 7.5, "target_type": 0}


def test_measured_values():
    rows = [{"habit": 1, "timestamp": day * DAY, "value": value} for day, value in enumerate((7500, 7499, 0, 3, -1, -2, 2))]
    data = parse(backup([MEASURED], rows))
    assert only(data).unit == "km"
    assert only(data).schedule == ImportedSchedule("daily", 1, None, 1, 7500, "at_least", "day")
    assert [(log.status, log.value_milli) for log in only(data).logs] == [
        ("completed", 7500),
        ("missed", 7499),
        ("missed", 0),
        ("skipped", None),
        ("missed", 2),
    ]
    assert reasons(data.rejected) == [("Repetitions 6", Reason.VALUE_OUT_OF_RANGE)]


def test_at_most_takes_zero_for_a_success_and_a_note_alone_for_nothing():
    rows = [
        {"habit": 1, "timestamp": 0, "value": 0},
        {"habit": 1, "timestamp": DAY, "value": 7501},
        {"habit": 1, "timestamp": 2 * DAY, "value": -1, "notes": "away"},
    ]
    data = parse(backup([MEASURED | {"target_type": 1}], rows))
    assert [(log.status, log.value_milli) for log in only(data).logs] == [("completed", 0), ("missed", 7501)]
    assert [(finding.reason, finding.detail) for finding in data.rejected] == [(Reason.NOTE_WITHOUT_VALUE, "away")]


@pytest.mark.parametrize(
    ("direction", "value", "status"), [(0, 1, "completed"), (0, 0, "missed"), (1, 99_000, "completed"), (1, 0, "completed")]
)
def test_a_weekly_total_judges_its_days_by_direction_alone(direction, value, status):
    habit = MEASURED | {"freq_den": 7, "target_type": direction}
    data = parse(backup([habit], [{"habit": 1, "timestamp": 0, "value": value}]))
    name = "at_most" if direction else "at_least"
    assert only(data).schedule == ImportedSchedule("weekly", 1, None, None, 7500, name, "unit")
    assert [(log.status, log.value_milli) for log in only(data).logs] == [(status, value)]


@pytest.mark.parametrize(
    ("target", "direction", "milli"),
    [(0, 0, 1), (0, 1, 0), (-3, 0, 1), (-3, 1, 0), (0.0001, 0, 1), (1 / 3, 0, 333), (1e12, 0, 10**12), (1e300, 0, 1)],
)
def test_targets_that_have_no_place_are_changed_and_told(target, direction, milli):
    data = parse(backup([MEASURED | {"target_value": target, "target_type": direction}]))
    assert only(data).schedule.target_value_milli == milli
    assert [finding.reason for finding in data.adjusted] == ([] if (target, milli) == (0, 0) else [Reason.TARGET_CHANGED])


def test_rows_that_are_no_entries_are_listed():
    rows = [
        {"habit": 1, "timestamp": -1, "value": 2},
        {"habit": 1, "timestamp": 2**62, "value": 2},
        {"habit": 1, "timestamp": "today", "value": 2},
        {"habit": 1, "timestamp": None, "value": 2},
        {"habit": 1, "timestamp": 0, "value": "x"},
        {"habit": 9, "timestamp": 0, "value": 2},
        {"habit": None, "timestamp": 0, "value": 2},
        {"habit": 1, "timestamp": 2_932_896 * DAY, "value": 2},
    ]
    data = parse(backup([{"id": 1}, {"id": 0}], rows))
    assert [habit.logs for habit in data.habits] == [(), ()]
    assert [finding.reason for finding in data.rejected] == [
        Reason.DATE_OUT_OF_RANGE,
        Reason.DATE_OUT_OF_RANGE,
        Reason.DATE_UNREADABLE,
        Reason.DATE_UNREADABLE,
        Reason.VALUE_UNREADABLE,
        Reason.HABIT_MISSING,
        Reason.HABIT_MISSING,
        Reason.DATE_OUT_OF_RANGE,
    ]


def test_a_time_of_day_is_dropped_as_in_loop():
    data = parse(backup([{"id": 1}], [{"habit": 1, "timestamp": DAY + 1, "value": 2}]))
    assert [log.date for log in only(data).logs] == [date(1970, 1, 2)]
    assert reasons(data.adjusted) == [("Repetitions 1", Reason.TIME_OF_DAY_DROPPED)]


def test_the_first_entry_of_a_day_that_says_something_wins():
    rows = [{"habit": 1, "timestamp": DAY, "value": value} for value in (-1, 3, 2)]
    data = parse(backup([{"id": 1}], rows, version=16))
    assert [log.status for log in only(data).logs] == ["skipped"]
    assert reasons(data.rejected) == [("Repetitions 3", Reason.DUPLICATE_DAY)]


def test_a_habit_without_a_place_here_is_listed_with_its_rows():
    rows = [{"habit": 1, "timestamp": day * DAY, "value": 2} for day in range(2)]
    data = parse(backup([{"id": 1, "freq_den": 400}], rows))
    assert data.habits == ()
    assert reasons(data.rejected) == [
        ("Habits 1", Reason.FREQUENCY_OUT_OF_RANGE),
        ("Repetitions 1", Reason.HABIT_NOT_TAKEN),
        ("Repetitions 2", Reason.HABIT_NOT_TAKEN),
    ]


@pytest.mark.parametrize(
    ("version", "number", "color"),
    [
        (13, -16742021, "#00897B"),
        (13, -1684967, "#E64A19"),
        (14, 2, "#F9A825"),
        (20, 12, "#AAAAAA"),
        (20, 13, "#D32F2F"),
        (21, 8, "#00897B"),
        (25, 19, "#AAAAAA"),
        (25, 20, "#D32F2F"),
        (25, None, "#D32F2F"),
    ],
)
def test_colors(version, number, color):
    assert only(parse(backup([{"color": number}], version=version))).color == color


@pytest.mark.parametrize(
    ("days", "weekdays"),
    [(127, (1, 2, 3, 4, 5, 6, 7)), (0b1, (6,)), (0b10, (7,)), (0b100, (1,)), (0b1000000, (5,)), (113, (3, 4, 5, 6))],
)
def test_reminders(days, weekdays):
    habit = {"reminder_hour": 7, "reminder_min": 30, "reminder_days": days}
    assert only(parse(backup([habit]))).reminders == (ImportedReminder(time(7, 30), weekdays),)


@pytest.mark.parametrize("change", [{"reminder_days": 0}, {"reminder_hour": 24}, {"reminder_hour": -1}, {"reminder_min": None}])
def test_reminders_that_never_ring_are_told(change):
    data = parse(backup([{"reminder_hour": 7, "reminder_min": 30, "reminder_days": 127} | change]))
    assert only(data).reminders == ()
    assert [finding.reason for finding in data.adjusted] == [Reason.REMINDER_UNUSABLE]


def test_order_archive_and_texts():
    habits = [
        {"id": 0, "name": "b", "position": 2, "question": "Did you?", "description": "Because."},
        {"id": 7, "name": "a", "position": 1, "archived": 1, "question": "Same", "description": "Same"},
        {"id": 5, "name": None, "position": None, "description": None},
    ]
    data = parse(backup(habits))
    assert [(habit.name, habit.position, habit.is_archived, habit.description) for habit in data.habits] == [
        ("a", 0, True, "Same"),
        ("b", 1, False, "Did you?\n\nBecause."),
        ("Habit 3", 2, False, ""),
    ]


def test_texts_that_do_not_fit_are_cut_and_told():
    name, note = "n" * 130, "x" * 2001
    data = parse(backup([{"id": 1, "name": name, "question": "q"}], [{"habit": 1, "timestamp": 0, "value": 2, "notes": note}]))
    assert only(data).name == "n" * 120
    assert only(data).description == f"{name}\n\nq"
    assert only(data).logs[0].note == "x" * 2000
    assert [finding.reason for finding in data.adjusted] == [Reason.NAME_CUT, Reason.TEXT_CUT]


def test_long_descriptions_and_units_are_cut_and_told():
    data = parse(backup([MEASURED | {"question": "q" * 1500, "description": "d" * 600, "unit": "u" * 41}]))
    assert only(data).description == "q" * 1500 + "\n\n" + "d" * 498
    assert only(data).unit == "u" * 40
    assert [finding.reason for finding in data.adjusted] == [Reason.TEXT_CUT, Reason.TEXT_CUT]


def test_texts_are_storable_anywhere():
    rows = [{"habit": 1, "timestamp": 0, "value": 2, "notes": "a\x00b\r\nc\td"}]
    data = parse(backup([{"id": 1, "name": "N\x00\nul", "description": b"\xff\xed\xa0\x80"}], rows))
    assert only(data).name == "N ul"
    assert only(data).description == "\ufffd" * 4
    assert only(data).logs[0].note == "ab\nc\td"
    assert {finding.reason for finding in data.adjusted} == {Reason.TEXT_CLEANED}


def test_a_missing_unit_gets_a_name():
    data = parse(backup([MEASURED | {"unit": ""}]))
    assert only(data).unit == "units"
    assert [finding.reason for finding in data.adjusted] == [Reason.UNIT_MISSING]


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE Habits (id integer)"],
        ["CREATE TABLE Repetitions (id integer)", "CREATE VIEW Habits AS SELECT 1 AS id"],
        ["CREATE TABLE Habits (id integer)", "CREATE VIRTUAL TABLE Repetitions USING fts5(habit, timestamp)"],
        ["CREATE TABLE Repetitions (habit integer)", "CREATE TABLE Habits (id integer, name text AS(hex(zeroblob(9))))"],
        ["CREATE TABLE Repetitions (habit integer)", "CREATE TABLE Habits (id integer, x GENERATED ALWAYS AS (1) STORED)"],
    ],
)
def test_only_plain_tables_are_read(statements):
    data = database(25, [(statement, ()) for statement in statements])
    with pytest.raises(UnreadableFile, match=r"lacks its tables|views or computed columns"):
        parse(data, "loop")


def test_enormous_cells_are_refused():
    with pytest.raises(UnreadableFile, match="too large"):
        parse(backup([{"name": b"x" * (10 * 2**20 + 1)}]))


def test_rows_without_an_own_id_are_listed():
    statements = [
        ("CREATE TABLE Habits (id integer, name text, freq_num integer, freq_den integer)", ()),
        ("CREATE TABLE Repetitions (habit integer, timestamp integer)", ()),
        ("INSERT INTO Habits VALUES (1, 'a', 1, 1), (1, 'b', 1, 1), (NULL, 'c', 1, 1), (2, 'd', NULL, 1)", ()),
        ("INSERT INTO Repetitions VALUES (1, 0)", ()),
    ]
    data = parse(database(9, statements))
    assert [habit.name for habit in data.habits] == ["a"]
    assert len(data.habits[0].logs) == 1
    assert reasons(data.rejected) == [
        ("Habits 1", Reason.ID_REPEATED),
        ("Habits", Reason.ID_REPEATED),
        ("Habits 2", Reason.FREQUENCY_UNREADABLE),
    ]
