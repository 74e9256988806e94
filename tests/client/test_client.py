"""A client generated from the OpenAPI document: it compiles in strict mode, takes the README's tour, and lets no mistake pass."""

import json
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.tools import report_missing

pytestmark = pytest.mark.slow

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OPENAPI = ROOT / "openapi"
NODE = Path(sys.executable).with_name("node")
# The flag: a field with a default may be left out of a request, which openapi-typescript would demand otherwise.
GENERATE = ("node_modules/openapi-typescript/bin/cli.js", OPENAPI / "v1.yaml", "--default-non-nullable", "false", "-o", "v1.ts")
COMPILE = ("node_modules/typescript/bin/tsc", "--project", ".", "--pretty", "false")
COMPLAINT = re.compile(r"^(\S+)\((\d+),\d+\): error ", re.MULTILINE)
SECONDS = 120


def run(project: Path, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([NODE, *arguments], cwd=project, capture_output=True, text=True, timeout=SECONDS, check=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An app's project: its packages, its code (that of the guide too), and the types of the API."""
    if not (NODE.exists() and (OPENAPI / "node_modules").exists()):
        report_missing("The npm tools are missing: `make npm` installs them.")
    folder = tmp_path_factory.mktemp("project")
    for name in ("node_modules", "package.json"):
        (folder / name).symlink_to(OPENAPI / name)
    for name in ("main.js", "tour.ts", "tsconfig.json"):
        shutil.copy(HERE / name, folder)
    excerpt = re.search(r"^```ts\n(.*?)^```$", (ROOT / "docs/api.md").read_text(), re.MULTILINE | re.DOTALL)
    (folder / "excerpt.ts").write_text(excerpt[1])
    generated = run(folder, *GENERATE)
    assert generated.returncode == 0, generated.stderr
    return folder


def test_a_generated_client_takes_the_tour(project: Path, address: str) -> None:
    compiled = run(project, *COMPILE)
    assert compiled.returncode == 0, compiled.stdout

    toured = run(project, "main.js", f"http://{address}", ROOT / "docs/examples/loop-backup.db")
    assert (toured.returncode, toured.stderr) == (0, "")
    seen = json.loads(toured.stdout)

    assert seen["me"]["username"] == "ada"
    assert seen["isRenewed"]
    check_today(seen)
    check_made_habit(seen)
    assert seen["misspelt"] == {
        "status": 400,
        "code": "validation_error",
        "faults": {"frequency": "This field is required.", "frequenzy": "This field is not known here."},
    }
    assert seen["edited"] == {"color": "#1976D2", "refusal": "precondition_failed"}
    check_past(seen)
    for name, picture in seen["pictures"].items():
        assert picture.startswith(f'<svg xmlns="http://www.w3.org/2000/svg" id="{name}-')
    check_import(seen["imported"])


def check_today(seen: dict[str, Any]) -> None:
    today, logged = seen["today"], seen["logged"]
    assert [line.split(" ", 1)[1].partition(" (")[0] for line in today["lines"]][:3] == ["Meditate", "Read", "Plan the day"]
    assert "✓ Meditate" in today["lines"]
    assert today["done"] >= 1
    assert logged["statuses"] == [201, 200]
    first, second = logged["first"], logged["second"]
    assert (first["date"], first["status"], first["value"], first["note"]) == (today["date"], "completed", "45", "Two chapters")
    assert second == first | {"updated_at": second["updated_at"]}
    assert first["habit_state"]["today"] == {"date": today["date"], "is_due": False, "status": "completed", "value": "45"}
    # A year of logs takes several pages, and each is counted once.
    assert sum(seen["counts"].values()) > 200
    assert seen["counts"]["completed"] == first["habit_state"]["stats"]["completions"]


def check_made_habit(seen: dict[str, Any]) -> None:
    made = seen["made"]
    start = date.fromisoformat(made["habit"]["start_date"])
    sunday = start + timedelta(days=7 - start.isoweekday())
    required = max(1, 3 * (8 - start.isoweekday()) // 7)  # a week that has begun asks for its share
    assert made["isOurs"]
    assert (made["habit"]["name"], made["habit"]["target_count"]) == ("Stretch", 3)
    assert made["unit"] == {
        "start": start.isoformat(),
        "end": sunday.isoformat(),
        "required": required,
        "achieved": 1,
        "status": "met" if required == 1 else "pending",
        "value": None,
    }
    assert made["insights"]["needed"] == required - 1
    assert made["insights"]["best_weekday"] == start.isoweekday()


def check_past(seen: dict[str, Any]) -> None:
    today, past = date.fromisoformat(seen["today"]["date"]), seen["past"]
    assert [day["date"] for day in past["days"]] == [(today - timedelta(days=ago)).isoformat() for ago in range(6, -1, -1)]
    assert past["days"][-1] == {"date": today.isoformat(), "status": "completed", "value": "45"}
    summary = past["summary"]
    # Ada's ten that are not archived, and the new one.
    assert summary["habits"] == len(summary["by_habit"]) == 11
    assert float(summary["success_rate"]) == pytest.approx(summary["achieved"] / summary["expected"], abs=0.0001)
    assert summary["best_current_streak"]["habit"]["name"] in {row["name"] for row in summary["by_habit"]}


def check_import(imported: dict[str, Any]) -> None:
    assert (imported["state"], imported["progress"], imported["file_name"]) == ("finished", 100, "loop-backup.db")
    assert imported["report"] == {
        "format": "loop",
        "habits": {"created": 3, "archived": 1, "updated": 0, "unchanged": 0, "rejected": 0},
        "logs": {"created": 147, "updated": 0, "unchanged": 0, "kept_own": 0},
        "derived": 6,
        "empty": 0,
        "rejected_count": 0,
        "rejected": [],
        "adjusted_count": 0,
        "adjusted": [],
    }


PREAMBLE = """\
import createClient from "openapi-fetch";
import type { components, paths } from "./v1.js";
type Schemas = components["schemas"];
export const api = createClient<paths>();
export function use(habit: Schemas["Habit"], habits: Schemas["HabitPage"], problem: Schemas["Problem"]): unknown[] {
  return [
"""
# What is right, and the same with one mistake in it.
PAIRS = (
    ('api.GET("/api/v1/agenda/")', 'api.GET("/api/v1/agendas/")'),
    ('api.GET("/api/v1/agenda/")', 'api.DELETE("/api/v1/agenda/")'),
    (
        'api.POST("/api/v1/habits/", { body: { name: "Swim", frequency: "weekly", color: null } })',
        'api.POST("/api/v1/habits/", { body: { name: "Swim", frequency: "weekly", colour: null } })',
    ),
    (
        'api.POST("/api/v1/habits/", { body: { name: "Swim", frequency: "weekly" } })',
        'api.POST("/api/v1/habits/", { body: { name: "Swim" } })',
    ),
    (
        'api.POST("/api/v1/habits/", { body: { name: "Swim", frequency: "weekly" } })',
        'api.POST("/api/v1/habits/", { body: { name: "Swim", frequency: "often" } })',
    ),
    (
        'api.POST("/api/v1/habits/", { body: { name: "Swim", frequency: "weekly", target_count: 3 } })',
        'api.POST("/api/v1/habits/", { body: { name: "Swim", frequency: "weekly", target_count: "3" } })',
    ),
    (
        'api.GET("/api/v1/habits/", { params: { query: { page: 2 } } })',
        'api.GET("/api/v1/habits/", { params: { query: { pgae: 2 } } })',
    ),
    (
        'api.GET("/api/v1/progress/", { params: { query: { period: "last_7_days" } } })',
        'api.GET("/api/v1/progress/", { params: { query: { period: "last_8_days" } } })',
    ),
    (
        'api.GET("/api/v1/habits/{habit_id}/", { params: { path: { habit_id: habit.id } } })',
        'api.GET("/api/v1/habits/{habit_id}/", { params: { path: { id: habit.id } } })',
    ),
    ("habit.stats.current_streak", "habit.stats.currentStreak"),
    ("habit.stats.current_streak.toFixed()", "habit.stats.strength.toFixed()"),
    ("habit.end_date?.slice(0, 4)", "habit.end_date.slice(0, 4)"),
    ("habits.results[0]?.name", "habits.results[0].name"),
    ("problem.errors?.length", "problem.errors.length"),
    ('problem.code === "log_exists"', 'problem.code === "log_exist"'),
)


def test_the_types_let_no_mistake_pass(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project, tmp_path, symlinks=True, dirs_exist_ok=True)
    lines = [line for pair in PAIRS for line in pair]
    (tmp_path / "mistakes.ts").write_text(PREAMBLE + "".join(f"    {line},\n" for line in lines) + "  ];\n}\n")
    compiled = run(tmp_path, *COMPILE, "--noEmit")
    refused = {(file, int(line) - PREAMBLE.count("\n")) for file, line in COMPLAINT.findall(compiled.stdout)}
    mistakes = {("mistakes.ts", number) for number in range(2, len(lines) + 1, 2)}
    assert refused == mistakes, compiled.stdout
