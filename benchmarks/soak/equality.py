"""The first proof: after any number of logs, edits, deletions and changes of visibility every board equals a recount.

Several processes tell the service at the same time, each for users of its own; the clock moves between phases only. Streaks end,
days, weeks and a month close, challenges are settled, all as the jobs do it.
"""

import gc
import logging
import multiprocessing
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from multiprocessing.connection import Connection, wait
from random import Random
from typing import Any, Final, NamedTuple
from uuid import UUID

import time_machine
from django.db import connections
from django.utils.timezone import now

from benchmarks.soak.crew import DAILY, Crew, Stage, instant
from benchmarks.soak.inspection import Inspector
from benchmarks.soak.reckoning import EVERYBODY, Address, count_boards, kept_boards
from challenges.domain.terms import Scoring, Visibility
from challenges.jobs import settle_challenges, start_challenges, sweep_standings
from challenges.models import Challenge
from challenges.services.challenges import ChallengeDraft, create_challenge
from groups.domain.joining import JoinPolicy
from groups.domain.joining import Visibility as GroupVisibility
from groups.models import Group
from groups.services.groups import GroupDraft, create_group
from habits.jobs import sweep_stats
from leaderboards.jobs import fold_shifts, forget_old_boards, repair_rankings
from leaderboards.models import RankingCopy
from tests.habits.adapters import schedule_of
from users.models import User

USERS: Final = 1_000
PROCESSES: Final = 4
GROUPS: Final = 25
CHALLENGES: Final = 10
# A Wednesday; a week ends on the 28th of June and on the 5th of July, the month on the 30th.
FIRST_DAY: Final = date(2026, 6, 24)
DAYS: Final = 15
HOURS: Final = (1, 7, 13, 19)
WITHOUT_WRITES: Final = timedelta(minutes=5)
CLOSED_LATELY: Final = timedelta(hours=6)
EXPLAINED_AT_MOST: Final = 5
INSPECTED_EACH: Final = 8
FOLD_SECONDS: Final = 0.5


class Outcome(NamedTuple):
    """What was done, what was seen, and what was wrong."""

    figures: dict[str, Any]
    faults: list[str]


class Errors(logging.Handler):
    """Keeps what is logged as a warning or an error."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line, with where an exception came from."""
        self.lines.append(f"{record.levelname} {self.format(record)}")


def run(operations: int, seed: int, users: int = USERS) -> Outcome:
    """Play the history and look at all boards, on the way and at its end."""
    soak = Soak(operations, seed, users)
    try:
        return soak.play()
    finally:
        soak.end()


