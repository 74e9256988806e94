"""What a line of the log looks like."""

import logging
import time
from typing import Any


class UTCFormatter(logging.Formatter):
    """Instants in UTC; line breaks in a message are escaped and traces indented, so that no text of a user can forge a line."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is the library's
        """Return the record's line, without the trace that may follow it."""
        record.message = record.message.replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is the library's
        """Return the trace with every line indented."""
        return "    " + super().formatException(ei).replace("\n", "\n    ")
