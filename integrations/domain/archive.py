"""Zip archives from strangers: bounded in entries and in what they unpack to, and never written to disk."""

import io
import zipfile
import zlib
from dataclasses import dataclass

from integrations.domain.imported import UnreadableFile
from integrations.domain.text import decoded

MAGIC = b"PK\x03\x04"
ENTRIES_LIMIT = 5_000
MEMBER_LIMIT = 25 * 2**20  # As text it may take four times as much, and as much again while it is read.
UNPACKED_LIMIT = 200 * 2**20

_ENTRY_SIGNATURE = b"PK\x01\x02"
_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# All that zipfile is known to raise on damaged input, besides its own error.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive; `path` has forward slashes and is a label, never a path to open."""

    path: str
    info: zipfile.ZipInfo


class Archive:
    """A zip archive held in memory; raises UnreadableFile for what is damaged, encrypted or too large."""

    def __init__(self, data: bytes) -> None:
        # zipfile reads the whole directory before it can be asked for its length.
        if data.count(_ENTRY_SIGNATURE) > ENTRIES_LIMIT:
            raise UnreadableFile(f"The zip archive holds more than {ENTRIES_LIMIT} files.")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGE as error:
            raise UnreadableFile("The zip archive is damaged.") from error
        members = (Member(info.filename.replace("\\", "/"), info) for info in self._zip.infolist())
        self.members = tuple(member for member in members if not member.path.endswith("/"))
        self._budget = UNPACKED_LIMIT

    def read_text(self, member: Member) -> str:
        """Return a member as text."""
        if member.info.flag_bits & _ENCRYPTED or member.info.compress_type not in _METHODS:
            raise UnreadableFile(f"{member.path!a} in the zip archive is encrypted or packed in an unknown way.")
        limit = min(self._budget, MEMBER_LIMIT)
        try:
            with self._zip.open(member.info) as stream:
                content = stream.read(limit + 1)
        except _DAMAGE as error:
            raise UnreadableFile(f"{member.path!a} in the zip archive is damaged.") from error
        if len(content) > limit:
            raise UnreadableFile(f"The zip archive unpacks to too much: at {member.path!a}, more than {limit // 2**20} MiB.")
        self._budget -= len(content)
        return decoded(content)
