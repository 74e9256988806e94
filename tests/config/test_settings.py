import dataclasses
import os
import secrets
import shutil
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
from config.rates import Rate

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "JWT_SIGNING_KEY")}
NO_ORIGINS = ["*", "null", "http://app.example", "https://*.app.example", "https://app.example/", "https://App.example"]
NO_ORIGINS += [
    "app.example",
    "https://ada@app.example",
    "https://app.example:x",
    "ftp://app.example",
    "https://",
    "http://localhost",
]
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
    sound = dataclasses.replace(
        bare,
        secret_key=SECRETS["SECRET_KEY"],
        jwt_signing_key=SECRETS["JWT_SIGNING_KEY"],
        allowed_hosts=["habits.example"],
        cors_allowed_origins=["https://app.example", "https://xn--bung-zra.example:8443"],
    )

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

    def test_people_reach_production_at_the_first_host(self, bare, monkeypatch, tmp_path):
        monkeypatch.setenv("ALLOWED_HOSTS", ".habits.example,other.example")
        assert read_environment(tmp_path / "absent").public_url == "https://habits.example"

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
            ({"jwt_signing_key": SECRETS["SECRET_KEY"]}, "config.E003"),
            ({"web_workers": 0}, "config.E004"),
            ({"job_workers": -1}, "config.E004"),
            ({"trusted_proxy_hops": -1}, "config.E005"),
            ({"limits": {"LIMIT_USER": None}}, "config.E011"),
            ({"redis_url": "localhost:6379"}, "config.E012"),
            ({"redis_url": "redis://localhost:port"}, "config.E012"),
            ({"ranking_url": "localhost:6379"}, "config.E012"),
            ({"debug": True}, "config.E006"),
            ({"allowed_hosts": []}, "config.E007"),
            ({"allowed_hosts": ["*"]}, "config.E007"),
            ({"allowed_hosts": ["habits.example", "*"]}, "config.E007"),
            ({"secret_key": "k" * 64}, "config.E008"),
            ({"jwt_signing_key": "password" * 8}, "config.E008"),
            ({"secret_key": "0123456789abcdef" * 4}, "config.E008"),
            *(({"cors_allowed_origins": [origin]}, "config.E009") for origin in NO_ORIGINS),
            ({"secret_key": f"development-{SECRETS['SECRET_KEY']}"}, "config.E010"),
            ({"jwt_signing_key": f"django-insecure-{SECRETS['SECRET_KEY']}"}, "config.E010"),
        ],
    )
    def test_each_fault_is_found(self, faults_of, changes, fault):
        assert faults_of(**changes) == [fault]

    def test_development_may_debug_but_not_without_keys(self, faults_of):
        keys = {name.lower(): f"development-{secret}" for name, secret in SECRETS.items()}
        assert faults_of(name="development", debug=True, allowed_hosts=["*"], **keys) == []
        assert faults_of(name="development", secret_key="") == ["config.E002"]

    @pytest.mark.parametrize("host", ["localhost", "localhost:5173", "127.0.0.1:3000", "[::1]:3000"])
    def test_a_local_page_may_call_in_development_alone(self, faults_of, host):
        assert faults_of(name="development", cors_allowed_origins=[f"http://{host}"]) == []
        assert faults_of(cors_allowed_origins=[f"http://{host}"]) == ["config.E009"]

    def test_no_other_page_over_plain_http(self, faults_of):
        assert faults_of(name="development", cors_allowed_origins=["http://app.example"]) == ["config.E009"]


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

    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            ({"SECRET_KEY": "short"}, "config.E002"),
            ({"JWT_SIGNING_KEY": SECRETS["SECRET_KEY"]}, "config.E003"),
            ({"DEBUG": "true"}, "config.E006"),
            ({"ALLOWED_HOSTS": "*"}, "config.E007"),
            ({"SECRET_KEY": "x" * 64}, "config.E008"),
            ({"CORS_ALLOWED_ORIGINS": "*"}, "config.E009"),
            ({"CORS_ALLOWED_ORIGINS": "http://app.example"}, "config.E009"),
            ({"JWT_SIGNING_KEY": f"development-{SECRETS['SECRET_KEY']}"}, "config.E010"),
        ],
    )
    def test_production_does_not_start_with_a_fault(self, changes, fault):
        refused = run_python("manage.py", "check", "--deploy", env=PRODUCTION | changes)
        assert refused.returncode != 0
        assert fault in refused.stderr

    def test_the_keys_of_a_development_tree_are_refused(self, tmp_path):
        (tmp_path / "scripts").mkdir()
        script = shutil.copy(ROOT / "scripts/write_env.py", tmp_path / "scripts")
        assert run_python(str(script), env={}).returncode == 0
        keys = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().split() if "KEY" in line)
        assert "config.E010" in run_python("manage.py", "check", env=PRODUCTION | keys).stderr


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
