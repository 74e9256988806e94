"""Who may do what with a challenge: every route × method × part × visibility, decided by grants alone."""

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

import pytest
from django.db import transaction
from django.http import HttpResponse

from challenges.domain.terms import Visibility
from challenges.models import Announcement, Challenge, ChallengeGroupGrant, ChallengeUserGrant
from challenges.services.accounts import leave_challenges_of_group
from challenges.services.joining import leave_challenge, remove_from_challenge
from groups.domain.roles import Role
from groups.models import Group, Membership
from groups.services.joining import leave_group
from groups.services.members import change_role
from tests.conftest import Once, Send
from tests.contract.matrix import MATRIX
from tests.factories.challenges import ChallengeFactory, ask, new_announcement, take_part
from tests.factories.groups import GroupFactory, enter
from tests.factories.users import UserFactory
from tests.world import API, MISSING, client_of
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

PARTS: Final = ("anonymous", "stranger", "staff", "asked", "player", "removed", "runner")
#                               public                        private                       group
#                               anon str sta ask ply rem run  anon str sta ask ply rem run  anon str sta ask ply rem run
TABLE: Final = """
GET    /                        401 200 200 200 200 200 200   401 404 404 200 200 404 200   401 404 404 200 200 200 200
PUT    /                        401 403 403 403 403 403 200   401 404 404 403 403 404 200   401 404 404 403 403 403 200
PATCH  /                        401 403 403 403 403 403 200   401 404 404 403 403 404 200   401 404 404 403 403 403 200
DELETE /                        401 403 403 403 403 403 204   401 404 404 403 403 404 204   401 404 404 403 403 403 204
POST   /join/                   401 200 200 200 200 403 200   401 404 404 200 200 404 200   401 404 404 200 200 403 200
POST   /leave/                  401 204 204 204 204 204 204   401 404 404 204 204 404 204   401 404 404 204 204 204 204
GET    /fitting-habits/         401 200 200 200 200 200 200   401 404 404 200 200 404 200   401 404 404 200 200 200 200
GET    /participants/           401 200 200 200 200 200 200   401 404 404 200 200 404 200   401 404 404 200 200 200 200
DELETE /participants/{player}/  401 403 403 403 403 403 204   401 404 404 403 403 404 204   401 404 404 403 403 403 204
DELETE /participants/{nobody}/  401 403 403 403 403 403 404   401 404 404 403 403 404 404   401 404 404 403 403 403 404
GET    /invitations/            401 403 403 403 403 403 200   401 404 404 403 403 404 200   401 404 404 403 403 403 200
POST   /invitations/            401 403 403 403 403 403 201   401 404 404 403 403 404 201   401 404 404 403 403 403 201
DELETE /invitations/{asked}/    401 403 403 403 403 403 204   401 404 404 403 403 404 204   401 404 404 403 403 403 204
DELETE /invitations/{nobody}/   401 403 403 403 403 403 404   401 404 404 403 403 404 404   401 404 404 403 403 403 404
GET    /standings/              401 200 200 200 200 200 200   401 404 404 200 200 404 200   401 404 404 200 200 200 200
GET    /progress/               401 403 403 403 200 403 403   401 404 404 403 200 404 403   401 404 404 403 200 403 403
GET    /announcements/          401 403 403 403 200 403 200   401 404 404 403 200 404 200   401 404 404 403 200 403 200
POST   /announcements/          401 403 403 403 403 403 201   401 404 404 403 403 404 201   401 404 404 403 403 403 201
GET    announcement             401 404 404 404 200 404 200   401 404 404 404 200 404 200   401 404 404 404 200 404 200
PATCH  announcement             401 404 404 404 403 404 200   401 404 404 404 403 404 200   401 404 404 404 403 404 200
DELETE announcement             401 404 404 404 403 404 204   401 404 404 404 403 404 204   401 404 404 404 403 404 204
"""


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One route with one method; statuses by visibility and part."""

    method: str
    path: str
    statuses: dict[str, dict[str, int]]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def _row(line: str) -> AccessRow:
    method, path, *words = line.split()
    numbers, count = [int(word) for word in words], len(PARTS)
    by_visibility = {
        visibility.value: dict(zip(PARTS, numbers[count * index : count * (index + 1)], strict=True))
        for index, visibility in enumerate(Visibility.__members__[name] for name in ("PUBLIC", "PRIVATE", "GROUP"))
    }
    return AccessRow(method, path, by_visibility)


ROWS: Final = [_row(line) for line in TABLE.splitlines() if line]


@dataclass(slots=True)
class Stage:
    """A challenge of each visibility with the same people, and an announcement in each."""

    people: dict[str, User | None]
    group: Group
    challenges: dict[str, Challenge]
    announcements: dict[str, Announcement]

    def call(self, row: AccessRow, visibility: str, part: str, challenge_id: object = None) -> HttpResponse:
        """Send the row's request as somebody, and take back what it wrote."""
        challenge = self.challenges[visibility]
        ids = {"player": self.people["player"].pk, "asked": self.people["asked"].pk, "nobody": MISSING}
        path = f"challenges/{challenge_id or challenge.pk}{row.path.format(**ids)}"
        if row.path == "announcement":
            path = f"announcements/{challenge_id or self.announcements[visibility].pk}/"
        days = {"start_date": challenge.start_date, "end_date": challenge.end_date}
        bodies: dict[str, Any] = {
            "PUT /": {"title": "x", "frequency": "daily", "scoring": "completions"} | days,
            "PATCH /": {"title": "x"},
            "POST /invitations/": {"user": "new"},
            "POST /announcements/": {"text": "x"},
            "PATCH announcement": {"text": "x"},
            "POST /join/": {},
        }
        with transaction.atomic():
            answer = getattr(client_of(self.people[part]), row.method.lower())(f"{API}/{path}", bodies.get(str(row)))
            transaction.set_rollback(True)
        return answer


