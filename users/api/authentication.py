"""Who sends a request."""

from functools import lru_cache

from django.utils.timezone import now
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import AuthUser, JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed as TokenRefused
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken, Token

from users.errors import InvalidToken
from users.models import User
from users.selectors import claim_actor


@lru_cache(maxsize=2048)
def _verified(raw_token: bytes) -> Token:
    """Return the token, signed by us; that is found out once, for an app sends the same one for a quarter of an hour."""
    return AccessToken(raw_token)  # type: ignore[arg-type]  # annotated as a Token, meant as an encoded one


class AccessTokenAuthentication(JWTAuthentication):
    """`Authorization: Bearer <access token>`: the user is a claim until the first query that needs one, see `User.claim`."""

    def authenticate(self, request: Request) -> tuple[AuthUser, Token] | None:
        """Return the user and the token, None without a bearer header; one and the same 401 for whatever is wrong with it."""
        try:
            return super().authenticate(request)
        except (TokenRefused, TokenError) as error:
            raise InvalidToken from error

    def get_validated_token(self, raw_token: bytes) -> Token:
        """Return the token if it is ours and has not expired."""
        token = _verified(raw_token)
        token.check_exp(current_time=now())
        return token

    def get_user(self, validated_token: Token) -> User:  # type: ignore[override]  # AuthUser stands for any model of users
        """Return the user whom the token names."""
        return claim_actor(validated_token.get(api_settings.USER_ID_CLAIM))
