"""Loop's CSV zips: the headers and values of every version, and what people do to zips."""

from datetime import date

import pytest

from integrations.domain.formats import parse
from integrations.domain.imported import ImportedLog, ImportedSchedule, Reason, UnreadableFile
from tests.integrations.loop_files import (
    ENTRIES_HEADER,
    NEW_HEADER,
    OLD_HEADER,
    OLDER_HEADER,
    OLDEST_HEADER,
    archive,
    csv_text,
    export,
    new_row,
)

DAY = "2026-07-0{}".format


def entries(*rows):
    return [ENTRIES_HEADER, *rows]


def reasons(findings):
    return [(finding.where, finding.reason) for finding in findings]


def statuses(habit):
    return [(log.date.day, log.status, log.value_milli, log.note) for log in habit.logs]


def test_the_present_format():
    question = {"Question": 'Did "you", really?', "Description": "a\nb", "Archived?": "true"}
    lines = entries(
        [DAY(5), "UNKNOWN", ""],
        [DAY(4), "SKIP", "ill"],
        [DAY(3), "YES_AUTO", ""],
        [DAY(2), "NO", ""],
        [DAY(1), "YES_MANUAL", 'a, "b"\nc'],
    )
    data = parse(export([new_row(**question)], {"001 Run": lines}))
    (habit,) = data.habits
    assert (habit.name, habit.description, habit.color, habit.is_archived) == (
        "Run",
        'Did "you", really?\n\na\nb',
        "#1976D2",
        True,
    )
    assert statuses(habit) == [(1, "completed", None, 'a, "b"\nc'), (2, "missed", None, ""), (4, "skipped", None, "ill")]
    assert (data.counts.rejected, data.counts.adjusted, data.counts.derived, data.counts.empty) == (0, 0, 1, 1)


def test_labels_of_measured_habits_are_values():
    lines = entries(
        [DAY(1), "5000", ""],
        [DAY(2), "NO", ""],
        [DAY(3), "YES_AUTO", ""],
        [DAY(4), "YES_MANUAL", ""],
        [DAY(5), "SKIP", ""],
        [DAY(6), "UNKNOWN", ""],
    )
    (habit,) = parse(export([new_row(kind="NUMERICAL")], {"001 Run": lines})).habits
    assert habit.schedule == ImportedSchedule("daily", 1, None, 1, 5000, "at_least", "day")
    assert statuses(habit) == [
        (1, "completed", 5000, ""),
        (2, "missed", 0, ""),
        (3, "missed", 1, ""),
        (4, "missed", 2, ""),
        (5, "skipped", None, ""),
    ]


def test_at_most_targets():
    changes = {"Target Type": "AT_MOST", "Target Value": "2.5", "FrequencyDenominator": "30"}
    (habit,) = parse(export([new_row(kind="NUMERICAL", **changes)], {"001 Run": entries([DAY(1), "NO", ""])})).habits
    assert habit.schedule == ImportedSchedule("monthly", 1, None, None, 2500, "at_most", "unit")
    assert habit.logs == (ImportedLog(date(2026, 7, 1), "completed", 0),)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (OLDER_HEADER, ["001", "Run", "Did you?", "", "2", "7", "#00897B"]),
        (OLD_HEADER, ["001", "Run", "Did you?", "2", "7", "#00897B"]),
        (OLDEST_HEADER, ["Run", "Did you?", "2", "7", "#00897B"]),
    ],
)
def test_older_headers_and_files_without_header(header, row):
    lines = [[DAY(4), "2"], [DAY(3), "3"], [DAY(2), "1"], [DAY(1), "0"]]
    (habit,) = parse(export([row], {"001 Run": lines}, header=header)).habits
    assert (habit.description, habit.color, habit.unit) == ("Did you?", "#00897B", None)
    assert habit.schedule == ImportedSchedule("weekly", target_count=2)
    assert statuses(habit) == [(1, "missed", None, ""), (3, "skipped", None, ""), (4, "completed", None, "")]


def test_without_a_type_thousands_make_a_measured_habit():
    rows = [["001", "Run", "", "1", "1", "#00897B"], ["002", "Swim", "", "1", "1", "#00897B"]]
    data = parse(export(rows, {"001 Run": [[DAY(1), "1500"], [DAY(2), "0"]], "002 Swim": [[DAY(1), "2"]]}, header=OLD_HEADER))
    run, swim = data.habits
    assert [(log.status, log.value_milli) for log in run.logs] == [("completed", 1500), ("missed", 0)]
    assert swim.unit is None
    assert {finding.reason for finding in data.adjusted} == {Reason.TARGET_CHANGED, Reason.UNIT_MISSING}


