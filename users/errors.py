"""What users may be refused."""

from config.errors import DomainError, InvalidInput


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


class UsernameTaken(InvalidInput):
    """Another user has this name, in whatever case."""

    code = "username_taken"
    title = "Another user has this name."


class EmailTaken(InvalidInput):
    """Another user has this email address, in whatever case."""

    code = "email_taken"
    title = "Another user has this email address."
