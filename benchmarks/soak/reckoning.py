"""Counting by hand: what people have on every board, from a journal of what was received, and when.

Nothing of it looks at what the service keeps. The rules of boards stand beside their sentences; streaks are those of the slow
reference of the tests, which shares nothing with the product.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from fractions import Fraction
from math import floor
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from leaderboards.domain.boards import ALWAYS, CURRENT, LONGEST, Board, Kind
from tests.habits.reference import current_streak, longest_streak, rate
from tests.habits.reference_schedule import DAY, Habit, Logs, first_of_period, last_of_month

EVERYBODY: Final = ""
PUBLIC, GROUPS, HIDDEN = "public", "groups", "hidden"
FREQUENCY_OF: Final = {"day": "daily", "week": "weekly", "month": "monthly"}
CURRENT_OF: Final = {kind: FREQUENCY_OF[unit] for unit, kind in CURRENT.items()}
LONGEST_OF: Final = {kind: FREQUENCY_OF[unit] for unit, kind in LONGEST.items()}

Address = tuple[str, Board]
"""A board in a scope."""


class Act(Enum):
    """What the service said yes to."""

    HABIT_ADDED = auto()
    HABIT_DELETED = auto()
    LOGGED = auto()
    UNLOGGED = auto()
    SHARED = auto()
    UNSHARED = auto()
    GROUP_LEFT = auto()
    CHALLENGE_JOINED = auto()
    CHALLENGE_LEFT = auto()


LEAVING: Final = (Act.GROUP_LEFT, Act.CHALLENGE_LEFT)


class Entry(NamedTuple):
    """A line of the journal; each act has what it needs."""

    at: datetime
    act: Act
    habit: UUID | None = None
    scope: str = EVERYBODY
    day: date | None = None
    log: tuple[str, int | None] | None = None


class Counted(NamedTuple):
    """A habit that counts on a board, by the entries before `until`, as of the instant `as_of`."""

    habit: UUID
    until: int
    as_of: datetime


@dataclass(slots=True)
class Ledger:
    """A user's journal, and who may see the user now."""

    user: UUID
    zone: str
    day_start_hour: int
    visibility: str
    is_active: bool = True
    habits: dict[UUID, Habit] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    logged: dict[UUID, list[tuple[int, date, tuple[str, int | None] | None]]] = field(default_factory=lambda: defaultdict(list))
    # Those of the entries that are no logs, by number.
    changes: list[tuple[int, Entry]] = field(default_factory=list)
    _streaks: dict[tuple[UUID, int, date], tuple[int, int]] = field(default_factory=dict)
    _rates: dict[tuple[UUID, int, date, Board], tuple[int, int]] = field(default_factory=dict)

    def note(self, entry: Entry) -> None:
        """Write down what was received."""
        if entry.act in (Act.LOGGED, Act.UNLOGGED):
            assert entry.habit is not None
            assert entry.day is not None
            self.logged[entry.habit].append((len(self.entries), entry.day, entry.log))
        else:
            self.changes.append((len(self.entries), entry))
        self.entries.append(entry)

    def today(self, present: datetime) -> date:
        """Return the user's date: the day before while the local hour is below that at which the day starts."""
        local = present.astimezone(ZoneInfo(self.zone))
        return local.date() - DAY if local.hour < self.day_start_hour else local.date()

    def logs(self, habit: UUID, until: int) -> Logs:
        """Return what is logged after the entries before `until`."""
        found: Logs = {}
        for number, day, log in self.logged[habit]:
            if number >= until:
                break
            if log is None:
                found.pop(day, None)
            else:
                found[day] = log
        return found

    def is_shown(self, scope: str) -> bool:
        """Tell whether the user wants to be seen in a scope, and is served."""
        return self.is_active and (self.visibility == PUBLIC or (self.visibility == GROUPS and scope != EVERYBODY))

    @property
    def scopes(self) -> set[str]:
        """All scopes in which a habit ever counted."""
        return {EVERYBODY, *(entry.scope for _, entry in self.changes if entry.scope)}

    def score(self, address: Address, present: datetime, finished: dict[str, datetime]) -> int:
        """Return what the user has on a board, shown or not; `finished` says when which challenges were over."""
        scope, board = address
        closed_at = closing_of(board)
        # "A period is closed 48 hours after its end in UTC; what is received later counts no more."
        as_of = present if closed_at is None else min(present, closed_at)
        until = bisect_left(self.entries, as_of, key=lambda entry: entry.at) if as_of < present else len(self.entries)
        return self._add_up(board, self._counting(scope, until, as_of, finished))

    def _add_up(self, board: Board, counted: list[Counted]) -> int:
        if board.kind is Kind.COMPLETIONS:
            return sum(self._completions(one, ALWAYS, self.today(one.as_of)) for one in counted)
        if board.kind in CURRENT_OF:
            return max((self._streak(one)[0] for one in counted if self._is_of(one, CURRENT_OF[board.kind])), default=0)
        if board.kind in LONGEST_OF:
            return max((self._streak(one)[1] for one in counted if self._is_of(one, LONGEST_OF[board.kind])), default=0)
        if board.kind.is_rate:
            return rate_score([self._rate(one, board) for one in counted])
        return sum(self._completions(one, board.starts_on, last_day_of(board)) for one in counted)

    def _completions(self, counted: Counted, first: date, last: date) -> int:
        logs = self.logs(counted.habit, counted.until)
        return sum(first <= day <= last and status == "completed" for day, (status, _) in logs.items())

    def _is_of(self, counted: Counted, frequency: str) -> bool:
        return bool(self.habits[counted.habit]["versions"][0][1]["frequency"] == frequency)

    def _streak(self, counted: Counted) -> tuple[int, int]:
        """Return the present streak and the longest one."""
        received = bisect_left(self.logged[counted.habit], counted.until, key=lambda line: line[0])
        key = counted.habit, received, self.today(counted.as_of)
        if key not in self._streaks:
            habit, logs, today = self.habits[counted.habit], self.logs(counted.habit, counted.until), self.today(counted.as_of)
            present, longest = current_streak(habit, logs, today), longest_streak(habit, logs, today)
            self._streaks[key] = (present["length"] if present else 0, longest["length"] if longest else 0)
        return self._streaks[key]

    def _rate(self, counted: Counted, board: Board) -> tuple[int, int]:
        """Return what was expected of a habit on the days of a board, and achieved."""
        received = bisect_left(self.logged[counted.habit], counted.until, key=lambda line: line[0])
        today = self.today(counted.as_of)
        key = counted.habit, received, today, board
        if key not in self._rates:
            last = date.max if board.starts_on == ALWAYS else last_day_of(board)
            habit, logs = self.habits[counted.habit], self.logs(counted.habit, counted.until)
            expected, achieved, _ = rate(habit, logs, today, board.starts_on, last)
            self._rates[key] = expected, achieved
        return self._rates[key]

    def _counting(self, scope: str, until: int, as_of: datetime, finished: dict[str, datetime]) -> list[Counted]:
        """Return the habits that count in a scope after the entries before `until`; none where the user has gone since."""
        if scope == EVERYBODY:
            return [Counted(habit, until, as_of) for habit in self._standing(until)]
        if any(number >= until and entry.scope == scope and entry.act in LEAVING for number, entry in self.changes):
            return []
        if scope.startswith("g"):
            return [Counted(habit, until, as_of) for habit in self._shared(scope, until)]
        return list(self._taking_part(scope, until, as_of, finished))

    def _changes_before(self, until: int) -> Iterator[tuple[int, Entry]]:
        return ((number, entry) for number, entry in self.changes if number < until)

    def _standing(self, until: int) -> set[UUID]:
        found: set[UUID] = set()
        for _, entry in self._changes_before(until):
            if entry.act is Act.HABIT_ADDED and entry.habit:
                found.add(entry.habit)
            elif entry.act is Act.HABIT_DELETED and entry.habit:
                found.discard(entry.habit)
        return found

    def _shared(self, scope: str, until: int) -> set[UUID]:
        found: set[UUID] = set()
        for _, entry in self._changes_before(until):
            if entry.act is Act.HABIT_DELETED and entry.habit:
                found.discard(entry.habit)
            if entry.scope != scope:
                continue
            if entry.act is Act.SHARED and entry.habit:
                found.add(entry.habit)
            elif entry.act is Act.UNSHARED and entry.habit:
                found.discard(entry.habit)
            elif entry.act is Act.GROUP_LEFT:
                found.clear()
        return found

    def _taking_part(self, scope: str, until: int, as_of: datetime, finished: dict[str, datetime]) -> Iterator[Counted]:
        habit = None
        for _, entry in self._changes_before(until):
            if entry.scope == scope:
                habit = entry.habit if entry.act is Act.CHALLENGE_JOINED else None
        if habit is None:
            return
        # "A habit that takes part in a challenge counts on the challenge's boards until that is over; they stay then."
        if scope in finished and finished[scope] < as_of:
            as_of = finished[scope]
            until = min(until, bisect_left(self.entries, as_of, key=lambda entry: entry.at))
        # "What a habit has scored in a challenge stays on the challenge's boards when it is deleted."
        for number, entry in self._changes_before(until):
            if entry.act is Act.HABIT_DELETED and entry.habit == habit:
                until, as_of = number, entry.at
                break
        yield Counted(habit, until, as_of)


