"""Who is shown where, by the settings of each."""

from django.db.models import Q, QuerySet

from users.models import LeaderboardVisibility, User


def is_shown(user: User, *, is_public: bool) -> bool:
    """Tell whether a user is shown to everybody, or in groups and challenges."""
    if is_public:
        return user.is_active and user.leaderboard_visibility == LeaderboardVisibility.PUBLIC
    return user.is_active and user.leaderboard_visibility != LeaderboardVisibility.HIDDEN


def shown(users: QuerySet[User], *, is_public: bool) -> QuerySet[User]:
    """Keep the users who are: the same, asked of the database."""
    if is_public:
        return users.filter(is_active=True, leaderboard_visibility=LeaderboardVisibility.PUBLIC)
    return users.filter(~Q(leaderboard_visibility=LeaderboardVisibility.HIDDEN), is_active=True)