def test_files_belong_to_positions_whatever_the_names():
    rows = [new_row(1, "Бег, быстро"), new_row(2, "跑步"), new_row(3, "Same"), new_row(4, "Same"), new_row(12, "Far")]
    files = {
        "001": entries([DAY(1), "NO", ""]),
        "002": entries([DAY(2), "NO", ""]),
        "003 Same": entries([DAY(3), "NO", ""]),
        "004 Same": entries([DAY(4), "NO", ""]),
        "012 Far": entries([DAY(5), "NO", ""]),
    }
    habits = parse(export(rows, files)).habits
    assert [(habit.name, habit.logs[0].date.day) for habit in habits] == [
        ("Бег, быстро", 1),
        ("跑步", 2),
        ("Same", 3),
        ("Same", 4),
        ("Far", 5),
    ]
    assert len({habit.source_key for habit in habits}) == 5


@pytest.mark.parametrize("encode", [lambda text: b"\xef\xbb\xbf" + text.encode(), lambda text: text.encode("utf-16")])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("folder", ["", "Loop Habits CSV 2026-07-04/"])
def test_files_that_were_opened_and_packed_again(encode, line_end, folder):
    files = {
        "__MACOSX/Habits.csv": "junk",
        f"{folder}Habits.csv": csv_text([NEW_HEADER, new_row(name="Übung")], line_end),
        f"{folder}001 bung/Checkmarks.csv": csv_text(entries([DAY(1), "YES_MANUAL", "x\ny"]), line_end),
    }
    data = parse(archive([(path, encode(text)) for path, text in files.items()]))
    assert data.habits[0].name == "Übung"
    assert statuses(data.habits[0]) == [(1, "completed", None, "x\ny")]
    assert not data.rejected


def test_rows_that_are_no_entries_are_listed():
    lines = entries(
        ["2026-02-30", "NO", ""],
        ["20260101", "NO", ""],
        ["1969-12-31", "NO", ""],
        ["9999-12-31", "NO", ""],
        [DAY(1), "MAYBE", ""],
        [DAY(1), "", ""],
        [DAY(1), "4", ""],
        [DAY(1), "NO", "a", "b"],
        [DAY(2), "NO", ""],
        [DAY(2), "YES_MANUAL", "again"],
        [DAY(3)],
    )
    data = parse(export([new_row()], {"001 Run": lines}))
    assert statuses(data.habits[0]) == [(2, "missed", None, "")]
    assert sorted(reasons(data.rejected)) == sorted(
        (f"001 Run/Checkmarks.csv:{line}", reason)
        for line, reason in [
            (2, Reason.DATE_UNREADABLE),
            (3, Reason.DATE_UNREADABLE),
            (4, Reason.DATE_OUT_OF_RANGE),
            (5, Reason.DATE_OUT_OF_RANGE),
            (6, Reason.VALUE_UNREADABLE),
            (7, Reason.VALUE_UNREADABLE),
            (8, Reason.VALUE_UNKNOWN),
            (9, Reason.COLUMNS_UNCLEAR),
            (11, Reason.DUPLICATE_DAY),
            (12, Reason.VALUE_UNREADABLE),
        ]
    )


def test_lines_are_counted_over_notes_of_several_lines():
    lines = entries([DAY(1), "NO", "a\nb\nc"], [DAY(2), "?", ""])
    data = parse(export([new_row()], {"001 Run": lines}))
    assert [finding.where for finding in data.rejected] == ["001 Run/Checkmarks.csv:5"]


def test_a_field_that_csv_cannot_hold_loses_its_line_only():
    lines = entries([DAY(1), "NO", "x" * 200_000], [DAY(2), "NO", ""])
    data = parse(export([new_row()], {"001 Run": lines}))
    assert [log.date.day for log in data.habits[0].logs] == [2]
    assert reasons(data.rejected) == [("001 Run/Checkmarks.csv:2", Reason.LINE_UNREADABLE)]


