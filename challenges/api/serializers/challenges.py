"""Challenges in JSON, and what it takes to make, to change and to join one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rest_framework.exceptions import ErrorDetail, ValidationError

from challenges.domain.course import STATES
from challenges.domain.terms import MAX_LATE_DAYS, SCORINGS, VISIBILITIES, Scoring, Visibility
from challenges.models import DESCRIPTION_MAX_LENGTH, SEATS_MAX, TITLE_MAX_LENGTH, Challenge, ChallengeInvitation, Participation
from challenges.services.challenges import ChallengeDraft
from challenges.shapes import ScoreField, score_text
from config.rest.fields import (
    CalendarDateField,
    ChoiceField,
    CountField,
    FlagField,
    IdField,
    InstantField,
    TextField,
    WholeNumberField,
)
from config.rest.references import UserReferenceSerializer, user_reference
from config.rest.serializers import StrictSerializer
from groups.models import NAME_MAX_LENGTH as GROUP_NAME_MAX_LENGTH
from habits.models import Habit
from habits.models.habits import NAME_MAX_LENGTH, UNIT_MAX_LENGTH
from habits.shapes import ScheduleSerializer, schedule_document, schedule_of
from users.domain.names import USERNAME_MAX_LENGTH
from users.models import DISPLAY_NAME_MAX_LENGTH

FORMER_PARTICIPANT = {"id": None, "display_name": "former participant"}


class GroupReferenceSerializer(StrictSerializer):
    """A group by its name."""

    id = IdField(read_only=True)
    name = TextField(max_length=GROUP_NAME_MAX_LENGTH, single_line=True, read_only=True)


class ParticipantReferenceSerializer(StrictSerializer):
    """A participant as others see one; whose account has ended is a "former participant" without an id."""

    id = IdField(read_only=True, allow_null=True)
    display_name = TextField(max_length=DISPLAY_NAME_MAX_LENGTH, read_only=True)


class OwnParticipationSerializer(StrictSerializer):
    """How the one who asks takes part."""

    habit = IdField(read_only=True, allow_null=True, help_text="The habit whose logs count; null once it is deleted.")
    rank = CountField(help_text="One more than there are better scores: equal ones share a rank.")
    score = ScoreField()


class _TermsSerializer(ScheduleSerializer):
    """What a challenge says and asks for."""

    title = TextField(max_length=TITLE_MAX_LENGTH, single_line=True)
    description = TextField(max_length=DESCRIPTION_MAX_LENGTH, allow_blank=True, default="")
    unit = TextField(
        max_length=UNIT_MAX_LENGTH,
        single_line=True,
        allow_blank=True,
        allow_null=True,
        default=None,
        help_text="What the values count, such as `minutes`: that of the habits that fit; null without a target value.",
    )
    start_date = CalendarDateField(help_text="The first day that counts, of each participant: today at the earliest.")
    end_date = CalendarDateField(help_text="The last day that counts; at most 366 days in all.")
    scoring = ChoiceField(
        choices=list(SCORINGS),
        help_text="What the score is: completed days, the longest streak, the success rate, or the sum of the values.",
    )
    late_log_days = WholeNumberField(
        min_value=0, max_value=MAX_LATE_DAYS, default=1, help_text="How many days after its own a day may still be logged."
    )
    allow_skips = FlagField(default=False, help_text="Whether a skipped day is none; else it is a missed one.")
    max_participants = WholeNumberField(
        min_value=1, max_value=SEATS_MAX, allow_null=True, default=None, help_text=f"How many seats; null: {SEATS_MAX}."
    )


class NewChallengeSerializer(_TermsSerializer):
    """What makes a challenge."""

    id = IdField(required=False, help_text="May be made by the client, once, so that a repeated request makes no second one.")
    group = IdField(required=False, allow_null=True, help_text="The group whose challenge it is to be: for its admins.")
    visibility = ChoiceField(
        choices=list(VISIBILITIES),
        required=False,
        help_text="Who sees it and may join: everybody, the group, or whoever is invited; `group` goes with a group, and is its "
        "default; `private` is that without one.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a group without its visibility, and the other way round."""
        has_group = attrs.get("group") is not None
        default = Visibility.GROUP if has_group else Visibility.PRIVATE
        visibility = attrs.setdefault("visibility", default.value)
        if has_group and visibility != Visibility.GROUP:
            detail = "A challenge of a group is seen by the group."
            raise ValidationError({"visibility": [ErrorDetail(detail, "not_with_group")]})
        if not has_group and visibility == Visibility.GROUP:
            raise ValidationError({"group": [ErrorDetail("Say which group it is.", "required")]})
        return attrs


