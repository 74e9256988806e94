import pytest

from tests.config.rest.conftest import assert_problem, faults_of


def faults(client, body, code="validation_error", path="/api/things/"):
    return faults_of(assert_problem(client.post(path, body), 400, code))


def test_unknown_fields(anonymous):
    assert faults(anonymous, {"name": "Tea", "colour": 1, "size": 2}, "unknown_field") == {
        "colour": "unknown_field",
        "size": "unknown_field",
    }


def test_unknown_fields_beside_other_faults(anonymous):
    assert faults(anonymous, {"colour": 1, "count": 10}) == {"name": "required", "count": "max_value", "colour": "unknown_field"}


def test_known_read_only_fields_are_ignored(anonymous):
    assert anonymous.post("/api/things/", {"name": "Tea", "id": "whatever"}).json() == {"name": "Tea"}


def test_nested_paths(anonymous):
    body = {"name": "Tea", "steps": [{"title": "boil"}, {"title": "brew", "minutes": 3}, 5]}
    assert faults(anonymous, body) == {"steps.1.minutes": "unknown_field", "steps.2.non_field_errors": "invalid"}


def test_rows_of_a_batch(anonymous):
    rows = [{"name": "Tea"}] * 17 + [{"name": "Tea", "date": "31.1.2026"}, {"name": "Tea", "x": 1}]
    assert faults(anonymous, rows, path="/api/things/batch/") == {"17.date": "invalid", "18.x": "unknown_field"}
    assert faults(anonymous, {"name": "Tea"}, path="/api/things/batch/") == {"non_field_errors": "not_a_list"}


def test_partial_updates(user):
    path = "/api/things/00000000-0000-0000-0000-000000000001/"
    assert user.patch(path, {"count": 3}).json() == {"count": 3}
    assert user.patch(path, {}).json() == {}
    assert_problem(user.patch(path, {"cuont": 3}), 400, "unknown_field")


@pytest.mark.parametrize("size", [1, 100_000])
def test_the_answer_stays_small(anonymous, size):
    body = {"name": "Tea", **{f"{index}{'x' * 200}": 1 for index in range(min(size, 4000))}}
    response = anonymous.post("/api/things/", body)
    assert_problem(response, 400, "unknown_field")
    assert len(response.content) < 5000


def test_control_characters_of_names_are_not_repeated(anonymous, user):
    assert faults(anonymous, {"name": "Tea", "co\x01lour\x85": 1}, "unknown_field") == {"co\ufffdlour\ufffd": "unknown_field"}
    problem = assert_problem(user.get("/api/groups/", {"pg\x07ae": "1"}), 400, "unknown_parameter")
    assert faults_of(problem) == {"pg\ufffdae": "unknown_parameter"}
