"""Sessions, links of mails, and personal tokens over HTTP."""

import uuid
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from config.addresses import client_address
from config.errors import LimitReached
from config.rest.filters import OrderingParameter
from config.rest.limits import By, Limit
from config.rest.permissions import ANYONE, USER
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from users.api.serializers import examples
from users.api.serializers.accounts import EmailSerializer, LinkSerializer, PasswordResetSerializer
from users.api.serializers.sessions import (
    LoginSerializer,
    NewPersonalTokenSerializer,
    PersonalTokenSerializer,
    RefreshSerializer,
    SessionSerializer,
    TokenPairSerializer,
    personal_token_document,
    session_document,
)
from users.errors import EmailTaken, InvalidCredentials, InvalidToken, LinkExpired
from users.selectors import is_known_address, list_personal_tokens, list_sessions
from users.services.passwords import request_password_reset, reset_password
from users.services.sessions import Device, end_session, log_in, log_out, refresh_session
from users.services.tokens import create_personal_token, delete_personal_token
from users.services.verification import resend_verification, verify_email


class TokenViewSet(ApiViewSet):
    """Logging in and out."""

    access: ClassVar = {"create": ANYONE, "refresh": ANYONE, "logout": ANYONE}
    refusals: ClassVar = {"create": [InvalidCredentials], "refresh": [InvalidToken], "logout": [InvalidToken]}
    limits: ClassVar = {
        "create": [
            Limit(setting="LIMIT_LOGIN_ADDRESS", by=By.ADDRESS),
            Limit(setting="LIMIT_LOGIN_ACCOUNT_ADDRESS", by=By.ACCOUNT_AND_ADDRESS, counts_failures=True),
            Limit(setting="LIMIT_LOGIN_ACCOUNT", by=By.ACCOUNT, counts_failures=True, is_known=is_known_address),
        ],
        "refresh": [Limit(setting="LIMIT_REFRESH_ADDRESS", by=By.ADDRESS)],
    }

    @operation(
        "Log in",
        "Opens a session for a username or email address and its password. The access token goes into `Authorization: Bearer …` "
        "and lasts 15 minutes; the refresh token gets the next pair and lasts 14 days. What is wrong with the credentials is "
        "never said.",
        request=LoginSerializer,
        response=TokenPairSerializer,
        request_example=examples.CREDENTIALS,
        response_example=examples.TOKENS,
    )
    def create(self, request: Request) -> Response:
        credentials = self.validated(LoginSerializer)
        device = Device(request.META.get("HTTP_USER_AGENT", ""), client_address(request) or None)
        pair = log_in(login=credentials["username"], password=credentials["password"], device=device)
        return Response(TokenPairSerializer(pair).data)

    @operation(
        "Renew the tokens",
        "Takes the refresh token of the last pair and answers with the next one. The used token is dead: only for half a minute, "
        "and until the new pair has been used, is it answered with that same pair again, for answers that were lost. Any "
        "other use of an old token ends the session.",
        request=RefreshSerializer,
        response=TokenPairSerializer,
        request_example={"refresh": examples.TOKENS["refresh"]},
        response_example=examples.TOKENS,
    )
    def refresh(self, request: Request) -> Response:
        return Response(TokenPairSerializer(refresh_session(self.validated(RefreshSerializer)["refresh"])).data)

    @operation(
        "Log out",
        "Ends the session of the refresh token, its access tokens included. Repeating it changes nothing.",
        request=RefreshSerializer,
        statuses=[204],
        request_example={"refresh": examples.TOKENS["refresh"]},
    )
    def logout(self, request: Request) -> Response:
        log_out(self.validated(RefreshSerializer)["refresh"])
        return Response(status=204)


class SessionViewSet(ApiViewSet):
    """Where one is logged in."""

    access: ClassVar = {"list": USER, "destroy": USER}
    ordering = OrderingParameter({"last_used_at": "rotated_at", "created_at": "created_at"}, default="-last_used_at")

    @operation(
        "List own sessions", "Where one is logged in.", response=SessionSerializer(many=True), response_example=examples.SESSION
    )
    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(list_sessions(self.actor)))
        return self.get_paginated_response([session_document(session, self.actor.session_id) for session in page])

    @operation("End a session", "Logs the device out, at once.", statuses=[204])
    def destroy(self, request: Request, session_id: uuid.UUID) -> Response:
        end_session(actor=self.actor, session_id=session_id)
        return Response(status=204)


