"""The formats that can be imported: one module each, found by what the file holds."""

from typing import Final, Protocol

from integrations.domain import archive, database, loop
from integrations.domain.findings import Findings
from integrations.domain.imported import ImportedData, ImportedHabit, UnreadableFile

AUTO: Final = "auto"
FILE_LIMIT: Final = 50 * 2**20


class Format(Protocol):
    """What a format's module offers."""

    def recognises(self, data: bytes) -> bool:
        """Return whether the bytes look like this format; never raises."""

    def read(self, data: bytes, findings: Findings) -> list[ImportedHabit]:
        """Return the habits; raises UnreadableFile."""


FORMATS: Final[dict[str, Format]] = {"loop": loop}


def detect(data: bytes) -> str | None:
    """Return the name of the format that recognises the bytes, or None."""
    return next((name for name, module in FORMATS.items() if module.recognises(data)), None)


def parse(data: bytes, name: str = AUTO) -> ImportedData:
    """Return all that the file holds; raises UnreadableFile and nothing else, whatever the bytes."""
    if len(data) > FILE_LIMIT:
        raise UnreadableFile(f"The file is larger than {FILE_LIMIT // 2**20} MiB.")
    found = detect(data) if name == AUTO else name
    if found not in FORMATS:
        raise UnreadableFile(_complaint(data) if name == AUTO else f"The format {name!a} is not known.")
    findings = Findings()
    habits = FORMATS[found].read(data, findings)
    return ImportedData(
        format=found,
        habits=tuple(habits),
        rejected=tuple(findings.rejected),
        adjusted=tuple(findings.adjusted),
        counts=findings.counts,
    )


def _complaint(data: bytes) -> str:
    if not data:
        return "The file is empty."
    if data.startswith(archive.MAGIC):
        return "The zip archive is damaged, or holds no export of a known habit tracker."
    if data.startswith(database.MAGIC):
        return "The SQLite database is damaged, or no backup of a known habit tracker."
    return "The file is no export of a known habit tracker."
