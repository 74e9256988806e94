"""Django as lean as it gets; secrets and database are the service's."""

from config.settings import ALLOWED_HOSTS, DATABASES, LOGGING, SECRET_KEY, SIMPLE_JWT

__all__ = ["ALLOWED_HOSTS", "DATABASES", "LOGGING", "SECRET_KEY", "SIMPLE_JWT"]

DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
DEBUG = False
USE_TZ = True
ROOT_URLCONF = "benchmarks.limits.urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "rest_framework"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]  # for the Content-Length: without it answers are sent in chunks
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTStatelessUserAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
