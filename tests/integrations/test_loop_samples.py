"""Real exports of Loop, where they lie beside the project."""

import csv
import io
import sqlite3
import zipfile
from datetime import date, timedelta

import pytest

from integrations.domain.formats import parse
from tests.integrations.samples import SAMPLES


@pytest.mark.parametrize("name", ["loop-v12.db", "loop-v22.db"])
def test_backups_lose_nothing(name):
    connection = sqlite3.connect(f"file:{SAMPLES / name}?mode=ro&immutable=1", uri=True)
    habits = connection.execute("SELECT id, name FROM Habits ORDER BY position").fetchall()
    rows = connection.execute("SELECT habit, date(timestamp / 1000, 'unixepoch') FROM Repetitions ORDER BY 2").fetchall()
    connection.close()
    data = parse((SAMPLES / name).read_bytes())
    assert (data.rejected, data.adjusted) == ((), ())
    assert [habit.name for habit in data.habits] == [name for _, name in habits]
    for (habit_id, _), habit in zip(habits, data.habits, strict=True):
        assert {log.status for log in habit.logs} <= {"completed"}
        assert [str(log.date) for log in habit.logs] == [day for owner, day in rows if owner == habit_id]


@pytest.mark.parametrize("name", ["loop-csv-2.3.1.zip", "loop-csv-with-scores.zip"])
def test_scores_follow_from_what_is_imported(name):
    data = parse((SAMPLES / name).read_bytes())
    assert data.rejected == ()
    compared = 0
    with zipfile.ZipFile(SAMPLES / name) as archive:
        for path in archive.namelist():
            if not path.endswith("/Scores.csv"):
                continue
            habit = data.habits[int(path[:3]) - 1]
            scores = {row["Date"]: row["Score"] for row in csv.DictReader(io.StringIO(archive.read(path).decode()))}
            assert scores == {day: score for day, score in own_scores(habit, max(scores)) if day in scores}
            compared += len(scores)
    assert compared > 5


def own_scores(habit, last_day):
    """Yield the strength of each day by domain.md, section 6, from the imported schedule and logs alone."""
    schedule = habit.schedule
    den = schedule.interval * {"daily": 1, "weekly": 7, "monthly": 30}[schedule.frequency]
    num = schedule.target_count or 1
    m = 0.5 ** ((num / den) ** 0.5 / 13)
    window, needed = (2 * den, 2 * num) if habit.unit is None and num < den else (den, num)
    strength = 1.0 if schedule.target_direction == "at_most" else 0.0
    logs = {log.date: log for log in habit.logs}
    day, end = min(logs, default=date.fromisoformat(last_day)), date.fromisoformat(last_day)
    while day <= end:
        recent = [log for log in logs.values() if timedelta(0) <= day - log.date < timedelta(days=window)]
        if habit.unit is None:
            p = min(1, sum(log.status == "completed" for log in recent) / needed)
        else:
            goal = schedule.target_value_milli
            total = sum(log.value_milli or 0 for log in recent)
            p = min(1, max(0, 1 - (total - goal) / goal)) if schedule.target_direction == "at_most" else min(1, total / goal)
        if day not in logs or logs[day].status != "skipped":
            strength = strength * m + p * (1 - m)
        yield str(day), f"{strength:.4f}"
        day += timedelta(days=1)
