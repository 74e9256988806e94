"""Announcements: by runners, for participants."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from challenges.models import Announcement, Challenge
from challenges.services import announcements as service
from challenges.signals import announced
from config.identifiers import new_id
from tests.conftest import Send
from tests.factories.challenges import ChallengeFactory, new_announcement, take_part
from tests.world import API, NOW, client_of
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them


@pytest.fixture
def told() -> Iterator[list[str]]:
    texts: list[str] = []
    announced.connect(hear := lambda announcement, **_: texts.append(announcement.text))
    yield texts
    announced.disconnect(hear)


def test_what_is_told(race: Challenge, ada: User, ben: User, send: Send, told: list[str]) -> None:
    take_part(race, ben)
    path = f"challenges/{race.pk}/announcements/"
    status, document = send(ada, "post", path, {"text": " Half of it is done. \n"})
    assert status == 201
    assert document == {
        "id": document["id"],
        "challenge": str(race.pk),
        "author": {"id": str(ada.pk), "display_name": "Ada"},
        "text": "Half of it is done.",
        "created_at": "2026-06-17T12:00:00Z",
        "updated_at": "2026-06-17T12:00:00Z",
    }
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        later = new_announcement(race, ada, "Nearly there")
        rows = send(ben, "get", path)[1]["results"]
    assert [row["text"] for row in rows] == ["Nearly there", "Half of it is done."]
    assert [row["text"] for row in send(ben, "get", f"{path}?ordering=created_at")[1]["results"]] == [
        row["text"] for row in rows[::-1]
    ]
    assert send(ben, "get", f"announcements/{later.pk}/")[1]["text"] == "Nearly there"
    assert told == ["Half of it is done.", "Nearly there"]


def test_a_change_and_its_tag(race: Challenge, ada: User, ben: User, send: Send) -> None:
    take_part(race, ben)
    row = new_announcement(race, ada)
    url = f"{API}/announcements/{row.pk}/"
    answer = client_of(ada).get(url)
    tag = answer["ETag"]
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        assert send(ada, "patch", f"announcements/{row.pk}/", {})[1] == answer.json()
        status, changed = send(ada, "patch", f"announcements/{row.pk}/", {"text": "Stop"}, **{"If-Match": tag})
    assert (status, changed["text"], changed["updated_at"]) == (200, "Stop", "2026-06-17T12:01:00Z")
    assert send(ada, "patch", f"announcements/{row.pk}/", {"text": "Go"}, **{"If-Match": tag}) == (412, "precondition_failed")
    assert send(ada, "delete", f"announcements/{row.pk}/", **{"If-Match": tag}) == (412, "precondition_failed")
    assert send(ben, "delete", f"announcements/{row.pk}/") == (403, "permission_denied")
    assert [send(ada, "delete", f"announcements/{row.pk}/")[0] for _ in range(2)] == [204, 404]


def test_a_repeated_id_makes_one(race: Challenge, ada: User, ben: User, send: Send, told: list[str]) -> None:
    path, body = f"challenges/{race.pk}/announcements/", {"id": str(new_id()), "text": "Go"}
    assert [send(ada, "post", path, body)[0] for _ in range(2)] == [201, 200]
    assert told == ["Go"]
    other = ChallengeFactory(owner=ada)
    assert send(ada, "post", f"challenges/{other.pk}/announcements/", body) == (409, "id_conflict")
    theirs = ChallengeFactory(owner=ben)
    assert send(ben, "post", f"challenges/{theirs.pk}/announcements/", body) == (409, "id_conflict")
    send(ada, "delete", f"announcements/{body['id']}/")
    assert send(ada, "post", path, body) == (409, "id_deleted")


@pytest.mark.parametrize(
    "body", [{}, {"text": ""}, {"text": " \n"}, {"text": "x" * 2_001}, {"text": None}, {"text": "\x07"}, {"title": "x"}]
)
def test_what_is_refused(race: Challenge, ada: User, send: Send, body: Any) -> None:
    assert send(ada, "post", f"challenges/{race.pk}/announcements/", body)[0] == 400
    assert not Announcement.objects.exists()


def test_not_more_than_there_may_be(race: Challenge, ada: User, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MAX_ANNOUNCEMENTS", 1)
    path = f"challenges/{race.pk}/announcements/"
    assert send(ada, "post", path, {"text": "One"})[0] == 201
    assert send(ada, "post", path, {"text": "Two"}) == (409, "limit_reached")
