"""What a line of the log looks like, whoever writes it: a JSON document in production, a readable line in development.

No text can forge a line, and what looks like a secret or an address of mail is taken out of every text. That is the last line of
defence; the first one is that nobody hands such a thing over.
"""

import json
import logging
import re
from typing import Any, Final

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

TEXT_MAX_LENGTH: Final = 20_000
REMOVED: Final = "[removed]"
# Each alternative is bounded or ends where it began to match, so that a long text takes linear time.
SECRETS: Final = re.compile(
    r"eyJ[\w.-]{8,}"  # JSON Web Tokens
    r"|\bhab_[\w-]+"  # personal access tokens
    r"|(?i:\b(?:bearer|basic) +)[^\s\"',]+"
    r"|(?<=\?)[^\s\"'?]*=[^\s\"']*"  # query strings
    r"|(?<=/)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"  # the tokens of invitations and public links, in their addresses
    r"|(?<=DETAIL: )[^\r\n]+|(?<=LINE 1: )[^\r\n]+"  # the values that PostgreSQL quotes
)
# Addresses of mail, and passwords in other addresses.
ADDRESSES: Final = re.compile(r"[^\s@\"'<>()=:,;/?&]{1,64}@[^\s\"'<>(),;/]+")
# Control characters, and all that some reader takes for the end of a line.
UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def clean(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Make every value a number, a flag or a text of bounded length without secrets."""
    for name, value in event.items():
        if value is not None and not isinstance(value, bool | int | float):
            event[name] = clean_text(value if isinstance(value, str) else str(value))
    return event


def clean_text(text: str) -> str:
    """Return the text without what looks like a secret; of a long one, the beginning and the end."""
    if len(text) > TEXT_MAX_LENGTH:
        half = TEXT_MAX_LENGTH // 2
        text = f"{text[:half]} [...] {text[-half:]}"
    if "@" in text:  # most texts are short and hold none
        text = ADDRESSES.sub(REMOVED, text)
    return SECRETS.sub(REMOVED, text)


def keep_route_alone(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take the address out of the messages of Django about requests: it holds ids, the line of the request its route."""
    if event["_record"].name == "django.request":
        event["event"] = event["event"].partition(": ")[0]
    return event


def escape(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Escape what would break a readable line, and indent a trace, whose lines stay lines."""
    for name, value in event.items():
        if isinstance(value, str):
            lines = value.split("\n") if name == "exception" else [value]
            indent = "    " if name == "exception" else ""
            event[name] = "\n".join(indent + UNPRINTABLE.sub(_escaped, line) for line in lines)
    return event


def _escaped(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode()


def as_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """Return the line, in ASCII: every character that could end it is escaped."""
    return _ENCODER.encode(event)


_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), check_circular=False)

_STAMPED: Final[list[Processor]] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_PLAIN: Final[list[Processor]] = [
    structlog.processors.format_exc_info,
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    clean,
]
# What the loggers of structlog do; the rest happens in the formatter, for the lines of all libraries alike.
STRUCTLOG: Final[dict[str, Any]] = {
    "processors": [structlog.stdlib.filter_by_level, *_STAMPED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    "logger_factory": structlog.stdlib.LoggerFactory(),
    "cache_logger_on_first_use": True,
}


def make_formatter(*, is_readable: bool) -> structlog.stdlib.ProcessorFormatter:
    """Return the formatter of all lines."""
    console = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    ends: list[Processor] = [escape, console] if is_readable else [as_json]
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=[*_STAMPED, keep_route_alone], processors=[*_PLAIN, *ends])


def has_trace(record: logging.LogRecord) -> bool:
    """Tell whether the line explains a fault; without a trace it repeats the status of an answer that was logged already."""
    return record.exc_info is not None


def logging_settings(level: str, *, is_readable: bool) -> dict[str, Any]:
    """Return the configuration of the standard library's logging: everything goes to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "config.logs.make_formatter", "is_readable": is_readable}},
        "filters": {"trace": {"()": "django.utils.log.CallbackFilter", "callback": has_trace}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Security events are written whatever the level.
            "security": {"level": "INFO"},
            # Handlers of their own are replaced by the root's.
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            "gunicorn.error": {"handlers": [], "propagate": True, "level": level},
            # What a client did wrong is told by the line of its request.
            "django.request": {"level": "ERROR", "filters": ["trace"]},
            "django.security": {"level": "CRITICAL"},
        },
    }
