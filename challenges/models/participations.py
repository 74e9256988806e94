"""Who takes part in a challenge and how they stand, who is asked to, and who does not any more."""

import uuid
from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from challenges.domain.holdings import Holdings, decode_holdings, encode_holdings
from challenges.domain.scoring import NO_SCORE, Standing
from challenges.models.challenges import Challenge
from challenges.querysets import ParticipationQuerySet
from config.identifiers import new_id
from habits.domain.rates import Rate
from habits.models import Habit

DERIVED_COLUMNS = ("score", "reached_at", "expected", "achieved", "current_streak", "last_completed_on", "as_of")


class Participation(models.Model):
    """A participant's place in a challenge, as of the participant's date `as_of`.

    `holdings` is what was received in time, and the truth of the score from the cut-off of each day on; the other figures follow
    from it. `rank` is given when the standings are frozen: from then on nothing of the row changes but whose it is.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="participations", db_index=False)
    # Null for a participant of a finished or cancelled challenge who has ended the account.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    # Null once the habit is deleted: what it has scored stays.
    habit = models.ForeignKey(Habit, on_delete=models.SET_NULL, null=True, related_name="+")
    holdings_text = models.TextField(db_column="holdings", default="[]")
    score = models.BigIntegerField()
    reached_at = models.DateTimeField(null=True)
    expected = models.PositiveIntegerField(default=0)
    achieved = models.PositiveIntegerField(default=0)
    current_streak = models.PositiveIntegerField(default=0)
    last_completed_on = models.DateField(null=True)
    as_of = models.DateField()
    # The instant from which the figures may differ without a write; null where they cannot.
    next_change_at = models.DateTimeField(null=True)
    rank = models.PositiveIntegerField(null=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ParticipationQuerySet.as_manager()

    challenge_id: uuid.UUID
    user_id: uuid.UUID | None
    habit_id: uuid.UUID | None

    # Not stored: the score before it was brought up to date.
    old_score: int | None = None

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["challenge", "-score", "reached_at", "joined_at", "id"], name="participation_standings"),
            models.Index(fields=["challenge", "joined_at", "id"], name="participation_list"),
            models.Index(
                fields=["next_change_at"], name="participation_next_change", condition=models.Q(next_change_at__isnull=False)
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["challenge", "user"], name="participation_once"),
            models.CheckConstraint(condition=models.Q(score__gte=NO_SCORE), name="participation_score_range"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.challenge_id}"

    @property
    def holdings(self) -> Holdings:
        """What was received in time."""
        return decode_holdings(self.holdings_text)

    @holdings.setter
    def holdings(self, holdings: Holdings) -> None:
        self.holdings_text = encode_holdings(holdings)

    @property
    def rate(self) -> Rate:
        """What was expected so far, and achieved."""
        return Rate(self.expected, self.achieved)

    def take(self, standing: Standing, today: date, next_change_at: datetime | None) -> None:
        """Take the figures of a day."""
        self.score, self.reached_at, rate, self.current_streak, self.last_completed_on, _ = standing
        self.expected, self.achieved = rate
        self.as_of, self.next_change_at = today, next_change_at


class ChallengeInvitation(models.Model):
    """Somebody whom a runner has asked to take part: gone with joining, or when it is withdrawn."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="invitations", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    user_id: uuid.UUID

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["challenge", "created_at", "id"], name="asked_list")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["challenge", "user"], name="asked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} to {self.challenge_id}"


class Departure(models.Model):
    """Somebody who took part and does not any more; gone with coming back.

    `holdings` keeps what was received in time, of the habit: who comes back has neither lost it nor made it better. Whom a runner
    has removed is barred, and does not come back without an invitation.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="departures", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    habit = models.ForeignKey(Habit, on_delete=models.SET_NULL, null=True, related_name="+")
    holdings_text = models.TextField(db_column="holdings")
    is_barred = models.BooleanField()
    left_at = models.DateTimeField(default=timezone.now, editable=False)

    challenge_id: uuid.UUID
    user_id: uuid.UUID
    habit_id: uuid.UUID | None

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["challenge", "user"], name="departure_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} from {self.challenge_id}"

    @property
    def holdings(self) -> Holdings:
        """What was received in time."""
        return decode_holdings(self.holdings_text)
