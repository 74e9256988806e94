"""Requests that the OpenAPI document makes up, good and bad: each answer has to be one that the document promises.

A case that fails is told as a call of curl, and comes again: the cases follow from the document, their number, and the constants
of the code that is loaded, which hypothesis tries.
"""

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import orjson
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import negative_data_rejection, positive_data_acceptance
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.hypothesis import builder
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.python._constants.orchestrator import make_constants_value_source
from schemathesis.transport.serialization import Binary

from integrations.api.serializers import FORMAT_CHOICES
from tests.conftest import Once
from tests.contract.openapi import COMMITTED, Contract
from tests.world import LOGGED, MISSING, World, foreign_ids
from users.services.sessions import open_session

pytestmark = pytest.mark.slow

# Made up for each database, by chance; examples and edges that follow from the document come on top.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "600"))
CONFIG: dict[str, Any] = {
    "generation": {
        "mode": "all",
        "deterministic": True,
        "max-examples": math.ceil(EXAMPLES / sum(1 for _ in Contract.committed().operations())),
    },
    "checks": {
        # An entity tag that is made up is stale: 412.
        "positive_data_acceptance": {"expected-statuses": ["2xx", "3xx", "401", "403", "404", "409", "412"]},
        "negative_data_rejection": {
            "expected-statuses": ["400", "401", "403", "404", "405", "406", "409", "411", "412", "413", "415"]
        },
    },
}
# What a request may be refused for that fits its schema, because no schema can say it.
BEYOND_SCHEMA = {
    # What fits no other field of the request.
    "end_before_start",
    "habit_not_measured",
    "interval_not_one",
    "not_measured",
    "not_with_group",
    "too_long",
    "invalid_parameter",
    "not_with_email",
    "not_with_kind",
    "not_with_target_days",
    "not_with_total",
    "not_whole",
    "target_not_measured",
    "unit_of_one_day",
    "unit_without_target",
    "value_not_allowed",
    # What fits not today, or not what is stored.
    "already_archived",
    "date_out_of_range",
    "email_taken",
    "in_the_past",
    "invalid_cursor",
    "link_expired",
    "measured_is_fixed",
    "not_found",
    "not_today",
    "out_of_range",
    "own_habit",
    "takes_part",
    "permission_denied",
    "username_taken",
    "value.required",
    "wrong_password",
    # What is told in words: the letters of any script, the names of time zones, what makes a password easy to guess, that an
    # empty file is none, lengths that are those of the text as it is kept, and that an integer has no fraction (40.0).
    "email.invalid",
    "milestone.required",
    "neighbors.invalid",
    "file.required",
    "group.required",
    "invalid_username",
    "password_entirely_numeric",
    "password_too_common",
    "password_too_short",
    "password_too_similar",
    "period.invalid",
    "tags.duplicate",
    "target_value.required",
    "timezone.invalid",
    "username.max_length",
}


# What schemathesis notes with a test, rather than raise.
FAULTS_OF_THE_DOCUMENT = (
    builder.InvalidHeadersExampleMark,
    builder.InvalidRegexMark,
    builder.MissingPathParameters,
    builder.NonSerializableMark,
    builder.UnsatisfiableExampleMark,
    builder.UnserializablePayloadMark,
)


@dataclass(frozen=True)
class Cast:
    """The access tokens of some of the world, and whose objects have which ids."""

    tokens: dict[str, str]
    ids: dict[str, dict[str, str]]
    habits: list[str]


def load(mode: str = "all", **phases: Any) -> Any:
    generation = {**CONFIG["generation"], "mode": mode}
    config = SchemathesisConfig.from_dict({**CONFIG, "generation": generation, "phases": phases})
    loaded = schemathesis.openapi.from_path(COMMITTED, config=config)
    loaded.app = get_wsgi_application()
    return loaded


class Operations:
    """The operations of a loaded document by their names, and the cases that are made up for each.

    Schemathesis' own parametrizing makes up those of all operations when they are collected: half a minute for each worker.
    """

    def __init__(self, loaded: Any) -> None:
        self.config = loaded.config
        self.feedback = FeedbackSources(constants_value_source=make_constants_value_source(loaded))
        self.by_label = {operation.label: operation for operation in (found.ok() for found in loaded.get_all_operations())}

    def try_all(self, label: str, test: Callable[..., None], cast: Cast) -> None:
        """Make up the cases of an operation, and test each."""
        test_all = build_operation_test(
            config=self.config, operation=self.by_label[label], test_func=test, given_kwargs={}, feedback=self.feedback
        )
        assert [mark.attr_name for mark in FAULTS_OF_THE_DOCUMENT if mark.is_set(test_all)] == []
        test_all(cast=cast)


without_fixed_cases = {"coverage": {"enabled": False}, "examples": {"enabled": False}}
everything = Operations(load())
objects = Operations(load(**without_fixed_cases).include(path_regex=r"\{(?!date\}|metric\}|\w+_key\})"))
# A fixture stands for all cases of an operation: each takes back what it wrote.
by_the_document = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))


def assemble(world: World) -> Cast:
    foreign = foreign_ids(world)
    found = {"owner": world.ids, "outsider": foreign, "nobody": dict.fromkeys(foreign, MISSING) | {"date": LOGGED}}
    tokens = {role: open_session(getattr(world, role)).access for role in ("owner", "outsider", "staff", "logger")}
    ids = {whose: {name: str(pk) for name, pk in own.items()} for whose, own in found.items()}
    return Cast(tokens, ids, [str(world.measured.pk), str(world.daily.pk)])


@pytest.fixture(scope="module")
def cast_of_the_module(world_of_the_module: World, once: Once) -> Cast:
    """Return the cast, which all operations share."""
    return once(lambda: assemble(world_of_the_module))


