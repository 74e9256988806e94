"""What the demo's people do together: two groups, what is shared with them, what was reached, and who cheers."""

from collections.abc import Iterable
from typing import Final

from groups.domain.joining import JoinPolicy, Visibility
from groups.domain.roles import Role
from groups.models import FeedEvent, Group, JoinRequest, SharedHabit
from groups.services.cheers import cheer
from groups.services.feed import tell_milestone
from groups.services.groups import GroupDraft, create_group
from groups.services.habits import share_habit
from groups.services.joining import approve_request, join_group
from groups.services.members import change_role
from habits.management.demo.loading import demo_finale, demo_part, list_demo_users
from habits.models import Habit, Milestone
from users.models import User

EARLY_BIRDS: Final = GroupDraft(
    name="Early birds",
    description="What is done before breakfast is done. Whoever likes comes along.",
    visibility=Visibility.PUBLIC,
    join_policy=JoinPolicy.OPEN,
)
RUNNERS: Final = GroupDraft(
    name="Sunday runners",
    description="Slow and together, in any weather.",
    visibility=Visibility.PUBLIC,
    join_policy=JoinPolicy.REQUEST,
    max_members=12,
)


@demo_part
def load_groups() -> None:
    """Store the groups; Cléo waits to be let in among the runners."""
    ada, ben, cleo = list_demo_users()
    birds, _ = create_group(actor=ada, draft=EARLY_BIRDS)
    for user in (ben, cleo):
        join_group(actor=user, group_id=birds.pk)
    change_role(actor=ada, group_id=birds.pk, user_id=ben.pk, role=Role.ADMIN)
    runners, _ = create_group(actor=ada, draft=RUNNERS)
    for user in (ben, cleo):
        join_group(actor=user, group_id=runners.pk)
    request = JoinRequest.objects.get(group=runners, user=ben)
    approve_request(actor=ada, group_id=runners.pk, request_id=request.pk)
    _share(birds, ada, "Meditate", "Read")
    _share(birds, ben, "Bike to work", "Practise the guitar")
    _share(birds, cleo, "Write", "Swim")
    _share(runners, ada, "Run")
    _share(runners, ben, "Sleep")


@demo_finale
def tell_and_cheer() -> None:
    """Tell what was reached, and have others cheer at it."""
    _, ben, cleo = list_demo_users()
    birds, runners = Group.objects.get(name=EARLY_BIRDS.name), Group.objects.get(name=RUNNERS.name)
    _tell_latest(SharedHabit.objects.order_by("pk"))
    # Ada, as whom most begin to look around, has cheered at nothing yet.
    _cheer(birds, [ben, cleo])
    _cheer(runners, [ben])


def _share(group: Group, user: User, *names: str) -> None:
    for habit in Habit.objects.owned_by(user.pk).filter(name__in=names).order_by("position"):
        share_habit(actor=user, group_id=group.pk, habit_id=habit.pk)


def _tell_latest(shares: Iterable[SharedHabit]) -> None:
    """Tell the latest milestone of each shared habit, as if it was reached just now."""
    for shared in shares:
        milestone = Milestone.objects.filter(habit=shared.habit_id).order_by("-pk").first()
        if milestone is not None:
            tell_milestone(shared.habit, milestone)


def _cheer(group: Group, members: list[User]) -> None:
    """Have everybody cheer at what others have reached."""
    told = FeedEvent.objects.filter(group=group, kind="milestone")
    for event_id, user_id in told.values_list("pk", "membership__user"):
        for user in members:
            if user.pk != user_id:
                cheer(actor=user, group_id=group.pk, event_id=event_id)
