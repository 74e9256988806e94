"""How much of something may happen in a period."""

import re
from dataclasses import dataclass
from typing import Final

SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600}
LONGEST_PERIOD: Final = 9_999 * SECONDS["d"]
NOTATION: Final = re.compile(r"(?P<amount>[1-9][0-9]{0,8})/(?P<periods>[1-9][0-9]{0,3})(?P<unit>[smhd])")


@dataclass(frozen=True, slots=True)
class Rate:
    """An amount for each period of so many seconds."""

    amount: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> "Rate | None":
        """Return the rate that a text such as `30/5m` means, None for any other text."""
        match = NOTATION.fullmatch(text)
        return match and cls(int(match["amount"]), int(match["periods"]) * SECONDS[match["unit"]])
