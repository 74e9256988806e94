"""The feed of a group: what is told in it, what goes from it, and who cheers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from groups.models import Cheer, FeedEvent, Group, JoinRequest, Membership
from groups.services.habits import share_habit
from groups.services.invitations import create_invitation, token_of
from habits.domain.schedule import Direction, Frequency, Schedule, Scope, Target
from habits.models import Habit, Milestone
from habits.services.editing import update_habit
from habits.services.stats import sweep
from tests.factories.groups import GroupFactory, enter
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, days_until, log_days
from tests.factories.users import PASSWORD, UserFactory
from tests.world import API, MISSING, NOW, TODAY, client_of, event_of
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

Send = Callable[..., tuple[int, Any]]
Event = dict[str, Any]


@pytest.fixture
def eva(group: Group, wednesday) -> User:
    """Return a member of Ada's group."""
    user = UserFactory(username="eva", display_name="Eva")
    enter(group, user)
    return user


@pytest.fixture
def reading(eva: User, group: Group) -> Habit:
    """Return a habit that Eva shares."""
    habit = HabitFactory(owner=eva, name="Read")
    share_habit(actor=eva, group_id=group.pk, habit_id=habit.pk)
    return habit


def feed(user: User, group: Group) -> list[Event]:
    return client_of(user).get(f"{API}/groups/{group.pk}/feed/?page_size=100").json()["results"]


def told(user: User, group: Group) -> list[tuple[str, str]]:
    """Return who did what, the latest first."""
    return [(event["user"]["display_name"], event["kind"]) for event in feed(user, group)]


# What is told


def test_the_founder_and_whoever_comes_in_by_any_way(ada: User, group: Group, send: Send) -> None:
    for name in ("open", "asked", "invited"):
        user, path = UserFactory(username=name, password="!"), f"groups/{group.pk}/"
        if name == "invited":
            invitation, _ = create_invitation(actor=ada, group_id=group.pk)
            assert send(user, "post", f"invitations/{token_of(invitation.pk)}/accept/")[0] == 200
            continue
        send(ada, "patch", path, {"join_policy": "request" if name == "asked" else "open"})
        for _ in range(2):
            send(user, "post", f"{path}join/")
        if name == "asked":
            request = JoinRequest.objects.get(state="pending")
            assert send(ada, "post", f"{path}join-requests/{request.pk}/approve/")[0] == 200
    assert told(ada, group) == [("invited", "joined"), ("asked", "joined"), ("open", "joined"), ("Ada", "joined")]


def test_a_habit_that_is_shared(ada: User, eva: User, group: Group, reading: Habit) -> None:
    event, joined, _ = feed(ada, group)
    assert event == {
        "id": str(event_of(group, reading).pk),
        "kind": "shared",
        "user": {"id": str(eva.pk), "display_name": "Eva"},
        "habit": {"id": str(reading.pk), "name": "Read"},
        "milestone": None,
        "challenge": None,
        "cheers": 0,
        "cheered": False,
        "created_at": "2026-06-17T12:00:00Z",
    }
    assert (joined["habit"], joined["milestone"]) == (None, None)
    update_habit(actor=eva, habit_id=reading.pk, changes={"name": "Books"})
    assert feed(ada, group)[0]["habit"]["name"] == "Books"


