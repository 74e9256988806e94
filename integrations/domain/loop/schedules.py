"""Loop's "num times in den days" as a schedule of ours."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from integrations.domain.findings import Findings
from integrations.domain.imported import VALUE_LIMIT_MILLI, Frequency, ImportedSchedule, Reason
from integrations.domain.loop.raw import RawHabit

_DAYS_LIMIT: Final = 365
_WEEKS_LIMIT: Final = 52
_MONTHS_LIMIT: Final = 12
_SHORTEST_MONTH: Final = 28


def schedule_of(habit: RawHabit, *, is_measured: bool, findings: Findings) -> ImportedSchedule | None:
    """Return the habit's schedule; None, with the reason among the findings, if there is none like it here."""
    num, den = habit.numerator, habit.denominator
    if num is None or den is None:
        findings.reject(habit.where, Reason.FREQUENCY_UNREADABLE)
        return None
    block = _block(num, den) if num > 0 and den > 0 else None
    if block is None:
        findings.reject(habit.where, Reason.FREQUENCY_OUT_OF_RANGE, f"{num} times in {den} days")
        return None
    if num > den:
        findings.adjust(habit.where, Reason.FREQUENCY_CHANGED, f"{num} times in {den} days became every day")
    if not is_measured:
        frequency, interval, count = block
        return ImportedSchedule(frequency, interval, target_count=count)
    return _measured(habit, block, findings)


def _measured(habit: RawHabit, block: tuple[Frequency, int, int], findings: Findings) -> ImportedSchedule:
    """Loop compares a measured habit's sum over den days with its target, whatever num is."""
    frequency, interval, count = block
    is_daily = (frequency, interval) == ("daily", 1)
    if count > 1:
        detail = f"{habit.numerator} times in {habit.denominator} days became one total in them"
        findings.adjust(habit.where, Reason.FREQUENCY_CHANGED, detail)
    return ImportedSchedule(
        frequency,
        interval,
        target_count=1 if is_daily else None,
        target_value_milli=_target_milli(habit, findings),
        target_direction=habit.direction,
        target_scope="day" if is_daily else "unit",
    )


def _block(num: int, den: int) -> tuple[Frequency, int, int] | None:
    """Return frequency, interval and count; None for a block that is too long.

    Strength takes a month for 30 days, so that scores equal Loop's; only den 31, another way to write a month, differs slightly.
    """
    if num >= den:
        return "daily", 1, 1
    weeks, odd_days = divmod(den, 7)
    if not odd_days and weeks <= _WEEKS_LIMIT:
        return "weekly", weeks, num
    months = 1 if den == 31 else 0 if den % 30 else den // 30
    if 0 < months <= _MONTHS_LIMIT and num <= _SHORTEST_MONTH * months:
        return "monthly", months, num
    return ("daily", den, num) if den <= _DAYS_LIMIT else None


def _target_milli(habit: RawHabit, findings: Findings) -> int:
    lowest = 1 if habit.direction == "at_least" else 0
    if habit.target is None:
        findings.adjust(habit.where, Reason.TARGET_CHANGED, f"no readable target: it became {Decimal(lowest) / 1000}")
        return lowest
    # Bounded before it is rounded: a cell may say 1e99.
    exact = min(max(habit.target * 1000, Decimal(lowest)), Decimal(VALUE_LIMIT_MILLI))
    milli = max(int(exact.to_integral_value(ROUND_HALF_UP)), lowest)
    if milli != habit.target * 1000:
        findings.adjust(habit.where, Reason.TARGET_CHANGED, f"{habit.target} became {Decimal(milli) / 1000}")
    return milli
