"""The count by hand of the soak, on cases that can be seen through."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from benchmarks.soak.crew import DAILY
from benchmarks.soak.inspection import ranks_by_counting
from benchmarks.soak.reckoning import EVERYBODY, Act, Entry, Ledger, closing_of, kept_boards
from leaderboards.domain.boards import ALWAYS, DATED, Board, Kind, earliest_start, open_boards, week_board

USER, HABIT = UUID(int=1), UUID(int=2)
GROUP, CHALLENGE = f"g{UUID(int=3)}", f"c{UUID(int=4)}"
MONDAY = date(2026, 6, 22)
WEEK, ALL_TIME, STREAK = week_board(MONDAY), Board(Kind.COMPLETIONS, ALWAYS), Board(Kind.CURRENT_DAYS, ALWAYS)


def at(days: int, hour: int = 12) -> datetime:
    """Return an instant so many days after that Monday."""
    return datetime(2026, 6, 22, hour, tzinfo=UTC) + timedelta(days=days)


@pytest.fixture
def ledger() -> Ledger:
    """Return the journal of somebody who has a daily habit, shared with a group and in a challenge, and logs three days of it."""
    found = Ledger(USER, "UTC", 0, "public")
    habit = {"start": date(2026, 6, 1), "end": None, "versions": [(date(2026, 6, 1), DAILY)], "pauses": [], "archived_on": None}
    found.habits[HABIT] = habit
    found.note(Entry(at(0), Act.HABIT_ADDED, HABIT))
    found.note(Entry(at(0), Act.SHARED, HABIT, GROUP))
    found.note(Entry(at(0), Act.CHALLENGE_JOINED, HABIT, CHALLENGE))
    for number in range(3):
        log(found, at(number), MONDAY + timedelta(days=number))
    return found


def log(ledger: Ledger, instant: datetime, day: date) -> None:
    ledger.note(Entry(instant, Act.LOGGED, HABIT, day=day, log=("completed", None)))


def scores(ledger: Ledger, board: Board, present: datetime, finished: dict[str, datetime] | None = None) -> list[int]:
    """Return what the user has among everybody, in the group and in the challenge."""
    return [ledger.score((scope, board), present, finished or {}) for scope in (EVERYBODY, GROUP, CHALLENGE)]


def test_what_is_logged_counts_everywhere(ledger: Ledger) -> None:
    for board in (WEEK, ALL_TIME, STREAK):
        assert scores(ledger, board, at(2)) == [3, 3, 3]
    assert scores(ledger, STREAK, at(4)) == [0, 0, 0]


def test_what_is_late_counts_no_more(ledger: Ledger) -> None:
    closed_at = closing_of(WEEK)
    assert closed_at == datetime(2026, 7, 1, tzinfo=UTC)
    log(ledger, closed_at - timedelta(seconds=1), date(2026, 6, 28))
    log(ledger, closed_at, date(2026, 6, 27))
    assert scores(ledger, WEEK, at(30)) == [4, 4, 4]
    assert scores(ledger, ALL_TIME, at(30)) == [5, 5, 5]


def test_a_log_that_is_gone(ledger: Ledger) -> None:
    ledger.note(Entry(at(2), Act.UNLOGGED, HABIT, day=MONDAY))
    assert scores(ledger, ALL_TIME, at(2)) == [2, 2, 2]


def test_what_a_deleted_habit_has_scored_stays_in_the_challenge_and_on_closed_boards(ledger: Ledger) -> None:
    ledger.note(Entry(at(3), Act.HABIT_DELETED, HABIT))
    assert scores(ledger, WEEK, at(4)) == [0, 0, 3]
    ledger.changes.pop()
    ledger.entries.pop()
    ledger.note(Entry(at(12), Act.HABIT_DELETED, HABIT))
    assert scores(ledger, WEEK, at(13)) == [3, 3, 3]
    assert scores(ledger, ALL_TIME, at(13)) == [0, 0, 3]


def test_whoever_leaves_is_on_no_board_of_it(ledger: Ledger) -> None:
    for act, scope in ((Act.GROUP_LEFT, GROUP), (Act.CHALLENGE_LEFT, CHALLENGE)):
        ledger.note(Entry(at(12), act, scope=scope))
    for board in (WEEK, ALL_TIME):
        assert scores(ledger, board, at(13)) == [3, 0, 0]
    ledger.note(Entry(at(14), Act.SHARED, HABIT, GROUP))
    ledger.note(Entry(at(14), Act.CHALLENGE_JOINED, HABIT, CHALLENGE))
    assert scores(ledger, ALL_TIME, at(15)) == [3, 3, 3]
    assert scores(ledger, WEEK, at(15)) == [3, 0, 0]


def test_what_is_taken_out_of_a_group_stays_on_closed_boards(ledger: Ledger) -> None:
    ledger.note(Entry(at(12), Act.UNSHARED, HABIT, GROUP))
    assert scores(ledger, WEEK, at(13)) == [3, 3, 3]
    assert scores(ledger, ALL_TIME, at(13)) == [3, 0, 3]


def test_a_challenge_that_is_over_stays_as_it_is(ledger: Ledger) -> None:
    log(ledger, at(4), MONDAY + timedelta(days=3))
    over = {CHALLENGE: at(3)}
    assert scores(ledger, ALL_TIME, at(5), over) == [4, 4, 3]
    assert scores(ledger, STREAK, at(8), over) == [0, 0, 3]


def test_whoever_hides_is_not_shown(ledger: Ledger) -> None:
    shown = {}
    for visibility in ("public", "groups", "hidden"):
        ledger.visibility = visibility
        shown[visibility] = [ledger.is_shown(scope) for scope in (EVERYBODY, GROUP)]
    assert shown == {"public": [True, True], "groups": [False, True], "hidden": [False, False]}


@pytest.mark.parametrize("hours", range(0, 24 * 40, 29))
def test_the_boards_that_are_kept_are_the_service_s(hours: int) -> None:
    present = at(0) + timedelta(hours=hours)
    kept = set(kept_boards(present))
    assert set(open_boards(present)) <= kept
    assert {kind: min(board.starts_on for board in kept if board.kind is kind) for kind in DATED} == {
        kind: earliest_start(kind, present) for kind in DATED
    }
    assert all(closing_of(board) == board.closes_at for board in kept)


def test_equal_scores_share_a_rank() -> None:
    assert ranks_by_counting({UUID(int=number): score for number, score in enumerate((5, 3, 5, 1))}) == {5: 1, 3: 3, 1: 4}
