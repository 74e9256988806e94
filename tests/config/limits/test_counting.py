"""Counting, on the database and on a real cache server."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import OperationalError, connection
from redis import Redis
from redis.exceptions import ConnectionError as ServerAway

from config.cache_server import TIMEOUT_SECONDS
from config.limits import counting, stores
from config.limits.counting import OUTAGE, take
from config.limits.jobs import forget_windows
from config.limits.models import Window
from config.limits.stores import Charge
from config.rates import Rate
from tests.world import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def charge(key="k", amount=3, seconds=60, *, is_vital=True, counts_failures=False) -> Charge:
    return Charge("policy", key, Rate(amount, seconds), is_vital, counts_failures)


def admitted(*charges: Charge) -> bool:
    return not take(charges).refused


def in_thread(*charges: Charge) -> bool:
    try:
        return admitted(*charges)
    finally:
        connection.close()


@pytest.fixture(params=["database", "cache server"])
def store(request, settings):
    """Run the test on each of the stores."""
    if request.param == "database":
        settings.REDIS_URL = ""
        return counting.DATABASE
    request.getfixturevalue("cache_server")
    return counting.SHARED


class TestBothStores:
    def test_as_many_as_there_may_be(self, store):
        assert [admitted(charge()) for _ in range(5)] == [True] * 3 + [False] * 2
        assert admitted(charge("other"))

    def test_the_store_is_the_one_that_is_meant(self, store, cache_server, valkey, settings):
        settings.REDIS_URL = valkey if store is counting.SHARED else ""
        take([charge()])
        with Redis.from_url(valkey) as client:
            assert (Window.objects.count(), client.dbsize()) == ((0, 1) if store is counting.SHARED else (1, 0))

    def test_a_receipt_tells_how_things_stand(self, store):
        with time_machine.travel(NOW, tick=False) as clock:
            (first,) = take([charge()]).standings
            clock.shift(20.5)
            (second,) = take([charge()]).standings
            (third,) = take([charge(amount=2)]).standings
            assert (first.remaining, second.remaining, third.remaining) == (2, 1, 0)
            assert (third.is_refused, third.seconds_left) == (True, 40)

    def test_a_window_begins_with_the_first_charge_and_ends_after_its_period(self, store):
        with time_machine.travel(NOW, tick=False) as clock:
            assert admitted(charge(amount=2))
            clock.shift(59)
            assert [admitted(charge(amount=2)) for _ in range(2)] == [True, False]
            clock.shift(1)
            assert [admitted(charge(amount=2)) for _ in range(3)] == [True, True, False]

    def test_where_one_charge_has_no_room_none_is_counted(self, store):
        both = charge("a", 1), charge("b", 2)
        assert [admitted(*both), admitted(*both), admitted(*both)] == [True, False, False]
        assert [admitted(charge("b", 2)), admitted(charge("b", 2))] == [True, False]

    def test_what_was_no_failure_is_given_back(self, store):
        failures, attempts = charge("f", 2, counts_failures=True), charge("a", 9)
        for _ in range(5):
            receipt = take([failures, attempts])
            receipt.give_back()
        assert [standing.remaining for standing in receipt.standings] == [2, 4]
        assert [admitted(failures) for _ in range(3)] == [True, True, False]

    def test_nothing_is_given_back_of_what_was_refused(self, store):
        failures = charge(amount=1, counts_failures=True)
        assert admitted(failures)
        take([failures]).give_back()
        assert not admitted(failures)

    def test_nothing_is_given_back_to_a_later_window(self, store):
        failures = charge(amount=1, counts_failures=True)
        with time_machine.travel(NOW, tick=False) as clock:
            late = take([failures])
            clock.shift(60)
            assert admitted(failures)
            late.give_back()
            assert not admitted(failures)

    @pytest.mark.django_db(transaction=True)
    def test_of_many_at_once_exactly_so_many_pass(self, store):
        works = [(charge("all", 10), charge(f"own {number % 4}", 100)) for number in range(40)]
        with ThreadPoolExecutor(8) as pool:
            passed = list(pool.map(lambda charges: in_thread(*charges), works))
        assert passed.count(True) == 10

    @pytest.mark.django_db(transaction=True)
    def test_charges_in_any_order_do_not_wait_for_each_other_crosswise(self, store):
        orders = [(charge("a", 99), charge("b", 99)), (charge("b", 99), charge("a", 99))] * 20
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(lambda charges: in_thread(*charges), orders))
        assert [standing.count for standing in take([charge("a", 99), charge("b", 99)]).standings] == [41, 41]


class TestWithoutAServer:
    def test_what_is_not_vital_costs_no_statement(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert take([charge(is_vital=False)]).standings == []

    def test_the_keys_of_the_cache_server_go_by_themselves(self, cache_server):
        take([charge(seconds=1)])
        with Redis.from_url(cache_server) as client:
            assert 0 < client.pttl("limits:k") <= 1000


class TestOutage:
    @pytest.fixture
    def away(self, cache_server, settings, tmp_path):
        settings.REDIS_URL = f"unix://{tmp_path}/nobody"

    def test_vital_charges_are_counted_in_the_database_and_others_pass(self, away):
        vital, other = charge("v", 1), charge("o", 1, is_vital=False)
        assert [admitted(vital, other), admitted(vital), admitted(other), admitted(other)] == [True, False, True, True]
        assert Window.objects.get().pk == "v"

    def test_a_warning_at_most_once_a_minute(self, away, caplog, monkeypatch):
        monkeypatch.setattr(OUTAGE, "pause_seconds", 0)
        for _ in range(3):
            take([charge(is_vital=False)])
        assert [record.levelno for record in caplog.records] == [logging.WARNING]
        monkeypatch.setattr(OUTAGE, "_told_again_at", 0)
        take([charge(is_vital=False)])
        assert len(caplog.records) == 2

    def test_the_server_is_left_alone_for_a_while_and_then_asked_again(self, away, valkey, settings, monkeypatch):
        take([charge("a", is_vital=False)])
        settings.REDIS_URL = valkey
        assert take([charge(is_vital=False)]).standings == []
        monkeypatch.setattr(OUTAGE, "_asked_again_at", time.monotonic())
        assert len(take([charge(is_vital=False)]).standings) == 1

    @pytest.mark.slow
    def test_a_server_that_does_not_answer_is_not_waited_for(self, cache_server, monkeypatch):
        with Redis.from_url(cache_server) as client:
            take([charge()])
            client.execute_command("CLIENT", "PAUSE", 2000)
            start = time.monotonic()
            assert admitted(charge("slow", is_vital=False))
            assert time.monotonic() - start < 6 * TIMEOUT_SECONDS
            client.execute_command("CLIENT", "UNPAUSE")

    def test_a_server_that_was_started_anew_is_used_at_once(self, cache_server):
        take([charge()])
        with Redis.from_url(cache_server) as client:
            client.script_flush()
            client.client_kill_filter(_type="normal", skipme=True)
        assert take([charge()]).standings[0].count == 2

    def test_what_cannot_be_given_back_stays_counted(self, cache_server, monkeypatch):
        receipt = take([charge(counts_failures=True)])

        def fail(_standings):
            raise ServerAway

        monkeypatch.setattr(counting.SHARED, "give_back", fail)
        receipt.give_back()
        assert not OUTAGE.is_over


def test_a_database_that_is_away_says_so(monkeypatch):
    """A password is not tried where nobody counts."""

    def fail(*_statements):
        raise OperationalError

    monkeypatch.setattr(stores, "run", fail)
    with pytest.raises(OperationalError):
        take([charge()])


def test_windows_that_are_over_are_forgotten(monkeypatch):
    monkeypatch.setattr("config.limits.jobs.BATCH", 2)
    with time_machine.travel(NOW, tick=False) as clock:
        for number in range(5):
            take([charge(f"short {number}")])
        take([charge("long", seconds=61)])
        clock.shift(60)
        forget_windows()
    assert [window.pk for window in Window.objects.all()] == ["long"]
