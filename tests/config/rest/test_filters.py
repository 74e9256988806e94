import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.rest.errors import InvalidParameter
from config.rest.filters import OrderingParameter
from tests.config.rest.conftest import assert_problem, faults_of
from tests.config.rest.urls import GroupFilters

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def groups():
    return Group.objects.bulk_create(
        Group(name=name) for name in ("morgen übung 0", "übung abend 1", "100% _", "straße 0", "hidden übung")
    )


def names(client, **query):
    response = client.get("/api/groups/", query)
    assert response.status_code == 200, response.content
    return response.json()["results"]


def test_without_parameters_no_filter_set_is_built(user):
    GroupFilters.built = 0
    assert len(names(user, page=1, ordering="name", kind="")) == 4
    assert GroupFilters.built == 0
    names(user, kind="even")
    assert GroupFilters.built == 1


def test_defaults_hold_unless_the_parameter_is_given(user):
    assert "hidden übung" not in names(user, name="übung")
    assert names(user, hidden="true") == ["hidden übung"]
    assert "hidden übung" not in names(user, hidden="false")


@pytest.mark.parametrize("text", ["ÜBUNG", "U\u0308bung", "übung", " Übung "])
def test_names_in_any_case_and_form(user, text):
    assert names(user, name=text) == ["morgen übung 0", "übung abend 1"]


def test_wildcards_are_letters(user):
    assert names(user, name="%") == names(user, name="_") == ["100% _"]
    assert names(user, name="\\") == []


def test_case_folding_beyond_single_letters(user):
    assert names(user, name="STRASSE") == []  # the column is no key here; the text is folded, the name is not
    Group.objects.create(name="strasse")
    assert names(user, name="STRAẞE") == ["strasse"]


def test_search_wants_every_word(user):
    assert names(user, search="abend ÜBUNG") == ["übung abend 1"]
    assert names(user, search="abend morgen") == []
    assert len(names(user, search="   ")) == 4
    assert names(user, search=" ".join(["übung"] * 10)) == ["morgen übung 0", "übung abend 1"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("search", "a " * 11),
        ("search", "a" * 121),
        ("name", "a" * 121),
        ("exact", "a" * 100_000),
        ("kind", "prime"),
        ("hidden", "banana"),
        ("hidden", "True"),
        ("hidden", "1"),
        ("name", "a\x85"),
        ("name", "a" + " " * 120),
        ("exact", "a\tb"),
        ("search", "\x01"),
        ("day", "10/25/2006"),
        ("day", "2006-10-32"),
        ("day", "9999-12-31"),
        ("ordering", "size"),
        ("ordering", "-"),
        ("ordering", "--name"),
        ("ordering", "name,"),
        ("ordering", "name,-name"),
        ("ordering", "password"),
        ("ordering", "?"),
        ("ordering", "name__id"),
        ("ordering", "name " * 1000),
    ],
)
def test_bad_values(user, name, value):
    problem = assert_problem(user.get("/api/groups/", {name: value}), 400, "invalid_parameter")
    assert list(faults_of(problem)) == [name]


def test_what_was_sent_is_not_repeated(user):
    for name in ("kind", "hidden", "day", "name"):
        assert b"banana" not in user.get("/api/groups/", {name: "banana\x01"}).content


def test_every_bad_value_is_told(user):
    problem = assert_problem(user.get("/api/groups/", {"kind": "x", "hidden": "x"}), 400, "invalid_parameter")
    assert faults_of(problem) == {"kind": "invalid_choice", "hidden": "invalid_choice"}


@pytest.mark.parametrize("parameter", ["pgae", "name__contains", "id", "ordering_", "cursor"])
def test_unknown_parameters(user, parameter):
    assert_problem(user.get("/api/groups/", {parameter: "1"}), 400, "unknown_parameter")


def test_orders(user):
    assert names(user) == sorted(names(user, ordering="-name")) == names(user, ordering="name")
    assert names(user, ordering="created_at") == ["morgen übung 0", "übung abend 1", "100% _", "straße 0"]
    with CaptureQueriesContext(
        connection,
    ) as captured:
        names(user, ordering="-created_at,name")
    assert captured[0]["sql"].rpartition("ORDER BY")[2].count(",") == 1


ORDERING = OrderingParameter({"name": "name_key", "created_at": "created_at", "position": "position"}, default="position")


@pytest.mark.parametrize(
    ("requested", "columns"),
    [
        (None, ("position", "id")),
        ("", ("position", "id")),
        ("-created_at,name", ("-created_at", "name_key", "id")),
        ("name", ("name_key", "id")),
    ],
)
def test_the_key_comes_last(requested, columns):
    assert ORDERING.order_by(requested) == columns


def test_columns_are_not_names():
    with pytest.raises(InvalidParameter):
        ORDERING.order_by("name_key")