class ChallengeSerializer(_TermsSerializer):
    """A challenge as it looks to the one who asks; whose it is and who sees it never changes."""

    id = IdField(read_only=True)
    group = GroupReferenceSerializer(read_only=True, allow_null=True)
    creator = UserReferenceSerializer(read_only=True, allow_null=True, help_text="Null if the account has ended.")
    visibility = ChoiceField(choices=list(VISIBILITIES), read_only=True)
    state = ChoiceField(
        choices=[state.value for state in STATES],
        read_only=True,
        help_text="`settling` once its days are over all over the world, until the standings are frozen.",
    )
    starts_at = InstantField(read_only=True, help_text="When its first day begins for the first on earth.")
    ends_at = InstantField(read_only=True, help_text="When its last day is over for the last on earth.")
    settles_at = InstantField(read_only=True, help_text="When the days for late logs are over for all.")
    finished_at = InstantField(read_only=True, allow_null=True, help_text="When its standings were frozen.")
    cancelled_at = InstantField(read_only=True, allow_null=True)
    participant_count = CountField()
    is_runner = FlagField(read_only=True, help_text="Whether one may change it: its creator, or the admins of its group.")
    my_participation = OwnParticipationSerializer(read_only=True, allow_null=True, help_text="Null for who takes no part.")
    created_at = InstantField(read_only=True)
    updated_at = InstantField(read_only=True)


class JoiningSerializer(StrictSerializer):
    """With which habit one takes part."""

    habit = IdField(required=False, help_text="One of one's own that fits; a new one is made if it is left out.")


class FittingHabitSerializer(ScheduleSerializer):
    """An own habit that fits a challenge."""

    id = IdField(read_only=True)
    name = TextField(max_length=NAME_MAX_LENGTH, single_line=True, read_only=True)
    unit = TextField(max_length=UNIT_MAX_LENGTH, single_line=True, read_only=True, allow_null=True)
    start_date = CalendarDateField(read_only=True)
    end_date = CalendarDateField(read_only=True, allow_null=True)


class ParticipantSerializer(StrictSerializer):
    """Somebody who takes part."""

    user = ParticipantReferenceSerializer(read_only=True)
    joined_at = InstantField(read_only=True)


class InvitingSerializer(StrictSerializer):
    """Who is to be invited."""

    user = TextField(max_length=USERNAME_MAX_LENGTH, single_line=True, help_text="The exact username, in any case.")


class ChallengeInvitationSerializer(StrictSerializer):
    """Somebody who is asked to take part."""

    user = UserReferenceSerializer(read_only=True)
    invited_by = UserReferenceSerializer(read_only=True, allow_null=True, help_text="Null if the account has ended.")
    created_at = InstantField(read_only=True)


def draft_of(data: Mapping[str, Any]) -> ChallengeDraft:
    """Return validated fields as what makes a challenge."""
    return ChallengeDraft(
        title=data["title"],
        description=data["description"],
        schedule=schedule_of(data),
        unit=data["unit"] or "",
        start_date=data["start_date"],
        end_date=data["end_date"],
        scoring=Scoring(data["scoring"]),
        visibility=Visibility(data["visibility"]),
        group_id=data.get("group"),
        late_log_days=data["late_log_days"],
        allow_skips=data["allow_skips"],
        max_participants=data["max_participants"],
    )


def challenge_document(challenge: Challenge, present: datetime) -> dict[str, Any]:
    """Return a challenge as it looks to the one who asks."""
    group, creator = challenge.group, challenge.creator
    own = None
    if challenge.my_participation_id is not None:
        score = score_text(challenge.scoring, challenge.my_score)
        own = {"habit": challenge.my_habit_id, "rank": challenge.my_rank, "score": score}
    return {
        "id": challenge.pk,
        "group": group and {"id": group.pk, "name": group.name},
        "creator": creator and user_reference(creator),
        "visibility": challenge.visibility,
        "title": challenge.title,
        "description": challenge.description,
        **schedule_document(challenge),
        "unit": challenge.unit if challenge.target_value_milli is not None else None,
        "start_date": challenge.start_date,
        "end_date": challenge.end_date,
        "scoring": challenge.scoring,
        "late_log_days": challenge.late_log_days,
        "allow_skips": challenge.allow_skips,
        "max_participants": challenge.max_participants,
        "state": challenge.state_at(present),
        "starts_at": challenge.starts_at,
        "ends_at": challenge.ends_at,
        "settles_at": challenge.settles_at,
        "finished_at": challenge.finished_at,
        "cancelled_at": challenge.cancelled_at,
        "participant_count": challenge.participant_count,
        "is_runner": challenge.is_runner,
        "my_participation": own,
        "created_at": challenge.created_at,
        "updated_at": challenge.updated_at,
    }


def fitting_document(habit: Habit) -> dict[str, Any]:
    """Return an own habit that fits."""
    return {
        "id": habit.pk,
        "name": habit.name,
        "unit": habit.unit if habit.is_measured else None,
        "start_date": habit.start_date,
        "end_date": habit.end_date,
        **schedule_document(habit),
    }


def participant_reference(row: Participation) -> dict[str, Any]:
    """Return whose a participation is."""
    return FORMER_PARTICIPANT if row.user is None else user_reference(row.user)


def participant_document(row: Participation) -> dict[str, Any]:
    """Return somebody who takes part."""
    return {"user": participant_reference(row), "joined_at": row.joined_at}


def invitation_document(invitation: ChallengeInvitation) -> dict[str, Any]:
    """Return somebody who is asked to take part."""
    inviter = invitation.invited_by
    return {
        "user": user_reference(invitation.user),
        "invited_by": inviter and user_reference(inviter),
        "created_at": invitation.created_at,
    }
