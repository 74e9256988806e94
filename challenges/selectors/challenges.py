"""Challenges as those who ask may see them."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, UUIDField
from django.db.models.functions import Coalesce

from challenges.domain.fitting import Misfit, candidate_of, list_misfits
from challenges.domain.terms import Visibility
from challenges.models import Challenge, ChallengeInvitation, Participation
from challenges.permissions import PARTICIPATE, RUN, VIEW
from config.access import Gate, held_on, holding, mark_held
from config.errors import Forbidden, NotFound
from config.text import key_of
from groups.models import Group
from groups.selectors.groups import with_people
from habits.models import Habit
from habits.permissions import VIEW as VIEW_HABIT
from users.models import User
from users.selectors import today_for

CHALLENGES: Final[Gate[Challenge]] = Gate(Challenge.objects.all, visible_by=VIEW, open_where=Q(visibility=Visibility.PUBLIC))


def described(challenges: QuerySet[Challenge], actor: User) -> QuerySet[Any]:
    """Return challenges with whose they are, whether the actor runs them, and how the actor stands."""
    own = Participation.objects.filter(challenge=OuterRef("pk"), user=actor.pk)
    better = Participation.objects.filter(challenge=OuterRef("challenge"), score__gt=OuterRef("score")).order_by()
    count = better.values("challenge").annotate(count=Count("pk")).values("count")
    placed = own.annotate(place=Coalesce(F("rank"), Coalesce(Subquery(count), 0) + 1))
    hidden = [field.name for field in Group._meta.concrete_fields if field.name not in ("id", "name")]
    rows = with_people(challenges, "creator").select_related("group").defer(*(f"group__{name}" for name in hidden))
    additions: dict[str, Any] = {
        "my_participation_id": Subquery(own.values("pk")),
        "my_habit_id": Subquery(own.values("habit"), output_field=UUIDField()),
        "my_score": Subquery(own.values("score")),
        "my_rank": Subquery(placed.values("place")),
    }
    return mark_held(rows.annotate(**additions), actor, RUN, "is_runner")


def list_challenges(actor: User) -> QuerySet[Any]:
    """Return the challenges that exist for the actor: public ones, and those that grants show."""
    held = holding(Challenge.objects.all(), actor, VIEW).values("pk")
    return described(Challenge.objects.filter(Q(visibility=Visibility.PUBLIC) | Q(pk__in=held)), actor)


def get_challenge(actor: User, challenge_id: uuid.UUID) -> Challenge:
    """Return a challenge that exists for the actor, as it looks to the actor; NotFound for any other."""
    return describe(CHALLENGES.see(actor, challenge_id), actor)


def describe(challenge: Challenge, actor: User) -> Challenge:
    """Return a challenge that was fetched for the actor, as it looks to the actor."""
    found: Challenge | None = described(Challenge.objects.filter(pk=challenge.pk), actor).first()
    if found is None:
        raise NotFound
    return found


def get_as_insider(actor: User, challenge_id: uuid.UUID) -> Challenge:
    """Return a challenge in which the actor takes part, or that the actor runs; Forbidden for one that is only visible."""
    try:
        return CHALLENGES.fetch(actor, challenge_id, needed=PARTICIPATE)
    except Forbidden:
        return CHALLENGES.fetch(actor, challenge_id, needed=RUN)


def list_participants(actor: User, challenge_id: uuid.UUID) -> QuerySet[Participation]:
    """Return who takes part in a challenge that exists for the actor."""
    challenge = CHALLENGES.see(actor, challenge_id)
    return with_people(Participation.objects.of(challenge.pk).defer("holdings_text"))


def participants_in(group_id: uuid.UUID) -> set[uuid.UUID]:
    """Return who takes part in any challenge of a group, those that are over included."""
    users = User.objects.filter(pk__in=Participation.objects.filter(challenge__group=group_id).values("user"))
    return set(users.values_list("pk", flat=True))


def list_invitations(actor: User, challenge_id: uuid.UUID) -> QuerySet[ChallengeInvitation]:
    """Return who is asked to take part in a challenge that the actor runs."""
    challenge = CHALLENGES.fetch(actor, challenge_id, needed=RUN)
    return with_people(ChallengeInvitation.objects.filter(challenge=challenge), "user", "invited_by")


def list_fitting_habits(actor: User, challenge_id: uuid.UUID) -> list[Habit]:
    """Return the actor's habits that fit a challenge which exists for the actor."""
    challenge = CHALLENGES.see(actor, challenge_id)
    habits = own_habits(actor).filter(archived_on=None).order_by("position", "id")
    return [habit for habit in habits if not misfits_of(challenge, habit, actor)]


def own_habits(actor: User) -> QuerySet[Habit]:
    """Return the actor's habits, as the grants on each allow."""
    return Habit.objects.owned_by(actor.pk).filter(held_on(Habit, OuterRef("pk"), actor, VIEW_HABIT))


def misfits_of(challenge: Challenge, habit: Habit, owner: User) -> Sequence[Misfit]:
    """Return all that keeps a habit of the owner's from a challenge."""
    today = today_for(owner)
    return list_misfits(challenge.terms, challenge.unit_key, candidate_of(habit.plan, key_of(habit.unit), today), today)
