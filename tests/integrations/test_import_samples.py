"""Real exports of Loop, imported over HTTP, where they lie beside the project."""

import csv
import io
import sqlite3
import zipfile
from datetime import UTC, date, datetime, time

import pytest
import time_machine

from habits.models import HabitLog
from tests.factories.users import UserFactory
from tests.habits import reference
from tests.integrations.importing import rows_stored, upload
from tests.integrations.samples import SAMPLES
from tests.world import API

pytestmark = pytest.mark.django_db

LAST_DAY = date(2016, 3, 21)
# What Loop's numbers in the file mean, in the words of the reference.
SCHEDULES = {
    (1, 1): {"frequency": "daily", "interval": 1, "target_count": 1},
    (3, 7): {"frequency": "weekly", "interval": 1, "target_count": 3},
    (1, 5): {"frequency": "daily", "interval": 5, "target_count": 1},
}


def at_noon(day):
    return time_machine.travel(datetime.combine(day, time(12), tzinfo=UTC), tick=False)


@pytest.fixture
def client(api):
    api.force_authenticate(UserFactory(password="!"))  # tokens do not travel in time
    return api


@pytest.fixture
def take(client, run_jobs):
    def import_sample(name):
        answer = upload(client, (SAMPLES / name).read_bytes(), name=name)
        run_jobs()
        body = client.get(answer["Location"]).json()
        assert body["state"] == "finished"
        return body["report"]

    return import_sample


def habits_in_backup():
    """Return (name, habit, logs) of the backup as data of the reference, read without the product."""
    connection = sqlite3.connect(f"file:{SAMPLES / 'loop-v12.db'}?mode=ro&immutable=1", uri=True)
    rows = connection.execute("SELECT id, name, freq_num, freq_den FROM Habits ORDER BY position").fetchall()
    days = connection.execute("SELECT habit, date(timestamp / 1000, 'unixepoch') FROM Repetitions").fetchall()
    connection.close()
    for habit_id, name, num, den in rows:
        logs = {date.fromisoformat(day): ("completed", None) for owner, day in days if owner == habit_id}
        schedule = {**SCHEDULES[num, den], "target_days": None, "target": None}
        yield (
            name,
            {"start": min(logs), "end": None, "versions": [(min(logs), schedule)], "pauses": [], "archived_on": None},
            logs,
        )


class TestBackup:
    @pytest.mark.slow
    @pytest.mark.parametrize("today", [LAST_DAY, date(2016, 3, 25), date(2026, 6, 17)])
    def test_every_figure_equals_an_independent_count(self, client, take, today):
        with at_noon(today):
            report = take("loop-v12.db")
            listed = client.get(f"{API}/habits/").json()["results"]
            expected = list(habits_in_backup())
            assert (report["habits"]["created"], report["logs"]["created"], report["rejected_count"]) == (9, 164, 0)
            assert [habit["name"] for habit in listed] == [name for name, _, _ in expected]
            for shown, (_, habit, logs) in zip(listed, expected, strict=True):
                days = HabitLog.objects.filter(habit=shown["id"]).values_list("date", "status", "value_milli")
                assert {day: (status, value) for day, status, value in days} == logs
                current, longest = (find(habit, logs, today) for find in (reference.current_streak, reference.longest_streak))
                assert shown["stats"] == {
                    "current_streak": current["length"] if current else 0,
                    "longest_streak": longest["length"] if longest else 0,
                    "streak_unit": habit["versions"][0][1]["frequency"].replace("daily", "day").removesuffix("ly"),
                    "completions": len(logs),
                    "last_completed_on": str(max(logs)),
                    "strength": f"{reference.strength(habit, logs, today):.4f}",
                }
                streaks = client.get(f"{API}/habits/{shown['id']}/streaks/?page_size=100").json()
                assert streaks["count"] == len(reference.streaks(habit, logs, today))

    def test_progress_summary_and_pictures_show_it(self, client, take):
        with at_noon(LAST_DAY):
            take("loop-v12.db")
            expected = list(habits_in_backup())
            span = f"from=2016-01-01&to={LAST_DAY}"
            progress = client.get(f"{API}/progress/?{span}&page_size=100").json()["results"]
            done = [{day["date"] for day in row["days"] if day["status"] == "completed"} for row in progress]
            assert done == [{str(day) for day in logs} for _, _, logs in expected]
            summary = client.get(f"{API}/insights/summary/?{span}").json()
            assert summary["completions"] == 164
            assert summary["days_completed"] == len({day for _, _, logs in expected for day in logs})
            assert summary["perfect_days"] == reference.perfect_days(
                [(habit, logs) for _, habit, logs in expected], LAST_DAY, date(2016, 1, 1), LAST_DAY
            )
            for row, (_, habit, logs) in zip(summary["by_habit"], expected, strict=True):
                wanted, achieved, rate = reference.rate(habit, logs, LAST_DAY, date(2016, 1, 1), LAST_DAY)
                assert (row["expected"], row["achieved"], row["success_rate"]) == (wanted, achieved, f"{rate:.4f}")
                picture = client.get(f"{API}/habits/{row['habit']}/heatmap.svg?year=2016")
                assert picture.status_code == 200
                assert f"Days: {len(logs)} completed" in picture.content.decode()

    def test_a_second_import_changes_nothing(self, take):
        take("loop-v12.db")
        before = rows_stored()
        report = take("loop-v12.db")
        assert (report["habits"]["unchanged"], report["logs"]["unchanged"]) == (9, 164)
        assert rows_stored() == before


@pytest.mark.parametrize("name", ["loop-csv-2.3.1.zip", "loop-csv-with-scores.zip"])
def test_strength_equals_the_scores_of_the_export(client, take, name):
    scores = scores_of(name)
    with at_noon(max(day for found in scores.values() for day in found)):
        take(name)
    for index, found in scores.items():
        for day, score in found.items():
            with at_noon(day):
                listed = client.get(f"{API}/habits/").json()["results"]
                listed += client.get(f"{API}/habits/?archived=true").json()["results"]
            (strength,) = [habit["stats"]["strength"] for habit in listed if habit["position"] == index]
            # A habit without entries has a score of zero there, and no strength here.
            assert (strength or "0.0000") == score, (index, day)


def scores_of(name):
    """Return the scores by day, by the index of the habit."""
    with zipfile.ZipFile(SAMPLES / name) as archive:
        return {
            int(path[:3]) - 1: {
                date.fromisoformat(row["Date"]): row["Score"] for row in csv.DictReader(io.StringIO(archive.read(path).decode()))
            }
            for path in archive.namelist()
            if path.endswith("/Scores.csv")
        }
