"""Challenges for tests, made by the services: with their grants, and people who take part in them."""

from datetime import date, timedelta

import factory

from challenges.domain.terms import Scoring, Visibility
from challenges.models import Announcement, Challenge, Participation
from challenges.services.announcements import announce
from challenges.services.challenges import ChallengeDraft, create_challenge
from challenges.services.joining import invite_to_challenge, join_challenge
from habits.domain.schedule import Schedule
from habits.models import Habit
from tests.factories.habits import EVERY_DAY
from tests.factories.users import UserFactory
from users.models import User
from users.selectors import today_for


class ChallengeFactory(factory.Factory):
    """A public challenge `Challenge 0`, `Challenge 1` … of a new user, for two weeks from today on: who completes most days wins.

    Everything that a ChallengeDraft holds may be given.
    """

    class Meta:
        model = Challenge

    owner = factory.SubFactory(UserFactory, password="!")
    title = factory.Sequence(lambda number: f"Challenge {number}")
    visibility = Visibility.PUBLIC
    scoring = Scoring.COMPLETIONS

    @classmethod
    def _create(
        cls,
        model_class: type[Challenge],
        /,
        owner: User,
        schedule: Schedule = EVERY_DAY,
        start_date: date | None = None,
        days: int = 14,
        **draft: object,
    ) -> Challenge:
        start = start_date or today_for(owner)
        end = start + timedelta(days=days - 1)
        challenge, _ = create_challenge(
            actor=owner, draft=ChallengeDraft(schedule=schedule, start_date=start, end_date=end, **draft)
        )
        return challenge


def take_part(challenge: Challenge, user: User, habit: Habit | None = None) -> Participation:
    """Have a user join a challenge, with a new habit unless one is given."""
    join_challenge(actor=user, challenge_id=challenge.pk, habit_id=habit and habit.pk)
    return Participation.objects.select_related("habit", "challenge", "user").get(challenge=challenge, user=user)


def ask(challenge: Challenge, user: User, actor: User) -> None:
    """Have a runner invite a user."""
    invite_to_challenge(actor=actor, challenge_id=challenge.pk, username=user.username)


def new_announcement(challenge: Challenge, actor: User, text: str = "Keep going") -> Announcement:
    """Have a runner announce something."""
    return announce(actor=actor, challenge_id=challenge.pk, text=text)[0]