class Soak:
    """The clock, the jobs, and the processes with the people."""

    def __init__(self, operations: int, seed: int, users: int) -> None:
        self.begun = time.perf_counter()
        self.seed, self.users = seed, users
        self.random = Random(seed)
        self.errors = Errors()
        logging.getLogger().addHandler(self.errors)
        self.phases = [
            instant(FIRST_DAY + timedelta(days=number), hour, self.random.randint(2, 9))
            for number in range(DAYS)
            for hour in HOURS
        ]
        self.each = -(-operations // len(self.phases) // PROCESSES)
        self.inspector = Inspector(self.random)
        self.finished: dict[str, datetime] = {}
        self.inspections = self.explained = 0
        self.clock = time_machine.travel(self.phases[0])
        self.present = self.clock.start()
        self.stage = self._set_stage()
        connections.close_all()  # each process has its own
        self.workers = [Worker(number, seed, self.stage) for number in range(PROCESSES)]

    def end(self) -> None:
        """End the processes, and let time be what it is."""
        for worker in self.workers:
            worker.end()
        self.clock.stop()
        logging.getLogger().removeHandler(self.errors)

    def play(self) -> Outcome:
        """Let everything happen; return what there is to be told."""
        self._tell("arrive", self.users // PROCESSES)
        repair_rankings()
        first = RankingCopy.objects.get().generation
        self._say("all have arrived")
        begun_acting = time.perf_counter()
        for number, at in enumerate(self.phases):
            self._pass_to(at)
            self._act()
            is_last = number + 1 == len(self.phases)
            if is_last or number % INSPECTED_EACH == INSPECTED_EACH - 1 or self._has_closed(at):
                self._inspect()
        acted = time.perf_counter() - begun_acting
        self.inspector.recount()
        self._say("recounted")
        if RankingCopy.objects.get().generation != first:
            self.inspector.told("the copy was given up on the way, and made anew")
        return self._outcome(acted)

    def _say(self, what: str) -> None:
        """Show how far it is."""
        print(f"{time.perf_counter() - self.begun:5.0f} s  {now():%a %d %b %H:%M}  {what}", file=sys.stderr, flush=True)

    def _pass_to(self, at: datetime) -> None:
        """Let time pass for everybody; challenges are settled while nobody writes, so that it is known what they had received."""
        self.present.move_to(at)
        if at.hour == HOURS[0]:
            forget_old_boards()
        due = Challenge.objects.open().filter(settles_at__lte=at - timedelta(minutes=5))
        if due.exists():
            sweep_stats()
            sweep_standings()
            settle_challenges()
            for challenge in Challenge.objects.exclude(finished_at=None):
                assert challenge.finished_at
                self.finished[f"c{challenge.pk}"] = challenge.finished_at
        # The clocks of the processes are some milliseconds apart: all that they write comes after what was settled.
        self.present.move_to(at + WITHOUT_WRITES)
        self._tell("time", at + WITHOUT_WRITES)

    def _act(self) -> None:
        """Have everybody do something, with the jobs at work besides."""
        for worker in self.workers:
            worker.say("act", self.each)
        sweep_stats()
        sweep_standings()
        start_challenges()
        repair_rankings()
        self._await(fold_shifts)
        self._tell("delete_habits", None)
        sweep_stats()
        fold_shifts()
        self._say("acted")

    def _explain(self) -> None:
        """Show the journals of those of whom something else was seen."""
        for user in self.inspector.suspects[self.explained : EXPLAINED_AT_MOST]:
            for lines in filter(None, self._tell("journal", user)):
                print(f"{user}:", *lines, sep="\n  ", file=sys.stderr, flush=True)
        self.explained = len(self.inspector.suspects)

    def _await(self, meanwhile: Callable[[], None]) -> None:
        """Wait for all answers; a job runs again and again until then."""
        waiting = {worker.pipe: worker for worker in self.workers}
        while waiting:
            for pipe in wait(list(waiting), FOLD_SECONDS):
                waiting.pop(pipe).hear()  # type: ignore[call-overload]
            meanwhile()

    def _tell(self, word: str, value: Any) -> list[Any]:
        for worker in self.workers:
            worker.say(word, value)
        return [worker.hear() for worker in self.workers]

    def _has_closed(self, at: datetime) -> bool:
        """Tell whether a week or a month, that is still kept, was closed since the phase before."""
        boards = [board for board in kept_boards(at) if board.closes_at is not None and board.ends_on != board.starts_on]
        return any(at - CLOSED_LATELY < board.closes_at <= at for board in boards if board.closes_at)

    def _inspect(self) -> None:
        counted: dict[Address, dict[UUID, int]] = {}
        for part in self._tell("count", self.finished):
            for address, scores in part.items():
                counted.setdefault(address, {}).update(scores)
        scopes = [EVERYBODY, *(f"g{key}" for key in self.stage.groups), *(f"c{key}" for key in self.stage.challenges)]
        self.inspector.inspect(counted, [(scope, board) for scope in scopes for board in kept_boards(now())])
        self.inspections += 1
        self._explain()
        self._say("inspected")

    def _outcome(self, acted: float) -> Outcome:
        done: Counter[str] = Counter()
        refused: Counter[str] = Counter()
        logged = list(self.errors.lines)
        for some_done, some_refused, lines in self._tell("report", None):
            done += some_done
            refused += some_refused
            logged += lines
        for line in logged:
            self.inspector.told(f"logged: {line}")
        figures = {
            "seed": self.seed,
            "users": self.users,
            "operations": done.total(),
            "done": done,
            "refused": refused,
            "phases": len(self.phases),
            "finished": len(self.finished),
            "inspections": self.inspections,
            "seen": self.inspector.seen,
            "acted": acted,
            "seconds": time.perf_counter() - self.begun,
        }
        return Outcome(figures, self.inspector.faults)

    def _set_stage(self) -> Stage:
        """Make groups that anybody may enter, and challenges: some are settled on the way."""
        host = User.objects.create_user("host", "host@example.org")
        for number in range(GROUPS):
            draft = GroupDraft(name=f"Group {number}", visibility=GroupVisibility.PUBLIC, join_policy=JoinPolicy.OPEN)
            create_group(actor=host, draft=draft)
        for number in range(CHALLENGES):
            start = FIRST_DAY + timedelta(days=number % 3)
            terms = ChallengeDraft(
                title=f"Challenge {number}",
                schedule=schedule_of(DAILY),
                start_date=start,
                end_date=start + timedelta(days=3 + 2 * number),
                scoring=Scoring.COMPLETIONS,
                visibility=Visibility.PUBLIC,
            )
            create_challenge(actor=host, draft=terms)
        return Stage(list(Group.objects.values_list("pk", flat=True)), list(Challenge.objects.values_list("pk", flat=True)))


class Worker:
    """A process with a crew, which does what it is told."""

    def __init__(self, number: int, seed: int, stage: Stage) -> None:
        self.pipe, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("fork")
        self.process = context.Process(target=_work, args=(theirs, number, seed, stage), daemon=True)
        self.process.start()
        theirs.close()

    def say(self, word: str, value: Any) -> None:
        """Tell the process to do something."""
        self.pipe.send((word, value))

    def hear(self) -> Any:
        """Return what the process answers; raises RuntimeError where it failed."""
        is_good, answer = self.pipe.recv()
        if not is_good:
            raise RuntimeError(answer)
        return answer

    def end(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.join()


def _work(pipe: "Connection[Any, Any]", number: int, seed: int, stage: Stage) -> None:
    """Do what is told, in a process of its own."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    errors = Errors()
    logging.getLogger().handlers[:] = [errors]
    gc.freeze()  # as the web server does
    gc.set_threshold(10_000, 20, 20)
    crew = Crew(Random(f"{seed} {number}"), stage)
    clock = time_machine.travel(now())
    present = clock.start()

    def arrive(count: int) -> None:
        crew.arrive([f"runner-{number}-{index}" for index in range(count)])

    works: dict[str, Callable[[Any], Any]] = {
        "arrive": arrive,
        "time": present.move_to,
        "act": crew.act,
        "delete_habits": lambda _: crew.delete_habits(),
        "count": lambda finished: count_boards(crew.ledgers, now(), finished),
        "journal": lambda user: [str(entry) for ledger in crew.ledgers if ledger.user == user for entry in ledger.entries],
        "report": lambda _: (crew.done, crew.refused, errors.lines),
    }
    while True:
        word, value = pipe.recv()
        try:
            pipe.send((True, works[word](value)))
        except Exception:
            logging.exception("soak")
            pipe.send((False, "\n".join(errors.lines)))
