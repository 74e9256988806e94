"""Bytes from strangers: whatever they are, the answer is data or one kind of error, in bounded space."""

import contextlib
import io
import random
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from integrations.domain import archive as archives
from integrations.domain.findings import LISTED_LIMIT
from integrations.domain.formats import FILE_LIMIT, detect, parse
from integrations.domain.imported import UnreadableFile
from integrations.domain.loop import raw
from tests.integrations.loop_files import DAY, ENTRIES_HEADER, archive, backup, csv_text, export, new_row

pytestmark = pytest.mark.slow

ZIP = export(
    [new_row(1), new_row(2, "Miles", "NUMERICAL")],
    {"001 Run": [ENTRIES_HEADER, ["2026-07-01", "NO", "x"]], "002 Miles": [ENTRIES_HEADER, ["2026-07-01", "5000", ""]]},
)
DATABASE = backup(
    [{"id": 1, "uuid": "u"}, {"id": 2, "type": 1, "unit": "km"}],
    [{"habit": 1 + day % 2, "timestamp": day * DAY, "value": 2, "notes": "n"} for day in range(200)],
)


def attempt(data, name="auto"):
    """Parse and forget: anything but the one error fails the test."""
    with contextlib.suppress(UnreadableFile):
        return parse(data, name)
    return None


def damaged(data, seed, changes):
    """Return the bytes with some changed, doubled, or cut off."""
    dice = random.Random(seed)
    result = bytearray(data)
    for _ in range(changes):
        place = dice.randrange(len(result))
        result[place] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
    cut = dice.randrange(len(result)) if dice.random() < 0.2 else len(result)
    return bytes(result[:cut])


@settings(deadline=None)
@given(data=st.binary(), name=st.sampled_from(["auto", "loop", "none"]))
@example(data=b"", name="auto")
@example(data=b"PK\x03\x04", name="loop")
@example(data=b"SQLite format 3\x00", name="loop")
def test_any_bytes(data, name):
    attempt(data, name)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32), changes=st.integers(0, 12), source=st.sampled_from(["zip", "database"]))
def test_damaged_files(seed, changes, source):
    attempt(damaged({"zip": ZIP, "database": DATABASE}[source], seed, changes), "loop")


@settings(deadline=None)
@given(habits=st.text(), entries=st.text(), overview=st.text())
def test_any_text_in_a_zip(habits, entries, overview):
    listed = csv_text([new_row()]) + habits
    files = {
        "Habits.csv": f"Position,Name,NumRepetitions,Interval\n{listed}",
        "001/Checkmarks.csv": entries,
        "Checkmarks.csv": overview,
    }
    attempt(archive([(path, text.encode("utf-8", "surrogatepass")) for path, text in files.items()]))


CELLS = st.one_of(
    st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.text(st.characters(exclude_categories=["Cs"])), st.binary()
)
COLUMNS = ["name", "question", "freq_num", "freq_den", "color", "position", "reminder_hour", "reminder_min", "uuid"]


@settings(deadline=None)
@given(
    habit=st.dictionaries(st.sampled_from(COLUMNS), CELLS),
    entry=st.fixed_dictionaries({"habit": st.just(1), "timestamp": CELLS, "notes": CELLS}),
)
def test_any_cell_in_a_database(habit, entry):
    data = attempt(backup([{"id": 1} | habit], [entry]))
    for text in [text for found in data.habits for text in (found.name, found.description, *(log.note for log in found.logs))]:
        assert "\x00" not in text
        text.encode()


def test_names_of_formats():
    assert detect(ZIP) == detect(DATABASE) == "loop"
    assert detect(archive([("habits.json", "{}")])) is None
    assert detect(b"{}") is None


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"", "empty"),
        (b"{}", "no export"),
        (ZIP[:-30], "zip archive is damaged"),
        (archive([("a.txt", "")]), "zip archive is damaged, or holds no export"),
        (DATABASE[:100], "SQLite database is damaged"),
    ],
)
def test_the_error_says_what_the_file_seems_to_be(data, detail):
    with pytest.raises(UnreadableFile, match=detail):
        parse(data)


@pytest.mark.parametrize(
    ("data", "detail"), [(b"{}", "neither"), (archive([("a.txt", "")]), "lacks Habits.csv"), (ZIP[:-30], "damaged")]
)
def test_the_error_of_a_named_format(data, detail):
    with pytest.raises(UnreadableFile, match=detail):
        parse(data, "loop")


