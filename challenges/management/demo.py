"""The challenges of the demo: one that is finished, with winners, and one that runs."""

from datetime import date, timedelta
from typing import Final

from django.utils.timezone import now

from challenges.domain.holdings import Held
from challenges.domain.terms import Scoring, Visibility
from challenges.models import Challenge, Participation
from challenges.services.announcements import announce
from challenges.services.challenges import ChallengeDraft, create_challenge
from challenges.services.joining import join_challenge
from challenges.services.settling import settle_challenges
from challenges.services.standings import stand
from groups.models import Group
from habits.domain.schedule import Frequency, Schedule
from habits.management.demo.loading import demo_part, list_demo_users
from habits.models import Habit, HabitLog
from users.domain.clock import start_of_day
from users.models import User
from users.selectors import today_for

DAYS: Final = 31
LOGGED_AFTER: Final = timedelta(hours=18)
# What each of them does every day.
HABITS: Final = {"ada": "Meditate", "ben": "Bike to work", "cleo": "漢字 – ten new ones"}


@demo_part
def load_challenges() -> None:
    """Store the challenges of the first group, run by its admins."""
    group = Group.objects.get(name="Early birds")
    ada, ben, cleo = list_demo_users()
    today = today_for(ada)
    _hold(group, ada, [ada, ben, cleo], "A month of mornings", today - timedelta(days=DAYS + 5))
    running = _hold(group, ben, [ada, ben, cleo], "Every single morning", today - timedelta(days=9))
    announce(actor=ben, challenge_id=running.pk, text="A third of it is done. Whoever wins chooses the cake.")
    settle_challenges()


def _hold(group: Group, runner: User, people: list[User], title: str, first: date) -> Challenge:
    """Store a challenge that began some time ago, as if everybody had joined it then and logged each day in the evening."""
    today = today_for(runner)
    draft = ChallengeDraft(
        title=title,
        description="One good thing before the day gets in the way.",
        visibility=Visibility.GROUP,
        group_id=group.pk,
        schedule=Schedule.of(Frequency.DAILY),
        start_date=today,
        end_date=today + timedelta(days=DAYS - 1),
        scoring=Scoring.COMPLETIONS,
    )
    challenge, _ = create_challenge(actor=runner, draft=draft)
    for user in people:
        habit = Habit.objects.owned_by(user.pk).get(name=HABITS[user.username])
        join_challenge(actor=user, challenge_id=challenge.pk, habit_id=habit.pk)
    challenge = Challenge.objects.get(pk=challenge.pk)
    challenge.start_date, challenge.end_date = first, first + timedelta(days=DAYS - 1)
    challenge.set_course()
    challenge.save()
    for row in Participation.objects.of(challenge.pk).select_related("user").order_by("pk"):
        _log(challenge, row)
    return challenge


def _log(challenge: Challenge, row: Participation) -> None:
    """Give a participant what was logged, as if it had come in time."""
    user = row.user
    if user is None:  # who is there: the demo has just been made
        return
    logs = HabitLog.objects.filter(habit=row.habit_id, date__range=(challenge.start_date, challenge.end_date))
    starts = {log.date: start_of_day(log.date, user.timezone, user.day_start_hour) for log in logs}
    row.holdings = {log.date: Held(log.day_log, min(now(), starts[log.date] + LOGGED_AFTER)) for log in logs}
    row.joined_at = challenge.starts_at
    stand(row, challenge.terms, row.holdings, user)
    row.save()
