"""Django settings: one module for development, tests and production; what differs comes from the environment."""

import secrets
from datetime import timedelta

import structlog

from config.databases import complete_database
from config.environment import BASE_DIR, read_environment
from config.logs import STRUCTLOG, logging_settings

ENVIRONMENT = read_environment()
IS_DEVELOPMENT = ENVIRONMENT.is_development

DEBUG = ENVIRONMENT.debug
# A build step has no secrets, and libraries want one when they are imported; `config.checks` lets nothing start with this one.
SECRET_KEY = ENVIRONMENT.secret_key or secrets.token_urlsafe(48)
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False  # an API: an unknown address is a 404, not a redirect that loses the body
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": complete_database(
        ENVIRONMENT.database, statement_timeout=ENVIRONMENT.statement_timeout, is_pooled=ENVIRONMENT.database_pooled
    )
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "corsheaders",
    "django_filters",
    "django_q",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "guardian",
    "rest_framework",
    "config",
    "config.limits",
    # From the top down, as whoever listens to the end of an account is called: groups are locked before owners of habits.
    "integrations",
    "sharing",
    "groups",
    "habits",
    # Below habits: owners are locked before their scores and challenges.
    "leaderboards",
    "challenges",
    "users",
]

MIDDLEWARE = [
    "config.requests.RequestLog",
    "config.rest.middleware.SafeAnswers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "config.rest.middleware.RequestGuard",
    "config.rest.middleware.without_empty_lengths",
    "django.middleware.common.CommonMiddleware",
]

TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

# Accounts and access

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None  # guardian keeps no row for the anonymous user
GUARDIAN_RAISE_403 = True  # its decorators are not used; should one slip in, it refuses instead of redirecting
PASSWORD_HASHERS = ["config.hashers.LeanArgon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": ENVIRONMENT.jwt_signing_key,
    "ISSUER": "habits",
    "USER_ID_CLAIM": "sub",
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=14),
}

