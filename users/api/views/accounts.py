"""Accounts over HTTP."""

import uuid
from dataclasses import replace
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from config.errors import Conflict, NotFound
from config.rest.conditional import tag_of
from config.rest.filters import OrderingParameter
from config.rest.limits import By, Limit
from config.rest.params import QueryParams
from config.rest.permissions import ANYONE, STAFF, USER
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from users.api.filters import UserFilterSet
from users.api.serializers import examples
from users.api.serializers.accounts import (
    AccountDeletionSerializer,
    LookupSerializer,
    PasswordChangeSerializer,
    RegistrationSerializer,
    UsernameField,
    UserSerializer,
)
from users.api.serializers.jobs import JobSerializer
from users.errors import EmailTaken, ExportRunning, LastOwner, UsernameTaken, WrongPassword
from users.models import User
from users.selectors import find_by_username, get_account, get_export, list_users
from users.services.accounts import delete_account, register_user, update_profile
from users.services.exports import request_export
from users.services.passwords import change_password

ZIP = "application/zip"
# As much as a column of PostgreSQL or SQLite holds.
ARCHIVE = {"type": "string", "format": "binary", "maxLength": 2**30}
# Whoever has got hold of a token may not try passwords with it, nor use up what the owner has: each session has tries of its own.
PASSWORD_TRIES = Limit(setting="LIMIT_PASSWORD_SESSION", by=By.SESSION, counts_failures=True)
PASSWORD_TRIES_OF_CHANGES = replace(PASSWORD_TRIES, only_with="current_password")
# A new address is mailed to, and may be a stranger's. One's own takes the password, that of somebody else nothing else.
MAILS_BY_ID = Limit(setting="LIMIT_MAIL_USER", by=By.USER, only_with="email")
OWN_MAILS = replace(MAILS_BY_ID, only_with="current_password")
DELETION_NOTE = (
    "Removes everything that is the user's, at once and for good. The own account takes `{current_password}` as a body; staff "
    "delete accounts of others without one."
)


class UserViewSet(ApiViewSet):
    """Registration, and accounts: one's own, also as `me`, and for staff everybody's."""

    area = "account"
    login_only = frozenset({"list", "destroy"})
    access: ClassVar = {
        "create": ANYONE,
        "list": STAFF,
        "retrieve": USER,
        "update": USER,
        "partial_update": USER,
        "destroy": USER,
    }
    conditional_actions = frozenset({"create", "retrieve", "update", "partial_update", "destroy"})
    filterset_class = UserFilterSet
    ordering = OrderingParameter(
        {"username": "username_key", "email": "email_key", "date_joined": "date_joined"}, default="username"
    )
    limits: ClassVar = {
        "create": [Limit(setting="LIMIT_REGISTRATION_ADDRESS", by=By.ADDRESS)],
        **dict.fromkeys(("update", "partial_update"), (PASSWORD_TRIES_OF_CHANGES, MAILS_BY_ID)),
        "destroy": [PASSWORD_TRIES],
    }
    refusals: ClassVar = {
        "create": [UsernameTaken, EmailTaken, Conflict],
        "update": [UsernameTaken, EmailTaken, WrongPassword, Conflict],
        "partial_update": [UsernameTaken, EmailTaken, WrongPassword, Conflict],
        "destroy": [WrongPassword, LastOwner],
    }

    @operation(
        "Register",
        "Makes an account, and mails a link to verify the address. Username and email address are unique without regard to case, "
        "in any script. The password must be at least eight characters long, not common, not all digits, and unlike the name and "
        "the address.",
        request=RegistrationSerializer,
        response=UserSerializer,
        statuses=[201],
        request_example={**examples.CREDENTIALS, **examples.EMAIL, "timezone": "Europe/London", "display_name": "Ada L."},
        response_example=examples.ACCOUNT,
    )
    def create(self, request: Request) -> Response:
        user = register_user(**self.validated(RegistrationSerializer))
        return _answer(user, status=201)

    @operation("List accounts", "For staff.", response=UserSerializer(many=True), response_example=examples.ACCOUNT)
    def list(self, request: Request) -> Response:
        users = self.paginate_queryset(self.filter_queryset(list_users()))
        return self.get_paginated_response(UserSerializer(users, many=True).data)

    @operation(
        "Read an account",
        "One's own, also as `me`; staff who are logged in read those of others.",
        response=UserSerializer,
        response_example=examples.ACCOUNT,
    )
    def retrieve(self, request: Request, user_id: uuid.UUID | None = None) -> Response:
        return _answer(get_account(self.actor, user_id or self.actor.pk))

    @operation(
        "Replace the settings of an account",
        "Takes every field that can be changed and ignores those that cannot, so that what a GET answered may be sent back. A "
        "new time zone or day start hour changes which date is today from now on; no log moves. A new email address takes the "
        "`current_password` and is pending until the link that is mailed to it has been followed; the present one leaves a "
        "pending one alone.",
        request=UserSerializer,
        response=UserSerializer,
        request_example=examples.SETTINGS,
        response_example=examples.ACCOUNT,
    )
    def update(self, request: Request, user_id: uuid.UUID | None = None) -> Response:
        return self._change(user_id, is_partial=False)

    @operation(
        "Change some settings of an account",
        "Takes any of the fields that can be changed; those left out stay as they are. A new email address takes the "
        "`current_password` and is pending until the link that is mailed to it has been followed; the present one takes a "
        "pending one back.",
        request=UserSerializer,
        response=UserSerializer,
        request_example={"timezone": "Europe/Berlin"},
        response_example={**examples.ACCOUNT, "timezone": "Europe/Berlin"},
    )
    def partial_update(self, request: Request, user_id: uuid.UUID | None = None) -> Response:
        return self._change(user_id, is_partial=True)

    @operation("Delete an account", DELETION_NOTE, statuses=[204])
    def destroy(self, request: Request, user_id: uuid.UUID | None = None) -> Response:
        account = get_account(self.actor, user_id or self.actor.pk)
        password = self.validated(AccountDeletionSerializer).get("current_password")
        is_own = account.pk == self.actor.pk
        delete_account(user_id=account.pk, current_password=password, is_own=is_own, precondition=self.precondition)
        return Response(status=204)

    def _change(self, user_id: uuid.UUID | None, *, is_partial: bool) -> Response:
        account = get_account(self.actor, user_id or self.actor.pk)
        changes: Any = dict(self.validated(UserSerializer, partial=is_partial))
        password = changes.pop("current_password", None)
        user = update_profile(
            user_id=account.pk,
            changes=changes,
            current_password=password,
            is_own=account.pk == self.actor.pk,
            is_replacement=not is_partial,
            precondition=self.precondition,
        )
        return _answer(user)


