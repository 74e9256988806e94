"""What integrations may refuse."""

from config.errors import Conflict


class ImportRunning(Conflict):
    """An import of the same user is not done yet."""

    code = "import_running"
    title = "Another import of yours is not done yet."
