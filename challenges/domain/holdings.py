"""What the server had received of a participant's logs in time: the logs that a challenge judges.

The present value of a day is held until the end of the local day that is so many days after it; what comes later does not
change what is held any more. Beside each value is the instant at which it was received.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

import orjson

from challenges.domain.terms import Terms
from habits.domain.logs import DayLog, Logs, LogStatus, status_of

_LETTERS: Final = {LogStatus.COMPLETED: "c", LogStatus.SKIPPED: "s", LogStatus.MISSED: "m"}
_STATUSES: Final = {letter: status for status, letter in _LETTERS.items()}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Held(NamedTuple):
    """The log of a day as it was received in time, and when its value was."""

    log: DayLog
    received_at: datetime


Holdings = Mapping[date, Held]
NOTHING: Final[Holdings] = MappingProxyType({})


def counts_on(terms: Terms, day: date) -> bool:
    """Tell whether the challenge judges a day."""
    return terms.start <= day <= terms.end


def last_day_to_log(terms: Terms, day: date) -> date:
    """Return the last local day on which the log of a day is received in time."""
    return day + timedelta(days=terms.late_days)


def receive(terms: Terms, holdings: Holdings, day: date, log: DayLog | None, received_at: datetime) -> Holdings:
    """Return what is held after a day's log became what it is (None: it was deleted), in time; the caller has checked that.

    The same value again is received when it came first: a note that is added does not make a log later.
    """
    known = holdings.get(day)
    if log is None:
        return {other: held for other, held in holdings.items() if other != day}
    if known is not None and is_same(terms, known.log, log):
        return {**holdings, day: Held(log, known.received_at)}
    return {**holdings, day: Held(log, received_at)}


def is_same(terms: Terms, known: DayLog, log: DayLog) -> bool:
    """Tell whether two logs of a day say the same to a challenge: measured ones by what counts of their values."""
    if (known.status is LogStatus.SKIPPED) != (log.status is LogStatus.SKIPPED):
        return False
    return known.counted_milli == log.counted_milli if terms.is_measured else known.status is log.status


def judged_logs(terms: Terms, holdings: Holdings, days: Iterable[date]) -> Logs:
    """Return the logs of some days as the challenge sees them: by its own target, and with skips only where it allows them."""
    return {day: _judged(terms, holdings[day].log) for day in days}


def _judged(terms: Terms, log: DayLog) -> DayLog:
    if log.status is LogStatus.SKIPPED:
        return DayLog(LogStatus.SKIPPED if terms.allow_skips else LogStatus.MISSED)
    if terms.schedule.target is None or log.value_milli is None:
        return DayLog(log.status)
    return DayLog(status_of(log.value_milli, terms.schedule.target), log.value_milli)


def encode_holdings(holdings: Holdings) -> str:
    """Return holdings as text: day numbers and microseconds, so that decoding gives back exactly what was encoded."""
    rows = [
        [day.toordinal(), _LETTERS[held.log.status], held.log.value_milli, (held.received_at - _EPOCH) // _MICROSECOND]
        for day, held in sorted(holdings.items())
    ]
    return orjson.dumps(rows).decode()


def decode_holdings(text: str) -> dict[date, Held]:
    """Return the holdings that `encode_holdings` made a text from."""
    return {
        date.fromordinal(number): Held(DayLog(_STATUSES[letter], value), _EPOCH + micros * _MICROSECOND)
        for number, letter, value, micros in orjson.loads(text)
    }