def rate_score(rates: list[tuple[int, int]]) -> int:
    """Return the score of what was expected of several habits, and achieved."""
    expected, achieved = sum(one for one, _ in rates), sum(one for _, one in rates)
    # "`success_rate` counts from 7 expected completions on"; "rounded half up to 4 decimals".
    return floor(Fraction(achieved * 10_000, expected) + Fraction(1, 2)) if expected >= 7 else 0


def last_day_of(board: Board) -> date:
    """Return the last day that counts on a board that has an end."""
    match board.kind:
        case Kind.COMPLETIONS_OF_DAY | Kind.RATE_OF_DAY:
            return board.starts_on
        case Kind.COMPLETIONS_OF_WEEK | Kind.RATE_OF_WEEK:
            return board.starts_on + timedelta(days=6)
        case _:
            return last_of_month(board.starts_on)


def closing_of(board: Board) -> datetime | None:
    """Return when a board closes, None where it never does."""
    if board.starts_on == ALWAYS:
        return None
    return datetime.combine(last_day_of(board) + DAY, time(), UTC) + timedelta(hours=48)


def kept_boards(present: datetime) -> list[Board]:
    """Return the boards that somebody may ask for, wherever they are and whenever their day starts."""
    # "today, this week, last week, this month, last month", from UTC-12 with days that begin at six to UTC+14.
    first, last = (present - timedelta(hours=18)).date(), (present + timedelta(hours=14)).date()
    days = [first + DAY * number for number in range((last - first).days + 1)]
    weeks = {first_of_period("weekly", day - timedelta(days=ago)) for day in days for ago in (0, 7)}
    months = {first_of_period("monthly", day) for day in days} | {(day.replace(day=1) - DAY).replace(day=1) for day in days}
    dated = (
        ((Kind.COMPLETIONS_OF_DAY, Kind.RATE_OF_DAY), days),
        ((Kind.COMPLETIONS_OF_WEEK, Kind.RATE_OF_WEEK), sorted(weeks)),
        ((Kind.COMPLETIONS_OF_MONTH, Kind.RATE_OF_MONTH), sorted(months)),
    )
    endless = [Board(kind, ALWAYS) for kind in (Kind.COMPLETIONS, Kind.RATE, *CURRENT_OF, *LONGEST_OF)]
    return endless + [Board(kind, start) for kinds, starts in dated for kind in kinds for start in starts]


def count_boards(ledgers: list[Ledger], present: datetime, finished: dict[str, datetime]) -> dict[Address, dict[UUID, int]]:
    """Return who is to be seen on every board that is kept, and with which score."""
    found: dict[Address, dict[UUID, int]] = defaultdict(dict)
    boards = kept_boards(present)
    for ledger in ledgers:
        for scope in filter(ledger.is_shown, ledger.scopes):
            for board in boards:
                # "`success_rate` exists for groups and challenges only."
                if scope == EVERYBODY and board.kind.is_rate:
                    continue
                if score := ledger.score((scope, board), present, finished):
                    found[scope, board][ledger.user] = score
    return dict(found)
