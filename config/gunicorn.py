"""Configuration of the web server: `gunicorn --config config/gunicorn.py config.wsgi`."""

import gc
import sys
from typing import Any

from config.environment import read_environment

environment = read_environment()

bind = f"{environment.host}:{environment.port}"
workers = environment.web_workers
worker_class = "gthread"
threads = environment.web_threads
# One import for all workers: the checks run once, and the workers share its memory. It also brings the settings of the log, which
# hold for the server's own lines too. Its access lines stay off: they hold query strings, and the service writes its own.
preload_app = True
control_socket_disable = True
keepalive = 5
timeout = 60
graceful_timeout = 30
# A worker's memory stays bounded; the jitter keeps the workers from restarting together.
max_requests = 20_000
max_requests_jitter = 2_000
forwarded_allow_ips = ""


def when_ready(server: Any) -> None:
    """Leave what all workers share out of their garbage collections; tell a developer where to look."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    if environment.is_development:
        base = f"http://{environment.host}:{environment.port}"
        sys.stdout.write(
            f"\nAPI            {base}/api/v1/\nDocumentation  {base}/api/docs/ and {base}/api/redoc/\nEnd with Ctrl-C.\n\n"
        )
        sys.stdout.flush()
