"""What integrations may refuse."""

from config.errors import Conflict


class ImportRunning(Conflict):
    """A second import before the first one is done."""

    code = "import_running"
    title = "Another import of yours is not done yet."
