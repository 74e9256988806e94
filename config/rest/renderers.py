"""Answers as bytes."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import orjson
from django.utils.functional import Promise
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

OPTIONS: Final = orjson.OPT_UTC_Z


def _plain(value: object) -> str:
    if isinstance(value, Decimal | Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON.")


def to_json(data: Any) -> bytes:
    """Return the document as it goes out: instants per RFC 3339 with `Z`, dates, UUIDs and decimals as strings."""
    return orjson.dumps(data, default=_plain, option=OPTIONS)


class ORJSONRenderer(BaseRenderer):
    """JSON in UTF-8: instants per RFC 3339 with `Z`, dates, UUIDs and decimals as strings."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Return the document; nothing for None, the body of a 204."""
        return b"" if data is None else to_json(data)


class SVGRenderer(BaseRenderer):
    """Pictures that the view has drawn."""

    media_type = "image/svg+xml"
    format = "svg"
    charset = "utf-8"

    def render(
        self, data: str | None, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Return the picture as it was drawn; nothing for None, the body of a 204."""
        return b"" if data is None else data.encode()


class Negotiation(DefaultContentNegotiation):
    """REST framework's negotiation, short where nothing is to negotiate; no part of the Accept header comes back."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer that fits the Accept header, with its own media type."""
        renderer = next(iter(renderers))
        if request.META.get("HTTP_ACCEPT", "*/*") not in ("*/*", renderer.media_type):
            renderer, _ = super().select_renderer(request, renderers, format_suffix)
        return renderer, renderer.media_type
