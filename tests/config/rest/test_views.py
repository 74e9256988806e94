from uuid import UUID

import pytest

from tests.config.rest.conftest import assert_problem, client_of, faults_of
from tests.config.rest.urls import ThingViewSet

THING = f"/api/things/{UUID(int=1)}/"


def test_anyone_may_call_with_dead_credentials_too(anonymous):
    assert anonymous.post("/api/things/", {"name": "Tea"}, headers={"authorization": "Bearer dead"}).status_code == 201


def test_somebody_has_to_be_logged_in(anonymous):
    problem = assert_problem(anonymous.get(THING), 401, "not_authenticated")
    assert "errors" not in problem
    assert_problem(anonymous.delete("/api/things/"), 401, "not_authenticated")


@pytest.mark.django_db
def test_bad_credentials(anonymous):
    response = anonymous.get(THING, headers={"authorization": "Bearer dead"})
    assert_problem(response, 401, "invalid_token")
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_an_inactive_user_is_nobody():
    assert_problem(client_of(is_active=False).get(THING), 403, "permission_denied")


def test_staff_alone(user, staff):
    assert_problem(user.delete("/api/things/"), 403, "permission_denied")
    assert staff.delete("/api/things/").status_code == 204


def test_an_action_without_a_rule_is_closed(anonymous, staff):
    assert_problem(anonymous.get("/api/closed/"), 401, "not_authenticated")
    assert_problem(staff.get("/api/closed/"), 403, "permission_denied")


def test_the_permission_on_the_object(user):
    assert user.get(THING).json() == {"permission": "view_thing"}
    view = ThingViewSet()
    view.action = "create"
    with pytest.raises(LookupError, match=r"ThingViewSet\.create"):
        view.object_permission  # noqa: B018


@pytest.mark.parametrize("path", [THING, "/api/things/", "/api/closed/"])
def test_options_tell_methods_alone(anonymous, path):
    response = anonymous.options(path)
    assert (response.status_code, response.content) == (204, b"")
    assert "OPTIONS" in response["Allow"]


def test_head(user):
    response = user.head(THING)
    assert (response.status_code, response.content) == (200, b"")


def test_answers_are_not_kept(user, anonymous):
    assert user.get(THING)["Cache-Control"] == "no-store"
    assert anonymous.post("/api/things/", {"name": "Tea"})["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path"), [("get", THING), ("patch", THING), ("delete", "/api/things/"), ("post", "/api/things/")]
)
@pytest.mark.parametrize("query", ["format=json", "pgae=2", "page=1", "a=1&b=2", "=", "name"])
def test_unknown_parameters_on_every_route(staff, method, path, query):
    response = staff.generic(method, path, b'{"name": "Tea"}', "application/json", QUERY_STRING=query)
    problem = assert_problem(response, 400, "unknown_parameter")
    assert set(faults_of(problem).values()) == {"unknown_parameter"}


def test_unknown_parameters_are_named(user):
    problem = assert_problem(user.get(THING, QUERY_STRING="a=1&b=2&b=3"), 400, "unknown_parameter")
    assert list(faults_of(problem)) == ["a", "b"]


def test_who_may_not_ask_is_told_that_first(anonymous):
    assert_problem(anonymous.get(THING, {"pgae": 2}), 401, "not_authenticated")


@pytest.mark.parametrize("query", ["limit=1&limit=2", "limit=1&limit=1", "from=2026-01-01&from="])
def test_repeated_parameters(user, query):
    assert_problem(user.get("/api/reports/", QUERY_STRING=query), 400, "repeated_parameter")


def test_parameters_as_values(user):
    assert user.get("/api/reports/").json() == {"limit": 10, "all": False}
    assert user.get("/api/reports/", {"limit": "5", "all": "true", "from": "2026-01-31"}).json() == {
        "limit": 5,
        "all": True,
        "from": "2026-01-31",
    }
    assert user.get("/api/reports/", QUERY_STRING="limit=&period=").json() == {"limit": 10, "all": False}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("limit", value) for value in ("0", "51", "abc", "5.0", "1e1", "٣", " 5", str(2**63), "9" * 5000, "-", "--1")),
        *(("all", value) for value in ("True", "1", "yes", "banana")),
        *(
            ("from", value)
            for value in ("2026-1-1", "20260101", "2026-02-30", "1969-12-31", "9999-01-01", "2026-01-01T00:00", "٢٠٢٦-٠١-٠١")
        ),
        ("period", "last_8_days"),
    ],
)
def test_bad_values(user, name, value):
    problem = assert_problem(user.get("/api/reports/", {name: value}), 400, "invalid_parameter")
    assert list(faults_of(problem)) == [name]


def test_other_actions_of_the_view_take_no_parameters(user):
    assert_problem(user.get(f"/api/reports/{UUID(int=1)}/", {"limit": 5}), 400, "unknown_parameter")


def test_a_caller_who_wants_nothing_known_costs_no_lookup():
    assert ThingViewSet.parameter_names("retrieve") is ThingViewSet.parameter_names("retrieve")
