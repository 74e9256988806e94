# `make run` and `make test` need Python 3.11 or newer and make; `make check` also installs Chromium (Debian, as root) and npm tools.
# HOST, PORT and DATABASE_URL are honoured by `make run`; docs/deployment.md lists all variables.

PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
NPM_TOOLS := openapi/node_modules/.package-lock.json
MANAGE := $(BIN)/python manage.py
# One worker more than two cores, since tests wait for servers, locks and clocks. Each begins with a part of its own, so that hardly a
# module's world or server is needed by two.
PYTEST := $(BIN)/pytest -n 3 --dist worksteal --quiet
SOURCES := config users habits groups sharing challenges leaderboards integrations scripts
SCHEMA := openapi/v1.yaml
# Slow throughout, and seconds to be imported alone.
FUZZ := tests/contract/test_fuzz.py tests/contract/test_sequences.py
FUZZ_EXAMPLES ?= 20000
# With their extras: pip takes `coverage[toml]` for another, newer package than a pinned `coverage`.
LOCK := $(UV) pip compile --quiet --upgrade --no-strip-extras --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
# What a deployment sets, with secrets of the moment: for `check --deploy`.
PRODUCTION := env ENVIRONMENT=production DEBUG=false ALLOWED_HOSTS=habits.example TRUSTED_PROXY_HOPS=1 \
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(48))') \
	JWT_SIGNING_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(48))')

.PHONY: help install develop run test test-sqlite test-postgres quick check gates format style contracts types security \
	migrations deployment schema schema-check openapi-lint chromium npm fuzz bench soak lock clean
.DEFAULT_GOAL := help

help:  ## Show what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 16

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: requirements.txt | $(VENV)/.created
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt | $(VENV)/.created
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $@ $(VENV)/.runtime

$(VENV)/.node: requirements-node.txt | $(VENV)/.created
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-node.txt
	@touch $@

$(NPM_TOOLS): openapi/package.json openapi/package-lock.json $(VENV)/.node
	cd openapi && ../$(BIN)/npm ci --loglevel error
	@touch $@

.env:
	@$(PYTHON) scripts/write_env.py

install: $(VENV)/.runtime .env  ## Install what the service needs, and write .env for development

develop: $(VENV)/.development .env  ## Install the tests and gates too

run: install  ## Serve the API on this machine, with demo data and the job worker, until Ctrl-C
	@$(MANAGE) migrate --noinput --verbosity 0
	@$(MANAGE) load_demo --if-empty
	@exec $(BIN)/python scripts/serve.py

test: test-sqlite test-postgres  ## Run all tests, on SQLite and on PostgreSQL

test-sqlite: develop
	$(PYTEST)

test-postgres: develop
	$(PYTEST) -p tests.plugins.postgres

quick: develop  ## Lint and run the fast tests on SQLite, in less than a minute
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(PYTEST) -m "not slow" $(addprefix --ignore=,$(FUZZ))

check: export REQUIRE_TOOLS := 1
check: develop chromium npm  ## Run every gate, as CI does
	$(MAKE) --jobs 2 --output-sync=target --no-print-directory gates
	$(MAKE) --no-print-directory test

gates: style contracts types security migrations deployment schema-check openapi-lint

format: develop  ## Format the code and repair what the linter can
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format --quiet .

style: develop
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

contracts: develop
	$(BIN)/lint-imports

types: develop
	$(BIN)/mypy $(SOURCES)

security: develop
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml $(SOURCES)

migrations: develop
	$(MANAGE) makemigrations --check --dry-run
	$(PYTEST) -n 0 -p tests.plugins.postgres tests/config/test_migrations.py

deployment: develop
	$(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING

schema: develop  ## Write the OpenAPI document
	$(MANAGE) spectacular --validate --fail-on-warn --file $(SCHEMA)

schema-check: develop
	$(MANAGE) spectacular --validate --fail-on-warn --file $(VENV)/v1.yaml
	diff -u $(SCHEMA) $(VENV)/v1.yaml
	$(BIN)/openapi-spec-validator $(SCHEMA)

openapi-lint: $(NPM_TOOLS)  ## Hold the OpenAPI document against the rules of Spectral, OWASP and Redocly
	$(BIN)/node openapi/node_modules/.bin/spectral lint --quiet --fail-severity hint --ruleset openapi/.spectral.yaml $(SCHEMA)
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
		$(BIN)/node openapi/node_modules/.bin/redocly lint --config openapi/redocly.yaml $(SCHEMA)

chromium:
	scripts/install_chromium.sh

npm: $(NPM_TOOLS)  ## Install the npm tools of openapi/, with a Node.js out of a wheel

fuzz: develop  ## Try FUZZ_EXAMPLES requests that the OpenAPI document makes up (20000) on each database
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(PYTEST) $(FUZZ)
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(PYTEST) -p tests.plugins.postgres $(FUZZ)

bench: develop  ## Measure requests, and boards of up to a million users, against the limits
	$(BIN)/python -m benchmarks

soak: develop  ## Prove the leaderboards with 100,000 random operations, with 16 writers, and with wrk (long)
	$(BIN)/python -m benchmarks.soak $(SOAK)

lock:  ## Resolve the requirements anew (needs uv)
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) requirements-dev.in --constraint requirements.txt --output-file requirements-dev.txt
	$(LOCK) requirements-node.in --output-file requirements-node.txt

clean:  ## Remove what can be made again, the development database not included
	rm -rf $(VENV) openapi/node_modules staticfiles .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
