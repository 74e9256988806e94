"""What views declare about limits."""

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from config.limits.models import Window
from config.rates import Rate
from config.rest.limits import By, Limit
from tests.config.rest.conftest import assert_problem, client_of
from tests.world import NOW

pytestmark = pytest.mark.django_db
LIMITED = "/api/limited/"
GROUPS = "/api/groups/"


@pytest.fixture
def rates(settings):
    """Return a function that sets limits."""

    def change(**changes: Rate) -> None:
        settings.LIMITS = settings.LIMITS | {f"LIMIT_{name.upper()}": rate for name, rate in changes.items()}

    return change


def post(client, name="Tea", **extra):
    return client.post(LIMITED, {"name": name}, **extra)


class TestAnswers:
    def test_a_refusal_says_when_to_come_back(self, anonymous, rates):
        rates(login_address=Rate(2, 300))
        with time_machine.travel(NOW, tick=False) as clock:
            assert [post(anonymous).status_code for _ in range(2)] == [200, 200]
            clock.shift(100.5)
            refused = post(anonymous)
            assert_problem(refused, 429, "throttled")
            assert refused["Retry-After"] == "200"
            assert refused["RateLimit-Policy"] == '"login-address";q=2;w=300'
            assert refused["RateLimit"] == '"login-address";r=0;t=200'
            clock.shift(199.5)
            assert post(anonymous).status_code == 200

    def test_the_tightest_limit_is_told(self, anonymous, rates):
        rates(login_address=Rate(6, 300), login_account=Rate(4, 60))
        answer = post(anonymous)
        assert (answer["RateLimit-Policy"], answer["RateLimit"]) == ('"login-account";q=4;w=60', '"login-account";r=4;t=60')
        post(anonymous)
        answer = post(anonymous)
        assert answer["RateLimit"] == '"login-address";r=3;t=300'

    def test_an_action_without_limits_tells_nothing_and_costs_nothing(self, anonymous, django_assert_num_queries):
        with django_assert_num_queries(0):
            answer = anonymous.post("/api/things/", {"name": "Tea"})
        assert answer.status_code == 201
        assert not {"RateLimit", "RateLimit-Policy"} & set(answer.headers)


