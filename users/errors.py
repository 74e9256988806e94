"""What users may be refused."""

from config.errors import Conflict, DomainError, InvalidInput


class InvalidCredentials(DomainError):
    """No active user has this name and password; which of the three is wrong is never said."""

    code = "invalid_credentials"
    status = 401
    title = "The name or the password is wrong."


class InvalidToken(DomainError):
    """The token is forged, expired, of another kind, or its user is gone."""

    code = "invalid_token"
    status = 401
    title = "The token is not valid."


class WrongPassword(InvalidInput):
    """A change that takes the present password, with another one or none."""

    code = "wrong_password"
    title = "The present password is wrong."


class LinkExpired(InvalidInput):
    """A link of a mail that is forged, too old or used."""

    code = "link_expired"
    title = "The link is not valid any more."


class ExportRunning(Conflict):
    """A second export while the first is not done."""

    code = "export_running"
    title = "An export is not done yet."


class UsernameTaken(InvalidInput):
    """Another user has this name, in whatever case."""

    code = "username_taken"
    title = "Another user has this name."


class EmailTaken(InvalidInput):
    """Another user has this email address, in whatever case."""

    code = "email_taken"
    title = "Another user has this email address."
