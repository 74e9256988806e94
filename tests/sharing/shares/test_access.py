"""Who may do what with a share, by the side on which one stands and by how far it has come."""

from typing import Any, Final

import pytest
from django.db import transaction

from habits.models import HabitUserGrant
from sharing.models import Share
from tests.factories.sharing import new_achievement
from tests.world import API, MISSING, World

pytestmark = pytest.mark.slow  # not each test, but all of them

# Of the daily habit: `other` is `logger`, with whom it is shared too; `member` sees it by a group.
ROLES: Final = ("anonymous", "inactive", "outsider", "staff", "member", "other", "recipient", "owner")
#                                anon inac outs staf memb othe reci owne    anon inac outs staf memb othe reci owne
TABLE: Final = """
GET    /shares/{share}/          401  401  404  404  404  404  200  200     401  401  404  404  404  404  200  200
PATCH  /shares/{share}/          401  401  404  404  404  404  403  200     401  401  404  404  404  404  403  200
DELETE /shares/{share}/          401  401  404  404  404  404  204  204     401  401  404  404  404  404  204  204
POST   /shares/{share}/accept/   401  401  404  404  404  404  200  403     401  401  404  404  404  404  200  403
GET    /habits/{habit}/          401  401  404  404  200  200  404  200     401  401  404  404  200  200  200  200
GET    /habits/{habit}/shares/   401  401  404  404  403  403  404  200     401  401  404  404  403  403  403  200
POST   /habits/{habit}/shares/   401  401  404  404  403  403  404  201     401  401  404  404  403  403  403  201
PUT    /habits/{habit}/logs/2026-06-17/ 401 401 404 404 201 201 404 201     401  401  404  404  201  201  403  201
"""
BODIES: Final[dict[str, Any]] = {"PATCH": {"permission": "log"}, "POST": {"user": "former", "permission": "view"}, "PUT": {}}


@pytest.fixture
def world(standing_world: World) -> World:
    return standing_world


@pytest.mark.parametrize("line", [line for line in TABLE.splitlines() if line], ids=lambda line: " ".join(line.split()[:2]))
def test_each_role_gets_its_status(world: World, line: str) -> None:
    method, path, *words = line.split()
    pending, accepted = words[: len(ROLES)], words[len(ROLES) :]
    Share.objects.filter(pk=world.offered.pk).update(permission="view")
    for state, share, recipient, statuses in (
        ("pending", world.offered, "invited", pending),
        ("accepted", world.share, "viewer", accepted),
    ):
        names = {"other": "logger", "recipient": recipient}
        found = []
        for role in ROLES:
            with transaction.atomic():
                url = f"{API}{path.format(share=share.pk, habit=world.daily.pk)}"
                body = None if path.endswith("/accept/") else BODIES.get(method)
                found.append(str(getattr(world.client(names.get(role, role)), method.lower())(url, body).status_code))
                transaction.set_rollback(True)
        assert found == statuses, state


@pytest.mark.parametrize(("method", "path"), [("get", ""), ("patch", ""), ("delete", ""), ("post", "accept/")])
def test_the_owner_without_grants_finds_no_share(world: World, method: str, path: str) -> None:
    """That the habit is one's own opens nothing: the query that fetches the share decides by the grants."""
    HabitUserGrant.objects.filter(user=world.owner).delete()
    client = world.client()
    answers = [getattr(client, method)(f"{API}/shares/{key}/{path}") for key in (world.share.pk, world.offered.pk, MISSING)]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.content for answer in answers}) == 1


def test_lists_hold_nothing_of_others(world: World) -> None:
    told = {"viewer": world.share, "invited": world.offered}
    own = new_achievement(world.foreign, world.staff)
    for role in ("outsider", "staff", "member", "asker", *told):
        client = world.client(role)
        shares = {row["id"] for row in client.get(f"{API}/shares/").json()["results"]}
        assert shares == ({str(told[role].pk)} if role in told else set())
        achievements = {row["id"] for row in client.get(f"{API}/achievements/").json()["results"]}
        expected = {"viewer": world.achievement, "outsider": own, "staff": own}.get(role)
        assert achievements == ({str(expected.pk)} if expected else set())
