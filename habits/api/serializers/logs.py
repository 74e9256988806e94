"""Logs as they come in and go out."""

from datetime import date
from typing import Any

from config.errors import ATTR_MAX_LENGTH, CODE_MAX_LENGTH, CODE_PATTERN, DETAIL_MAX_LENGTH
from config.rest.fields import CalendarDateField, ChoiceField, IdField, InstantField, MilliField, ShapeField, TextField
from config.rest.references import UserReferenceSerializer, user_reference
from config.rest.serializers import StrictSerializer, rows
from habits.api.serializers.habits import UnitSerializer
from habits.domain.judging import JudgedUnit
from habits.domain.logs import LogStatus
from habits.models import Habit, HabitLog, HabitStats
from habits.models.habits import TEXT_MAX_LENGTH
from habits.models.logs import SOURCE_MAX_LENGTH
from habits.selectors.insights import get_unit
from habits.services.batches import Outcome, RowResult
from habits.shapes import StatsSerializer, TodaySerializer, stats_document, today_document, value_text

MAX_BATCH_ROWS = 500
# More than the rules of a log.
FAULTS_OF_A_ROW = 20


class HabitStateSerializer(StrictSerializer):
    """What a habit looks like after a log was written; `unit` is that of the log's date."""

    stats = StatsSerializer(read_only=True)
    today = TodaySerializer(read_only=True)
    unit = UnitSerializer(read_only=True, allow_null=True)


class LogSerializer(StrictSerializer):
    """The log of a day; a measured habit's status follows from its value.

    The note, and where the log comes from, are shown to the owner alone.
    """

    owner_only = frozenset({"note", "source", "logged_by"})

    habit = IdField(read_only=True)
    date = CalendarDateField(read_only=True)
    status = ChoiceField(
        choices=list(LogStatus), required=False, help_text="Completed if left out; of a measured habit only `skipped` is taken."
    )
    value = MilliField(
        source="value_milli",
        allow_null=True,
        default=None,
        help_text="What was measured; null and not to be sent for a yes/no habit.",
    )
    note = TextField(max_length=TEXT_MAX_LENGTH, allow_blank=True, default="")
    source = TextField(  # type: ignore[assignment] # fields are taken out of the class
        max_length=SOURCE_MAX_LENGTH,
        single_line=True,
        read_only=True,
        help_text="`api`; `partner` if somebody logged it whom the owner lets log; or the name of where it came from, such as "
        "`loop`.",
    )
    logged_by = UserReferenceSerializer(
        read_only=True, allow_null=True, help_text="The partner; null for an own log, and if the account has ended."
    )
    logged_at = InstantField(read_only=True)
    updated_at = InstantField(read_only=True)


class LogWriteSerializer(LogSerializer):
    """A log as it was written, and what follows for its habit."""

    habit_state = HabitStateSerializer(read_only=True)


class LogCreateSerializer(LogWriteSerializer):
    """A log for a day, today if it is left out."""

    date = CalendarDateField(required=False)


class LogDeletionSerializer(StrictSerializer):
    """What is left when a log is deleted."""

    habit = IdField(read_only=True)
    date = CalendarDateField(read_only=True)
    habit_state = HabitStateSerializer(read_only=True)


class AdditionSerializer(StrictSerializer):
    """An amount to add to a day's value; the same id again adds nothing."""

    amount = MilliField()
    id = IdField(required=False)


class BatchRowSerializer(LogSerializer):
    """One log of a batch."""

    habit = IdField()
    date = CalendarDateField()


class RowFaultSerializer(StrictSerializer):
    """Why a row was refused."""

    attr = TextField(max_length=ATTR_MAX_LENGTH, single_line=True, read_only=True)
    code = ShapeField(CODE_PATTERN, longest=CODE_MAX_LENGTH, read_only=True)
    detail = TextField(max_length=DETAIL_MAX_LENGTH, read_only=True)


class RowResultSerializer(StrictSerializer):
    """What became of a row: an outcome or its errors."""

    habit = IdField(read_only=True)
    date = CalendarDateField(read_only=True)
    result = ChoiceField(choices=[*Outcome, "refused"], read_only=True)
    errors = rows(RowFaultSerializer, most=FAULTS_OF_A_ROW)  # type: ignore[assignment] # fields are taken out of the class


class BatchResultSerializer(StrictSerializer):
    """What became of each row, in the order of the request."""

    results = rows(RowResultSerializer, most=MAX_BATCH_ROWS)


def log_document(log: HabitLog, *, is_own: bool) -> dict[str, Any]:
    """Return a log; its note and where it comes from are its owner's alone."""
    document = {
        "habit": log.habit_id,
        "date": log.date,
        "status": log.status,
        "value": value_text(log.value_milli),
        "logged_at": log.logged_at,
        "updated_at": log.updated_at,
    }
    if is_own:
        logged_by = log.logged_by and user_reference(log.logged_by)
        document |= {"note": log.note, "source": log.source, "logged_by": logged_by}
    return document


def state_document(habit: Habit, day: date) -> dict[str, Any]:
    """Return what a habit looks like after the log of `day` was written; its stats are those of its owner's today."""
    stats = habit.stats
    unit = stats_unit_document(stats) if day == stats.as_of else unit_document(get_unit(habit, day))
    return {"stats": stats_document(stats), "today": today_document(stats), "unit": unit}


def stats_unit_document(stats: HabitStats) -> dict[str, Any] | None:
    """Return the unit of the owner's today and its judgement."""
    if stats.unit_start is None:
        return None
    return {
        "start": stats.unit_start,
        "end": stats.unit_end,
        "required": stats.unit_required,
        "achieved": stats.unit_achieved,
        "status": stats.unit_status,
        "value": value_text(stats.unit_value_milli),
    }


def unit_document(judged: JudgedUnit | None) -> dict[str, Any] | None:
    """Return a unit and its judgement."""
    if judged is None:
        return None
    return {
        "start": judged.unit.start,
        "end": judged.unit.end,
        "required": judged.required,
        "achieved": judged.achieved,
        "status": judged.status,
        "value": value_text(judged.value_milli),
    }


def row_document(result: RowResult) -> dict[str, Any]:
    """Return what became of a row of a batch."""
    faults = [{"attr": fault.attr, "code": fault.code, "detail": fault.detail} for fault in result.faults]
    return {"habit": result.row.habit_id, "date": result.row.day, "result": result.outcome or "refused", "errors": faults}
