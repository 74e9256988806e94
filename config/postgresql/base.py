"""The database backend; Django imports this module by the name of its package, `config.postgresql`."""

from select import POLLIN, poll

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but that it listens before it asks whether a kept connection still lives."""

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
