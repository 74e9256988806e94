"""/habits/{id}/shares/ and /shares/."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from config.access import grant_to_group
from config.identifiers import new_id
from config.rates import Rate
from habits.models import Habit, HabitLog, HabitUserGrant
from habits.permissions import LOG, VIEW
from sharing.models import Share, SpentId
from sharing.services import shares as share_services
from sharing.services.shares import end_share
from tests.factories.habits import HabitFactory
from tests.factories.sharing import offer, share_with
from tests.factories.users import UserFactory
from tests.world import API, MISSING, TODAY, World, client_of, stored
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

Send = Callable[..., tuple[int, Any]]


def of(habit: Habit) -> str:
    return f"habits/{habit.pk}/shares/"


def at(share: Share) -> str:
    return f"shares/{share.pk}/"


# Offering


def test_a_habit_is_offered_to_somebody(client: APIClient, ada: User, ben: User, habit: Habit) -> None:
    answer = client.post(f"{API}/{of(habit)}", {"user": "BEN", "permission": "view"})
    share = Share.objects.get()
    assert (answer.status_code, answer["Location"]) == (201, f"http://testserver{API}/{at(share)}")
    assert answer.json() == {
        "id": str(share.pk),
        "habit": {"id": str(habit.pk), "name": "Read"},
        "owner": {"id": str(ada.pk), "display_name": "Ada"},
        "user": {"id": str(ben.pk), "display_name": "Benjamin"},
        "permission": "view",
        "state": "pending",
        "created_at": "2026-06-17T12:00:00Z",
        "accepted_at": None,
    }
    for user in (ada, ben):
        read = client_of(user).get(f"{API}/{at(share)}")
        assert (read.json(), read["ETag"]) == (answer.json(), answer["ETag"])


def test_before_it_is_accepted_nothing_can_be_seen(ben: User, habit: Habit, send: Send) -> None:
    offer(habit, ben, "log")
    assert not HabitUserGrant.objects.filter(user=ben).exists()
    for path in ("", "logs/", "streaks/", "insights/", "milestones/", "heatmap.svg"):
        assert send(ben, "get", f"habits/{habit.pk}/{path}") == (404, "not_found")
    assert send(ben, "put", f"habits/{habit.pk}/logs/{TODAY}/", {})[0] == 404
    assert send(ben, "get", "habits/shared/")[1]["count"] == 0
    assert "Before bed" not in str(send(ben, "get", "shares/")[1])


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"user": "nobody", "permission": "view"}, "user.not_found"),
        ({"user": "x", "permission": "view"}, "user.not_found"),
        ({"user": "gone", "permission": "view"}, "user.not_found"),
        ({"user": "Benjamin", "permission": "view"}, "user.not_found"),
        ({"user": "ben@example.org", "permission": "view"}, "user.not_found"),
        ({"user": "ada", "permission": "view"}, "user.own_habit"),
        ({"user": "ADA ", "permission": "log"}, "user.own_habit"),
        ({"user": "", "permission": "view"}, "user.blank"),
        ({"user": "b" * 31, "permission": "view"}, "user.max_length"),
        ({"user": None, "permission": "view"}, "user.null"),
        ({"permission": "view"}, "user.required"),
        ({"user": "ben"}, "permission.required"),
        ({"user": "ben", "permission": "change"}, "permission.invalid_choice"),
        ({"user": "ben", "permission": "view", "state": "accepted"}, "state.unknown_field"),
        ({"user": "ben", "permission": "view", "id": "1"}, "id.invalid"),
    ],
)
def test_what_is_wrong_is_said(ada: User, ben: User, habit: Habit, send: Send, body: dict[str, Any], fault: str) -> None:
    UserFactory(username="gone", is_active=False)
    before = stored()
    assert send(ada, "post", of(habit), body) == (400, fault)
    assert {**stored(), "Session": []} == before


def test_who_does_not_own_the_habit_learns_of_no_name(ben: User, eva: User, habit: Habit, send: Send) -> None:
    share_with(habit, ben, "log")
    for name in ("ada", "eva", "nobody"):
        body = {"user": name, "permission": "view"}
        assert send(eva, "post", of(habit), body) == (404, "not_found")
        assert send(ben, "post", of(habit), body) == (403, "permission_denied")
    assert Share.objects.count() == 1


def test_the_same_again_is_the_same_share(ada: User, ben: User, habit: Habit, send: Send) -> None:
    body = {"id": str(new_id()), "user": "ben", "permission": "view"}
    status, share = send(ada, "post", of(habit), body)
    assert (status, share["id"]) == (201, body["id"])
    assert send(ada, "post", of(habit), body) == (200, share)
    # By the user and the permission too, whatever the id.
    assert send(ada, "post", of(habit), {"user": "ben", "permission": "view"}) == (200, share)
    assert send(ada, "post", of(habit), body | {"id": str(new_id())}) == (200, share)
    # As it is now, whatever else the body says.
    ben.set_username("benny")
    ben.save()
    accepted = send(ben, "post", f"shares/{body['id']}/accept/")[1]
    assert send(ada, "post", of(habit), body | {"permission": "log"}) == (200, accepted)
    assert Share.objects.count() == 1


def test_another_permission_is_another_thing(ada: User, ben: User, habit: Habit, send: Send) -> None:
    offer(habit, ben)
    assert send(ada, "post", of(habit), {"user": "ben", "permission": "log"}) == (409, "share_exists")


def test_ids_are_their_makers(ada: User, ben: User, eva: User, habit: Habit, send: Send) -> None:
    foreign, other = offer(HabitFactory(owner=eva), ben), HabitFactory(owner=ada)
    own = offer(habit, ben)
    body = {"user": "ben", "permission": "view"}
    assert send(ada, "post", of(habit), body | {"id": str(foreign.pk)}) == (409, "id_conflict")
    assert send(ada, "post", of(other), body | {"id": str(own.pk)}) == (409, "id_conflict")
    end_share(actor=ben, share_id=own.pk)
    for target in (habit, other):
        assert send(ada, "post", of(target), body | {"id": str(own.pk)}) == (409, "id_deleted")
    # What somebody else has spent is free.
    assert send(eva, "post", of(foreign.habit), {"id": str(own.pk), "user": "ada", "permission": "view"})[0] == 201
    assert send(ada, "post", of(habit), body)[0] == 201


def test_limits(ada: User, ben: User, eva: User, habit: Habit, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(share_services, "MAX_SHARES_OF_HABIT", 1)
    share = offer(habit, ben)
    assert send(ada, "post", of(habit), {"user": "eva", "permission": "view"}) == (409, "limit_reached")
    assert send(ada, "post", of(habit), {"user": "ben", "permission": "view"})[0] == 200
    monkeypatch.setattr(share_services, "MAX_PENDING_OF_USER", 1)
    others = [HabitFactory(owner=owner) for owner in (eva, eva, ada)]
    answers = [send(other.owner, "post", of(other), {"user": "ben", "permission": "view"}) for other in others]
    assert answers == [(409, "limit_reached")] * 3
    send(ben, "post", f"{at(share)}accept/")
    assert send(eva, "post", of(others[0]), {"user": "ben", "permission": "view"})[0] == 201


def test_names_are_not_tried_without_end(ada: User, ben: User, habit: Habit, settings: Any) -> None:
    settings.LIMITS = settings.LIMITS | {"LIMIT_SHARE_USER": Rate(2, 600)}
    # Another login is the same user.
    answers = [
        client_of(ada).post(f"{API}/{of(habit)}", {"user": name, "permission": "view"}) for name in ("ben", "no-1", "no-2")
    ]
    assert [answer.status_code for answer in answers] == [201, 400, 429]
    assert answers[0]["RateLimit-Policy"] == '"share-user";q=2;w=600'
    assert client_of(ada).get(f"{API}/{of(habit)}").status_code == 200


# Lists


def test_owners_see_with_whom_a_habit_is_shared(ada: User, ben: User, eva: User, habit: Habit, send: Send) -> None:
    first, second = offer(habit, ben), share_with(habit, eva, "log")
    offer(HabitFactory(owner=ada), ben)
    page = send(ada, "get", f"{of(habit)}?ordering=created_at")[1]
    assert [row["id"] for row in page["results"]] == [str(first.pk), str(second.pk)]
    assert send(ada, "get", f"{of(habit)}?state=pending")[1]["results"][0]["user"]["display_name"] == "Benjamin"
    assert send(eva, "get", of(habit)) == (403, "permission_denied")
    assert send(ben, "get", of(habit)) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"given", "taken", "offered"}),
        ("direction=", {"given", "taken", "offered"}),
        ("direction=given", {"given"}),
        ("direction=received", {"taken", "offered"}),
        ("state=pending", {"given", "offered"}),
        ("state=accepted", {"taken"}),
        ("direction=received&state=accepted", {"taken"}),
        ("direction=given&state=accepted", set()),
    ],
)
def test_what_concerns_one(ada: User, ben: User, eva: User, habit: Habit, send: Send, query: str, found: set[str]) -> None:
    own = {
        "given": offer(habit, ben),
        "taken": share_with(HabitFactory(owner=eva), ada),
        "offered": offer(HabitFactory(owner=ben), ada),
    }
    offer(HabitFactory(owner=eva), ben)  # which is none of Ada's business
    page = send(ada, "get", f"shares/?{query}")[1]
    names = {str(share.pk): name for name, share in own.items()}
    assert ({names[row["id"]] for row in page["results"]}, page["count"]) == (found, len(found))


def test_the_latest_come_first_page_by_page(ada: User, habit: Habit, send: Send) -> None:
    shares = [offer(habit, UserFactory(password="!")) for _ in range(5)]
    for age, share in enumerate(shares):
        Share.objects.filter(pk=share.pk).update(created_at=f"2026-06-{10 - age:02}T00:00:00Z")
    found = [row["id"] for page in (1, 2, 3) for row in send(ada, "get", f"shares/?page_size=2&page={page}")[1]["results"]]
    assert found == [str(share.pk) for share in shares]


@pytest.mark.parametrize("query", ["direction=both", "state=ended", "ordering=name", "habit=1"])
def test_unknown_words_are_refused(ada: User, send: Send, query: str) -> None:
    assert send(ada, "get", f"shares/?{query}")[0] == 400


# Accepting


def test_accepting_opens_the_habit(ada: User, ben: User, habit: Habit, send: Send) -> None:
    share = offer(habit, ben, "log")
    status, document = send(ben, "post", f"{at(share)}accept/")
    assert (status, document["state"], document["accepted_at"]) == (200, "accepted", "2026-06-17T12:00:00Z")
    assert send(ben, "post", f"{at(share)}accept/") == (200, document)
    (row,) = send(ben, "get", "habits/shared/")[1]["results"]
    assert (row["id"], row["permissions"], row["owner"]["id"]) == (str(habit.pk), ["view", "log"], str(ada.pk))
    assert "description" not in row
    assert send(ben, "put", f"habits/{habit.pk}/logs/{TODAY}/", {})[0] == 201
    assert send(ada, "get", f"habits/{habit.pk}/logs/{TODAY}/")[1]["logged_by"]["display_name"] == "Benjamin"
    for method, body in (("patch", {"name": "x"}), ("delete", None)):
        assert send(ben, method, f"habits/{habit.pk}/", body) == (403, "permission_denied")


def test_to_see_is_not_to_log(ben: User, habit: Habit, send: Send) -> None:
    share_with(habit, ben)
    assert send(ben, "get", f"habits/{habit.pk}/")[0] == 200
    assert send(ben, "get", "habits/shared/")[1]["results"][0]["permissions"] == ["view"]
    assert send(ben, "put", f"habits/{habit.pk}/logs/{TODAY}/", {}) == (403, "permission_denied")
    assert not HabitLog.objects.exists()


def test_nobody_else_accepts(ada: User, ben: User, eva: User, habit: Habit, send: Send) -> None:
    share = offer(habit, ben)
    assert send(ada, "post", f"{at(share)}accept/") == (403, "permission_denied")
    assert send(eva, "post", f"{at(share)}accept/") == (404, "not_found")
    assert send(eva, "post", f"shares/{MISSING}/accept/") == (404, "not_found")
    assert Share.objects.get().state == "pending"


# Changing


@pytest.mark.parametrize("is_accepted", [True, False])
def test_a_permission_holds_from_the_next_request_on(ada: User, ben: User, habit: Habit, send: Send, is_accepted: bool) -> None:
    share = (share_with if is_accepted else offer)(habit, ben)
    logs = f"habits/{habit.pk}/logs/{TODAY}/"
    for permission, status in (("log", 201), ("view", 403), ("view", 403), ("log", 200)):
        document = send(ada, "patch", at(share), {"permission": permission})[1]
        assert (document["permission"], document["state"]) == (permission, "accepted" if is_accepted else "pending")
        assert send(ben, "put", logs, {})[0] == (status if is_accepted else 404)
    if not is_accepted:
        send(ben, "post", f"{at(share)}accept/")
        assert send(ben, "put", logs, {})[0] == 201


def test_nobody_widens_their_own_share(ben: User, eva: User, habit: Habit, send: Send) -> None:
    share = share_with(habit, ben)
    assert send(ben, "patch", at(share), {"permission": "log"}) == (403, "permission_denied")
    assert send(eva, "patch", at(share), {"permission": "log"}) == (404, "not_found")
    assert Share.objects.get().permission == "view"


def test_what_is_read_may_be_sent_back(ada: User, ben: User, habit: Habit, send: Send) -> None:
    share = offer(habit, ben)
    document = send(ada, "get", at(share))[1]
    assert send(ada, "patch", at(share), document) == (200, document)
    assert send(ada, "patch", at(share), {}) == (200, document)
    assert send(ada, "patch", at(share), {"permission": None}) == (400, "permission.null")


def test_a_stale_change_is_refused(client: APIClient, ada: User, ben: User, habit: Habit, send: Send) -> None:
    share = offer(habit, ben)
    tag = client.get(f"{API}/{at(share)}")["ETag"]
    send(ben, "post", f"{at(share)}accept/")
    assert send(ada, "patch", at(share), {"permission": "log"}, if_match=tag) == (412, "precondition_failed")
    assert send(ben, "delete", at(share), if_match=tag) == (412, "precondition_failed")
    fresh = client.get(f"{API}/{at(share)}")["ETag"]
    assert send(ada, "patch", at(share), {"permission": "log"}, if_match=fresh)[0] == 200


# Ending


@pytest.mark.parametrize("who", ["ada", "ben"])
@pytest.mark.parametrize("is_accepted", [True, False])
def test_either_side_ends_it(request: Any, ben: User, habit: Habit, send: Send, who: str, is_accepted: bool) -> None:
    share = (share_with if is_accepted else offer)(habit, ben, "log")
    actor = request.getfixturevalue(who)
    assert send(actor, "delete", at(share)) == (204, None)
    assert send(actor, "delete", at(share)) == (404, "not_found")
    assert send(ben, "post", f"{at(share)}accept/") == (404, "not_found")
    assert send(ben, "get", f"habits/{habit.pk}/") == (404, "not_found")
    assert send(ben, "get", "habits/shared/")[1]["count"] == 0
    assert not HabitUserGrant.objects.filter(user=ben).exists()
    assert SpentId.objects.get().maker == habit.owner
    # It may be shared again.
    share_with(habit, ben)


def test_nobody_else_ends_it(ben: User, eva: User, habit: Habit, send: Send) -> None:
    share = share_with(habit, ben)
    share_with(habit, eva, "log")
    assert send(eva, "delete", at(share)) == (404, "not_found")
    assert Share.objects.count() == 2


def test_what_a_group_lets_one_do_stays(world: World, send: Send) -> None:
    before = send(world.member, "get", "habits/shared/")[1]
    share = share_with(world.daily, world.member)
    assert send(world.member, "get", "habits/shared/") == (200, before)
    assert send(world.owner, "delete", at(share))[0] == 204
    assert send(world.member, "get", "habits/shared/") == (200, before)
    assert {row["name"]: row["permissions"] for row in before["results"]}["Read"] == ["view", "log"]
    assert send(world.member, "get", f"habits/{world.daily.pk}/")[0] == 200


def test_what_others_share_stays(ada: User, ben: User, eva: User, habit: Habit, send: Send) -> None:
    share, other = share_with(habit, ben), share_with(habit, eva, "log")
    elsewhere = share_with(HabitFactory(owner=ada), ben, "log")
    assert send(ada, "delete", at(share))[0] == 204
    assert set(Share.objects.values_list("pk", flat=True)) == {other.pk, elsewhere.pk}
    for user, shared in ((eva, habit), (ben, elsewhere.habit)):
        assert send(user, "put", f"habits/{shared.pk}/logs/{TODAY}/", {})[0] == 201


def test_a_deleted_habit_ends_its_shares(ada: User, ben: User, habit: Habit, send: Send) -> None:
    share = share_with(habit, ben)
    assert send(ada, "delete", f"habits/{habit.pk}/")[0] == 204
    assert send(ben, "get", at(share)) == (404, "not_found")
    assert not Share.objects.exists()
    assert not HabitUserGrant.objects.exists()


def test_who_is_deactivated_sees_nothing_and_comes_back_to_it(ada: User, ben: User, habit: Habit, send: Send) -> None:
    share_with(habit, ben)
    client = client_of(ben)
    User.objects.filter(pk=ben.pk).update(is_active=False)
    assert client.get(f"{API}/habits/{habit.pk}/").status_code == 401
    assert send(ada, "get", of(habit))[1]["count"] == 1
    User.objects.filter(pk=ben.pk).update(is_active=True)
    assert client.get(f"{API}/habits/{habit.pk}/").status_code == 200


def test_a_group_is_not_asked_about_shares(world: World, send: Send) -> None:
    """What one may see by a group one may not share, nor learn with whom it is shared."""
    grant_to_group(world.measured, world.group, [VIEW, LOG])
    for habit in (world.daily, world.measured):
        assert send(world.member, "get", of(habit)) == (403, "permission_denied")
    assert send(world.member, "get", "shares/")[1]["count"] == 0