def build_stage() -> Stage:
    people = {part: UserFactory(username=part, password="!", is_staff=part == "staff") for part in PARTS[1:]}
    runner = people["runner"]
    group = GroupFactory(owner=runner)
    for user in (people["asked"], people["player"], people["removed"], UserFactory(username="new", password="!")):
        enter(group, user)
    challenges, announcements = {}, {}
    for visibility in Visibility:
        of_group = {"group_id": group.pk} if visibility is Visibility.GROUP else {}
        challenge = ChallengeFactory(owner=runner, visibility=visibility, **of_group)
        for part in ("asked", "player", "removed"):
            ask(challenge, people[part], runner)
        for part in ("player", "removed"):
            take_part(challenge, people[part])
        remove_from_challenge(actor=runner, challenge_id=challenge.pk, user_id=people["removed"].pk)
        challenges[visibility.value] = challenge
        announcements[visibility.value] = new_announcement(challenge, runner)
    return Stage(people | {"anonymous": None}, group, challenges, announcements)


@pytest.fixture(scope="module")
def stage_of_the_module(once: Once) -> Stage:
    return once(build_stage)


@pytest.fixture
def stage(stage_of_the_module: Stage, db: None, wednesday: None) -> Stage:
    return deepcopy(stage_of_the_module)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_part_gets_its_status(stage: Stage, row: AccessRow) -> None:
    for visibility, expected in row.statuses.items():
        assert {part: stage.call(row, visibility, part).status_code for part in PARTS} == expected, visibility


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_an_invisible_challenge_is_as_good_as_none(stage: Stage, row: AccessRow) -> None:
    for part in ("stranger", "staff"):
        for visibility in ("private", "group"):
            answers = [stage.call(row, visibility, part, challenge_id) for challenge_id in (None, MISSING)]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert answers[0].content == answers[1].content


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_without_grants_a_part_is_worth_nothing(stage: Stage, row: AccessRow) -> None:
    """Parts alone open nothing: the query that fetches the challenge decides by the grants."""
    ChallengeUserGrant.objects.all().delete()
    ChallengeGroupGrant.objects.all().delete()
    for part in ("player", "asked", "runner"):
        for visibility in ("private", "group"):
            assert stage.call(row, visibility, part).status_code == 404
        # What everybody may do with a public one is still done.
        assert stage.call(row, "public", part).status_code == stage.call(row, "public", "stranger").status_code


def test_every_route_below_a_challenge_has_its_row() -> None:
    def shape(method: str, path: str) -> tuple[str, str]:
        return method, re.sub(r"{\w+}", "{}", path)

    below = {shape(row.method, row.path.partition("{challenge}")[2]) for row in MATRIX if "{challenge}" in row.path}
    assert {shape(row.method, row.path) for row in ROWS if row.path != "announcement"} == below


def test_lists_hold_no_foreign_challenge(stage: Stage, send: Send) -> None:
    visible = {"stranger": {"public"}, "staff": {"public"}, "removed": {"public", "group"}}
    for part in PARTS[1:]:
        for query in ("", "?search=challenge", "?state=active"):
            rows = send(stage.people[part], "get", f"challenges/{query}")[1]["results"]
            assert {row["visibility"] for row in rows} == visible.get(part, {"public", "private", "group"})


class TestWhatIsTakenAway:
    """… is gone with the next request."""

    def test_with_a_role(self, stage: Stage, send: Send) -> None:
        path = f"challenges/{stage.challenges['group'].pk}/"
        admin = UserFactory(username="admin", password="!")
        enter(stage.group, admin, Role.ADMIN)
        assert send(admin, "patch", path, {"title": "x"})[0] == 200
        assert send(admin, "get", path)[1]["is_runner"] is True
        change_role(actor=stage.people["runner"], group_id=stage.group.pk, user_id=admin.pk, role=Role.MEMBER)
        assert send(admin, "patch", path, {"title": "x"})[0] == 403
        assert send(admin, "get", path)[1]["is_runner"] is False

    def test_with_a_membership(self, stage: Stage, send: Send) -> None:
        player, path = stage.people["player"], f"challenges/{stage.challenges['group'].pk}/"
        leave_group(actor=player, group_id=stage.group.pk)
        for below in ("", "standings/", "progress/", "announcements/"):
            assert send(player, "get", path + below) == (404, "not_found")
        assert send(stage.people["runner"], "get", path)[1]["participant_count"] == 0

    def test_with_a_participation(self, stage: Stage, send: Send) -> None:
        player, path = stage.people["player"], f"challenges/{stage.challenges['private'].pk}/"
        leave_challenge(actor=player, challenge_id=stage.challenges["private"].pk)
        assert send(player, "get", path) == (404, "not_found")

    def test_of_one_group_alone(self, stage: Stage) -> None:
        other = GroupFactory(owner=stage.people["player"])
        challenge = ChallengeFactory(owner=stage.people["player"], visibility=Visibility.GROUP, group_id=other.pk)
        take_part(challenge, stage.people["player"])
        leave_challenges_of_group(Membership.objects.get(group=stage.group, user=stage.people["player"]))
        assert challenge.participations.count() == 1
