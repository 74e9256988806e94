"""What users may be refused."""

from config.errors import Conflict, DomainError, InvalidInput


class InvalidCredentials(DomainError):
    """The name or the password is wrong; which of them is never said."""

    code = "invalid_credentials"
    status = 401
    title = "The name or the password is wrong."


class InvalidToken(DomainError):
    """The token is forged, expired or of another kind, or its user is gone."""

    code = "invalid_token"
    status = 401
    title = "The token is not valid."


class WrongPassword(InvalidInput):
    """The change takes the present password, and this is another one, or none."""

    code = "wrong_password"
    title = "The present password is wrong."


class LinkExpired(InvalidInput):
    """The link of the mail is forged, too old, or used."""

    code = "link_expired"
    title = "The link is not valid any more."


class ExportRunning(Conflict):
    """An export of the same user is not done yet; after an hour it gives way."""

    code = "export_running"
    title = "An export is not done yet."


class LastOwner(Conflict):
    """A group would be left without an owner: make somebody else one before, or delete the group."""

    code = "last_owner"
    title = "The group would be left without an owner."


class UsernameTaken(InvalidInput):
    """Another user has this name, in whatever case."""

    code = "username_taken"
    title = "Another user has this name."


class EmailTaken(InvalidInput):
    """Another user has this email address, in whatever case."""

    code = "email_taken"
    title = "Another user has this email address."
