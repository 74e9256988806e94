"""A load generator: connections that are kept open, each with one request under way."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import Final

from benchmarks.servers import HOST

LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
HEAD_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Call:
    """A request; the token is that of the user who sends it."""

    method: str
    path: str
    token: str = ""
    body: bytes = b""

    def encode(self) -> bytes:
        """Return the request as it travels."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {HOST}", "X-Forwarded-Proto: https", "Accept: application/json"]
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        if self.body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return "\r\n".join((*lines, "", "")).encode() + self.body


@dataclass(slots=True)
class Load:
    """The time that all took, and each answer."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)


class _Connection(asyncio.Protocol):
    def __init__(self, calls: Iterator[bytes], until: float, load: Load, ended: asyncio.Future[None]) -> None:
        self._calls, self._until, self._load, self._ended = calls, until, load, ended
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        call = next(self._calls, None) if perf_counter() < self._until else None
        if call is None:
            self._ended.set_result(None)
            self._transport.close()
            return
        self._received.clear()
        self._sent_at = perf_counter()
        self._transport.write(call)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(HEAD_END)
        found = LENGTH.search(self._received, 0, head + 2) if head >= 0 else None
        if found is None or len(self._received) < head + len(HEAD_END) + int(found[1]):
            return
        self._load.latencies.append(perf_counter() - self._sent_at)
        if self._received[9:10] != b"2":
            self._ended.set_exception(RuntimeError(self._received.decode()))
            self._transport.close()
            return
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ended.done():
            self._ended.set_exception(exc or ConnectionError("The server has closed the connection."))


def send(port: int, calls: Iterator[bytes], *, connections: int = 1, seconds: float = 60.0) -> Load:
    """Send the calls over so many connections, until there is none left or the time is over; RuntimeError for a refused one."""
    return send_each(port, [calls] * connections, seconds=seconds)


def send_each(port: int, calls: Sequence[Iterator[bytes]], *, seconds: float = 60.0) -> Load:
    """Send calls as `send` does, some over each connection; all that are taken from an iterator have been answered at the end."""
    return asyncio.run(_send(port, calls, seconds))


async def _send(port: int, calls: Sequence[Iterator[bytes]], seconds: float) -> Load:
    loop, load, begun = asyncio.get_running_loop(), Load(), perf_counter()
    ends = [loop.create_future() for _ in calls]
    for own, end in zip(calls, ends, strict=True):
        await loop.create_connection(partial(_Connection, own, begun + seconds, load, end), HOST, port)
    await asyncio.gather(*ends)
    load.seconds = perf_counter() - begun
    return load
