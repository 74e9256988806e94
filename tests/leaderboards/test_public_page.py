"""The board of everybody on a home page: worked out once for all who ask, kept for a moment, and told only when it is new."""

import time
from threading import Event
from typing import Any

import pytest
from rest_framework.test import APIClient

from config.rates import Rate
from leaderboards.selectors import boards
from leaderboards.selectors.boards import MOMENT_SECONDS, Places, forget_moments
from tests.concurrency.conftest import run_together
from tests.leaderboards.conftest import Player
from tests.world import API, client_of

PATH = f"{API}/leaderboards/current_streak/"


def test_it_may_be_kept_for_a_moment_by_anybody(player: Player) -> None:
    player("ada", 3)
    answer = APIClient().get(PATH)
    assert answer["Cache-Control"] == f"public, max-age={MOMENT_SECONDS}"
    assert "Authorization" in answer["Vary"]


def test_an_answer_to_somebody_is_not_kept(player: Player) -> None:
    answer = client_of(player("ada", 3)).get(PATH)
    assert answer["Cache-Control"] == "no-store"


def test_who_has_it_already_is_not_sent_it_again_until_it_changes(player: Player) -> None:
    ada = player("ada", 3)
    tag = APIClient().get(PATH)["ETag"]
    forget_moments()
    again = APIClient().get(PATH, headers={"if-none-match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    client_of(ada).patch(f"{API}/users/me/", {"display_name": "Countess"})
    forget_moments()
    assert APIClient().get(PATH, headers={"if-none-match": tag}).status_code == 200


def test_what_changes_shows_once_the_moment_is_over(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, start = player("ada", 3), time.monotonic()
    assert APIClient().get(PATH).json()["count"] == 1
    client_of(ada).patch(f"{API}/users/me/", {"leaderboard_visibility": "hidden"})
    assert APIClient().get(PATH).json()["count"] == 1 or time.monotonic() - start > MOMENT_SECONDS
    assert client_of(ada).get(PATH).json()["count"] == 0  # with a token nothing is kept
    timer = boards._moment.cache.timer
    monkeypatch.setattr(timer, "_Timer__timer", lambda: time.monotonic() + MOMENT_SECONDS)
    assert APIClient().get(PATH).json()["count"] == 0


@pytest.mark.django_db(transaction=True)
def test_one_works_it_out_for_all_who_ask_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    worked, go = [], Event()
    read = Places.__getitem__

    def slowly(self: Places, part: slice) -> Any:
        worked.append(part)
        go.wait(0.5)
        return read(self, part)

    monkeypatch.setattr(Places, "__getitem__", slowly)
    answers = run_together([lambda: APIClient().get(PATH).status_code] * 12)
    assert (answers, len(worked)) == ([200] * 12, 1)


def test_an_address_may_have_so_many_pages_worked_out(player: Player, settings: Any) -> None:
    settings.LIMITS = settings.LIMITS | {"LIMIT_BOARD_ADDRESS": Rate(2, 60)}
    player("ada", 3)
    pages = [APIClient().get(PATH, {"page_size": size}) for size in (1, 2, 3, 1, 2)]
    assert [page.status_code for page in pages] == [200, 200, 429, 200, 200]
    assert int(pages[2]["Retry-After"]) > 0
    assert APIClient().get(PATH, {"page_size": 3}, REMOTE_ADDR="192.0.2.7").status_code == 200
