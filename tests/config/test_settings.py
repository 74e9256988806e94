import dataclasses
import logging
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection

from config.checks import check_environment
from config.databases import complete_database
from config.environment import read_environment
from config.logs import UTCFormatter
from config.rates import Rate

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "JWT_SIGNING_KEY")}
PRODUCTION = {**SECRETS, "ENVIRONMENT": "production", "ALLOWED_HOSTS": "habits.example"}


def run_python(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own with this environment; what a development tree's .env says is switched off."""
    quiet = {"ENVIRONMENT": "production", "SECRET_KEY": "", "JWT_SIGNING_KEY": "", "DEBUG": "false", "ALLOWED_HOSTS": ""}
    environment = {"PATH": os.environ["PATH"], **quiet, **env}
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """Return the environment of a process without any variable of ours."""
    for name in list(os.environ):
        monkeypatch.delenv(name)
    return read_environment(tmp_path / "absent")


@pytest.fixture
def faults_of(settings, bare):
    """Return a function that tells the ids of the faults of a production environment with some values changed."""
    sound = dataclasses.replace(bare, secret_key="k" * 64, jwt_signing_key="j" * 64, allowed_hosts=["habits.example"])

    def faults(**changes):
        settings.ENVIRONMENT = dataclasses.replace(sound, **changes)
        return [fault.id for fault in check_environment(None)]

    return faults


class TestEnvironment:
    def test_nothing_said_is_production_without_secrets_and_without_hosts(self, bare):
        assert not bare.is_development
        assert not bare.debug
        assert (bare.secret_key, bare.jwt_signing_key, bare.allowed_hosts, bare.cors_allowed_origins) == ("", "", [], [])

    def test_the_default_database_is_a_file_of_the_tree(self, bare):
        assert bare.database["ENGINE"] == "django.db.backends.sqlite3"
        assert bare.database["NAME"] == str(ROOT / "db.sqlite3")

    def test_the_process_environment_wins_over_the_file(self, monkeypatch, tmp_path):
        (tmp_path / ".env").write_text("ENVIRONMENT=development\nPORT=1\nJOB_WORKERS=7\n")
        monkeypatch.setenv("PORT", "8123")
        monkeypatch.setenv("JOB_WORKERS", "1")
        environment = read_environment(tmp_path / ".env")
        assert (environment.port, environment.job_workers) == (8123, 1)

    def test_limits_are_read_as_rates(self, bare, monkeypatch, tmp_path):
        assert None not in bare.limits.values()
        monkeypatch.setenv("LIMIT_USER", "7/2h")
        monkeypatch.setenv("LIMIT_ADDRESS", "many")
        limits = read_environment(tmp_path / "absent").limits
        assert limits == bare.limits | {"LIMIT_USER": Rate(7, 7200), "LIMIT_ADDRESS": None}

    def test_development_answers_to_the_address_it_is_bound_to(self, bare, monkeypatch, tmp_path):
        monkeypatch.setenv("ENVIRONMENT", "development")
        monkeypatch.setenv("HOST", "192.0.2.7")
        assert "192.0.2.7" in read_environment(tmp_path / "absent").allowed_hosts


class TestChecks:
    def test_a_sound_production_environment_passes(self, faults_of):
        assert faults_of() == []

    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            ({"name": "prod"}, "config.E001"),
            ({"secret_key": ""}, "config.E002"),
            ({"secret_key": "short"}, "config.E002"),
            ({"jwt_signing_key": ""}, "config.E002"),
            ({"jwt_signing_key": "k" * 64}, "config.E003"),
            ({"web_workers": 0}, "config.E004"),
            ({"job_workers": -1}, "config.E004"),
            ({"trusted_proxy_hops": -1}, "config.E005"),
            ({"limits": {"LIMIT_USER": None}}, "config.E008"),
            ({"redis_url": "localhost:6379"}, "config.E009"),
            ({"redis_url": "redis://localhost:port"}, "config.E009"),
            ({"debug": True}, "config.E006"),
            ({"allowed_hosts": []}, "config.E007"),
            ({"allowed_hosts": ["*"]}, "config.E007"),
        ],
    )
    def test_each_fault_is_found(self, faults_of, changes, fault):
        assert faults_of(**changes) == [fault]

    def test_development_may_debug_but_not_without_keys(self, faults_of):
        assert faults_of(name="development", debug=True, allowed_hosts=["*"]) == []
        assert faults_of(name="development", secret_key="") == ["config.E002"]


@pytest.mark.slow
class TestStart:
    def test_the_settings_load_without_secrets_for_a_build_step(self, tmp_path):
        built = run_python("manage.py", "collectstatic", "--noinput", "--dry-run", env={})
        assert built.returncode == 0, built.stderr

    @pytest.mark.parametrize(
        "start", [("manage.py", "migrate", "--plan"), ("manage.py", "qcluster"), ("-c", "import config.wsgi")]
    )
    def test_nothing_starts_without_secrets(self, start, tmp_path):
        refused = run_python(*start, env={"ALLOWED_HOSTS": "habits.example", "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"})
        assert refused.returncode != 0
        assert "config.E002" in refused.stderr

    def test_production_passes_the_deployment_checks(self):
        checked = run_python("manage.py", "check", "--deploy", "--fail-level", "WARNING", env=PRODUCTION)
        assert checked.returncode == 0, checked.stderr


class TestDatabase:
    @pytest.mark.django_db
    @pytest.mark.parametrize(
        ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 1), ("foreign_keys", 1), ("busy_timeout", 20_000)]
    )
    def test_sqlite_is_set_up_for_several_processes(self, pragma, value):
        if connection.vendor != "sqlite":
            pytest.skip("SQLite's own")
        with connection.cursor() as cursor:
            assert cursor.execute(f"PRAGMA {pragma}").fetchone() == (value,)
        assert settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"

    @pytest.mark.postgres
    @pytest.mark.django_db
    def test_postgresql_ends_a_statement_that_takes_too_long(self):
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("30s",)

    def test_options_of_the_url_are_kept(self):
        parsed = {"ENGINE": "django.db.backends.postgresql", "NAME": "x", "OPTIONS": {"sslmode": "require", "connect_timeout": 1}}
        options = complete_database(parsed, statement_timeout=0)["OPTIONS"]
        assert options == {"sslmode": "require", "connect_timeout": 1, "options": "-c statement_timeout=0s"}


def test_a_password_costs_19_mib_and_two_passes():
    assert "$m=19456,t=2,p=1$" in make_password("correct horse battery staple")


def test_a_line_break_in_a_message_forges_no_line():
    record = logging.LogRecord("users", logging.INFO, __file__, 1, "renamed to %s", ("A\nERROR users forged\r",), None)
    line = UTCFormatter("%(asctime)s %(levelname)s %(message)s").format(record)
    assert line.endswith("Z INFO renamed to A\\nERROR users forged\\r")
    assert len(line.splitlines()) == 1


def test_neither_does_one_in_an_exception():
    try:
        Path("A\nERROR users forged").read_text()
    except OSError:
        record = logging.LogRecord("users", logging.ERROR, __file__, 1, "failed", None, sys.exc_info())
    _, *trace = UTCFormatter("%(levelname)s %(message)s").format(record).splitlines()
    assert trace
    assert all(line.startswith("    ") for line in trace)