# The API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["users.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],  # of a view that is none of ours
    "DEFAULT_PARSER_CLASSES": ["config.rest.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["config.rest.renderers.ORJSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.rest.renderers.Negotiation",
    "DEFAULT_PAGINATION_CLASS": "config.rest.pagination.PagePagination",
    "DEFAULT_FILTER_BACKENDS": ["config.rest.filters.StrictFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "config.rest.schema.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "FORMAT_SUFFIX_KWARG": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {"EXCEPTION_HANDLER_CLASS": "config.rest.problems.ProblemHandler"}

SPECTACULAR_SETTINGS = {
    "TITLE": "Habits",
    "DESCRIPTION": """Habits, logs, streaks, progress and insights, for apps and integrations.

**Log in** with `POST /api/v1/auth/token/` and send the access token as `Authorization: Bearer …`.

**Values.** Ids are UUIDs. `*_at` is an instant in UTC, `*_on` and `date` a calendar date where the user lives. Decimals travel as
texts, such as `"7.5"`. Fields and query parameters that are not known are refused; known fields that cannot be written are
ignored, so that what was read may be sent back.

**Conditional requests.** Single objects carry an `ETag`: `If-None-Match` answers 304 to whoever has it, `If-Match` keeps a write
from undoing somebody else's (412).

**Lists** come in pages, with links to the `next` and the `previous` one.

**Limits.** Where one is reached, 429 comes with `Retry-After`. `RateLimit` and `RateLimit-Policy` tell how the tightest stands.

**Refusals** are problem details (RFC 9457): `code` says which, and for bad input `errors` says what is wrong with which field.
""",
    "VERSION": "1",
    "CONTACT": {"name": "The contributors of Habits"},
    "LICENSE": {"name": "MIT License", "identifier": "MIT"},
    "SERVERS": [{"url": "/", "description": "The host of this document, local or in production.", "x-internal": False}],
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PATH_CONVERTER_OVERRIDES": {
        "date": {"type": "string", "format": "date"},
        "secret": {"type": "string", "minLength": 43, "maxLength": 43, "pattern": "^[A-Za-z0-9_-]{43}$"},
    },
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.rest.schema.inline_null",
        "config.rest.schema.bound_formats",
    ],
    "TAGS": [
        {"name": "users", "description": "Accounts, login and background jobs."},
        {"name": "habits", "description": "Habits, their logs, and what the logs say."},
        {"name": "groups", "description": "Groups of people: members and roles, ways in and out, and who changed what."},
        {"name": "sharing", "description": "What others are shown of habits: shares, achievements and public links."},
        {"name": "challenges", "description": "Challenges: terms for some days, who takes part, and how everybody stands."},
        {"name": "leaderboards", "description": "Leaderboards of everybody, of groups and of challenges, and one's own place."},
        {"name": "integrations", "description": "Data from and for other programs."},
    ],
    # Sets of words that share the name of a field.
    "ENUM_NAME_OVERRIDES": {
        "AuditActionEnum": "groups.domain.audit.ACTIONS",
        "ChallengeStateEnum": "challenges.domain.course.STATES",
        "ChallengeVisibilityEnum": "challenges.domain.terms.VISIBILITIES",
        "DayStatusEnum": "habits.domain.stats.TODAY_STATUSES",
        "GoalKindEnum": "habits.domain.goals.GOAL_KINDS",
        "GroupRoleEnum": "groups.domain.roles.ROLES",
        "GroupSettingEnum": "groups.services.groups.SETTINGS",
        "GroupVisibilityEnum": "groups.domain.joining.VISIBILITIES",
        "JobStateEnum": "users.models.JobState",
        "MilestoneKindEnum": "habits.domain.milestones.MILESTONE_KINDS",
        "LinkKindEnum": "sharing.domain.shown.LINK_KINDS",
        "LogStatusEnum": "habits.domain.logs.LOG_STATUSES",
        "SharePermissionEnum": "sharing.domain.shares.SHARE_PERMISSIONS",
        "StreakUnitEnum": "habits.domain.schedule.STREAK_UNITS",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": True, "validatorUrl": None},
    "REDOC_DIST": "SIDECAR",
}

MIB = 1024 * 1024
BODY_LIMIT = MIB
BODY_LIMITS_BY_PREFIX = {
    "/api/v1/imports/": 50 * MIB,
    "/api/v1/inbound/": 20 * MIB,
}
# The middleware refuses by path; Django's own limit only has to let the largest through.
DATA_UPLOAD_MAX_MEMORY_SIZE = max(BODY_LIMITS_BY_PREFIX.values())

# Limits: see config.rest.limits

TRUSTED_PROXY_HOPS = ENVIRONMENT.trusted_proxy_hops
REDIS_URL = ENVIRONMENT.redis_url
LIMITS = {name: rate for name, rate in ENVIRONMENT.limits.items() if rate is not None}  # the checks refuse the others

CORS_URLS_REGEX = r"^/api/"
CORS_ALLOWED_ORIGINS = ENVIRONMENT.cors_allowed_origins
CORS_ALLOW_HEADERS = ["accept", "authorization", "content-type", "if-match", "if-none-match"]
CORS_EXPOSE_HEADERS = ["ETag", "Retry-After", "RateLimit", "RateLimit-Policy", "Location", "X-Request-ID"]

# Leaderboards: see leaderboards.selectors.engines

RANKING_URL = ENVIRONMENT.ranking_url

# Background jobs: see config.jobs

Q_CLUSTER = {
    "name": "habits",
    "orm": "default",
    "workers": ENVIRONMENT.job_workers,
    # A worker may take up to two jobs' time before it starts one that was already fetched: with a smaller `retry` a job that
    # waits its turn would be handed out twice.
    "timeout": 90,
    "retry": 300,
    "queue_limit": 1,
    "max_attempts": 5,
    "catch_up": False,
    "poll": 0.5,
    "guard_cycle": 1,
    "save_limit": -1,  # a job that succeeded leaves no row; one that failed does
    "log_level": ENVIRONMENT.log_level,
}

# Static files: the documentation's own assets

STATIC_URL = "/static/"
STATIC_ROOT = None if IS_DEVELOPMENT else BASE_DIR / "staticfiles"
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"}}
WHITENOISE_USE_FINDERS = IS_DEVELOPMENT
WHITENOISE_AUTOREFRESH = False

# Transport

SECURE_SSL_REDIRECT = not IS_DEVELOPMENT
SECURE_REDIRECT_EXEMPT = [r"^healthz/$", r"^readyz/$"]  # asked from inside, over plain HTTP
SECURE_HSTS_SECONDS = 0 if IS_DEVELOPMENT else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = not IS_DEVELOPMENT
SECURE_HSTS_PRELOAD = not IS_DEVELOPMENT
# No cookie admits anybody, so there is no request to forge; `SafeAnswers` sets X-Frame-Options on every answer. (ADR 15)
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W003"]
if TRUSTED_PROXY_HOPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Mail

EMAIL_BACKEND = ENVIRONMENT.email["EMAIL_BACKEND"]
EMAIL_HOST = ENVIRONMENT.email["EMAIL_HOST"] or "localhost"
EMAIL_PORT = ENVIRONMENT.email["EMAIL_PORT"] or 25
EMAIL_HOST_USER = ENVIRONMENT.email["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = ENVIRONMENT.email["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = ENVIRONMENT.email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = ENVIRONMENT.email.get("EMAIL_USE_SSL", False)
DEFAULT_FROM_EMAIL = ENVIRONMENT.email_from
EMAIL_TIMEOUT = 20
PASSWORD_RESET_TIMEOUT = 24 * 3600  # of the links in mails, in seconds
PUBLIC_URL = ENVIRONMENT.public_url
FRONTEND_URL = ENVIRONMENT.frontend_url

LOGGING = logging_settings(ENVIRONMENT.log_level, is_readable=IS_DEVELOPMENT)
structlog.configure(**STRUCTLOG)