def test_an_unknown_format():
    with pytest.raises(UnreadableFile, match="not known"):
        parse(ZIP, "other")


def test_large_files_are_refused_unread():
    with pytest.raises(UnreadableFile, match="50 MiB"):
        parse(bytes(FILE_LIMIT + 1))


def test_archives_with_too_many_files():
    files = [("Habits.csv", "")] + [(f"{number}.txt", "") for number in range(archives.ENTRIES_LIMIT)]
    with pytest.raises(UnreadableFile, match="5000 files"):
        parse(archive(files), "loop")


@pytest.mark.parametrize("limit", ["UNPACKED_LIMIT", "MEMBER_LIMIT"])
def test_archives_that_unpack_to_too_much(monkeypatch, limit):
    monkeypatch.setattr(archives, limit, 2**20)
    bomb = export([new_row()], {}, extra=[("001 Run/Checkmarks.csv", "\n" * (2**20 + 1))])
    assert len(bomb) < 4_000
    with pytest.raises(UnreadableFile, match="too much: at '001 Run"):
        parse(bomb)


def test_the_limit_is_for_all_files_together(monkeypatch):
    monkeypatch.setattr(archives, "UNPACKED_LIMIT", 3 * 2**19)
    files = {f"00{number} Run": [[" " * 2**18]] * 4 for number in (1, 2)}
    with pytest.raises(UnreadableFile, match="too much: at '002 Run"):
        parse(export([new_row(1), new_row(2)], files))


def test_archives_packed_otherwise():
    with pytest.raises(UnreadableFile, match="encrypted or packed"):
        parse(archive([("Habits.csv", "Name")], zipfile.ZIP_LZMA))


def test_folders_and_files_without_a_name_are_passed_over():
    extra = [(zipfile.ZipInfo(""), ""), ("001 Run/", ""), ("001 Run\\Checkmarks.csv", "2026-07-01,2")]
    (habit,) = parse(export([new_row()], {}, extra=extra)).habits
    assert len(habit.logs) == 1


def test_encrypted_archives():
    stream = io.BytesIO(ZIP)
    with zipfile.ZipFile(stream) as source:
        start = source.start_dir
    locked = bytearray(ZIP)
    locked[start + 8] |= 1
    with pytest.raises(UnreadableFile, match="encrypted or packed"):
        parse(bytes(locked))


@pytest.mark.parametrize("limit", ["HABITS_LIMIT", "ENTRIES_LIMIT"])
@pytest.mark.parametrize("data", [ZIP, DATABASE])
def test_files_with_too_many_rows(monkeypatch, limit, data):
    monkeypatch.setattr(raw, limit, 1)
    with pytest.raises(UnreadableFile, match="more than 1"):
        parse(data)


def test_work_in_a_database_is_bounded(monkeypatch):
    monkeypatch.setattr("integrations.domain.database._INSTRUCTIONS_PER_TICK", 10)
    monkeypatch.setattr("integrations.domain.database._TICKS_LIMIT", 10)
    with pytest.raises(UnreadableFile, match="too large"):
        parse(DATABASE)


def test_reports_are_bounded():
    rows = [{"habit": 9, "timestamp": 0, "value": 2}] * (LISTED_LIMIT + 5)
    data = parse(backup([{"id": 1}], rows, version=16))
    assert len(data.rejected) == LISTED_LIMIT
    assert data.counts.rejected == LISTED_LIMIT + 5


def test_the_report_of_changes_is_bounded():
    rows = [{"habit": 1, "timestamp": day * DAY + 1, "value": 2} for day in range(LISTED_LIMIT + 5)]
    data = parse(backup([{"id": 1}], rows))
    assert len(data.adjusted) == LISTED_LIMIT
    assert data.counts.adjusted == LISTED_LIMIT + 5
    assert len(data.habits[0].logs) == LISTED_LIMIT + 5


def test_what_a_report_quotes_is_storable_and_short():
    data = parse(export([new_row()], {"001 R\x1bun" + "n" * 300: [["x" * 5_000 + "\x00", "NO", ""]]}))
    (finding,) = data.rejected
    assert len(finding.where) <= 200
    assert len(finding.detail) <= 300
    assert (finding.where + finding.detail).isprintable()
