"""Making, changing and ending challenges."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.timezone import now

from challenges.domain.course import State, latest_today
from challenges.domain.terms import Scoring, Terms, Visibility, terms_faults
from challenges.errors import ChallengeOver, TermsFixed
from challenges.models import Challenge
from challenges.permissions import RUN, project_roles, project_user
from challenges.selectors.challenges import describe, get_challenge
from challenges.services.locking import locked_challenge
from config.claims import claimed
from config.errors import FieldError, IdConflict, InvalidInput, LimitReached, NotFound
from config.identifiers import new_id
from config.versions import UNCONDITIONAL, Precondition
from groups.permissions import MANAGE
from groups.selectors.groups import GROUPS
from groups.services.feed import forget_challenge, retitle_challenge, tell_challenge_created
from groups.services.locking import lock_groups
from habits.domain.editing import SCHEDULE_FIELDS, edit_schedule, meaning_faults
from habits.domain.schedule import Schedule
from habits.domain.validation import Fault, target_faults
from habits.services.checks import raise_faults
from sharing.services.ids import check_not_spent, spend_id
from users.models import User
from users.selectors import today_for
from users.services.locking import lock_user

MAX_OPEN_CHALLENGES: Final = 50
# What may be changed while it runs, and what of the terms decides which habits fit.
ALWAYS_OPEN: Final = frozenset({"title", "description", "end_date"})
FITTED_BY: Final = ("frequency", "interval", "target_direction", "unit")
PLAIN_FIELDS: Final = ("unit", "start_date", "end_date", "scoring", "late_log_days", "allow_skips", "max_participants")
EDITABLE: Final = ("title", "description", *PLAIN_FIELDS, *sorted(SCHEDULE_FIELDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeDraft:
    """What makes a challenge; one of a group is run by the group's admins."""

    title: str
    schedule: Schedule
    start_date: date
    end_date: date
    scoring: Scoring
    visibility: Visibility = Visibility.PRIVATE
    group_id: uuid.UUID | None = None
    description: str = ""
    unit: str = ""
    late_log_days: int = 1
    allow_skips: bool = False
    max_participants: int | None = None


def create_challenge(*, actor: User, draft: ChallengeDraft, challenge_id: uuid.UUID | None = None) -> tuple[Challenge, bool]:
    """Store a challenge; return it and whether it is new. One of a group takes an admin of it.

    The same `challenge_id` again from the same user returns the challenge as it is now. Raises InvalidInput, Forbidden,
    IdConflict, IdDeleted and LimitReached.
    """
    with claimed(Challenge, challenge_id), transaction.atomic():
        lock_user(actor.pk)
        if challenge_id is not None and (known := _known(actor, challenge_id)) is not None:
            return get_challenge(actor, known), False
        if draft.group_id is not None:
            _check_admin(actor, draft.group_id)
        challenge = _insert(actor, draft, challenge_id or new_id())
        return describe(challenge, actor), True


def _known(actor: User, challenge_id: uuid.UUID) -> uuid.UUID | None:
    """Return the id if it is that of a challenge that the actor has made; raises for one that cannot be had."""
    found = Challenge.objects.filter(pk=challenge_id).values("creator").first()
    if found is None:
        check_not_spent(actor.pk, challenge_id)
        return None
    if found["creator"] != actor.pk:
        raise IdConflict
    return challenge_id


def _check_admin(actor: User, group_id: uuid.UUID) -> None:
    """Raise Forbidden for members who are no admins, and InvalidInput for a group that is not the actor's."""
    lock_groups([group_id])  # nobody's role changes meanwhile
    try:
        GROUPS.fetch(actor, group_id, needed=MANAGE)
    except NotFound:
        raise InvalidInput(errors=[FieldError("group", NotFound.code, "This is no group of yours.")]) from None


def _insert(actor: User, draft: ChallengeDraft, challenge_id: uuid.UUID) -> Challenge:
    if Challenge.objects.open().filter(creator=actor).count() >= MAX_OPEN_CHALLENGES:
        raise LimitReached(f"There are {MAX_OPEN_CHALLENGES} challenges of yours already that are not over.")
    challenge = Challenge(
        id=challenge_id,
        creator=actor,
        group_id=draft.group_id,
        visibility=draft.visibility,
        start_date=draft.start_date,
        end_date=draft.end_date,
        unit=draft.unit,
        scoring=draft.scoring,
        late_log_days=draft.late_log_days,
        allow_skips=draft.allow_skips,
        max_participants=draft.max_participants,
    )
    challenge.schedule = draft.schedule
    challenge.set_texts(draft.title, draft.description)
    today = today_for(actor)
    raise_faults(terms_faults(challenge.terms, unit=challenge.unit, today=today, earliest=today))
    challenge.set_course()
    challenge.save(force_insert=True)
    if challenge.group_id is None:
        project_user(challenge, actor.pk)
    else:
        project_roles(challenge)
        tell_challenge_created(challenge.group_id, actor.pk, challenge.pk, challenge.title)
    return challenge


