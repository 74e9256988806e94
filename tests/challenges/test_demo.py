"""The challenges of the demo: one with winners, one that runs, and nothing that a recount would find."""

from datetime import UTC, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from challenges.models import Announcement, Challenge, Participation
from tests.world import API, client_of
from users.models import User


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("now", [datetime(2026, 11, 22, 12, tzinfo=UTC), datetime(2027, 3, 1, 0, 5, tzinfo=UTC)])
def test_a_challenge_is_won_and_another_runs(now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        call_command("load_demo", stdout=StringIO())
        won, running = Challenge.objects.order_by("start_date")
        assert (won.state_at(now), running.state_at(now)) == ("finished", "active")
        ranks = Participation.objects.of(won.pk).by_standing().values_list("rank", "score")
        assert [rank for rank, _ in ranks] == [1, 2, 3]
        assert all(score > 10 for _, score in ranks)
        assert min(Participation.objects.of(running.pk).values_list("score", flat=True)) > 0
        assert not Participation.objects.filter(reached_at__gt=now).exists()
        assert Announcement.objects.get().challenge == running
        ada = client_of(User.objects.get(username="ada"))
        assert ada.get(f"{API}/challenges/{running.pk}/standings/").json()["me"]["rank"] == 1
        for command in ("recount", "rebuild_challenge_grants"):
            call_command(command, "--check", stdout=StringIO())
