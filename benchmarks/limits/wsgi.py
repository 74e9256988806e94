"""The WSGI application of the limits that use Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.limits.settings"

application = get_wsgi_application()
