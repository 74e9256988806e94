"""What challenges contribute to the export of everything about a user."""

from challenges.models import Announcement, Challenge, ChallengeInvitation, Departure, Participation
from users.models import User
from users.services.exports import Rows, export_section, rows_of

TERMS = ("frequency", "interval", "target_days", "target_count", "target_value_milli", "target_direction", "target_scope")


def declare_sections() -> None:
    """Declare the files of the archive."""
    export_section("challenges", challenge_rows)
    export_section("participations", participation_rows)
    export_section("former_participations", departure_rows)
    export_section("challenge_invitations", invitation_rows)
    export_section("announcements", announcement_rows)


def challenge_rows(user: User) -> Rows:
    """Yield the challenges that the user has made."""
    texts = ("id", "group_id", "visibility", "title", "description", "unit", "start_date", "end_date", "scoring")
    rest = ("late_log_days", "allow_skips", "max_participants", "finished_at", "cancelled_at", "created_at", "updated_at")
    return rows_of(Challenge.objects.filter(creator=user), *texts, *TERMS, *rest)


def participation_rows(user: User) -> Rows:
    """Yield the challenges in which the user takes part, and how the user stands."""
    figures = ("score", "reached_at", "expected", "achieved", "current_streak", "last_completed_on", "rank")
    return rows_of(Participation.objects.filter(user=user), "challenge_id", "challenge__title", "habit_id", *figures, "joined_at")


def departure_rows(user: User) -> Rows:
    """Yield the challenges in which the user takes part no more."""
    return rows_of(Departure.objects.filter(user=user), "challenge_id", "challenge__title", "habit_id", "is_barred", "left_at")


def invitation_rows(user: User) -> Rows:
    """Yield the challenges to which the user is invited."""
    return rows_of(ChallengeInvitation.objects.filter(user=user), "challenge_id", "challenge__title", "created_at")


def announcement_rows(user: User) -> Rows:
    """Yield what the user has announced."""
    return rows_of(Announcement.objects.filter(author=user), "id", "challenge_id", "text", "created_at", "updated_at")
