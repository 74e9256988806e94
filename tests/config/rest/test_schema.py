from types import SimpleNamespace
from uuid import UUID

import pytest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from config.rest.problems import all_codes
from config.rest.references import UserReferenceSerializer, user_reference


@pytest.fixture
def document():
    return SchemaGenerator(urlconf="tests.config.rest.urls").get_schema(public=True)


def statuses(document, path, method):
    return sorted(map(int, document["paths"][path][method]["responses"]))


def test_the_document_is_valid(document, capsys):
    validate_schema(document)
    assert document["openapi"] == "3.1.0"


@pytest.mark.parametrize(
    ("path", "method", "expected"),
    [
        ("/api/things/", "post", [200, 201, 400, 406, 409, 411, 413, 415, 429, 500, 503]),
        ("/api/things/", "delete", [204, 400, 401, 403, 406, 429, 500, 503]),
        ("/api/things/{thing}/", "get", [200, 400, 401, 404, 406, 429, 500, 503]),
        ("/api/groups/recent/", "get", [200, 400, 401, 404, 406, 429, 500, 503]),
        ("/api/feed/", "get", [200, 400, 401, 406, 429, 500, 503]),
        ("/api/reports/", "get", [200, 400, 401, 406, 429, 500, 503]),
        ("/api/versioned/", "get", [200, 304, 400, 401, 406, 429, 500, 503]),
        ("/api/versioned/{thing}/", "get", [200, 304, 400, 401, 404, 406, 429, 500, 503]),
        ("/api/versioned/{thing}/", "put", [200, 400, 401, 404, 406, 411, 412, 413, 429, 500, 503]),
        ("/api/versioned/{thing}/", "delete", [204, 400, 401, 404, 406, 412, 429, 500, 503]),
    ],
)
def test_statuses(document, path, method, expected):
    assert statuses(document, path, method) == expected


def test_problems(document):
    components = document["components"]
    assert components["schemas"]["ProblemCode"]["enum"] == list(all_codes())
    assert components["schemas"]["Problem"]["properties"]["code"] == {"$ref": "#/components/schemas/ProblemCode"}
    unavailable = components["responses"]["Problem503"]
    assert list(unavailable["content"]) == ["application/problem+json"]
    assert "Retry-After" in unavailable["headers"]
    assert "WWW-Authenticate" in components["responses"]["Problem401"]["headers"]
    answers = document["paths"]["/api/things/"]["post"]["responses"]
    assert answers["400"] == {"$ref": "#/components/responses/Problem400"}
    assert list(answers["409"]["content"]["application/problem+json"]["examples"]) == ["conflict"]


def test_headers(document):
    common = {"Access-Control-Allow-Origin", "RateLimit", "RateLimit-Policy", "X-Request-ID"}
    components = document["components"]
    assert components["headers"].keys() == common | {"ETag", "Retry-After", "WWW-Authenticate"}
    assert components["responses"]["Problem429"]["headers"].keys() == common | {"Retry-After"}
    answer = document["paths"]["/api/things/"]["post"]["responses"]["201"]
    assert answer["headers"] == {name: {"$ref": f"#/components/headers/{name}"} for name in common}


def test_operations(document):
    make = document["paths"]["/api/things/"]["post"]
    assert (make["operationId"], make["summary"]) == ("thing_create", "Make a thing")
    assert make["security"] == []
    body = make["requestBody"]["content"]["application/json"]
    assert body["examples"]["Request"]["value"] == {"name": "Tea"}
    show = document["paths"]["/api/things/{thing}/"]["get"]
    assert show["security"] == [{"bearerAuth": []}]
    assert document["components"]["securitySchemes"]["bearerAuth"]["scheme"] == "bearer"


def test_bodies_are_closed_and_decimals_have_two_forms(document):
    schemas = document["components"]["schemas"]
    assert schemas["ThingRequest"]["additionalProperties"] is False
    assert "id" not in schemas["ThingRequest"]["properties"]
    assert "additionalProperties" not in schemas["Thing"]
    assert [form["type"] for form in schemas["ThingRequest"]["properties"]["value"]["oneOf"]] == ["string", "number"]
    assert schemas["Thing"]["properties"]["value"]["type"] == "string"


def parameters(document, path):
    return {parameter["name"]: parameter for parameter in document["paths"][path]["get"]["parameters"]}


def test_parameters_of_lists(document):
    found = parameters(document, "/api/groups/recent/")
    assert set(found) == {"page", "page_size", "ordering", "name", "exact", "kind", "hidden", "day", "search"}
    assert found["kind"]["schema"]["enum"] == ["even", "odd"]
    assert found["hidden"]["schema"] == {"type": "boolean"}
    assert found["ordering"]["schema"]["default"] == "name"
    assert set(parameters(document, "/api/feed/")) == {"cursor", "page_size"}


def test_parameters_of_the_action(document):
    found = parameters(document, "/api/reports/")
    assert set(found) == {"from", "to", "period", "limit", "all"}
    assert found["from"]["schema"]["format"] == "date"
    assert found["limit"]["schema"]["maximum"] == 50
    assert not any(parameter.get("required") for parameter in found.values())


def test_conditional_requests(document):
    item = document["paths"]["/api/versioned/{thing}/"]
    headers = {
        method: [parameter["name"] for parameter in item[method]["parameters"] if parameter["in"] == "header"] for method in item
    }
    assert headers == {"get": ["If-None-Match"], "put": ["If-Match", "If-None-Match"], "delete": ["If-Match"]}
    tagged = {
        (method, status)
        for method, operation in item.items()
        for status, answer in operation["responses"].items()
        if "ETag" in answer.get("headers", ())
    }
    assert tagged == {("get", "200"), ("get", "304"), ("put", "200")}
    assert "content" not in item["get"]["responses"]["304"]


def test_pages(document):
    answer = document["paths"]["/api/groups/recent/"]["get"]["responses"]["200"]["content"]["application/json"]
    page = document["components"]["schemas"][answer["schema"]["$ref"].rpartition("/")[2]]
    assert list(page["properties"]) == ["count", "next", "previous", "results"]
    assert answer["examples"]["Response"]["value"] == {"count": 1, "next": None, "previous": None, "results": [{"name": "a"}]}
    assert {"GroupPage", "GroupCursorPage"} <= document["components"]["schemas"].keys()


def test_people_look_alike_with_and_without_a_serializer():
    person = SimpleNamespace(id=UUID(int=1), display_name="Ana", email="ana@example.org")
    document = user_reference(person)
    assert {name: str(value) for name, value in document.items()} == UserReferenceSerializer(person).data
