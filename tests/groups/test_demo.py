"""The demo's groups: something is going on in them."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import call_command

from groups.models import Cheer, FeedEvent, Group
from groups.services.grants import rebuild_all_grants
from tests.factories.users import UserFactory
from tests.world import API, client_of
from users.models import User

pytestmark = pytest.mark.slow


@pytest.fixture
def demo(db):
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False):
        call_command("load_demo", verbosity=0)
        yield


def test_members_see_how_the_others_get_on(demo) -> None:
    client = client_of(User.objects.get(username="cleo"))
    (birds,) = client.get(f"{API}/groups/").json()["results"]
    assert (birds["name"], birds["member_count"]) == ("Early birds", 3)
    below = f"{API}/groups/{birds['id']}/"
    assert client.get(f"{below}habits/").json()["count"] == 6
    rows = client.get(f"{below}progress/").json()["results"]
    assert [row["user"]["display_name"] for row in rows] == ["Ada", "Ben", "Cléo"]
    assert all(row["completions"] and row["success_rate"] for row in rows)
    events = client.get(f"{below}feed/?page_size=100").json()["results"]
    assert {event["kind"] for event in events} == {"joined", "shared", "milestone", "challenge"}
    assert {event["cheers"] for event in events} == {0, 1, 2}
    assert any(event["cheered"] for event in events)


def test_a_stranger_finds_the_groups_and_may_join_one(demo) -> None:
    client = client_of(UserFactory(password="!"))
    found = {row["name"]: row for row in client.get(f"{API}/groups/?discover=true").json()["results"]}
    assert found.keys() == {"Early birds", "Sunday runners"}
    assert client.post(f"{API}/groups/{found['Early birds']['id']}/join/").status_code == 200
    assert client.post(f"{API}/groups/{found['Sunday runners']['id']}/join/").status_code == 202


def test_an_admin_finds_somebody_who_asks_to_come_in(demo) -> None:
    runners = Group.objects.get(name="Sunday runners")
    answer = client_of(User.objects.get(username="ada")).get(f"{API}/groups/{runners.pk}/join-requests/").json()
    assert [row["user"]["display_name"] for row in answer["results"]] == ["Cléo"]


def test_it_is_whole(demo) -> None:
    assert list(rebuild_all_grants(repair=False)) == []
    assert FeedEvent.objects.filter(kind="milestone").count() >= 4
    assert Cheer.objects.exists()
