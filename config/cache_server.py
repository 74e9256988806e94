"""The way to a server with the protocol of Redis: short waits, and what is remembered while it is away."""

import logging
import time
from functools import lru_cache
from threading import Lock
from typing import Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

# Of each try to connect and to read; a server of our own answers in a hundredth of this.
TIMEOUT_SECONDS: Final = 0.25

logger = logging.getLogger(__name__)


@lru_cache(maxsize=8)
def client_of(url: str) -> redis.Redis:
    """Return the client of a server, whose connections are made when they are needed."""
    # Once more at once: that a server has ended a connection shows only when it is used.
    retry = Retry(NoBackoff(), 1)
    return redis.Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS, retry=retry)


class Outage:
    """Remembers that a server did not answer, so that not every request waits for it in vain; `told` says what that means."""

    pause_seconds = 5
    silence_seconds = 60

    def __init__(self, told: str) -> None:
        self._told = told
        self.reset()
        self._lock = Lock()

    def reset(self) -> None:
        """Forget everything."""
        self._asked_again_at = self._told_again_at = 0.0

    @property
    def is_over(self) -> bool:
        """Whether the server is worth asking."""
        return time.monotonic() >= self._asked_again_at

    def report(self, error: redis.RedisError) -> None:
        """Leave the server alone for a while; say so in the log, but not again and again."""
        with self._lock:
            now = time.monotonic()
            self._asked_again_at = now + self.pause_seconds
            is_news = now >= self._told_again_at
            if is_news:
                self._told_again_at = now + self.silence_seconds
        if is_news:
            logger.warning("%s %s", self._told, error)
