"""Who sends a request."""

from functools import lru_cache

from django.utils.timezone import now
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed as TokenRefused
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken, Token

from users.errors import InvalidToken
from users.models import PersonalToken, User
from users.selectors import claim_actor
from users.services.sessions import SESSION_CLAIM
from users.services.tokens import PREFIX, use_personal_token


@lru_cache(maxsize=2048)
def _verified(raw_token: bytes) -> Token:
    """Return the token, signed by us; that is found out once, for an app sends the same one for a quarter of an hour."""
    return AccessToken(raw_token)  # type: ignore[arg-type]  # annotated as a Token, meant as an encoded one


class TokenAuthentication(JWTAuthentication):
    """`Authorization: Bearer <token>`: the access token of a session, or a personal token, which begins with its prefix.

    The user of an access token is a claim until the first query that needs one, see `User.claim`.
    """

    def get_header(self, request: Request) -> bytes:
        """Return the header, empty if there is none, with the scheme as we spell it: its case means nothing (RFC 9110, 11.1)."""
        scheme, space, token = (super().get_header(request) or b"").partition(b" ")
        return scheme.title() + space + token

    def authenticate(self, request: Request) -> tuple[User, Token | PersonalToken] | None:  # type: ignore[override]  # two kinds of tokens
        """Return the user and the token, None without a bearer header; one and the same 401 for whatever is wrong with it."""
        try:
            raw_token = self.get_raw_token(self.get_header(request))
            if raw_token is None:
                return None
            if raw_token.startswith(PREFIX.encode()):
                personal = use_personal_token(raw_token.decode("latin-1"))
                return personal.user, personal
            token = _verified(raw_token)
            token.check_exp(current_time=now())
        except (TokenRefused, TokenError) as error:
            raise InvalidToken from error
        return claim_actor(token.get(api_settings.USER_ID_CLAIM), token.get(SESSION_CLAIM)), token
