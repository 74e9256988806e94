"""The one place that reads the process environment; `config.settings` builds on its values, `config.checks` judges them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import environ

from config.rates import Rate

BASE_DIR = Path(__file__).resolve().parent.parent
DEVELOPMENT_HOSTS = ("localhost", ".localhost", "127.0.0.1", "[::1]")
# The variables with limits, each an amount and a period: `30/5m` is thirty in five minutes.
LIMITS: Final = {
    "LIMIT_LOGIN_ADDRESS": "30/5m",
    "LIMIT_LOGIN_ACCOUNT_ADDRESS": "10/15m",
    "LIMIT_LOGIN_ACCOUNT": "100/1h",
    "LIMIT_REFRESH_ADDRESS": "300/5m",
    "LIMIT_REGISTRATION_ADDRESS": "20/1h",
    "LIMIT_RESET_ADDRESS": "20/1h",
    "LIMIT_RESET_ACCOUNT_ADDRESS": "5/1h",
    "LIMIT_RESET_ACCOUNT": "20/1h",
    "LIMIT_LINK_ADDRESS": "30/15m",
    "LIMIT_PASSWORD_SESSION": "20/15m",  # nosec B105 - a rate
    "LIMIT_MAIL_USER": "10/1h",
    "LIMIT_LOOKUP_USER": "60/5m",
    "LIMIT_SHARE_USER": "60/1h",
    "LIMIT_ACHIEVEMENT_USER": "60/1h",
    "LIMIT_CARD_ADDRESS": "60/1m",
    "LIMIT_BOARD_ADDRESS": "300/1m",
    "LIMIT_USER": "1000/5m",
    "LIMIT_ADDRESS": "3000/5m",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Everything that a deployment may set; `docs/deployment.md` lists the variables."""

    name: str
    debug: bool
    secret_key: str
    jwt_signing_key: str
    allowed_hosts: list[str]
    cors_allowed_origins: list[str]
    trusted_proxy_hops: int
    database: dict[str, Any]
    database_pooled: bool
    email: dict[str, Any]
    email_from: str
    public_url: str
    frontend_url: str
    statement_timeout: int
    redis_url: str
    ranking_url: str
    # None where the variable's text means no rate.
    limits: dict[str, Rate | None]
    log_level: str
    host: str
    port: int
    web_workers: int
    web_threads: int
    job_workers: int

    @property
    def is_development(self) -> bool:
        """Whether this is a developer's machine: plain HTTP, mail to the console, local host names."""
        return self.name == "development"


def read_environment(env_file: Path = BASE_DIR / ".env") -> Environment:
    """Parse the process environment, completed by `env_file` where it exists (a development tree, see `make install`).

    Secrets may be missing here, so that a build step can import the settings: `config.checks` refuses to start without them.
    """
    env = environ.Env()
    if env_file.is_file():
        env.read_env(env_file)
    name = env.str("ENVIRONMENT", default="production")
    host, port = env.str("HOST", default="127.0.0.1"), env.int("PORT", default=8000)
    hosts = env.list("ALLOWED_HOSTS", default=[*DEVELOPMENT_HOSTS, host] if name == "development" else [])
    return Environment(
        name=name,
        debug=env.bool("DEBUG", default=False),
        secret_key=env.str("SECRET_KEY", default=""),
        jwt_signing_key=env.str("JWT_SIGNING_KEY", default=""),
        allowed_hosts=hosts,
        cors_allowed_origins=env.list("CORS_ALLOWED_ORIGINS", default=[]),
        trusted_proxy_hops=env.int("TRUSTED_PROXY_HOPS", default=0),
        database=env.db_url_config(env.str("DATABASE_URL", default="") or f"sqlite:///{BASE_DIR / 'db.sqlite3'}"),
        database_pooled=env.bool("DATABASE_POOLED", default=False),
        email=env.email_url_config(
            env.str("EMAIL_URL", default="") or ("consolemail://" if name == "development" else "smtp://")
        ),
        email_from=env.str("EMAIL_FROM", default="Habits <habits@localhost>"),
        public_url=env.str("PUBLIC_URL", default=_public_url(name, host, port, hosts)).rstrip("/"),
        frontend_url=env.str("FRONTEND_URL", default="").rstrip("/"),
        statement_timeout=env.int("STATEMENT_TIMEOUT", default=30),
        redis_url=env.str("REDIS_URL", default=""),
        ranking_url=env.str("RANKING_URL", default=""),
        limits={limit: Rate.parse(env.str(limit, default=rate)) for limit, rate in LIMITS.items()},
        log_level=env.str("LOG_LEVEL", default="INFO"),
        host=host,
        port=port,
        web_workers=env.int("WEB_CONCURRENCY", default=2),
        web_threads=env.int("WEB_THREADS", default=4),
        job_workers=env.int("JOB_WORKERS", default=2),
    )


def _public_url(name: str, host: str, port: int, hosts: list[str]) -> str:
    """Return where people reach the service, as far as the other variables tell."""
    return f"http://{host}:{port}" if name == "development" else f"https://{hosts[0].lstrip('.')}" if hosts else ""
