"""Joining a challenge with a habit, leaving it, and what runners do about who takes part."""

import uuid
from datetime import timedelta
from typing import Final

from django.db import transaction

from challenges.domain.terms import Visibility
from challenges.errors import AlreadyJoined, ChallengeFull, ChallengeOver, RemovedFromChallenge
from challenges.models import Challenge, ChallengeInvitation, Departure, Participation
from challenges.permissions import RUN, project_user
from challenges.selectors.challenges import CHALLENGES, describe, misfits_of, own_habits
from challenges.services.locking import locked_challenge, locked_visible_challenge
from challenges.services.participations import add_participant, is_open, remove_participant
from challenges.signals import participant_invited
from config.errors import FieldError, InvalidInput, LimitReached, NotFound
from groups.models import Membership
from groups.selectors.groups import with_people
from habits.models import Habit
from habits.models.habits import NAME_MAX_LENGTH
from habits.services.habits import HabitDraft, create_habit
from users.models import User
from users.selectors import today_for
from users.services.locking import hold_user_named

# What the log of one habit may have to be counted for.
MAX_OPEN_PARTICIPATIONS: Final = 20
MAX_INVITATIONS: Final = 500


def join_challenge(*, actor: User, challenge_id: uuid.UUID, habit_id: uuid.UUID | None = None) -> Challenge:
    """Have the actor take part with a habit that fits, or with a new one that is made for it; return the challenge as it is then.

    Doing it again changes nothing. Raises AlreadyJoined for another habit, ChallengeOver, ChallengeFull, RemovedFromChallenge,
    LimitReached, and InvalidInput that says what does not fit.
    """
    with locked_visible_challenge(actor, challenge_id) as challenge:
        known = Participation.objects.of(challenge.pk).filter(user=actor).first()
        if known is None:
            _check_open(challenge, actor)
            add_participant(challenge, actor, _habit_for(challenge, actor, habit_id))
        elif habit_id not in (None, known.habit_id):
            raise AlreadyJoined
        return describe(challenge, actor)


def _check_open(challenge: Challenge, actor: User) -> None:
    if not is_open(challenge):
        raise ChallengeOver
    if _is_removed(challenge, actor.pk):
        raise RemovedFromChallenge
    if challenge.participant_count >= challenge.seats:
        raise ChallengeFull
    if Participation.objects.open().filter(user=actor).count() >= MAX_OPEN_PARTICIPATIONS:
        raise LimitReached(f"Nobody takes part in more than {MAX_OPEN_PARTICIPATIONS} challenges at a time.")


def _is_removed(challenge: Challenge, user_id: uuid.UUID) -> bool:
    is_asked = ChallengeInvitation.objects.filter(challenge=challenge, user=user_id).exists()
    return not is_asked and Departure.objects.filter(challenge=challenge, user=user_id, is_barred=True).exists()


def _habit_for(challenge: Challenge, actor: User, habit_id: uuid.UUID | None) -> Habit:
    if habit_id is None:
        return _make_habit(challenge, actor)
    habit = own_habits(actor).filter(pk=habit_id).first()
    if habit is None:
        raise InvalidInput(errors=[FieldError("habit", NotFound.code, "This is no habit of yours.")])
    if misfits := misfits_of(challenge, habit, actor):
        raise InvalidInput("The habit does not fit.", errors=[FieldError("habit", *misfit) for misfit in misfits])
    return habit


def _make_habit(challenge: Challenge, actor: User) -> Habit:
    """Make a habit of the challenge's terms; it takes the logs of days that still count."""
    earliest = today_for(actor) - timedelta(days=challenge.late_log_days)
    draft = HabitDraft(
        name=challenge.title[:NAME_MAX_LENGTH],
        schedule=challenge.schedule,
        unit=challenge.unit,
        start_date=max(challenge.start_date, earliest),
    )
    habit, _ = create_habit(actor=actor, draft=draft)
    return habit


def leave_challenge(*, actor: User, challenge_id: uuid.UUID) -> None:
    """Take the actor out of the standings; doing it again changes nothing. ChallengeOver once these are final."""
    with locked_visible_challenge(actor, challenge_id) as challenge:
        row = Participation.objects.of(challenge.pk).filter(user=actor).first()
        if row is not None:
            _take_out(challenge, row)


def remove_from_challenge(*, actor: User, challenge_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Take a participant out of the standings, who does not come back without an invitation; ChallengeOver."""
    with locked_challenge(actor, challenge_id, needed=RUN, about=user_id) as challenge:
        row = Participation.objects.of(challenge.pk).filter(user=user_id).first()
        if row is None:
            raise NotFound
        _take_out(challenge, row, is_barred=True)


def _take_out(challenge: Challenge, row: Participation, *, is_barred: bool = False) -> None:
    if challenge.finished_at is not None or challenge.cancelled_at is not None:
        raise ChallengeOver
    remove_participant(challenge, row, is_barred=is_barred)


def invite_to_challenge(*, actor: User, challenge_id: uuid.UUID, username: str) -> tuple[ChallengeInvitation, bool]:
    """Ask the user of this name to take part; return the invitation and whether it is new.

    Raises ChallengeOver, LimitReached, and InvalidInput for nobody, for who is no member of the group, and for who takes part.
    """
    with transaction.atomic():
        CHALLENGES.fetch(actor, challenge_id, needed=RUN)
        user = hold_user_named(username)
        with locked_challenge(actor, challenge_id, needed=RUN) as challenge:
            if not is_open(challenge):
                raise ChallengeOver
            user = _check_invited(challenge, user)
            waiting = ChallengeInvitation.objects.filter(challenge=challenge)
            is_new = not waiting.filter(user=user).exists()
            if is_new:
                _invite(challenge, user, actor, waiting.count())
            return with_people(waiting, "user", "invited_by").get(user=user), is_new


def _invite(challenge: Challenge, user: User, actor: User, waiting: int) -> None:
    if waiting >= MAX_INVITATIONS:
        raise LimitReached(f"At most {MAX_INVITATIONS} invitations wait at a time.")
    invitation = ChallengeInvitation.objects.create(challenge=challenge, user=user, invited_by=actor)
    project_user(challenge, user.pk)
    participant_invited.send(sender=ChallengeInvitation, invitation=invitation)


def _check_invited(challenge: Challenge, user: User | None) -> User:
    is_member = challenge.visibility != Visibility.GROUP or (
        user is not None and Membership.objects.filter(group=challenge.group_id, user=user).exists()
    )
    if user is None or not is_member:
        where = "in the group" if challenge.group_id else "here"
        raise InvalidInput(errors=[FieldError("user", NotFound.code, f"There is nobody {where} with this name.")])
    if Participation.objects.of(challenge.pk).filter(user=user).exists():
        raise InvalidInput(errors=[FieldError("user", "takes_part", "The user takes part already.")])
    return user


def withdraw_invitation(*, actor: User, challenge_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Take an invitation back; NotFound where there is none."""
    with locked_challenge(actor, challenge_id, needed=RUN) as challenge:
        deleted, _ = ChallengeInvitation.objects.filter(challenge=challenge, user=user_id).delete()
        if not deleted:
            raise NotFound
        project_user(challenge, user_id)
