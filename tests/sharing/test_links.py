"""Making, listing, changing and deleting public links, and what they show in JSON."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from config.identifiers import new_id
from habits.models import Habit, Milestone
from habits.services.editing import update_habit
from habits.services.habits import delete_habit
from sharing.domain.shown import LinkKind
from sharing.models import DeletedShareLink, ShareLink
from sharing.services import links as link_services
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, log_days
from tests.factories.users import UserFactory
from tests.world import API, MISSING, NOW, TODAY, client_of, new_link, stored
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

LINKS = f"{API}/share-links/"
Make = Callable[..., ShareLink]


def shared(link: ShareLink) -> Any:
    return Client().get(f"{API}/shared/{link.token}/")


class TestCreation:
    def test_a_link_comes_with_an_address_that_nobody_can_guess(self, client: APIClient, habit: Habit) -> None:
        answer = client.post(LINKS, {"habit": habit.pk, "kind": "streak"})
        document = answer.json()
        assert (answer.status_code, answer["Location"]) == (201, f"http://testserver{LINKS}{document['id']}/")
        token = ShareLink.objects.get().token
        assert len(token) == 43
        assert document == {
            "id": document["id"],
            "habit": str(habit.pk),
            "kind": "streak",
            "milestone": None,
            "title": "",
            "show_name": False,
            "expires_at": None,
            "is_expired": False,
            "url": f"http://127.0.0.1:8000/s/{token}/",
            "image_url": f"http://127.0.0.1:8000/s/{token}.png",
            "created_at": "2026-06-17T12:00:00Z",
        }
        detail = client.get(answer["Location"])
        assert (detail.json(), detail["ETag"]) == (document, answer["ETag"])
        assert Client().get(urlsplit(document["url"]).path).status_code == 200

    def test_no_two_addresses_are_alike(self, client: APIClient, habit: Habit) -> None:
        urls = {client.post(LINKS, {"habit": habit.pk, "kind": "streak"}).json()["url"] for _ in range(5)}
        assert len(urls) == 5

    def test_addresses_begin_with_the_public_one(self, client: APIClient, habit: Habit, settings: Any) -> None:
        settings.PUBLIC_URL = "https://habits.example"
        document = client.post(LINKS, {"habit": habit.pk, "kind": "streak"}).json()
        assert document["url"].startswith("https://habits.example/s/")
        assert document["image_url"].startswith("https://habits.example/s/")

    @pytest.mark.parametrize(
        ("body", "attr", "code"),
        [
            ({"kind": "streak", "habit": None}, "habit", "null"),
            ({"kind": "streak", "habit": "read"}, "habit", "invalid"),
            ({}, "kind", "required"),
            ({"kind": "trends"}, "kind", "invalid_choice"),
            ({"kind": "milestone"}, "milestone", "required"),
            ({"kind": "milestone", "milestone": str(MISSING)}, "milestone", "not_found"),
            ({"kind": "streak", "milestone": str(MISSING)}, "milestone", "not_with_kind"),
            ({"kind": "streak", "title": "a" * 121}, "title", "max_length"),
            ({"kind": "streak", "title": "a\nb"}, "title", "line_break"),
            ({"kind": "streak", "title": "a\u0085b"}, "title", "control_character"),
            ({"kind": "streak", "show_name": "yes"}, "show_name", "invalid"),
            ({"kind": "streak", "expires_at": "2026-06-17T12:00:00Z"}, "expires_at", "in_the_past"),
            ({"kind": "streak", "expires_at": "2031-06-17T12:00:00Z"}, "expires_at", "out_of_range"),
            ({"kind": "streak", "token": "a" * 43}, "token", "unknown_field"),
        ],
    )
    def test_bad_input_is_refused(self, client: APIClient, habit: Habit, body: dict[str, Any], attr: str, code: str) -> None:
        before = stored()
        answer = client.post(LINKS, {"habit": habit.pk} | body)
        assert answer.status_code == 400, answer.content
        assert [(fault["attr"], fault["code"]) for fault in answer.json()["errors"]] == [(attr, code)]
        assert stored() == before

    def test_a_habit_of_somebody_else_is_none(self, client: APIClient, habit: Habit) -> None:
        foreign = HabitFactory()
        answers = [client.post(LINKS, {"habit": pk, "kind": "streak"}) for pk in (foreign.pk, MISSING)]
        assert [answer.status_code for answer in answers] == [400, 400]
        assert answers[0].json() == answers[1].json()
        assert answers[0].json()["errors"] == [{"attr": "habit", "code": "not_found", "detail": "This is no habit of yours."}]

    def test_a_milestone_of_another_habit_is_none(self, client: APIClient, habit: Habit, ada: User) -> None:
        others = [HabitFactory(owner=ada), HabitFactory()]
        for other in others:
            milestone = Milestone.objects.create(habit=other, kind="completions", count=10, reached_on=TODAY)
            answer = client.post(LINKS, {"habit": habit.pk, "kind": "milestone", "milestone": milestone.pk})
            assert [(fault["attr"], fault["code"]) for fault in answer.json()["errors"]] == [("milestone", "not_found")]

    def test_there_is_room_for_so_many(self, client: APIClient, habit: Habit, link_to: Make, monkeypatch: Any) -> None:
        monkeypatch.setattr(link_services, "MAX_LINKS", 2)
        first = link_to()
        link_to()
        new_link(HabitFactory())  # somebody else's
        assert client.post(LINKS, {"habit": habit.pk, "kind": "streak"}).json()["code"] == "limit_reached"
        assert client.delete(f"{LINKS}{first.pk}/").status_code == 204
        assert client.post(LINKS, {"habit": habit.pk, "kind": "streak"}).status_code == 201

    def test_the_same_id_again_is_the_same_link(self, client: APIClient, habit: Habit) -> None:
        draft = {"id": str(new_id()), "habit": habit.pk, "kind": "streak"}
        first = client.post(LINKS, draft)
        client.patch(first["Location"], {"title": "Changed"})
        again = client.post(LINKS, draft | {"kind": "heatmap"})
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json() == first.json() | {"title": "Changed"}
        assert client_of(UserFactory()).post(LINKS, draft).json()["code"] == "id_conflict"
        assert client.delete(first["Location"]).status_code == 204
        assert client.post(LINKS, draft).json()["code"] == "id_deleted"
        assert [str(row.link_id) for row in DeletedShareLink.objects.all()] == [draft["id"]]


class TestOwnLinks:
    def test_the_latest_come_first_expired_ones_too(self, client: APIClient, link_to: Make, ada: User) -> None:
        first = link_to(expires_at=NOW + timedelta(hours=1))
        with time_machine.travel(NOW + timedelta(hours=2), tick=False):
            second = link_to(LinkKind.HEATMAP)
            new_link(HabitFactory())
            listed = client_of(ada).get(LINKS).json()["results"]
        assert [(row["id"], row["is_expired"]) for row in listed] == [(str(second.pk), False), (str(first.pk), True)]
        assert client.get(f"{LINKS}?ordering=created_at").json()["results"][0]["id"] == str(first.pk)

    def test_by_habit(self, client: APIClient, link_to: Make, habit: Habit, ada: User) -> None:
        link_to()
        other = new_link(HabitFactory(owner=ada))
        foreign = new_link(HabitFactory())
        counts = [
            client.get(f"{LINKS}?habit={pk}").json()["count"] for pk in (habit.pk, other.habit_id, foreign.habit_id, MISSING)
        ]
        assert counts == [1, 1, 0, 0]
        assert client.get(f"{LINKS}?habit=read").json()["errors"][0]["attr"] == "habit"

    def test_title_name_and_end_can_be_changed_and_nothing_else(self, client: APIClient, link_to: Make) -> None:
        link = link_to(title="Reading")
        before = client.get(f"{LINKS}{link.pk}/").json()
        change = {"title": "Books", "show_name": True, "expires_at": "2026-07-01T00:00:00Z"}
        answer = client.patch(
            f"{LINKS}{link.pk}/", change | {"kind": "heatmap", "habit": str(MISSING), "url": "http://evil.example"}
        )
        assert (answer.status_code, answer.json()) == (200, before | change)
        assert client.patch(f"{LINKS}{link.pk}/", {"expires_at": "2026-06-01T00:00:00Z"}).status_code == 400
        assert client.patch(f"{LINKS}{link.pk}/", {"colour": "red"}).json()["code"] == "unknown_field"
        assert client.get(f"{LINKS}{link.pk}/").json() == before | change
        assert shared(link).json()["title"] == "Books"

    def test_of_two_editors_the_second_is_told(self, client: APIClient, link_to: Make) -> None:
        address = f"{LINKS}{link_to().pk}/"
        tag = {"if-match": client.get(address)["ETag"]}
        assert client.patch(address, {"title": "First"}, headers=tag).status_code == 200
        assert client.patch(address, {"title": "Second"}, headers=tag).status_code == 412
        assert client.delete(address, headers=tag).status_code == 412
        assert client.get(address).json()["title"] == "First"

    def test_a_change_of_nothing_is_none(self, client: APIClient, link_to: Make) -> None:
        address = f"{LINKS}{link_to(title='Reading').pk}/"
        tags = [client.get(address)["ETag"], client.patch(address, {"title": "Reading"})["ETag"]]
        assert tags[0] == tags[1]

    @pytest.mark.parametrize("method", ["get", "patch", "delete"])
    def test_those_of_others_are_none(self, link_to: Make, method: str) -> None:
        stranger = client_of(UserFactory())
        answers = [getattr(stranger, method)(f"{LINKS}{pk}/", {}) for pk in (link_to().pk, MISSING)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
        assert ShareLink.objects.exists()


class TestEnd:
    """What ends a link ends it with the next request."""

    def open_and_close(self, link: ShareLink, close: Callable[[], Any]) -> None:
        paths = (f"{API}/shared/{link.token}/", f"/s/{link.token}/", f"/s/{link.token}.png")
        known = {path: Client().get(path) for path in paths}
        assert {answer.status_code for answer in known.values()} == {200}
        close()
        for path, answer in known.items():
            never = Client().get(path.replace(link.token, "a" * 43))
            for condition in ({}, {"if-none-match": answer["ETag"]}):
                gone = Client().get(path, headers=condition)
                assert (gone.status_code, gone["Cache-Control"]) == (404, "no-store")
                assert gone.content == never.content
                del gone["X-Request-ID"]
            del never["X-Request-ID"]
            assert gone.headers == never.headers

    def test_its_deletion(self, client: APIClient, link_to: Make) -> None:
        link = link_to()
        self.open_and_close(link, lambda: client.delete(f"{LINKS}{link.pk}/"))

    def test_its_expiry(self, link_to: Make) -> None:
        link = link_to(expires_at=NOW + timedelta(hours=1))
        with time_machine.travel(NOW + timedelta(minutes=59, seconds=59), tick=False) as clock:
            self.open_and_close(link, lambda: clock.shift(timedelta(seconds=1)))

    def test_the_deletion_of_the_habit(self, link_to: Make, habit: Habit, ada: User) -> None:
        self.open_and_close(link_to(), lambda: delete_habit(actor=ada, habit_id=habit.pk))

    def test_the_deactivation_of_the_account(self, link_to: Make, ada: User) -> None:
        self.open_and_close(link_to(), lambda: User.objects.filter(pk=ada.pk).update(is_active=False))

    def test_the_end_of_the_account(self, link_to: Make, ada: User) -> None:
        self.open_and_close(link_to(), ada.delete)

    def test_archiving_the_habit_does_not(self, link_to: Make, habit: Habit, ada: User) -> None:
        link = link_to()
        update_habit(actor=ada, habit_id=habit.pk, changes={"archived_on": TODAY})
        assert shared(link).status_code == 200

    def test_a_new_end_opens_an_expired_one_again(self, link_to: Make, ada: User) -> None:
        link = link_to(expires_at=NOW + timedelta(hours=1))
        with time_machine.travel(NOW + timedelta(hours=2), tick=False):
            assert shared(link).status_code == 404
            client_of(ada).patch(f"{LINKS}{link.pk}/", {"expires_at": None})
            assert shared(link).status_code == 200


class TestWhatIsShown:
    def test_a_streak(self, link_to: Make) -> None:
        link = link_to(title="Books")
        assert shared(link).json() == {
            "title": "Books",
            "display_name": None,
            "kind": "streak",
            "as_of": "2026-06-17",
            "streak": {
                "current_streak": 16,
                "longest_streak": 16,
                "streak_unit": "day",
                "longest_unit": "day",
                "since": "2026-06-01",
            },
            "milestone": None,
            "heatmap": None,
            "url": f"http://127.0.0.1:8000/s/{link.token}/",
            "image_url": f"http://127.0.0.1:8000/s/{link.token}.png",
        }

    def test_it_is_as_of_the_owners_today(self, link_to: Make) -> None:
        link = link_to()
        with time_machine.travel(NOW + timedelta(days=2), tick=False):
            found = shared(link).json()
        assert (found["as_of"], found["streak"]["current_streak"], found["streak"]["since"]) == ("2026-06-19", 0, None)
        assert found["streak"]["longest_streak"] == 16

    def test_a_milestone(self, link_to: Make, habit: Habit) -> None:
        for milestone in habit.milestones.all():
            found = shared(link_to(LinkKind.MILESTONE, milestone_id=milestone.pk)).json()
            assert (found["streak"], found["heatmap"]) == (None, None)
            assert found["milestone"] == {
                "kind": milestone.kind,
                "count": milestone.count,
                "streak_unit": milestone.streak_unit or None,
                "reached_on": str(milestone.reached_on),
            }
        assert {milestone.kind for milestone in habit.milestones.all()} == {"streak", "completions"}

    def test_a_year(self, link_to: Make) -> None:
        heatmap = shared(link_to(LinkKind.HEATMAP)).json()["heatmap"]
        assert (heatmap["start"], heatmap["end"], heatmap["completions"]) == ("2025-06-18", "2026-06-17", 16)
        assert heatmap["levels"] == [0] * 348 + [4] * 16 + [0]

    def test_values_are_told_as_levels_alone(self, ada: User) -> None:
        start = TODAY - timedelta(days=4)
        habit = MeasuredHabitFactory(owner=ada, start_date=start)
        for number, value in enumerate([30_000, 70_123, 120_000, 180_000, 200_000]):
            log_days(habit, [start + timedelta(days=number)], value_milli=value)
        answer = shared(new_link(habit, LinkKind.HEATMAP))
        assert answer.json()["heatmap"]["levels"][-5:] == [1, 2, 3, 4, 4]
        assert b"70.123" not in answer.content

    def test_skipped_and_missed_days_look_like_free_ones(self, link_to: Make, habit: Habit) -> None:
        link = link_to(LinkKind.HEATMAP)
        habit.logs.filter(date__gte="2026-06-15").update(status="skipped")
        habit.logs.filter(date="2026-06-14").update(status="missed")
        assert shared(link).json()["heatmap"]["levels"][-5:] == [4, 0, 0, 0, 0]

    def test_the_habits_name_where_no_title_is_chosen(self, link_to: Make) -> None:
        assert shared(link_to()).json()["title"] == "Read"

    @pytest.mark.parametrize("title", ["\u200b", "\u3164", "\u2066\u2069", "\u00ad"])
    def test_a_title_that_nobody_sees_is_none(self, link_to: Make, title: str) -> None:
        assert shared(link_to(title=title)).json()["title"] == "Read"

    def test_the_name_where_the_owner_chose_to_show_it(self, link_to: Make) -> None:
        assert shared(link_to(show_name=True)).json()["display_name"] == "Ada"

    @pytest.mark.parametrize("kind", [LinkKind.STREAK, LinkKind.HEATMAP, LinkKind.MILESTONE])
    def test_nothing_else_about_anybody(self, link_to: Make, habit: Habit, ada: User, stranger: Client, kind: LinkKind) -> None:
        milestone = habit.milestones.first() if kind is LinkKind.MILESTONE else None
        link = link_to(kind, title="Books", milestone_id=milestone and milestone.pk)
        ids = [pk for row in (ada, habit, link, milestone) if row for pk in (str(row.pk), row.pk.hex)]
        for path in (f"{API}/shared/{link.token}/", f"/s/{link.token}/"):
            answer = stranger.get(path)
            del answer.headers["X-Request-ID"]  # made up for each answer, as the token: any three letters may stand in it
            told = f"{answer.text}{answer.headers}".replace(link.token, "")
            for secret in (*ids, "Ada", ada.username, "Private", "Read", "example.org"):
                assert secret not in told, (path, secret)


def test_the_token_stands_in_no_line_of_the_log(link_to: Make, stranger: Client, caplog: Any) -> None:
    caplog.set_level("INFO")
    link = link_to()
    for path in (f"{API}/shared/{link.token}/", f"/s/{link.token}/", f"/s/{link.token}.png", f"/s/{link.token}/nowhere"):
        stranger.get(path)
        stranger.post(path)
    assert link.token not in caplog.text
    assert "s/<secret:share_key>/" in caplog.text
