"""Goals in JSON."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from config.rest.fields import (
    MILLI_SUM_MAX_LENGTH,
    MILLI_SUM_PATTERN,
    CalendarDateField,
    ChoiceField,
    FlagField,
    IdField,
    InstantField,
    MilliField,
    ShapeField,
    TextField,
    milli_text,
)
from config.rest.serializers import StrictSerializer
from habits.domain.goals import GOAL_KINDS, GOAL_STATES, GoalKind
from habits.models import Goal
from habits.models.goals import TITLE_MAX_LENGTH
from habits.selectors.goals import get_progress
from habits.services.goals import GoalDraft

RATIO_STEPS: Final = 10_000


class GoalProgressSerializer(StrictSerializer):
    """How far a goal has come."""

    value = ShapeField(
        MILLI_SUM_PATTERN,
        longest=MILLI_SUM_MAX_LENGTH,
        read_only=True,
        help_text="The sum, the number of completions, or the length of the run that goes on; once reached, the longest run.",
    )
    ratio = ShapeField(
        r"^(0\.\d{4}|1\.0000)$",
        longest=len("0.0000"),
        read_only=True,
        help_text="The value's share of the target, rounded down: 1.0000 means reached.",
    )


class GoalSerializer(StrictSerializer):
    """What is to be reached with a habit, and how far it has come as of its owner's today."""

    id = IdField(required=False, help_text="May be made by the client, once, so that a repeated request makes no second goal.")
    habit = IdField(read_only=True)
    kind = ChoiceField(
        choices=list(GOAL_KINDS),
        help_text="So many units of the schedule in a row, so many completions, or (measured habits) so much in all.",
    )
    title = TextField(max_length=TITLE_MAX_LENGTH, single_line=True)
    target = MilliField(source="target_milli", help_text="Above 0; a whole number of units or completions, at most 100000.")
    start_date = CalendarDateField(required=False, help_text="The first day that counts; today if left out.")
    deadline = CalendarDateField(allow_null=True, default=None, help_text="The last day that counts; null: it takes its time.")
    is_cancelled = FlagField(default=False, help_text="Whether its owner has given it up.")
    progress = GoalProgressSerializer(read_only=True)
    state = ChoiceField(choices=list(GOAL_STATES), read_only=True)
    reached_on = CalendarDateField(
        read_only=True, allow_null=True, help_text="The date of the log that reached it, in the order of dates."
    )
    created_at = InstantField(read_only=True)
    updated_at = InstantField(read_only=True)


class GoalChangeSerializer(GoalSerializer):
    """A goal as it is changed; its start date stays where it is left out."""

    id = IdField(read_only=True)


def draft_of(data: Mapping[str, Any]) -> GoalDraft:
    """Return validated fields as what makes a goal."""
    return GoalDraft(
        kind=GoalKind(data["kind"]),
        title=data["title"],
        target_milli=data["target_milli"],
        start_date=data.get("start_date"),
        deadline=data["deadline"],
        is_cancelled=data["is_cancelled"],
    )


def goal_document(goal: Goal, today: date) -> dict[str, Any]:
    """Return a goal as of its owner's today."""
    value, reached_on = get_progress(goal, today)
    return {
        "id": goal.pk,
        "habit": goal.habit_id,
        "kind": goal.kind,
        "title": goal.title,
        "target": milli_text(goal.target_milli),
        "start_date": goal.start_date,
        "deadline": goal.deadline,
        "is_cancelled": goal.is_cancelled,
        "progress": {"value": milli_text(value), "ratio": _ratio_text(value, goal.target_milli)},
        "state": goal.state_on(today, reached_on),
        "reached_on": reached_on,
        "created_at": goal.created_at,
        "updated_at": goal.updated_at,
    }


def _ratio_text(value_milli: int, target_milli: int) -> str:
    """Return the share with four decimals, rounded down."""
    steps = min(RATIO_STEPS, value_milli * RATIO_STEPS // target_milli)
    return f"{steps // RATIO_STEPS}.{steps % RATIO_STEPS:04}"
