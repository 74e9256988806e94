"""Beginning and ending to take part: every way in and out leads through here."""

from collections.abc import Iterable

from django.utils.timezone import now

from challenges.models import Challenge, ChallengeInvitation, Departure, Participation
from challenges.permissions import project_user
from challenges.services.locking import lock_challenges
from challenges.services.standings import hold_logs, stand
from challenges.signals import participation_began, participation_ended
from groups.services.feed import forget_challenge_of, tell_challenge_joined
from habits.models import Habit
from habits.services.following import follow_habit
from users.models import User


def add_participant(challenge: Challenge, user: User, habit: Habit) -> Participation:
    """Have a user take part with a habit that fits; what was logged in time counts. The challenge and the user are locked."""
    row = Participation(challenge=challenge, user=user, habit=habit)
    terms = challenge.terms
    departure = Departure.objects.filter(challenge=challenge, user=user).first()
    before = departure.holdings if departure is not None and departure.habit_id == habit.pk else {}
    row.holdings = hold_logs(habit, terms, user, before)
    stand(row, terms, row.holdings, user)
    row.save(force_insert=True)
    follow_habit(habit)
    ChallengeInvitation.objects.filter(challenge=challenge, user=user).delete()
    if departure is not None:
        departure.delete()
    _count(challenge, 1)
    project_user(challenge, user.pk)
    if challenge.group_id is not None:
        tell_challenge_joined(challenge.group_id, user.pk, challenge.pk, challenge.title)
    participation_began.send(sender=Participation, challenge_id=challenge.pk, user_id=user.pk)
    return row


def remove_participant(challenge: Challenge, row: Participation, *, is_barred: bool = False) -> None:
    """Take somebody out of the standings of a challenge that is not over; the challenge and the user are locked."""
    user_id = row.user_id
    row.delete()
    if user_id is not None:
        participation_ended.send(sender=Participation, challenge_id=challenge.pk, user_id=user_id)
    _count(challenge, -1)
    if challenge.creator_id is None and challenge.group_id is None and not challenge.participant_count:
        challenge.delete()  # nobody runs it, and nobody takes part any more
    elif user_id is not None:
        kept = {"habit_id": row.habit_id, "holdings_text": row.holdings_text}
        Departure.objects.create(challenge=challenge, user_id=user_id, is_barred=is_barred, **kept)
        project_user(challenge, user_id)
        if challenge.group_id is not None:
            forget_challenge_of(challenge.group_id, user_id, challenge.pk)


def leave_open_challenges(rows: Iterable[Participation]) -> None:
    """Take somebody out of several challenges, as far as they are not over by now; the user is locked."""
    participations = {row.challenge_id: row for row in rows}
    for challenge in lock_challenges(participations):
        if challenge.finished_at is None and challenge.cancelled_at is None:
            remove_participant(challenge, participations[challenge.pk])


def _count(challenge: Challenge, more: int) -> None:
    challenge.participant_count += more
    challenge.save(update_fields=["participant_count"])


def is_open(challenge: Challenge) -> bool:
    """Tell whether days of a challenge that is locked are still to come, somewhere on earth."""
    return challenge.finished_at is None and challenge.cancelled_at is None and now() < challenge.ends_at
