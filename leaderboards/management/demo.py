"""The leaderboards of the demo: its people want to be seen."""

from habits.management.demo.loading import demo_part, list_demo_users
from leaderboards.services.ranking import fold_shifts
from users.models import LeaderboardVisibility
from users.services.accounts import update_profile


@demo_part
def load_leaderboards() -> None:
    """Show the demo's people to everybody; what they have logged was counted with each log."""
    for user in list_demo_users():
        update_profile(user_id=user.pk, changes={"leaderboard_visibility": LeaderboardVisibility.PUBLIC.value})
    while fold_shifts():
        pass