@pytest.fixture
def cast(cast_of_the_module: Cast, db: None, wednesday: None) -> Iterator[Cast]:
    """Return the cast, with a connection that stays open: each case takes back what it wrote."""
    for signal in (request_started, request_finished):  # they would close it in the middle of a transaction
        signal.disconnect(close_old_connections)
    yield cast_of_the_module
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def chance(case: Case) -> int:
    """Return a number that depends on nothing but the case, so that one that failed does so again."""
    return crc32(repr((case.path, case.path_parameters, case.query, case.headers, case.body)).encode(errors="replace"))


def aim(case: Case, ids: dict[str, str]) -> None:
    """Put ids into the address, unless a bad address is what the case is about."""
    if not is_bad(case, ParameterLocation.PATH):
        case.path_parameters = {name: ids[name.removesuffix("_id")] for name in case.path_parameters}


def fill(case: Case, habits: list[str]) -> None:
    """Put ids of habits into a body, unless a bad body is what the case is about."""
    if is_bad(case, ParameterLocation.BODY):
        return
    for row in case.body if isinstance(case.body, list) else [case.body]:
        for name in ("ids", "habits", "habit") if isinstance(row, dict) else ():
            if name in row and row[name] is not None:
                row[name] = habits[0] if isinstance(row[name], str) else habits[: len(row[name])]


def is_bad(case: Case, location: ParameterLocation) -> bool:
    return case.meta is not None and case.meta.is_negative_at(location)


def send(case: Case, token: str) -> Response:
    """Send a case, and take back what it wrote."""
    with transaction.atomic():
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        transaction.set_rollback(True)
    return answer


def is_beyond_schema(answer: Response) -> bool:
    """Tell whether each fault of a refusal is one that no schema can say."""
    if answer.status_code != 400:
        return False
    faults = orjson.loads(answer.content).get("errors", [])
    names = [{fault["code"], f"{fault['attr'].partition('.')[0]}.{fault['code']}"} for fault in faults]
    return bool(names) and all(known & BEYOND_SCHEMA for known in names)


def is_taken_all_the_same(case: Case) -> bool:
    """Tell whether a request is good that schemathesis takes for a bad one."""
    sent = (case.query or {}).values()
    if any(value is None or value in ([], {}) for value in sent):  # which is not sent
        return True
    if any(isinstance(value, list) and len(value) == 1 for value in sent):  # which is sent as the one
        return True
    if case.media_type == "multipart/form-data" and isinstance(case.body, dict):
        return leaves_fields_empty(case.body) or is_said_to_be_large(case.body)
    return any(text != text.replace("\r\n", "\n").strip() for text in texts_in(case.body))  # which is kept shorter


def leaves_fields_empty(form: dict[str, Any]) -> bool:
    """Tell whether a form has an empty field: one left out, which the document says in words alone."""
    return any(form.get(name, "auto") in ("", None, [], [""]) for name in ("format", "dry_run"))


def is_said_to_be_large(form: dict[str, Any]) -> bool:
    """Tell whether nothing but the file can be wrong with a form: schemathesis makes none that is too large, and says it does."""
    words = {"format": FORMAT_CHOICES, "dry_run": ("true", "false")}
    others = form.keys() - {"file"}
    has_file = isinstance(form.get("file"), Binary) and form["file"].data
    return bool(has_file) and others <= words.keys() and all(str(form[name]).lower() in words[name] for name in others)


def texts_in(body: Any) -> Iterator[str]:
    """Yield each text of a JSON document."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, dict | list):
        for item in body.values() if isinstance(body, dict) else body:
            yield from texts_in(item)


@by_the_document
def is_answered_as_promised(case: Case, cast: Cast) -> None:
    number = chance(case)
    if number % 4:
        aim(case, cast.ids["owner"])
        fill(case, cast.habits)
    token = cast.tokens[("owner", "owner", "outsider", "staff", "logger")[number // 4 % 5]]
    headers = {"Authorization": f"Bearer {token}"}
    with transaction.atomic():
        answer = case.call(headers=headers)
        excluded = [positive_data_acceptance] if is_beyond_schema(answer) else []
        excluded += [negative_data_rejection] if is_taken_all_the_same(case) else []
        try:
            case.validate_response(answer, headers=headers, excluded_checks=excluded)
        finally:
            transaction.set_rollback(True)


@pytest.mark.parametrize("label", everything.by_label)
def test_each_answer_is_one_that_the_document_promises(cast: Cast, label: str) -> None:
    everything.try_all(label, is_answered_as_promised, cast)


@by_the_document
def is_answered_as_if_it_were_missing(case: Case, cast: Cast) -> None:
    number = chance(case)
    asker, other = ("owner", "outsider")[:: 1 if number % 2 else -1]
    # All ids are those of the other, or the innermost alone.
    names = {name.removesuffix("_id") for name in case.path_parameters} - {"date", "metric"}
    innermost = names & {"pause", "member", "banned_user", "request", "invitation", "shared_habit", "event"}
    swapped = names if number // 2 % 2 or not innermost else innermost
    answers = []
    for whose in (other, "nobody"):
        aim(case, cast.ids[asker] | {name: cast.ids[whose][name] for name in swapped})
        answers.append(send(case, cast.tokens[asker]))
    foreign, missing = answers
    assert foreign.status_code >= 400
    assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content)
    assert {**foreign.headers, "x-request-id": None} == {**missing.headers, "x-request-id": None}
    if case.meta and case.meta.generation.mode.is_positive and not is_beyond_schema(foreign):
        assert foreign.status_code == 404


@pytest.mark.parametrize("label", objects.by_label)
def test_objects_of_others_are_as_good_as_none(cast: Cast, label: str) -> None:
    objects.try_all(label, is_answered_as_if_it_were_missing, cast)
