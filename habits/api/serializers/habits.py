"""Habits as they come in and go out."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from config.rest.fields import (
    CalendarDateField,
    ChoiceField,
    CountField,
    FlagField,
    IdField,
    InstantField,
    MilliField,
    TextField,
    UniqueListField,
    WholeNumberField,
)
from config.rest.serializers import StrictSerializer
from habits.domain.judging import UnitStatus
from habits.domain.validation import MAX_POSITION, MAX_TAGS
from habits.models import Habit, HabitPause, HabitStats, ScheduleVersion
from habits.models.habits import TEXT_MAX_LENGTH
from habits.services.habits import HabitDraft
from habits.shapes import OutlineSerializer, ScheduleSerializer, outline_document, schedule_document, schedule_of
from users.models import User

TAG_MAX_LENGTH = 50
MAX_REORDERED = 2_000


class UnitSerializer(StrictSerializer):
    """A unit (day, block of days, weeks or months) and its judgement; `value` is the sum of a measured habit."""

    start = CalendarDateField(read_only=True)
    end = CalendarDateField(read_only=True)
    required = CountField()  # type: ignore[assignment] # fields are taken out of the class
    achieved = CountField()
    status = ChoiceField(choices=list(UnitStatus), read_only=True)
    value = MilliField(read_only=True, allow_null=True)


class HabitSerializer(OutlineSerializer):
    """A habit as its owner sees it."""

    description = TextField(max_length=TEXT_MAX_LENGTH, allow_blank=True, default="")
    tags = UniqueListField(child=TextField(max_length=TAG_MAX_LENGTH, single_line=True), max_length=MAX_TAGS, default=list)
    position = WholeNumberField(
        min_value=0, max_value=MAX_POSITION, required=False, help_text="Where it stands among own habits; at the end if left out."
    )


class VisibleHabitSerializer(HabitSerializer):
    """A habit; description, tags and position are shown to its owner alone."""

    owner_only = frozenset({"description", "tags", "position"})


class HabitChangeSerializer(HabitSerializer):
    """A change of a habit; start date, position and archiving stay as they are where they are left out, in a PUT too."""

    id = IdField(read_only=True)
    archived_on = CalendarDateField(
        allow_null=True, required=False, help_text="Today's date archives the habit, null takes it back."
    )
    effective_from = CalendarDateField(
        write_only=True, allow_null=True, required=False, help_text="From when on a changed schedule holds; today if left out."
    )


class ReorderSerializer(StrictSerializer):
    """Habits in the order in which they are to stand."""

    ids = UniqueListField(child=IdField(), max_length=MAX_REORDERED)


class SharedHabitSerializer(OutlineSerializer):
    """A habit of somebody else, and what it lets one do."""

    permissions = serializers.ListField(child=ChoiceField(choices=["view", "log"]), max_length=2, read_only=True)


class ScheduleVersionSerializer(ScheduleSerializer):
    """A schedule and the day from which it is in force."""

    id = IdField(read_only=True)
    effective_from = CalendarDateField(read_only=True)
    created_at = InstantField(read_only=True)


class PauseSerializer(StrictSerializer):
    """Days of rest, both ends included; `end` null goes on until further notice."""

    id = IdField(read_only=True)
    habit = IdField(read_only=True)
    start = CalendarDateField()
    end = CalendarDateField(allow_null=True, default=None)
    is_archive = FlagField(read_only=True)
    created_at = InstantField(read_only=True)


class PausesSerializer(PauseSerializer):
    """Days of rest for all habits that are not archived, or for those named."""

    habits = serializers.ListField(child=IdField(), max_length=MAX_REORDERED, allow_null=True, default=None)


def draft_of(data: Mapping[str, Any]) -> HabitDraft:
    """Return validated fields as what makes a habit."""
    return HabitDraft(
        name=data["name"],
        schedule=schedule_of(data),
        description=data["description"],
        unit=data["unit"] or "",
        start_date=data.get("start_date"),
        end_date=data["end_date"],
        tags=tuple(data["tags"]),
        color=data["color"] or "",
        icon=data["icon"] or "",
        position=data.get("position"),
    )


def service_changes(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return validated fields as services take them: texts are empty where the API says null."""
    changes = {name: value for name, value in data.items() if name not in ("id", "effective_from")}
    for name in ("unit", "color", "icon"):
        if name in changes:
            changes[name] = changes[name] or ""
    return changes


def habit_document(habit: Habit, stats: HabitStats, viewer: User) -> dict[str, Any]:
    """Return a habit as its owner sees it; others are shown no text but the name, and not where it stands in a list."""
    document = outline_document(habit, stats)
    if habit.owner_id == viewer.pk:
        document |= {"description": habit.description, "tags": habit.tags, "position": habit.position}
    return document


def shared_document(habit: Any, stats: HabitStats, viewer: User) -> dict[str, Any]:
    """Return a habit of somebody else's, with what it lets the viewer do."""
    permissions = ["view", "log"] if habit.may_log else ["view"]
    return habit_document(habit, stats, viewer) | {"permissions": permissions}


def version_document(version: ScheduleVersion) -> dict[str, Any]:
    """Return a version of a schedule."""
    return {
        "id": version.pk,
        "effective_from": version.effective_from,
        "created_at": version.created_at,
        **schedule_document(version),
    }


def pause_document(pause: HabitPause) -> dict[str, Any]:
    """Return a pause."""
    return {
        "id": pause.pk,
        "habit": pause.habit_id,
        "start": pause.start,
        "end": pause.end,
        "is_archive": pause.is_archive,
        "created_at": pause.created_at,
    }