class MeViewSet(UserViewSet):
    """One's own account, by the name that stands for one's own id."""

    limits: ClassVar = {
        **UserViewSet.limits,
        **dict.fromkeys(("update", "partial_update"), (PASSWORD_TRIES_OF_CHANGES, OWN_MAILS)),
    }


def _answer(user: User, *, status: int = 200) -> Response:
    document = UserSerializer(user).data
    return Response(document, status=status, headers={"ETag": tag_of(document, user.version)})


class LookupParams(QueryParams):
    """Whom to look for."""

    username = UsernameField(help_text="The whole name, in any case.")


class LookupViewSet(ApiViewSet):
    """People by their name, to share with or invite."""

    access: ClassVar = {"retrieve": USER}
    query_params: ClassVar = {"retrieve": LookupParams}
    limits: ClassVar = {"retrieve": [Limit(setting="LIMIT_LOOKUP_USER", by=By.USER)]}
    refusals: ClassVar = {"retrieve": [NotFound]}

    @operation(
        "Look somebody up",
        "By the exact username, to share with or invite.",
        response=LookupSerializer,
        response_example=examples.PERSON,
    )
    def retrieve(self, request: Request) -> Response:
        user = find_by_username(self.params.values["username"])
        return Response({"id": user.pk, "display_name": user.display_name})


class OwnAccountViewSet(ApiViewSet):
    """What one does with one's own account alone, logged in."""

    access: ClassVar = {"password": USER, "deletion": USER, "export": USER, "download": USER}
    limits: ClassVar = dict.fromkeys(("password", "deletion"), (PASSWORD_TRIES,))
    refusals: ClassVar = {"password": [WrongPassword], "deletion": [WrongPassword, LastOwner], "export": [ExportRunning]}
    located: ClassVar = {"export": [202]}

    @operation(
        "Change the own password",
        "Ends every session and every personal token, the asking one too, and takes back a `pending_email`: log in again.",
        request=PasswordChangeSerializer,
        statuses=[204],
        request_example=examples.PASSWORD_CHANGE,
    )
    def password(self, request: Request) -> Response:
        change_password(user_id=self.actor.pk, **self.validated(PasswordChangeSerializer))
        return Response(status=204)

    @operation(
        "Delete the own account",
        "As `DELETE /users/me/`, for clients that send no body with DELETE.",
        request=AccountDeletionSerializer,
        statuses=[204],
        request_example=examples.DELETION,
    )
    def deletion(self, request: Request) -> Response:
        password = self.validated(AccountDeletionSerializer).get("current_password")
        delete_account(user_id=self.actor.pk, current_password=password)
        return Response(status=204)

    @operation(
        "Export everything about oneself",
        "A zip of JSON files is made in the background: ask at the address in `Location` until the job is `finished`; its "
        "`result_url` then says where the archive is, for a week or until the next one is there. One that has come to nothing "
        "in an hour gives way to the next.",
        response=JobSerializer,
        statuses=[202],
        response_example={**examples.JOB, "kind": "export", "state": "queued", "progress": 0, "started_at": None},
    )
    def export(self, request: Request) -> Response:
        job = request_export(self.actor)
        location = reverse("job", kwargs={"job_id": job.pk}, request=request)
        return Response(JobSerializer(job).data, status=202, headers={"Location": location})

    @operation("Download an export", "A zip of JSON files, one for each kind of thing.", response=ARCHIVE, media_type=ZIP)
    def download(self, request: Request, job_id: uuid.UUID) -> HttpResponse:
        export = get_export(self.actor, job_id)
        headers = {"Content-Disposition": f'attachment; filename="habits-{export.job_id}.zip"', "Cache-Control": "no-store"}
        return HttpResponse(bytes(export.content), content_type=ZIP, headers=headers)