def test_a_milestone_once_in_each_group_that_sees_the_habit(ada: User, eva: User, group: Group, reading: Habit) -> None:
    other, blind = GroupFactory(owner=eva), GroupFactory(owner=eva)
    share_habit(actor=eva, group_id=other.pk, habit_id=reading.pk)
    path = f"{API}/habits/{reading.pk}/logs/"
    log_days(reading, days_until(TODAY - timedelta(days=1), 6))
    assert not Milestone.objects.exists()
    assert client_of(eva).post(path, {}).status_code == 201
    milestone = Milestone.objects.get()
    for seeing in (group, other):
        (event,) = [event for event in feed(eva, seeing) if event["kind"] == "milestone"]
        assert event["milestone"] == {
            "id": str(milestone.pk),
            "kind": "streak",
            "count": 7,
            "streak_unit": "day",
            "reached_on": "2026-06-17",
        }
        assert (event["user"]["display_name"], event["habit"]["name"], event["cheers"]) == ("Eva", "Read", 0)
    assert "milestone" not in {event["kind"] for event in feed(eva, blind)}
    # Taken back and made again, it is told no second time; nor do the logs take back what was told.
    assert client_of(eva).delete(f"{path}{TODAY}/").status_code == 200
    assert client_of(eva).post(path, {}).status_code == 201
    assert FeedEvent.objects.filter(kind="milestone").count() == 2


def test_milestones_of_many_logs_at_once_are_told(ada: User, eva: User, group: Group, reading: Habit) -> None:
    log_days(reading, days_until(TODAY, 10))
    found = [(event["milestone"]["kind"], event["milestone"]["count"]) for event in feed(ada, group)[:2]]
    assert found == [("completions", 10), ("streak", 7)]


def test_a_milestone_of_the_end_of_a_day_is_told(ada: User, eva: User, group: Group) -> None:
    """At most 10 in a week is met when the week is over, and nothing is written then."""
    schedule = Schedule.of(Frequency.WEEKLY, target=Target(10_000, Direction.AT_MOST, Scope.UNIT))
    sweets = MeasuredHabitFactory(owner=eva, schedule=schedule)
    log_days(sweets, [TODAY - timedelta(days=7 * number) for number in range(7)], value_milli=1_000)
    share_habit(actor=eva, group_id=group.pk, habit_id=sweets.pk)
    with time_machine.travel(NOW + timedelta(days=5), tick=False):
        sweep()
        assert [(event["kind"], event["created_at"]) for event in feed(ada, group)[:2]] == [
            ("milestone", "2026-06-22T12:00:00Z"),
            ("shared", "2026-06-17T12:00:00Z"),
        ]


def test_what_was_reached_before_is_not_told(ada: User, eva: User, group: Group) -> None:
    habit = HabitFactory(owner=eva)
    log_days(habit, days_until(TODAY, 12))
    assert Milestone.objects.count() == 2
    share_habit(actor=eva, group_id=group.pk, habit_id=habit.pk)
    assert told(ada, group)[0] == ("Eva", "shared")


@pytest.mark.parametrize(
    "fields", [{"kind": "shared"}, {"kind": "milestone"}, {"kind": "joined"}, {"kind": "won"}], ids=lambda fields: fields["kind"]
)
def test_the_database_holds_no_event_that_is_not_whole(eva: User, group: Group, fields: dict[str, Any]) -> None:
    membership = Membership.objects.get(user=eva)  # who has joined already
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedEvent.objects.create(group=group, membership=membership, **fields)


# What goes


@pytest.mark.parametrize("end", ["take out", "leave", "ban", "account", "habit"])
def test_what_was_told_goes_with_what_it_was_about(
    ada: User, eva: User, group: Group, reading: Habit, send: Send, end: str
) -> None:
    log_days(reading, days_until(TODAY, 10))
    assert len(feed(ada, group)) == 5
    for event in feed(ada, group):
        for user in (ada, eva):
            assert send(user, "post", f"groups/{group.pk}/feed/{event['id']}/cheers/")[0] == 201
    below = f"groups/{group.pk}/"
    acts: dict[str, Callable[[], tuple[int, Any]]] = {
        "take out": lambda: send(ada, "delete", f"{below}habits/{reading.pk}/"),
        "leave": lambda: send(eva, "post", f"{below}leave/"),
        "ban": lambda: send(ada, "delete", f"{below}members/{eva.pk}/?ban=true"),
        "account": lambda: send(eva, "delete", "users/me/", {"current_password": PASSWORD}),
        "habit": lambda: send(eva, "delete", f"habits/{reading.pk}/"),
    }
    assert acts[end]()[0] == 204
    if end in {"take out", "habit"}:
        assert told(ada, group) == [("Eva", "joined"), ("Ada", "joined")]
        assert Cheer.objects.count() == 4
    else:
        assert told(ada, group) == [("Ada", "joined")]
        assert Cheer.objects.count() == 1  # her own went, too