def test_files_and_rows_that_belong_nowhere_are_listed():
    rows = [new_row(1), new_row(1, "Other"), [*new_row(2), "more"]]
    files = {"001 Run": entries([DAY(1), "NO", ""]), "001 Other": entries(), "009 Lost": entries()}
    data = parse(export(rows, files))
    assert [habit.name for habit in data.habits] == ["Run"]
    assert reasons(data.rejected) == [
        ("Habits.csv:3", Reason.ID_REPEATED),
        ("Habits.csv:4", Reason.COLUMNS_UNCLEAR),
        ("001 Other/Checkmarks.csv", Reason.DUPLICATE_FILE),
        ("009 Lost/Checkmarks.csv", Reason.HABIT_MISSING),
    ]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_files_with_one_path_the_first_is_read():
    twice = [("001 Run/Checkmarks.csv", csv_text(entries([DAY(day), "NO", ""]))) for day in (1, 2)]
    data = parse(export([new_row()], {}, extra=twice))
    assert [log.date.day for log in data.habits[0].logs] == [1]
    assert reasons(data.rejected) == [("001 Run/Checkmarks.csv", Reason.DUPLICATE_FILE)]


OVERVIEW = "Date,Run,Eat, well,Run,\n2026-07-02,YES_MANUAL,1500,NO,\n2026-07-01,UNKNOWN,NO,SKIP,\n"


def test_the_overview_stands_in_for_missing_files():
    rows = [new_row(1), new_row(2, "Eat, well", "NUMERICAL"), new_row(3)]
    own = {"001 Run": entries([DAY(2), "YES_MANUAL", "own file"])}
    data = parse(export(rows, own, extra=[("Checkmarks.csv", OVERVIEW)]))
    assert [statuses(habit) for habit in data.habits] == [
        [(2, "completed", None, "own file")],
        [(1, "missed", 0, ""), (2, "missed", 1500, "")],
        [(1, "skipped", None, ""), (2, "missed", None, "")],
    ]
    assert not data.rejected


def test_the_overview_of_some_habits_is_read_by_its_names():
    rows = [
        new_row(1, "Not chosen"),
        new_row(2, "Run"),
        new_row(3, "Eat, well", "NUMERICAL"),
        new_row(4, "Run"),
        new_row(5, "Nor this"),
    ]
    data = parse(export(rows, {}, extra=[("Checkmarks.csv", OVERVIEW)]))
    assert [len(habit.logs) for habit in data.habits] == [0, 1, 2, 2, 0]
    assert reasons(data.adjusted) == [("Habits.csv:2", Reason.LOGS_MISSING), ("Habits.csv:6", Reason.LOGS_MISSING)]


def test_an_unclear_overview_is_not_guessed_at():
    data = parse(export([new_row(1, "A"), new_row(2, "B")], {}, extra=[("Checkmarks.csv", "Date,X,\n2026-07-02,NO,\n")]))
    assert [habit.logs for habit in data.habits] == [(), ()]
    assert [finding.reason for finding in data.adjusted] == [Reason.LOGS_MISSING] * 2


def test_short_and_unreadable_lines_of_the_overview_are_listed():
    overview = "Date,Run,\n2026-07-04,NO,\n2026-07-03\nnext,NO,\n\n2026-07-01,?,\n"
    data = parse(export([new_row()], {}, extra=[("Checkmarks.csv", overview)]))
    assert [log.date.day for log in data.habits[0].logs] == [4]
    assert reasons(data.rejected) == [
        ("Checkmarks.csv:3", Reason.COLUMNS_UNCLEAR),
        ("Checkmarks.csv:4", Reason.DATE_UNREADABLE),
        ("Checkmarks.csv:6", Reason.VALUE_UNREADABLE),
    ]


def test_an_export_without_entries_says_so():
    data = parse(export([new_row()], {}))
    assert reasons(data.adjusted) == [("Habits.csv:2", Reason.LOGS_MISSING)]


@pytest.mark.parametrize("text", ["", "\n\n", "Name\nRun\n", "a,b,c\n1,2,3\n"])
def test_other_tables_of_that_name_are_refused(text):
    with pytest.raises(UnreadableFile, match="columns"):
        parse(archive([("Habits.csv", text)]))


def test_short_rows_have_empty_cells():
    data = parse(archive([("Habits.csv", csv_text([NEW_HEADER, ["001", "Run"]]))]))
    assert data.habits == ()
    assert reasons(data.rejected) == [("Habits.csv:2", Reason.FREQUENCY_UNREADABLE)]
