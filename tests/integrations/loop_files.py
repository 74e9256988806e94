"""Files as the versions of Loop Habit Tracker write them, from plain rows."""

import csv
import io
import sqlite3
import tempfile
import zipfile
from pathlib import Path

DAY = 86_400_000

NEW_HEADER = [
    "Position",
    "Name",
    "Type",
    "Question",
    "Description",
    "FrequencyNumerator",
    "FrequencyDenominator",
    "Color",
    "Unit",
    "Target Type",
    "Target Value",
    "Archived?",
]
OLDER_HEADER = ["Position", "Name", "Question", "Description", "NumRepetitions", "Interval", "Color"]
OLD_HEADER = ["Position", "Name", "Description", "NumRepetitions", "Interval", "Color"]
OLDEST_HEADER = OLD_HEADER[1:]

# What each version added to the tables; the versions between changed contents only.
HABIT_COLUMNS = [
    (0, "Id integer primary key autoincrement"),
    (0, "archived integer"),
    (0, "color integer"),
    (0, "description text"),
    (0, "freq_den integer"),
    (0, "freq_num integer"),
    (0, "highlight integer"),
    (0, "name text"),
    (0, "position integer"),
    (0, "reminder_hour integer"),
    (0, "reminder_min integer"),
    (11, "reminder_days integer not null default 127"),
    (16, "type integer not null default 0"),
    (18, "target_type integer not null default 0"),
    (18, "target_value real not null default 0"),
    (18, "unit text not null default ''"),
    (23, "question text"),
    (24, "uuid text"),
]
REPETITION_COLUMNS = [
    (0, "id integer primary key autoincrement"),
    (0, "habit integer"),
    (0, "timestamp integer"),
    (16, "value integer not null default 2"),
    (25, "notes text"),
]
HABIT = {"name": "Run", "freq_num": 1, "freq_den": 1, "color": 0, "position": 0, "archived": 0, "description": ""}


def has_column(version, column):
    """Return whether a version's tables have the column."""
    return any(
        since <= version for since, text in HABIT_COLUMNS + REPETITION_COLUMNS if text.split()[0].lower() == column.lower()
    )


def database(version, statements):
    """Return the bytes of a SQLite database made by (statement, parameters) pairs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loop.db"
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA user_version = {version}")
        for statement, parameters in statements:
            connection.execute(statement, parameters)
        connection.commit()
        connection.close()
        return path.read_bytes()


def backup(habits, repetitions=(), *, version=25):
    """Return a backup with rows given as mappings; columns that the version lacks are left out."""
    statements = []
    for table, columns in (("Habits", HABIT_COLUMNS), ("Repetitions", REPETITION_COLUMNS)):
        present = ", ".join(text for since, text in columns if since <= version)
        statements.append((f"CREATE TABLE {table} ({present})", ()))
    for table, rows in (("Habits", [HABIT | habit for habit in habits]), ("Repetitions", repetitions)):
        for row in rows:
            known = {column: value for column, value in row.items() if has_column(version, column)}
            marks = ", ".join("?" for _ in known)
            statements.append((f"INSERT INTO {table} ({', '.join(known)}) VALUES ({marks})", tuple(known.values())))
    return database(version, statements)


def csv_text(rows, line_end="\n"):
    """Return rows as CSV, quoted only where needed, as opencsv does without quotes for all."""
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator=line_end).writerows(rows)
    return stream.getvalue()


def archive(files, compression=zipfile.ZIP_DEFLATED):
    """Return a zip archive of (path, text or bytes) pairs."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as target:
        for path, content in files:
            target.writestr(path, content)
    return stream.getvalue()


def new_row(position=1, name="Run", kind="YES_NO", **changes):
    """Return a row of Habits.csv as version 2.3.1 writes it."""
    row = dict.fromkeys(NEW_HEADER, "") | {
        "Position": f"{position:03}",
        "Name": name,
        "Type": kind,
        "FrequencyNumerator": "1",
        "FrequencyDenominator": "1",
        "Color": "#1976D2",
        "Archived?": "false",
    }
    if kind == "NUMERICAL":
        row |= {"Unit": "km", "Target Type": "AT_LEAST", "Target Value": "5.0"}
    return list((row | changes).values())


def export(rows, entries, *, header=NEW_HEADER, extra=()):
    """Return an export; `entries` maps a habit's folder to the rows of its file, header included."""
    files = [("Habits.csv", csv_text([header, *rows]))]
    files += [(f"{folder}/Checkmarks.csv", csv_text(lines)) for folder, lines in entries.items()]
    return archive([*files, *extra])


ENTRIES_HEADER = ["Date", "Value", "Notes"]
