"""Shared habits and how members get on with them, in JSON."""

from typing import Any

from config.rest.fields import ChoiceField, CountField, IdField, InstantField, TextField
from config.rest.params import MAX_RANGE_DAYS, FlagParameter, PagedRangeParams
from config.rest.references import UserReferenceSerializer, user_reference
from config.rest.serializers import StrictSerializer, rows
from groups.models import SharedHabit
from groups.selectors.progress import HabitProgress, MemberProgress
from groups.services.habits import MAX_SHARED_HABITS
from habits.domain.schedule import STREAK_UNITS
from habits.models.habits import UNIT_MAX_LENGTH
from habits.selectors.stats import get_stats
from habits.shapes import (
    HabitReferenceSerializer,
    OutlineSerializer,
    ProgressDaySerializer,
    RateSerializer,
    ScheduleSerializer,
    days_document,
    habit_reference,
    outline_document,
    rate_document,
    schedule_document,
)
from users.selectors import today_for


class GroupHabitDraftSerializer(StrictSerializer):
    """Which habit is to be shared."""

    habit = IdField(help_text="One of one's own habits.")


class GroupHabitSerializer(StrictSerializer):
    """A habit as a group sees it: without notes, description, tags and position."""

    habit = OutlineSerializer(read_only=True)
    shared_at = InstantField(read_only=True)


class GroupProgressParams(PagedRangeParams):
    """A range of days, the shorter the more members a page holds, and how much is told of it."""

    days = FlagParameter(default=False, help_text="Every day of each habit, too.")


class ComparedHabitSerializer(ScheduleSerializer, HabitReferenceSerializer):
    """What a habit asks for."""

    unit = TextField(max_length=UNIT_MAX_LENGTH, single_line=True, read_only=True, allow_null=True)


class HabitProgressSerializer(RateSerializer):
    """A shared habit in the range; its streaks are those of its owner's today."""

    habit = ComparedHabitSerializer(read_only=True)
    current_streak = CountField()
    longest_streak = CountField()
    streak_unit = ChoiceField(choices=list(STREAK_UNITS), read_only=True, help_text="What the lengths of streaks count.")
    days = rows(ProgressDaySerializer, most=MAX_RANGE_DAYS, allow_null=True, help_text="Null unless asked for: `days=true`.")


class MemberProgressSerializer(RateSerializer):
    """A member's shared habits in the range, and what they add up to."""

    user = UserReferenceSerializer(read_only=True)
    habits = rows(HabitProgressSerializer, most=MAX_SHARED_HABITS)


def shared_document(shared: SharedHabit) -> dict[str, Any]:
    """Return a habit as a group sees it."""
    habit = shared.habit
    return {"habit": outline_document(habit, get_stats(habit, today_for(habit.owner))), "shared_at": shared.shared_at}


def progress_document(member: MemberProgress, *, with_days: bool) -> dict[str, Any]:
    """Return how a member gets on."""
    return {
        "user": user_reference(member.user),
        "habits": [_habit_document(habit, with_days=with_days) for habit in member.habits],
        **rate_document(member.completions, member.rate),
    }


def _habit_document(progress: HabitProgress, *, with_days: bool) -> dict[str, Any]:
    habit, stats = progress.habit, progress.stats
    unit = habit.unit if habit.is_measured else None
    return {
        "habit": {**habit_reference(habit), "unit": unit, **schedule_document(habit)},
        **rate_document(progress.completions, progress.rate),
        "current_streak": stats.current_streak,
        "longest_streak": stats.longest_streak,
        "streak_unit": stats.streak_unit,
        "days": days_document(progress.calendar) if with_days else None,
    }
