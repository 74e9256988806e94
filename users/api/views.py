"""Accounts, tokens and jobs over HTTP."""

from typing import ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import Conflict
from config.rest.conditional import tag_of
from config.rest.permissions import ANYONE, USER
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from users.api.serializers import (
    JobSerializer,
    LoginSerializer,
    RefreshSerializer,
    RegistrationSerializer,
    TokenPairSerializer,
    UserSerializer,
)
from users.errors import EmailTaken, InvalidCredentials, InvalidToken, UsernameTaken
from users.models import User
from users.selectors import get_job
from users.services.accounts import register_user, update_profile
from users.services.sessions import log_in, refresh_session

CREDENTIALS = {"username": "ada", "password": "correct horse battery"}  # nosec B105
SETTINGS = {
    "username": "ada",
    "display_name": "Ada L.",
    "timezone": "Europe/London",
    "day_start_hour": 4,
    "leaderboard_visibility": "groups",
}
ACCOUNT = {
    "id": "019a9e5c-7a31-7c4e-9d52-3f1b6d0c8e21",
    "email": "ada@example.org",
    "email_verified": False,
    **SETTINGS,
    "date_joined": "2026-05-01T08:30:00Z",
}
TOKENS = {
    "access": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTlhIn0.c2lnbmVk",
    "refresh": "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJmMDBkIn0.c2lnbmVk",
}
JOB = {
    "id": "019a9e5c-9b10-7d3a-8f6e-2c4d5e6f7a8b",
    "kind": "import",
    "state": "running",
    "progress": 40,
    "result_url": None,
    "error": None,
    "created_at": "2026-05-01T08:30:00Z",
    "started_at": "2026-05-01T08:30:01Z",
    "finished_at": None,
}


class UserViewSet(ApiViewSet):
    """Registration, and the account of whoever asks."""

    access: ClassVar = {"create": ANYONE, "retrieve": USER, "update": USER, "partial_update": USER}
    conditional_actions = frozenset({"create", "retrieve", "update", "partial_update"})
    refusals: ClassVar = {
        "create": [UsernameTaken, EmailTaken, Conflict],
        "update": [UsernameTaken, Conflict],
        "partial_update": [UsernameTaken, Conflict],
    }

    @operation(
        "Register",
        "Makes an account. Username and email address are unique without regard to case, in any script. The password must be at "
        "least eight characters long, not common, not all digits, and unlike the name and the address.",
        request=RegistrationSerializer,
        response=UserSerializer,
        statuses=[201],
        request_example={**CREDENTIALS, "email": "ada@example.org", "timezone": "Europe/London", "display_name": "Ada L."},
        response_example=ACCOUNT,
    )
    def create(self, request: Request) -> Response:
        """Store the account."""
        user = register_user(**self.validated(RegistrationSerializer))
        return _answer(user, status=201)

    @operation(
        "Read the own account",
        "The account of the user to whom the access token belongs.",
        response=UserSerializer,
        response_example=ACCOUNT,
    )
    def retrieve(self, request: Request) -> Response:
        """Return the account."""
        return _answer(self.actor)

    @operation(
        "Replace the own settings",
        "Takes every field that can be changed and ignores those that cannot, so that what a GET answered may be sent back. A "
        "new time zone or day start hour changes which date is today from now on; no log moves.",
        request=UserSerializer,
        response=UserSerializer,
        request_example=SETTINGS,
        response_example=ACCOUNT,
    )
    def update(self, request: Request) -> Response:
        """Replace the settings."""
        user = update_profile(user_id=self.actor.pk, changes=self.validated(UserSerializer), precondition=self.precondition)
        return _answer(user)

    @operation(
        "Change some of the own settings",
        "Takes any of the fields that can be changed; those left out stay as they are.",
        request=UserSerializer,
        response=UserSerializer,
        request_example={"timezone": "Europe/Berlin"},
        response_example={**ACCOUNT, "timezone": "Europe/Berlin"},
    )
    def partial_update(self, request: Request) -> Response:
        """Change some settings."""
        changes = self.validated(UserSerializer, partial=True)
        user = update_profile(user_id=self.actor.pk, changes=changes, precondition=self.precondition)
        return _answer(user)


def _answer(user: User, *, status: int = 200) -> Response:
    document = UserSerializer(user).data
    return Response(document, status=status, headers={"ETag": tag_of(document, user.version)})


class TokenViewSet(ApiViewSet):
    """Sessions by JSON Web Tokens."""

    access: ClassVar = {"create": ANYONE, "refresh": ANYONE}
    refusals: ClassVar = {"create": [InvalidCredentials], "refresh": [InvalidToken]}

    @operation(
        "Log in",
        "Opens a session for a username or email address and its password. The access token goes into `Authorization: Bearer …` "
        "and lasts 15 minutes; the refresh token gets the next pair and lasts 14 days. What is wrong with the credentials is "
        "never said.",
        request=LoginSerializer,
        response=TokenPairSerializer,
        request_example=CREDENTIALS,
        response_example=TOKENS,
    )
    def create(self, request: Request) -> Response:
        """Open a session."""
        credentials = self.validated(LoginSerializer)
        pair = log_in(login=credentials["username"], password=credentials["password"])
        return Response(TokenPairSerializer(pair).data)

    @operation(
        "Renew the tokens",
        "Takes the refresh token of the last pair and answers with the next one, while the user's account is active.",
        request=RefreshSerializer,
        response=TokenPairSerializer,
        request_example={"refresh": TOKENS["refresh"]},
        response_example=TOKENS,
    )
    def refresh(self, request: Request) -> Response:
        """Renew a session."""
        pair = refresh_session(self.validated(RefreshSerializer)["refresh"])
        return Response(TokenPairSerializer(pair).data)


class JobViewSet(ApiViewSet):
    """Background jobs of whoever asks."""

    access: ClassVar = {"retrieve": USER}
    conditional_actions = frozenset({"retrieve"})

    @operation(
        "Watch a background job",
        "Whatever runs in the background (an import, an export) answers with a job, which only its owner sees. Ask again until "
        "`state` is `finished` or `failed`; `error` then says why.",
        response=JobSerializer,
        response_example=JOB,
    )
    def retrieve(self, request: Request, job_id: UUID) -> Response:
        """Return the job."""
        return Response(JobSerializer(get_job(self.actor, job_id)).data)
