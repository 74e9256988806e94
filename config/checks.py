"""System checks of the environment: a service that is set up wrongly does not start, nor does a command run."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from redis.connection import parse_url

from config.environment import Environment

ENVIRONMENTS = ("development", "production")
SECRET_MIN_LENGTH = 50
SECRET_MIN_CHARACTERS = 10
# What marks a key that everybody may know: made for development, by this project or by Django.
DEVELOPMENT_KEYS: Final = ("development-", "django-insecure-")
ORIGIN: Final = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?")
LOCAL_ORIGIN: Final = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?")


def check_environment(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Return what is wrong with the environment that the settings were made from."""
    environment: Environment = settings.ENVIRONMENT
    parts = (_secret_faults, _number_faults, _limit_faults, _server_faults, _origin_faults)
    found = [fault for faults in parts for fault in faults(environment)]
    if environment.name not in ENVIRONMENTS:
        found.append(Error(f"ENVIRONMENT is one of {', '.join(ENVIRONMENTS)}, not {environment.name!r}.", id="config.E001"))
    if not environment.is_development:
        found.extend(_production_faults(environment))
    return found


def _secret_faults(environment: Environment) -> Iterator[CheckMessage]:
    for name, secret in _secrets(environment):
        if len(secret) < SECRET_MIN_LENGTH:
            hint = "`make install` writes both keys to .env for development; a deployment sets its own."
            yield Error(f"{name} needs at least {SECRET_MIN_LENGTH} characters.", hint=hint, id="config.E002")
        elif _is_guessable(secret):
            yield Error(f"{name} repeats itself: it has to be random.", id="config.E008")
    if environment.secret_key and environment.secret_key == environment.jwt_signing_key:
        yield Error("JWT_SIGNING_KEY must not be SECRET_KEY.", id="config.E003")


def _secrets(environment: Environment) -> list[tuple[str, str]]:
    return [("SECRET_KEY", environment.secret_key), ("JWT_SIGNING_KEY", environment.jwt_signing_key)]


def _is_guessable(secret: str) -> bool:
    """Tell whether the secret has few different characters, or is one part over and over."""
    return len(set(secret)) < SECRET_MIN_CHARACTERS or secret in (secret + secret)[1:-1]


def _origin_faults(environment: Environment) -> Iterator[CheckMessage]:
    for origin in environment.cors_allowed_origins:
        is_local = environment.is_development and LOCAL_ORIGIN.fullmatch(origin)
        if not (ORIGIN.fullmatch(origin) or is_local):
            hint = "As browsers send it: https:// and a host in lower case, no path; http:// for a local one in development."
            yield Error(f"CORS_ALLOWED_ORIGINS holds {origin!r}, which is no exact origin.", hint=hint, id="config.E009")


def _number_faults(environment: Environment) -> Iterator[CheckMessage]:
    if min(environment.web_workers, environment.web_threads, environment.job_workers) < 1:
        yield Error("WEB_CONCURRENCY, WEB_THREADS and JOB_WORKERS are at least 1.", id="config.E004")
    if environment.trusted_proxy_hops < 0 or environment.statement_timeout < 0:
        yield Error("TRUSTED_PROXY_HOPS and STATEMENT_TIMEOUT are not negative.", id="config.E005")


def _limit_faults(environment: Environment) -> Iterator[CheckMessage]:
    for name, rate in environment.limits.items():
        if rate is None:
            yield Error(f"{name} is an amount and a period, such as 30/5m: s, m, h and d are its units.", id="config.E011")


def _server_faults(environment: Environment) -> Iterator[CheckMessage]:
    for name, url in (("REDIS_URL", environment.redis_url), ("RANKING_URL", environment.ranking_url)):
        try:
            parse_url(url or "redis://")  # type: ignore[no-untyped-call]
        except ValueError:  # which may quote a part of a password
            yield Error(f"{name} begins with redis://, rediss:// or unix://, and is well formed.", id="config.E012")


def _production_faults(environment: Environment) -> Iterator[CheckMessage]:
    for name, secret in _secrets(environment):
        if secret.startswith(DEVELOPMENT_KEYS):
            yield Error(f"{name} was made for development.", id="config.E010")
    if environment.debug:
        yield Error("DEBUG shows traces to strangers: it is for development alone.", id="config.E006")
    if not environment.allowed_hosts or "*" in environment.allowed_hosts:
        yield Error("ALLOWED_HOSTS must name the hosts of this service, without a bare `*`.", id="config.E007")
