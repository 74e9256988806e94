"""Challenges."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from challenges.domain.course import Course, State, course_of, state_of
from challenges.domain.terms import SCORINGS, VISIBILITIES, Scoring, Terms, Visibility
from challenges.querysets import ChallengeQuerySet
from config.identifiers import new_id
from config.text import key_of
from groups.models import Group
from habits.models.habits import UNIT_MAX_LENGTH, ScheduleFields, schedule_constraints

TITLE_MAX_LENGTH = 120
DESCRIPTION_MAX_LENGTH = 2_000
SEATS_MAX = 100_000


class Challenge(ScheduleFields):
    """Terms for some days; its row lock is the lock of who takes part.

    The instants of its course are kept beside its days, for the jobs that look for what is due. `finished_at` is when its
    standings were frozen.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Null for one whose maker has ended the account.
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, null=True, related_name="+")
    visibility = models.CharField(max_length=7, choices=[(word.value, word.value) for word in VISIBILITIES])
    title = models.CharField(max_length=TITLE_MAX_LENGTH)
    search_key = models.TextField()
    description = models.TextField(blank=True, default="")
    unit = models.CharField(max_length=UNIT_MAX_LENGTH, blank=True, default="")
    start_date = models.DateField()
    end_date = models.DateField()
    scoring = models.CharField(max_length=12, choices=[(word.value, word.value) for word in SCORINGS])
    late_log_days = models.PositiveSmallIntegerField()
    allow_skips = models.BooleanField()
    max_participants = models.PositiveIntegerField(null=True)
    participant_count = models.PositiveIntegerField(default=0, editable=False)
    # Of what may be edited: one more with each change.
    version = models.PositiveIntegerField(default=1, editable=False)
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)
    settles_at = models.DateTimeField(editable=False)
    is_start_told = models.BooleanField(default=False, editable=False)
    # Whether the standings are still those of other terms, or are to rest: seen to by a job.
    is_stale = models.BooleanField(default=False, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ChallengeQuerySet.as_manager()

    creator_id: uuid.UUID | None
    group_id: uuid.UUID | None

    # What `challenges.selectors.challenges.described` adds, as it is for the one who asks.
    is_runner: bool
    my_habit_id: uuid.UUID | None
    my_participation_id: uuid.UUID | None
    my_score: int | None
    my_rank: int | None

    class Meta:
        default_permissions = ("view", "change")
        permissions = (("participate_challenge", "Can participate in challenge"),)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["visibility", "-start_date", "id"], name="challenge_public_list"),
            models.Index(
                fields=["settles_at"], name="challenge_to_settle", condition=models.Q(finished_at=None, cancelled_at=None)
            ),
            models.Index(fields=["id"], name="challenge_stale", condition=models.Q(is_stale=True)),
            models.Index(
                fields=["starts_at"], name="challenge_to_start", condition=models.Q(is_start_told=False, cancelled_at=None)
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *schedule_constraints("challenge"),
            models.CheckConstraint(condition=~models.Q(title=""), name="challenge_title_not_empty"),
            models.CheckConstraint(condition=models.Q(end_date__gte=models.F("start_date")), name="challenge_ends_after_start"),
            models.CheckConstraint(
                condition=models.Q(visibility=Visibility.GROUP, group__isnull=False)
                | models.Q(visibility__in=[Visibility.PUBLIC, Visibility.PRIVATE], group=None),
                name="challenge_of_group_or_not",
            ),
            models.CheckConstraint(condition=models.Q(scoring__in=list(SCORINGS)), name="challenge_scoring_known"),
            models.CheckConstraint(
                condition=models.Q(max_participants=None) | models.Q(max_participants__range=(1, SEATS_MAX)),
                name="challenge_seats_range",
            ),
            models.CheckConstraint(
                condition=models.Q(finished_at=None) | models.Q(cancelled_at=None), name="challenge_finished_or_cancelled"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def set_texts(self, title: str, description: str) -> None:
        """Take the texts, and the key by which they are found."""
        self.title, self.description = title, description
        self.search_key = key_of(f"{title} {description}")

    def set_course(self) -> None:
        """Keep the instants that follow from the days."""
        self.starts_at, self.ends_at, self.settles_at = course_of(self.start_date, self.end_date, self.late_log_days)

    @property
    def terms(self) -> Terms:
        """What participants are judged by."""
        return Terms(self.schedule, self.start_date, self.end_date, Scoring(self.scoring), self.late_log_days, self.allow_skips)

    @property
    def unit_key(self) -> str:
        """The unit in the form in which it is compared."""
        return key_of(self.unit)

    @property
    def seats(self) -> int:
        """How many participants it may have."""
        return SEATS_MAX if self.max_participants is None else self.max_participants

    def state_at(self, present: datetime) -> State:
        """Return how far it is."""
        course = Course(self.starts_at, self.ends_at, self.settles_at)
        is_finished, is_cancelled = self.finished_at is not None, self.cancelled_at is not None
        return state_of(course, present, is_finished=is_finished, is_cancelled=is_cancelled)
