"""The OpenAPI document, and a client that holds every answer against it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import yaml
from django.urls import Resolver404, resolve
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from rest_framework.test import APIClient

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "openapi/v1.yaml"
METHODS = ("get", "post", "put", "patch", "delete")
PROBLEM = "application/problem+json"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
URN = "urn:openapi:v1"

FORMATS = FormatChecker(["date", "email", "uuid"])
FORMATS.checks("date-time")(lambda value: not isinstance(value, str) or INSTANT.fullmatch(value) is not None)


def closed(node: Any) -> Any:
    """Return a copy of the document in which no object has members that are not declared."""
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {name: closed(value) for name, value in node.items()}
    return {"additionalProperties": False, **found} if node.get("type") == "object" else found


def pointer(*names: object) -> str:
    return "".join(f"/{str(name).replace('~', '~0').replace('/', '~1')}" for name in names)


class Contract:
    """The document, to hold examples and answers against it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.registry = Registry().with_resource(URN, DRAFT202012.create_resource(closed(document)))
        self.answered: set[tuple[str, int]] = set()

    @classmethod
    def committed(cls) -> "Contract":
        """Return the contract as it is in the repository."""
        return cls(yaml.load(COMMITTED.read_bytes(), yaml.CSafeLoader))

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield path, method and operation."""
        for path, item in self.document["paths"].items():
            for method in item.keys() & set(METHODS):
                yield path, method, item[method]

    def bodies(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield the name of each request and answer with a body, the pointer of its media type, and what it says."""
        for path, method, item in self.operations():
            for media_type, body in item.get("requestBody", {}).get("content", {}).items():
                at = pointer("paths", path, method, "requestBody", "content", media_type)
                yield f"{item['operationId']} request", at, body
            for status, answer in item["responses"].items():
                for media_type, body in answer.get("content", {}).items():
                    at = pointer("paths", path, method, "responses", status, "content", media_type)
                    yield f"{item['operationId']} {status}", at, body
        for name, answer in self.document["components"]["responses"].items():
            for media_type, body in answer["content"].items():
                yield name, pointer("components", "responses", name, "content", media_type), body

    def faults(self, at: str, instance: Any) -> list[str]:
        """Return what is wrong with an instance of the media type's schema."""
        schema = {"$ref": f"{URN}#{at}/schema"}
        validator = Draft202012Validator(schema, registry=self.registry, format_checker=FORMATS)
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(instance)]

    def check(self, method: str, url: str, sent: Any, answer: Any) -> None:
        """Hold an answer, and the body of a request that was taken, against what the document says."""
        try:
            path = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", resolve(url).route)
        except Resolver404:
            path = ""
        operation = self.document["paths"].get(path, {}).get(method.lower())
        name = f"{method} {url} {answer.status_code}"
        media_type = answer.get("Content-Type")
        if operation is None:  # no address or no method of ours
            assert (media_type, answer.status_code in {404, 405}) == (PROBLEM, True), name
            at = pointer("components", "responses", "Problem404", "content", PROBLEM)
            assert self.faults(at, orjson.loads(answer.content)) == [], name
            return
        self.answered.add((operation["operationId"], answer.status_code))
        assert str(answer.status_code) in operation["responses"], f"{name} is not documented"
        self._check_body(name, pointer("paths", path, method.lower(), "responses", answer.status_code), answer)
        if answer.status_code < 300 and sent is not None and method != "DELETE":  # whose body is told in words
            at = pointer("paths", path, method.lower(), "requestBody", "content", "application/json")
            assert self.faults(at, sent) == [], f"{name} took what the document forbids"

    def _check_body(self, name: str, at: str, answer: Any) -> None:
        described = self._at(at)
        if "$ref" in described:
            at = described["$ref"].removeprefix("#")
            described = self._at(at)
        for header in ("ETag", "Location"):
            assert (header in answer) == (header in described["headers"]), f"{name}: {header}"
        for header in described["headers"].keys() & answer.headers.keys():
            value = int(answer[header]) if header == "Retry-After" else answer[header]
            assert self.faults(pointer("components", "headers", header), value) == [], name
        if not answer.content:
            assert "content" not in described, f"{name} has no body"
            return
        media_type = answer["Content-Type"].partition(";")[0]
        assert media_type in described["content"], f"{name} is {media_type}"
        if described["content"][media_type]["schema"].get("format") == "binary":
            return  # bytes as they are
        is_json = media_type.endswith("json")
        body = orjson.loads(answer.content) if is_json else answer.content.decode()
        assert self.faults(at + pointer("content", media_type), body) == [], name

    def _at(self, at: str) -> dict[str, Any]:
        node = self.document
        for name in at.split("/")[1:]:
            node = node[name.replace("~1", "/").replace("~0", "~")]
        return node


class ContractClient(APIClient):
    """A client that holds every answer against the contract."""

    contract: Contract

    def generic(self, method: str, path: str, data: Any = "", content_type: str = "", **extra: Any) -> Any:
        answer = super().generic(method, path, data, content_type, **extra)
        sent = orjson.loads(data) if data and content_type.startswith("application/json") and answer.status_code < 300 else None
        self.contract.check(method, path.partition("?")[0], sent, answer)
        return answer
