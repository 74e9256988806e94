"""What is measured: the limits, and what the service does."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import orjson

from benchmarks.client import Call
from benchmarks.servers import Application
from benchmarks.world import Person, Racer, World

HELLO, LIMITS, SERVICE = "hello", "limits", "service"
APPLICATIONS: Final = {
    HELLO: Application("benchmarks.limits.hello:application"),
    LIMITS: Application("benchmarks.limits.wsgi:application"),
    SERVICE: Application("config.wsgi:application"),
}
BACK_DAYS: Final = 3
# Each day is logged in two ways by turns, so that every write changes something.
YES_NO_BODIES: Final = ({"status": "completed"}, {"status": "skipped"})
MEASURED_BODIES: Final = ({"value": "30"}, {"value": "12.5"})


@dataclass(frozen=True, slots=True)
class Operation:
    """Calls of one kind, sent by turns to one of the applications."""

    name: str
    title: str
    application: str
    calls: tuple[Call, ...]

    @property
    def is_limit(self) -> bool:
        """Whether this is one of the small programs."""
        return self.application != SERVICE


def limits(world: World) -> list[Operation]:
    """Return the small programs."""
    year, maker = world.year, world.maker
    drf_list = Call("GET", f"/drf/list/{year.id}/", year.token)
    return [
        Operation("hello", "WSGI hello", HELLO, (Call("GET", "/"),)),
        Operation("json", "Django JsonResponse", LIMITS, (Call("GET", "/json/"),)),
        Operation("drf", "DRF with JWT, no database", LIMITS, (Call("GET", "/drf/", year.token),)),
        Operation("l_list", "**L-list**: 20 rows by `json_agg`, Django view", LIMITS, (Call("GET", f"/list/{year.id}/"),)),
        Operation("l_list_drf", "the same, DRF view", LIMITS, (drf_list,)),
        Operation(
            "l_write",
            "**L-write**: log and stats in one statement, DRF view",
            LIMITS,
            writes(year, 0, "/drf/habits/{}/logs/{}/"),
        ),
        Operation("l_stats", "**L-stats**: one stats row, DRF view", LIMITS, _reads(year, "/drf/habits/{}/stats/")),
        Operation("l_create", "**L-create**: one habit row, DRF view", LIMITS, (_creation(maker, "/drf/habits/"),)),
    ]


def services(world: World) -> list[Operation]:
    """Return what the service does."""
    year, many, decade, maker = world.year, world.many, world.decade, world.maker
    return [
        _ours("list", "habit list, 20 of 20", _get(year, "habits/")),
        _ours("list_10y", "habit list, 20 of 20, 10 years", _get(decade, "habits/")),
        _ours("list_200", "habit list, 20 of 200", _get(many, "habits/")),
        _ours("list_100", "habit list, 100 of 200", _get(many, "habits/?page_size=100")),
        _ours("write", "log write, today", writes(year, 0, LOG)),
        _ours("write_10y", "log write, today, 10 years", writes(decade, 0, LOG)),
        _ours("back", f"log write, {BACK_DAYS} days back", writes(year, BACK_DAYS, LOG)),
        _ours("back_10y", f"log write, {BACK_DAYS} days back, 10 years", writes(decade, BACK_DAYS, LOG)),
        _ours("stats", "one habit with its stats", _reads(year, HABIT)),
        _ours("stats_10y", "one habit with its stats, 10 years", _reads(decade, HABIT)),
        _ours("summary", "summary of 20 habits, 30 days", _get(year, "insights/summary/?period=last_30_days")),
        _ours("summary_10y", "summary of 20 habits, 30 days, 10 years", _get(decade, "insights/summary/?period=last_30_days")),
        _ours("agenda", "agenda of 20 habits", _get(year, "agenda/")),
        _ours("create", "create a habit with its grants", (_creation(maker, API + "habits/"),)),
        *_races("race", world.few, "of 100"),
        *_races("race_10k", world.crowd, "of 10,000"),
    ]


API: Final = "/api/v1/"
HABIT: Final = API + "habits/{}/"
LOG: Final = HABIT + "logs/{}/"


def _races(name: str, racer: Racer, size: str) -> list[Operation]:
    """Return what somebody does in a challenge of some size."""
    standings = f"challenges/{racer.challenge_id}/standings/"
    return [
        _ours(name, f"standings and own rank, challenge {size}", _get(racer.person, standings)),
        _ours(f"{name}_middle", f"… the page in the middle, {size}", _get(racer.person, f"{standings}?page={racer.middle}")),
        _ours(f"{name}_write", f"log write in a challenge {size}", writes(racer.person, 0, LOG)),
    ]


def _ours(name: str, title: str, calls: tuple[Call, ...]) -> Operation:
    return Operation(name, title, SERVICE, calls)


def _get(person: Person, path: str) -> tuple[Call, ...]:
    return (Call("GET", API + path, person.token),)


def _reads(person: Person, path: str) -> tuple[Call, ...]:
    return tuple(Call("GET", path.format(habit.id), person.token) for habit in person.habits)


def writes(person: Person, days_back: int, path: str) -> tuple[Call, ...]:
    """Return the logs of a day, for every habit in one way and then in the other."""
    day = person.today - timedelta(days=days_back)
    return tuple(
        Call(
            "PUT",
            path.format(habit.id, day),
            person.token,
            orjson.dumps((MEASURED_BODIES if habit.is_measured else YES_NO_BODIES)[turn]),
        )
        for turn in (0, 1)
        for habit in person.habits
    )


def _creation(person: Person, path: str) -> Call:
    draft = {"name": "Read", "frequency": "daily", "start_date": person.today.isoformat()}
    return Call("POST", path, person.token, orjson.dumps(draft))