def update_challenge(
    *, actor: User, challenge_id: uuid.UUID, changes: Mapping[str, Any], precondition: Precondition = UNCONDITIONAL
) -> Challenge:
    """Change what `changes` names and return the challenge. Fewer seats than participants make nobody leave.

    Raises PreconditionFailed, InvalidInput, ChallengeOver, and TermsFixed for what cannot be changed any more.
    """
    with locked_challenge(actor, challenge_id, needed=RUN, precondition=precondition) as challenge:
        state = challenge.state_at(now())
        if state in (State.FINISHED, State.CANCELLED):
            raise ChallengeOver
        before = _settings_of(challenge)
        old_terms = challenge.terms
        faults = _take(challenge, changes)
        changed = {name for name, value in _settings_of(challenge).items() if value != before[name]}
        _check_fixed(challenge, changed, state, old_terms)
        raise_faults(faults + _faults(challenge, actor, old_terms))
        if changed:
            _store(challenge, changed)
        return describe(challenge, actor)


def _settings_of(challenge: Challenge) -> dict[str, Any]:
    return {name: getattr(challenge, name) for name in EDITABLE}


def _take(challenge: Challenge, changes: Mapping[str, Any]) -> list[Fault]:
    """Give a challenge, not stored, what `changes` names; return the faults of what is left to guess."""
    challenge.set_texts(changes.get("title", challenge.title), changes.get("description", challenge.description))
    for name in PLAIN_FIELDS:
        setattr(challenge, name, changes.get(name, getattr(challenge, name)))
    faults = meaning_faults(challenge.schedule, changes)
    challenge.schedule = edit_schedule(challenge.schedule, changes)
    is_described = bool(changes.get("target_direction") or changes.get("target_scope"))
    return faults + target_faults(challenge.schedule, is_described=is_described)


def _check_fixed(challenge: Challenge, changed: set[str], state: State, old: Terms) -> None:
    """Raise TermsFixed for what nobody may change any more, and ChallengeOver for an end whose day has passed for somebody."""
    fixed = changed - ALWAYS_OPEN if state is not State.UPCOMING else set()
    if challenge.participant_count:
        fixed |= changed.intersection(FITTED_BY)
        fixed |= {"target_value_milli"} if old.is_measured != challenge.terms.is_measured else set()
    if fixed:
        names = sorted(name.removesuffix("_milli") for name in fixed)
        raise TermsFixed(errors=[FieldError(name, TermsFixed.code, TermsFixed.title) for name in names])
    if "end_date" in changed and latest_today(now()) > old.end:
        raise ChallengeOver("The last day has passed for some of the participants: the end stays where it is.")


def _faults(challenge: Challenge, actor: User, old: Terms) -> list[Fault]:
    new = challenge.terms
    today = today_for(actor)
    faults = terms_faults(new, unit=challenge.unit, today=today, earliest=old.start if new.start == old.start else today)
    latest = latest_today(now())
    if new.end != old.end and new.end < latest:
        faults.append(Fault("end_date", "date_out_of_range", f"Somewhere it is {latest} already: end it then at the earliest."))
    if new.start != old.start and new.start <= latest and challenge.participant_count:
        # What participants have logged by now was no matter of the challenge's when it came.
        faults.append(Fault("start_date", "date_out_of_range", f"Somewhere it is {latest} already: begin it after that."))
    return faults


def _store(challenge: Challenge, changed: set[str]) -> None:
    challenge.set_course()
    challenge.version += 1
    challenge.updated_at = now()
    challenge.is_stale = challenge.is_stale or bool(changed - {"title", "description", "max_participants"})
    challenge.save(force_update=True)
    if "title" in changed and challenge.group_id is not None:
        retitle_challenge(challenge.group_id, challenge.pk, challenge.title)


def end_challenge(*, actor: User, challenge_id: uuid.UUID, precondition: Precondition = UNCONDITIONAL) -> None:
    """Delete a challenge in which nobody takes part, and cancel any other: participants still see it then.

    Doing it again changes nothing. Raises PreconditionFailed, and ChallengeOver once its standings are final.
    """
    # Whose id it is has to be there to keep it, if it is deleted.
    creator_id = Challenge.objects.filter(pk=challenge_id).values_list("creator", flat=True).first()
    with locked_challenge(actor, challenge_id, needed=RUN, about=creator_id, precondition=precondition) as challenge:
        if challenge.finished_at is not None:
            raise ChallengeOver
        if challenge.participant_count:
            if challenge.cancelled_at is None:
                challenge.cancelled_at = challenge.updated_at = now()
                challenge.version += 1
                challenge.is_stale = True
                challenge.save(force_update=True)
            return
        delete_challenge(challenge)


def delete_challenge(challenge: Challenge) -> None:
    """Delete a challenge that is locked, with all that belongs to it; its id stays its creator's."""
    if challenge.creator_id is not None:
        spend_id(challenge.creator_id, challenge.pk)
    if challenge.group_id is not None:
        forget_challenge(challenge.group_id, challenge.pk)
    challenge.delete()