class TestCounting:
    @pytest.mark.parametrize(
        ("name", "statuses"),
        [
            ("Tea", [200, 200, 200]),  # no failure
            ("fault", [500, 500, 500]),  # none of the client's
            ("much longer than the field", [400, 400, 429]),
        ],
    )
    def test_failures_alone(self, anonymous, rates, name, statuses):
        rates(login_account=Rate(2, 60))
        assert [post(anonymous, name).status_code for _ in statuses] == statuses

    def test_by_address(self, anonymous, rates):
        rates(login_address=Rate(1, 60))
        sites = ["198.51.100.1", "198.51.100.2", "::ffff:198.51.100.1", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"]
        answers = [post(anonymous, REMOTE_ADDR=site).status_code for site in sites]
        assert answers == [200, 200, 429, 200, 429, 200]

    def test_by_user(self, rates):
        rates(user=Rate(1, 60))
        assert [client_of().get(LIMITED).status_code for _ in range(2)] == [200, 429]

    def test_who_may_not_ask_is_told_that_and_not_counted(self, anonymous):
        assert_problem(anonymous.get(LIMITED), 401, "not_authenticated")
        assert_problem(anonymous.put(LIMITED), 405, "method_not_allowed")
        assert not Window.objects.exists()

    @pytest.mark.parametrize("body", ['{"name": ["Tea"]}', "[]", "7", "{}"])
    def test_a_body_without_an_account(self, raw, rates, body):
        rates(login_account=Rate(1, 60))
        for _ in range(2):
            assert_problem(raw.post(LIMITED, body, content_type="application/json"), 400, "validation_error")
        assert Window.objects.count() == 1  # of the address

    def test_a_body_that_is_no_json(self, raw):
        assert_problem(raw.post(LIMITED, "{", content_type="application/json"), 400, "malformed_json")

    def test_nothing_can_be_read_from_a_key(self, anonymous, settings):
        post(anonymous, "x" * 50)
        keys = set(Window.objects.values_list("pk", flat=True))
        assert all(len(key) == 64 and int(key, 16) for key in keys)
        settings.SECRET_KEY = "another" * 10
        post(anonymous, "x" * 50)
        assert Window.objects.count() == 2 * len(keys) == 4


class TestAccounts:
    def subject(self, limit: Limit, account: str, address: str = "198.51.100.1"):
        request = Request(APIRequestFactory().post("/", {"username": account}, REMOTE_ADDR=address))
        request._full_data = {"username": account}
        request.user = AnonymousUser()
        charge = limit.charge(request, is_vital=True)
        return charge and charge.key

    def test_an_account_is_one_in_any_spelling(self):
        limit = Limit(setting="LIMIT_LOGIN_ACCOUNT", by=By.ACCOUNT)
        assert self.subject(limit, "Übung") == self.subject(limit, " U\u0308BUNG ") != self.subject(limit, "Ubung")
        assert self.subject(limit, "ada") == self.subject(limit, "ada", "198.51.100.2")

    def test_what_is_too_long_for_a_name_is_not_read_to_its_end(self):
        """Each of these letters stands for eighteen: the key of a body of them would take a second, that of accents minutes."""
        limit = Limit(setting="LIMIT_LOGIN_ACCOUNT", by=By.ACCOUNT)
        cut = self.subject(limit, "\ufdfa" * 255)
        assert self.subject(limit, " " * 10_000 + "\ufdfa" * 300_000) == cut != self.subject(limit, "\ufdfa" * 254)

    def test_and_at_an_address(self):
        limit = Limit(setting="LIMIT_LOGIN_ACCOUNT_ADDRESS", by=By.ACCOUNT_AND_ADDRESS)
        assert self.subject(limit, "ada") != self.subject(limit, "ada", "198.51.100.2")
        assert self.subject(limit, "ada", "2001:db8::1") == self.subject(limit, "ada", "2001:db8::2")

    def test_limits_count_for_themselves(self):
        one, other = (Limit(setting=name, by=By.ACCOUNT) for name in ("LIMIT_USER", "LIMIT_ADDRESS"))
        assert self.subject(one, "ada") != self.subject(other, "ada")

    def test_an_account_is_exempt_where_it_is_known(self):
        asked = []

        def is_known(account: str, address: str) -> bool:
            asked.append((account, address))
            return address == "2001:db8::1"

        limit = Limit(setting="LIMIT_LOGIN_ACCOUNT", by=By.ACCOUNT, is_known=is_known)
        assert self.subject(limit, "ADA", "2001:db8::1") is None
        assert self.subject(limit, "ADA", "2001:db8::2")
        assert asked == [("ada", "2001:db8::1"), ("ada", "2001:db8::2")]


class TestGeneral:
    def test_every_action_is_limited_by_address(self, cache_server, rates, anonymous):
        rates(user=Rate(1, 60), address=Rate(2, 60))
        answers = [anonymous.post("/api/things/batch/", []) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[1]["RateLimit"].startswith('"address";r=0;')

    def test_and_by_user_over_all_addresses(self, cache_server, rates):
        rates(user=Rate(2, 60))
        answers = [client_of().get(GROUPS, REMOTE_ADDR=f"198.51.100.{number}").status_code for number in range(3)]
        assert answers == [200, 200, 429]

    def test_they_cost_no_statement(self, cache_server, anonymous, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert anonymous.post("/api/things/", {"name": "Tea"}).status_code == 201

    def test_declared_limits_lie_in_the_cache_server_too(self, cache_server, anonymous, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert post(anonymous).status_code == 200

    def test_without_the_server_they_let_pass_and_declared_ones_hold(self, cache_server, settings, tmp_path, anonymous, rates):
        settings.REDIS_URL = f"unix://{tmp_path}/nobody"
        rates(address=Rate(1, 60), login_address=Rate(2, 60))
        assert [post(anonymous).status_code for _ in range(3)] == [200, 200, 429]
        assert [anonymous.post("/api/things/", {"name": "Tea"}).status_code for _ in range(2)] == [201, 201]
