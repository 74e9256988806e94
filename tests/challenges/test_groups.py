"""Challenges of groups: what the feed tells of them, and what is left when members, groups and accounts go."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from challenges.domain.terms import Visibility
from challenges.jobs import settle_challenges
from challenges.models import Announcement, Challenge, ChallengeInvitation, Participation
from challenges.services.joining import leave_challenge
from groups.domain.roles import Role
from groups.models import FeedEvent, Group
from groups.services.groups import delete_group
from groups.services.joining import leave_group
from groups.services.members import remove_from_group
from sharing.models import SpentId
from tests.conftest import Send
from tests.factories.challenges import ChallengeFactory, ask, new_announcement, take_part
from tests.factories.groups import GroupFactory, enter
from tests.factories.habits import log_days
from tests.world import TODAY
from users.models import User
from users.services.accounts import delete_account

pytestmark = pytest.mark.slow  # not each test, but all of them

DAY = timedelta(days=1)


@pytest.fixture
def group(ada: User, ben: User, cleo: User) -> Group:
    group = GroupFactory(owner=ada)
    enter(group, ben, Role.ADMIN)
    enter(group, cleo)
    return group


@pytest.fixture
def ours(ben: User, group: Group) -> Challenge:
    """Return a challenge of the group that Ben, an admin, has made."""
    return ChallengeFactory(owner=ben, title="A page a day", visibility=Visibility.GROUP, group_id=group.pk)


def told(send: Send, user: User, group: Group) -> list[tuple[str, str | None, str]]:
    """Return what the feed tells of challenges, the latest first."""
    events = send(user, "get", f"groups/{group.pk}/feed/")[1]["results"]
    return [
        (event["challenge"]["step"], event["user"] and event["user"]["display_name"], event["challenge"]["title"])
        for event in events
        if event["challenge"]
    ]


class TestFeed:
    def test_it_tells_who_made_and_joined_one_and_that_it_is_finished(
        self, ada: User, cleo: User, group: Group, ours: Challenge, send: Send
    ) -> None:
        take_part(ours, cleo)
        assert told(send, ada, group) == [("joined", "Cleo", "A page a day"), ("created", "Ben", "A page a day")]
        send(ada, "patch", f"challenges/{ours.pk}/", {"title": "Two pages"})
        with time_machine.travel(ours.settles_at + DAY, tick=False):
            for _ in range(2):
                settle_challenges()
            assert told(send, ada, group) == [
                ("finished", None, "Two pages"),
                ("joined", "Cleo", "Two pages"),
                ("created", "Ben", "Two pages"),
            ]

    def test_one_may_cheer_at_it(self, ada: User, group: Group, ours: Challenge, send: Send) -> None:
        event = FeedEvent.objects.get(challenge_id=ours.pk)
        status, document = send(ada, "post", f"groups/{group.pk}/feed/{event.pk}/cheers/")
        assert (status, document["cheers"], document["challenge"]["id"]) == (201, 1, str(ours.pk))

    def test_what_was_told_goes_with_its_reason(self, ada: User, cleo: User, group: Group, ours: Challenge, send: Send) -> None:
        take_part(ours, cleo)
        leave_challenge(actor=cleo, challenge_id=ours.pk)
        assert told(send, ada, group) == [("created", "Ben", "A page a day")]
        send(ada, "delete", f"challenges/{ours.pk}/")
        assert told(send, ada, group) == []

    def test_of_no_other_challenge(self, ada: User, ben: User, group: Group, send: Send) -> None:
        take_part(ChallengeFactory(owner=ada), ben)
        assert told(send, ada, group) == []


class TestMembersWhoGo:
    @pytest.mark.parametrize("way", ["leave", "remove", "account"])
    def test_they_leave_running_challenges(self, ada: User, cleo: User, group: Group, ours: Challenge, way: str) -> None:
        ask(ours, ada, ada)
        take_part(ours, cleo)
        others = ChallengeFactory(owner=ada)
        take_part(others, cleo)
        if way == "leave":
            leave_group(actor=cleo, group_id=group.pk)
        elif way == "remove":
            remove_from_group(actor=ada, group_id=group.pk, user_id=cleo.pk)
        else:
            delete_account(user_id=cleo.pk, is_own=False)
        assert not ours.participations.exists()
        assert Challenge.objects.get(pk=ours.pk).participant_count == 0
        assert Challenge.objects.get(pk=others.pk).participant_count == (0 if way == "account" else 1)
        assert ChallengeInvitation.objects.filter(user=ada).exists()

    def test_their_invitations_go(self, ada: User, cleo: User, group: Group, ours: Challenge) -> None:
        ask(ours, cleo, ada)
        leave_group(actor=cleo, group_id=group.pk)
        assert not ChallengeInvitation.objects.exists()

    def test_in_finished_ones_they_stay(self, ada: User, cleo: User, group: Group, ours: Challenge, send: Send) -> None:
        log_days(take_part(ours, cleo).habit, [TODAY])
        with time_machine.travel(ours.settles_at + DAY, tick=False):
            settle_challenges()
            leave_group(actor=cleo, group_id=group.pk)
            [row] = send(ada, "get", f"challenges/{ours.pk}/standings/")[1]["results"]
            assert (row["user"]["display_name"], row["score"]) == ("Cleo", "1")
            assert send(cleo, "get", f"challenges/{ours.pk}/standings/") == (404, "not_found")

    def test_who_has_made_it_may_go_and_it_is_run_by_the_others(
        self, ada: User, ben: User, group: Group, ours: Challenge, send: Send
    ) -> None:
        leave_group(actor=ben, group_id=group.pk)
        assert send(ben, "get", f"challenges/{ours.pk}/") == (404, "not_found")
        status, document = send(ada, "patch", f"challenges/{ours.pk}/", {"title": "Ours"})
        assert (status, document["creator"]["display_name"]) == (200, "Ben")


def test_a_deleted_group_takes_its_challenges_along(ada: User, ben: User, cleo: User, group: Group, ours: Challenge) -> None:
    take_part(ours, cleo)
    new_announcement(ours, ben)
    delete_group(actor=ada, group_id=group.pk)
    assert not Challenge.objects.exists()
    assert not Participation.objects.exists()
    assert SpentId.objects.filter(maker=ben, spent_id=ours.pk).exists()


class TestAccountsThatEnd:
    def test_their_own_challenges_go_on_where_others_take_part(self, ada: User, ben: User, cleo: User, send: Send) -> None:
        joined, empty = (ChallengeFactory(owner=ada) for _ in range(2))
        for user in (ada, ben):
            take_part(joined, user)
        take_part(empty, ada)
        new_announcement(joined, ada)
        delete_account(user_id=ada.pk, is_own=False)
        assert list(Challenge.objects.values_list("pk", "creator", "participant_count")) == [(joined.pk, None, 1)]
        document = send(ben, "get", f"challenges/{joined.pk}/")[1]
        assert (document["creator"], document["state"], document["participant_count"]) == (None, "active", 1)
        assert not Announcement.objects.exists()
        with time_machine.travel(joined.settles_at + DAY, tick=False):
            settle_challenges()
            assert send(cleo, "get", f"challenges/{joined.pk}/standings/")[1]["is_final"] is True

    def test_one_that_nobody_runs_goes_with_its_last_participant(self, ada: User, ben: User, send: Send) -> None:
        challenge = ChallengeFactory(owner=ada)
        take_part(challenge, ben)
        delete_account(user_id=ada.pk, is_own=False)
        assert send(ben, "post", f"challenges/{challenge.pk}/leave/")[0] == 204
        assert not Challenge.objects.exists()

    def test_of_a_cancelled_one_a_former_participant_stays(self, ada: User, ben: User, send: Send) -> None:
        challenge = ChallengeFactory(owner=ada)
        take_part(challenge, ben)
        send(ada, "delete", f"challenges/{challenge.pk}/")
        delete_account(user_id=ben.pk, is_own=False)
        [row] = send(ada, "get", f"challenges/{challenge.pk}/participants/")[1]["results"]
        assert row["user"] == {"id": None, "display_name": "former participant"}


@pytest.mark.parametrize("end", ["a participant", "the creator"])
def test_ends_leave_no_grant_behind(ada: User, ben: User, end: str) -> None:
    challenge: Any = ChallengeFactory(owner=ada, visibility=Visibility.PRIVATE)
    ask(challenge, ben, ada)
    take_part(challenge, ben)
    user = ben if end == "a participant" else ada
    delete_account(user_id=user.pk, is_own=False)
    assert not challenge.user_grants.filter(user=user.pk).exists()
    assert Challenge.objects.filter(pk=challenge.pk).exists()
