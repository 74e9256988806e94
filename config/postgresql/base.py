"""The database backend; Django imports this module by the name of its package, `config.postgresql`."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from select import POLLIN, poll
from typing import Any

from django.db.backends.postgresql import base

PLACEHOLDER = re.compile("%s")


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but that it has the server keep statements, and listens before it asks whether a kept connection still lives.

    A statement that the server keeps (`PREPARE`) is parsed and planned once for a connection, which is half of what a small one
    costs. It takes a connection of one's own: not one that a pooler hands out by transaction.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a new connection, whose server process keeps nothing yet."""
        self._names: dict[str, str] = {}
        self._numbers = count(1)
        return super().get_new_connection(conn_params)

    @contextmanager
    def named(self, statements: Iterable[str]) -> Iterator[list[str]]:
        """Give what to send, with the same placeholders, for statements that come again and again: once each, and then its name.

        The server keeps them whatever becomes of the transaction; one that fails the first time gets another name the next time.
        """
        if not self.settings_dict["PREPARED_STATEMENTS"]:
            yield list(statements)
            return
        self.ensure_connection()
        texts: list[str] = []
        fresh: dict[str, str] = {}
        for sql in statements:
            name = self._names.get(sql) or fresh.get(sql)
            if name is None:
                name = fresh[sql] = f"kept_{next(self._numbers)}"
                texts.append(f"PREPARE {name} AS {_numbered(sql)}")
            texts.append(_execution(name, sql.count("%s")))
        yield texts
        self._names |= fresh

    def is_usable(self) -> bool:
        """Return whether the connection can be used: silence on the line is taken for health.

        A server that has ended a connection, or died, leaves its farewell or the end of the stream to be read. Only where
        something is to be read, which may be a mere notice, is the server asked, as Django does before every request.
        """
        if self.connection is None or self.connection.closed:
            return False
        listener = poll()
        listener.register(self.connection.fileno(), POLLIN)
        return not listener.poll(0) or super().is_usable()


def _numbered(sql: str) -> str:
    """Return a statement with `$1`, `$2` … in the place of `%s`."""
    numbers = count(1)
    return PLACEHOLDER.sub(lambda _: f"${next(numbers)}", sql)


def _execution(name: str, parameters: int) -> str:
    return f"EXECUTE {name}" + (f"({', '.join(['%s'] * parameters)})" if parameters else "")
