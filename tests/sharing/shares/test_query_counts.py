"""How many statements a request takes, and that neither more shares nor more achievements make it more.

Statements that control a transaction are not counted. Beside each count stand the statements.
"""

import pytest
from rest_framework.test import APIClient

from tests.factories.habits import HabitFactory, days_until, log_days
from tests.factories.sharing import new_achievement, offer, share_with
from tests.factories.users import UserFactory
from tests.habits.test_query_counts import statements
from tests.world import API, TODAY, client_of
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

READS = {
    # the habit, decided by its grants and by whether the user is admitted; its shares, with their users
    "habits/{habit}/shares/?page_size=100": 2,
    # the user of the token; shares, with habits and people
    "shares/?page_size=100": 2,
    "shares/?direction=given&state=pending&page_size=100": 2,
    "shares/?direction=received&page_size=100": 2,
    # the user; the share, decided by its user or the grants on the habit
    "shares/{share}/": 2,
    # the user; achievements, with people
    "achievements/?page_size=100": 2,
    "achievements/?direction=sent&page_size=100": 2,
    "achievements/{achievement}/": 2,
}
KEY = "01998f2e-7a31-7c4e-9d52-3f1b6d0c8e21"
OFFER = {"id": KEY, "user": "ben", "permission": "view"}
# One after the other; each finds what those before have left.
WRITES = [
    # the user; the limit; the habit; the lock of whom to share with; the owner's lock; the habit; is the id known, is it spent;
    # is it shared already, is there room on the habit, and with the user; the share
    ("ada", "POST", "habits/{habit}/shares/", OFFER, 12),
    # … is the id known; the share
    ("ada", "POST", "habits/{habit}/shares/", OFFER, 8),
    # the user; the share; both locks; the share; the share, accepted; grants that go beyond it; those that it gives
    ("ben", "POST", f"shares/{KEY}/accept/", None, 8),
    ("ben", "POST", f"shares/{KEY}/accept/", None, 5),
    ("ada", "PATCH", f"shares/{KEY}/", {"permission": "log"}, 8),
    # the lock of one's own habits, and the habit, which is another's; its owner's lock, and the habit; the log before the log;
    # the stats; the log
    ("ben", "PUT", "habits/{habit}/logs/2026-06-15/", {}, 7),
    # … its grants; its id; the share
    ("ben", "DELETE", f"shares/{KEY}/", None, 8),
    # the user; the limit; the habit; both locks; the habit; is the id known, is it spent; is there room; what is told
    ("ada", "POST", "achievements/", {"id": KEY[:-1] + "2", "habit": "{habit}", "user": "ben"}, 10),
    # the user; what is told; its end; its id
    ("ben", "DELETE", f"achievements/{KEY[:-1]}2/", None, 4),
]


@pytest.fixture(params=[2, 20])
def ids(request: pytest.FixtureRequest, ada: User, ben: User) -> dict[str, object]:
    """Store so many shares and achievements of both directions; return the ids of a habit, and of one of each."""
    habit = HabitFactory(owner=ada)
    for _ in range(request.param):
        other = UserFactory(password="!")
        foreign = HabitFactory(owner=other)
        share, achievement = offer(habit, other), new_achievement(habit, other)
        share_with(foreign, ada)
        new_achievement(foreign, ada)
        new_achievement(habit, ben)
    log_days(habit, days_until(TODAY, 3))
    return {"habit": habit.pk, "share": share.pk, "achievement": achievement.pk}


def test_reads(client: APIClient, ids: dict[str, object]) -> None:
    client.get(f"{API}/habits/shared/")  # the ids of permissions are read once in the life of a process
    found = {path: len(statements(lambda path=path: client.get(f"{API}/{path.format(**ids)}"))) for path in READS}
    assert found == READS


def test_writes(ada: User, ben: User, ids: dict[str, object]) -> None:
    clients = {"ada": client_of(ada), "ben": client_of(ben)}
    for who, method, path, template, count in WRITES:
        body = template and {name: value.format(**ids) for name, value in template.items()}
        found = statements(lambda: getattr(clients[who], method.lower())(f"{API}/{path.format(**ids)}", body))  # noqa: B023 - called at once
        assert len(found) == count, (method, path, [sql[:150] for sql in found])
