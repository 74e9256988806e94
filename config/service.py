"""What operators and load balancers ask, outside of the API."""

from datetime import timedelta
from typing import Final

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.jobs import get_oldest_wait

QUEUE_WAIT_NORMAL: Final = timedelta(minutes=5)
RETRY_AFTER_SECONDS: Final = 5


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the process serves requests, whatever the state of what it depends on."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database and the queue in it can be used, else 503.

    A queue that waits for a worker is reported as `delayed`, with 200: requests are served and jobs kept, so taking the web
    process out of service would make it worse.
    """
    try:
        waited = get_oldest_wait()
    except Error:
        connection.close()  # a broken connection is not kept for the next request
        faulty = {"status": "unavailable", "database": "unavailable", "queue": "unknown"}
        return JsonResponse(faulty, status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    queue = "ok" if waited <= QUEUE_WAIT_NORMAL else "delayed"
    return JsonResponse({"status": "ok", "database": "ok", "queue": queue})
