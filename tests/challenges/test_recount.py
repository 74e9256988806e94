"""What a recount and the comparison of grants find, and repair."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from challenges.domain.terms import Visibility
from challenges.jobs import settle_challenges
from challenges.models import Challenge, ChallengeGroupGrant, ChallengeUserGrant, Participation
from challenges.permissions import PARTICIPATE, RUN, VIEW
from config.access import grant_to_group, grant_to_user
from groups.models import RoleHolders
from habits.models import Habit, HabitLog
from tests.factories.challenges import ChallengeFactory, ask, take_part
from tests.factories.groups import GroupFactory, enter
from tests.factories.habits import log_days
from tests.world import NOW, TODAY
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them


def lines_of(command: str, *options: str) -> list[str]:
    output = StringIO()
    call_command(command, *options, stdout=output)
    return output.getvalue().splitlines()


def found(command: str) -> list[str]:
    """Return what a check reports as it fails."""
    output = StringIO()
    with pytest.raises(CommandError) as failure:
        call_command(command, "--check", stdout=output)
    assert failure.value.returncode == 1
    return output.getvalue().splitlines()


@pytest.fixture
def row(race: Challenge, ben: User) -> Participation:
    row = take_part(race, ben)
    log_days(row.habit, [TODAY])
    return Participation.objects.get(pk=row.pk)


def spoil(**columns: Any) -> Callable[[Participation], Any]:
    return lambda row: Participation.objects.filter(pk=row.pk).update(**columns)


FAULTS: dict[str, tuple[Callable[[Participation], Any], list[str]]] = {
    "a score": (spoil(score=7), ["score"]),
    "an instant": (spoil(reached_at=NOW - timedelta(days=1)), ["reached_at"]),
    "figures": (spoil(expected=5, achieved=4, current_streak=9), ["expected", "achieved", "current_streak"]),
    "no next change": (spoil(next_change_at=None), ["next_change_at"]),
    "a log that was not held": (
        spoil(holdings_text="[]", score=0, reached_at=None, expected=0, achieved=0, current_streak=0, last_completed_on=None),
        ["holdings"],
    ),
    "holdings that cannot be read": (spoil(holdings_text="[[1]]"), ["holdings"]),
    "another value": (lambda row: HabitLog.objects.update(status="missed"), ["holdings"]),
    "a habit that nobody follows": (lambda row: Habit.objects.update(is_followed=False), ["is_followed"]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_is_found_and_repaired(row: Participation, fault: str) -> None:
    assert lines_of("recount", "--check") == ["0 differences."]
    do, fields = FAULTS[fault]
    do(row)
    line = f"participation {row.pk}: {', '.join(fields)}"
    if fault == "another value":
        HabitLog.objects.update(updated_at=NOW)
    assert line in found("recount")
    assert line in found("recount")  # nothing was changed
    assert line in lines_of("recount")
    assert lines_of("recount", "--check") == ["0 differences."]
    row.refresh_from_db()
    assert row.score == (0 if fault == "another value" else 1)


def test_a_wrong_number_of_participants(row: Participation, race: Challenge) -> None:
    Challenge.objects.update(participant_count=5)
    assert found("recount") == [f"challenge {race.pk}: participant_count", "1 differences."]
    lines_of("recount")
    assert Challenge.objects.get().participant_count == 1


def test_final_ranks_are_proven_and_never_touched(row: Participation, race: Challenge, ada: User) -> None:
    take_part(race, ada)
    with time_machine.travel(race.settles_at + timedelta(days=1), tick=False):
        settle_challenges()
        assert lines_of("recount", "--check") == ["0 differences."]
        Participation.objects.filter(pk=row.pk).update(rank=2)
        assert found("recount") == [f"challenge {race.pk}: ranks", "1 differences."]
        lines_of("recount")
    assert Participation.objects.get(pk=row.pk).rank == 2


def test_a_log_that_may_have_come_too_late_is_no_difference(row: Participation) -> None:
    """It was in time in the zone where its owner lives by now, and was not where the owner lived then."""
    HabitLog.objects.update(status="missed", updated_at=NOW + timedelta(days=1, hours=11))
    assert [line for line in found("recount") if line.startswith("participation")] == []


class TestGrants:
    @pytest.fixture
    def challenges(self, ada: User, ben: User, cleo: User) -> dict[str, Challenge]:
        group = GroupFactory(owner=ada)
        enter(group, ben)
        made = {}
        for visibility in Visibility:
            of_group = {"group_id": group.pk} if visibility is Visibility.GROUP else {}
            made[visibility.value] = challenge = ChallengeFactory(owner=ada, visibility=visibility, **of_group)
            ask(challenge, ben, ada)
            take_part(challenge, ben)
        ask(made["private"], cleo, ada)
        assert lines_of("rebuild_challenge_grants", "--check") == ["0 differences."]
        return made

    @staticmethod
    def stored() -> tuple[set[Any], set[Any]]:
        by_user = ChallengeUserGrant.objects.values_list("content_object", "user", "permission__codename")
        return set(by_user), set(ChallengeGroupGrant.objects.values_list("content_object", "group", "permission__codename"))

    def test_all_that_is_gone_comes_back(self, challenges: dict[str, Challenge]) -> None:
        before = self.stored()
        ChallengeUserGrant.objects.all().delete()
        ChallengeGroupGrant.objects.all().delete()
        assert len(found("rebuild_challenge_grants")) == 8
        lines_of("rebuild_challenge_grants")
        assert self.stored() == before

    def test_what_nobody_was_given_goes(self, challenges: dict[str, Challenge], ada: User, ben: User, cleo: User) -> None:
        before = self.stored()
        grant_to_user(challenges["private"], cleo.pk, [RUN, PARTICIPATE])
        grant_to_user(challenges["group"], ada.pk, [VIEW])
        holders = RoleHolders.objects.get(group=challenges["group"].group_id, role="member")
        grant_to_group(challenges["group"], holders.users, [RUN])
        grant_to_group(challenges["public"], holders.users, [VIEW])
        assert found("rebuild_challenge_grants")[-1] == "4 differences."
        lines_of("rebuild_challenge_grants")
        assert self.stored() == before
        assert lines_of("rebuild_challenge_grants", "--check") == ["0 differences."]
