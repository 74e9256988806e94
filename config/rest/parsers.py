"""Request bodies as Python values."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final, NoReturn

from rest_framework.parsers import DataAndFiles, JSONParser, MultiPartParser

from config.rest.errors import MalformedBody, MalformedJSON

MAX_DEPTH: Final = 32
MAX_DIGITS: Final = 32


class StrictJSONParser(JSONParser):
    """JSON that means the same to everybody: UTF-8, no doubled keys, no NaN, nothing that a database cannot keep."""

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Return the value of the body; raise MalformedJSON."""
        return loads(stream.read())


class StrictMultiPartParser(MultiPartParser):
    """A form with files: each field once, its texts in UTF-8 whatever the header says."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> "DataAndFiles[Any, Any]":
        """Return the fields and the files; raise MalformedBody."""
        # A header may name a codec of Python's that is none for text.
        form: DataAndFiles[Any, Any] = super().parse(stream, media_type, {**(parser_context or {}), "encoding": "utf-8"})
        names = [name for part in (form.data, form.files) for name, values in part.lists() for _ in values]
        if len(set(names)) != len(names):
            raise MalformedBody("The form holds the same field twice.")
        return form


def loads(body: bytes) -> Any:
    """Return the value of a strict JSON document; raise MalformedJSON, and nothing else, for any other bytes."""
    try:
        text = body.decode()
        value = _DECODER.decode(text)
    except UnicodeDecodeError as error:
        raise MalformedJSON("The body is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise MalformedJSON(f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise _too_deep() from error
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _check_depth(value)
    if "\\u" in text:  # raw ones are no JSON or no UTF-8
        _check_characters(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedJSON("An object holds the same key twice.")
    return found


def _integer(digits: str) -> int:
    _check_digits(digits)
    return int(digits)


def _number(digits: str) -> float:
    _check_digits(digits)
    value = float(digits)
    if math.isinf(value):
        raise MalformedJSON("A number is too large.")
    return value


def _check_digits(digits: str) -> None:
    if len(digits) > MAX_DIGITS:
        raise MalformedJSON("A number has too many digits.")


def _constant(name: str) -> NoReturn:
    raise MalformedJSON(f"{name} is not JSON.")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_constant)


def _too_deep() -> MalformedJSON:
    return MalformedJSON(f"The body is nested deeper than {MAX_DEPTH} levels.")


def _children(value: object) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _check_depth(value: object) -> None:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in _children(parent) if isinstance(child, dict | list)]
    if level:
        raise _too_deep()


def _check_characters(value: object) -> None:
    found = [value]
    while found:
        item = found.pop()
        for text in item if isinstance(item, dict) else (item,):
            if isinstance(text, str) and ("\0" in text or not _is_storable(text)):
                raise MalformedJSON("A text holds NUL or half of a surrogate pair.")
        found.extend(_children(item))


def _is_storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
