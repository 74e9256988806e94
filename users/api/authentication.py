"""Who sends a request."""

from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import AuthUser, JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed as TokenRefused
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import Token

from users.errors import InvalidToken
from users.models import User
from users.selectors import get_actor


class AccessTokenAuthentication(JWTAuthentication):
    """`Authorization: Bearer <access token>` of an active user, found by one query."""

    def authenticate(self, request: Request) -> tuple[AuthUser, Token] | None:
        """Return the user and the token, None without a bearer header; one and the same 401 for whatever is wrong with it."""
        try:
            return super().authenticate(request)
        except TokenRefused as error:
            raise AuthenticationFailed(InvalidToken.title, InvalidToken.code) from error

    def get_user(self, validated_token: Token) -> User:  # type: ignore[override]  # AuthUser stands for any model of users
        """Return the active user whom the token names."""
        user = get_actor(validated_token.get(api_settings.USER_ID_CLAIM))
        if user is None:
            raise TokenRefused
        return user