def test_who_comes_back_begins_anew(ada: User, eva: User, group: Group, reading: Habit, send: Send) -> None:
    send(eva, "post", f"groups/{group.pk}/leave/")
    send(eva, "post", f"groups/{group.pk}/join/")
    assert told(ada, group) == [("Eva", "joined"), ("Ada", "joined")]
    assert send(ada, "get", f"habits/{reading.pk}/")[0] == 404


# Cheers


def test_a_cheer_counts_once_each(ada: User, ben: User, eva: User, group: Group, reading: Habit, send: Send) -> None:
    enter(group, ben)
    path = f"groups/{group.pk}/feed/{event_of(group, reading).pk}/cheers/"
    status, event = send(ada, "post", path)
    assert (status, event["cheers"], event["cheered"]) == (201, 1, True)
    assert send(ada, "post", path) == (200, event)
    assert send(ben, "post", path)[1]["cheers"] == 2
    assert send(eva, "post", path)[1]["cheers"] == 3  # at her own
    assert send(ada, "delete", path) == (204, None)
    assert send(ada, "delete", path) == (204, None)
    by_user = {user.username: next(row for row in feed(user, group) if row["kind"] == "shared") for user in (ada, ben)}
    assert [(by_user[name]["cheers"], by_user[name]["cheered"]) for name in ("ada", "ben")] == [(2, False), (2, True)]


def test_events_of_other_groups_are_not_there(ada: User, ben: User, eva: User, group: Group, reading: Habit, send: Send) -> None:
    other = GroupFactory(owner=ada)
    enter(other, eva)
    event, own = event_of(group, reading), FeedEvent.objects.filter(group=other).latest("id")
    for method in ("post", "delete"):
        for found in (event.pk, MISSING):
            assert send(ada, method, f"groups/{other.pk}/feed/{found}/cheers/") == (404, "not_found")
        assert send(ada, method, f"groups/{group.pk}/feed/{own.pk}/cheers/") == (404, "not_found")
        assert send(ben, method, f"groups/{group.pk}/feed/{event.pk}/cheers/") == (403, "permission_denied")
    assert not Cheer.objects.exists()
    assert {row["id"] for row in feed(ada, other)} == {str(pk) for pk in other.events.values_list("pk", flat=True)}


# Pages


def test_the_feed_is_read_page_by_page_while_it_grows(client: APIClient, ada: User, group: Group) -> None:
    for _ in range(4):
        enter(group, UserFactory(password="!"))
    everything = [event["id"] for event in feed(ada, group)]
    url = f"{API}/groups/{group.pk}/feed/?page_size=2"
    first = client.get(url).json()
    assert first["previous"] is None
    enter(group, UserFactory(password="!"))
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()
    assert [row["id"] for page in (first, second, third) for row in page["results"]] == everything
    assert third["next"] is None
    assert [row["id"] for row in client.get(second["previous"]).json()["results"]] == everything[:2]
    newer = client.get(client.get(second["previous"]).json()["previous"]).json()["results"]
    assert [row["id"] for row in newer] == [feed(ada, group)[0]["id"]]


@pytest.mark.parametrize("query", ["cursor=x", "cursor=bm5vdGhpbmc", "cursor=", "kind=joined", "page=2", "ordering=id"])
def test_what_the_feed_does_not_take_is_refused(client: APIClient, group: Group, query: str) -> None:
    assert client.get(f"{API}/groups/{group.pk}/feed/?{query}").status_code == 400
