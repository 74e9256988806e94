"""Programs that no pip package brings."""

import os
from typing import NoReturn

import pytest


def report_missing(message: str) -> NoReturn:
    """Skip the test in `make test`, which takes Python and make alone; fail it in `make check`, which installs every tool."""
    if os.environ.get("REQUIRE_TOOLS"):
        pytest.fail(message)
    pytest.skip(message)