class PasswordResetViewSet(ApiViewSet):
    """A new password for whoever has forgotten the old one."""

    access: ClassVar = {"create": ANYONE, "confirm": ANYONE}
    refusals: ClassVar = {"confirm": [LinkExpired]}
    limits: ClassVar = {
        "create": [
            Limit(setting="LIMIT_RESET_ADDRESS", by=By.ADDRESS),
            Limit(setting="LIMIT_RESET_ACCOUNT_ADDRESS", by=By.ACCOUNT_AND_ADDRESS, account_field="email"),
            Limit(setting="LIMIT_RESET_ACCOUNT", by=By.ACCOUNT, account_field="email", is_known=is_known_address),
        ],
        "confirm": [Limit(setting="LIMIT_LINK_ADDRESS", by=By.ADDRESS)],
    }

    @operation(
        "Ask for a new password",
        "Mails a link, if there is an account with this address; the answer does not tell.",
        request=EmailSerializer,
        statuses=[202],
        request_example=examples.EMAIL,
    )
    def create(self, request: Request) -> Response:
        request_password_reset(self.validated(EmailSerializer)["email"])
        return Response(status=202)

    @operation(
        "Set a new password",
        "With what the link of the mail carried. Ends every session and every personal token, and takes back a `pending_email`.",
        request=PasswordResetSerializer,
        statuses=[204],
        request_example=examples.PASSWORD_RESET,
    )
    def confirm(self, request: Request) -> Response:
        data = self.validated(PasswordResetSerializer)
        reset_password(user_id=data["uid"], token=data["token"], new_password=data["new_password"])
        return Response(status=204)


class EmailVerificationViewSet(ApiViewSet):
    """Whether an address is right."""

    access: ClassVar = {"create": ANYONE, "resend": USER}
    refusals: ClassVar = {"create": [LinkExpired, EmailTaken]}
    limits: ClassVar = {
        "create": [Limit(setting="LIMIT_LINK_ADDRESS", by=By.ADDRESS)],
        "resend": [Limit(setting="LIMIT_MAIL_USER", by=By.USER)],
    }

    @operation(
        "Verify an email address",
        "With what the link of the mail carried.",
        request=LinkSerializer,
        statuses=[204],
        request_example=examples.LINK,
    )
    def create(self, request: Request) -> Response:
        data = self.validated(LinkSerializer)
        verify_email(user_id=data["uid"], token=data["token"])
        return Response(status=204)

    @operation("Mail the link again", "To the address that waits to be verified, if one does.", statuses=[202])
    def resend(self, request: Request) -> Response:
        resend_verification(self.actor)
        return Response(status=202)


class PersonalTokenViewSet(ApiViewSet):
    """Tokens for programs; made and taken back with a login alone."""

    access: ClassVar = {"list": USER, "create": USER, "destroy": USER}
    ordering = OrderingParameter({"created_at": "created_at", "name": "name"}, default="-created_at")
    refusals: ClassVar = {"create": [LimitReached]}

    @operation(
        "List personal tokens",
        "What they may do and when they were last used; the tokens themselves nobody can be told again.",
        response=PersonalTokenSerializer(many=True),
        response_example=examples.PERSONAL_TOKEN,
    )
    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(list_personal_tokens(self.actor)))
        return self.get_paginated_response([personal_token_document(token) for token in page])

    @operation(
        "Make a personal token",
        "For a program that acts for one, within the scopes. The token is told in this answer alone.",
        request=PersonalTokenSerializer,
        response=NewPersonalTokenSerializer,
        statuses=[201],
        request_example=examples.TOKEN_DRAFT,
        response_example=examples.NEW_TOKEN,
    )
    def create(self, request: Request) -> Response:
        token, secret = create_personal_token(actor=self.actor, **self.validated(PersonalTokenSerializer))
        return Response({**personal_token_document(token), "token": secret}, status=201)

    @operation("Take a personal token back", "It is refused from the next request on.", statuses=[204])
    def destroy(self, request: Request, token_id: uuid.UUID) -> Response:
        delete_personal_token(actor=self.actor, token_id=token_id)
        return Response(status=204)
