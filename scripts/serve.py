"""Run the web server and the job worker side by side, as `make run` does, until Ctrl-C or SIGTERM ends both.

A process that dies later is started again; one that dies right after its start is set up wrongly, and ends both.
"""

import os
import signal
import subprocess  # nosec B404
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

COMMANDS = (
    [sys.executable, "-m", "gunicorn", "--no-control-socket", "--config", "config/gunicorn.py", "config.wsgi"],
    [sys.executable, "manage.py", "qcluster"],
)
ROOT = Path(__file__).resolve().parent.parent
STARTED_WELL_SECONDS = 10
GRACE_SECONDS = 30
POLL_SECONDS = 0.5


class Service:
    """One of the processes, in a process group of its own, so that nothing of it survives."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.start()

    def start(self) -> None:
        """Start the process."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(self.command, cwd=ROOT, start_new_session=True)  # noqa: S603 # nosec B603

    def tend(self) -> None:
        """Start the process again where it has died; SystemExit where it did not get far."""
        code = self.process.poll()
        if code is None:
            return
        self.kill()
        if time.monotonic() - self.started_at < STARTED_WELL_SECONDS:
            raise SystemExit(code or 1)
        self.start()

    def kill(self) -> None:
        """Kill what is left of the process and its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def main() -> None:
    """Tend both processes; end both, gently first, however this one ends."""
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    services: list[Service] = []
    try:
        services.extend(Service(command) for command in COMMANDS)
        while True:
            time.sleep(POLL_SECONDS)
            for service in services:
                service.tend()
    finally:
        end(services)


def leave(_number: int, _frame: FrameType | None) -> None:
    """End the main loop: somebody asked for it, so this is a success."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise SystemExit(0)


def end(services: list[Service]) -> None:
    """End the processes and wait for them; kill what does not end."""
    for service in services:
        service.process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for service in services:
        with suppress(subprocess.TimeoutExpired):
            service.process.wait(max(0.0, deadline - time.monotonic()))
        service.kill()


if __name__ == "__main__":
    main()
