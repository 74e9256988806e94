"""How many statements a request takes, and that neither more links nor more history make it more.

Statements that control a transaction are not counted. Beside each count stand the statements.
"""

from datetime import date

import pytest
from django.test import Client
from rest_framework.test import APIClient

from habits.models import Habit
from sharing.domain.shown import LinkKind
from tests.factories.habits import HabitFactory, days_until, log_days
from tests.factories.users import UserFactory
from tests.habits.test_query_counts import statements
from tests.world import API, TODAY, client_of, new_link
from users.models import User

READS = {
    # the user of the token; the links
    "/api/v1/share-links/?page_size=100": 2,
    "/api/v1/share-links/{link}/": 2,
    # the link with its owner, the habit, its owner and its stats
    "/api/v1/shared/{streak}/": 1,
    "/s/{streak}/": 1,
    # … with the milestone
    "/s/{milestone}/": 1,
    # … and the logs of a year
    "/api/v1/shared/{heatmap}/": 2,
    "/s/{heatmap}/": 2,
    # … and how many cards the address has had drawn
    "/s/{streak}.png": 2,
    "/s/{heatmap}.png": 3,
}
LINK = {"id": "01998f2e-7a31-7c4e-9d52-3f1b6d0c8e21", "habit": "{habit}", "kind": "streak"}
# One after the other; each finds what those before have left.
WRITES = [
    # the user; the user's lock; the link; the deleted one; how many links there are; the change number, which locks the habit's
    # owner; the habit; the link
    ("POST", "share-links/", LINK, 8),
    # the user; the user's lock; the link
    ("POST", "share-links/", LINK, 3),
    # the user; the user's lock; the link, which is locked; the link
    ("PATCH", "share-links/{link}/", {"title": "Books"}, 4),
    # the user; the user's lock; the link, which is locked; the deleted one; the link
    ("DELETE", "share-links/{link}/", None, 5),
]


@pytest.fixture
def ada(db, wednesday) -> User:
    return UserFactory(password="!")


@pytest.fixture
def ids(request: pytest.FixtureRequest, ada: User) -> dict[str, str]:
    """Store so many links, and so many days of history; return the tokens of one of each kind."""
    links, days = request.param
    habit = HabitFactory(owner=ada, start_date=date(2025, 1, 1))
    log_days(habit, days_until(TODAY, days))
    for _ in range(links):
        new_link(HabitFactory(owner=ada))
    habit = Habit.objects.get(pk=habit.pk)
    milestone = habit.milestones.first()
    found = {kind.value: new_link(habit, kind) for kind in (LinkKind.STREAK, LinkKind.HEATMAP)}
    found["milestone"] = new_link(habit, LinkKind.MILESTONE, milestone_id=milestone.pk)
    return {"habit": str(habit.pk), "link": str(found["streak"].pk), **{kind: link.token for kind, link in found.items()}}


MANY = pytest.mark.parametrize("ids", [(2, 10), (20, 365)], indirect=True, ids=["few", "many"])


@MANY
def test_reads(ada: User, ids: dict[str, str]) -> None:
    owner, stranger = client_of(ada), Client()
    found = {}
    for path in READS:
        client: APIClient | Client = owner if "share-links" in path else stranger
        found[path] = len(statements(lambda client=client, path=path: client.get(path.format(**ids))))  # type: ignore[misc]
    assert found == READS
    # A card that is kept is not drawn again.
    for kind, count in {"streak": 1, "heatmap": 2}.items():
        assert len(statements(lambda kind=kind: stranger.get(f"/s/{ids[kind]}.png"))) == count  # type: ignore[misc]


@MANY
def test_writes(ada: User, ids: dict[str, str]) -> None:
    client = client_of(ada)
    for method, path, template, count in WRITES:
        body = template and {name: value.format(**ids) for name, value in template.items()}
        found = statements(lambda: getattr(client, method.lower())(f"{API}/{path.format(**ids)}", body))  # noqa: B023 - called at once
        assert len(found) == count, (method, path, [sql[:150] for sql in found])
