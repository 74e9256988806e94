"""Loop Habit Tracker: its `.db` backups up to version 25 and its CSV zips of all versions."""

from integrations.domain import archive, database
from integrations.domain.findings import Findings
from integrations.domain.imported import ImportedHabit, UnreadableFile
from integrations.domain.loop import backup, export
from integrations.domain.loop.habits import taken


def recognises(data: bytes) -> bool:
    """Return whether the bytes are a zip with Loop's list of habits, or a SQLite file that names Loop's own table."""
    if data.startswith(database.MAGIC):
        return b"Repetitions" in data
    try:
        return data.startswith(archive.MAGIC) and export.holds_habits(archive.Archive(data))
    except UnreadableFile:
        return False


def read(data: bytes, findings: Findings) -> list[ImportedHabit]:
    """Return the habits of a backup or an export; raises UnreadableFile."""
    if data.startswith(database.MAGIC):
        return taken(backup.read(data, findings), findings)
    if data.startswith(archive.MAGIC):
        return taken(export.read(archive.Archive(data), findings), findings)
    raise UnreadableFile("The file is neither a backup nor a CSV export of Loop Habit Tracker.")
