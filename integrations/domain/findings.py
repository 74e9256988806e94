"""The report of an import while it is being made: all is counted, a bounded part is listed."""

from integrations.domain.imported import Counts, Finding, Reason
from integrations.domain.text import cleaned

LISTED_LIMIT = 1_000
_WHERE_LIMIT = 200
_DETAIL_LIMIT = 300


class Findings:
    """Collects what a reader rejects, adjusts and passes over."""

    def __init__(self) -> None:
        self.rejected: list[Finding] = []
        self.adjusted: list[Finding] = []
        self.derived = 0
        self.empty = 0
        self._rejected_count = 0
        self._adjusted_count = 0

    def reject(self, where: str, reason: Reason, detail: str = "") -> None:
        """Note that something is not imported."""
        self._rejected_count += 1
        if len(self.rejected) < LISTED_LIMIT:
            self.rejected.append(_finding(where, reason, detail))

    def adjust(self, where: str, reason: Reason, detail: str = "") -> None:
        """Note that something is imported, but not as it stood."""
        self._adjusted_count += 1
        if len(self.adjusted) < LISTED_LIMIT:
            self.adjusted.append(_finding(where, reason, detail))

    @property
    def counts(self) -> Counts:
        """The totals so far."""
        return Counts(self._rejected_count, self._adjusted_count, self.derived, self.empty)


def _finding(where: str, reason: Reason, detail: str) -> Finding:
    # Both texts quote the file: they are stored and shown, so they obey the same rules as any other text.
    return Finding(_short(where, _WHERE_LIMIT), reason, _short(detail, _DETAIL_LIMIT))


def _short(text: str, limit: int) -> str:
    line = " ".join(cleaned(text[: 4 * limit]).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
