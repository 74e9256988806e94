"""Verifying addresses, and new passwords for those who forgot theirs."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
import time_machine
from django.core import mail
from django.utils.timezone import now
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from rest_framework.test import APIClient

from tests.factories.users import PASSWORD, UserFactory
from tests.world import client_of
from users.models import Session, User
from users.services.sessions import open_session

pytestmark = pytest.mark.django_db

V1 = "/api/v1"
NEW_PASSWORD = "staple the next horse"
RunJobs = Callable[[], list[str]]


def link_of(message: mail.EmailMessage) -> tuple[str, dict[str, str]]:
    """Return the page that a mail links to, and what the link carries."""
    (link,) = re.findall(r"https?://\S+", message.body)
    parts = urlsplit(link)
    assert not parts.query
    return f"{parts.scheme}://{parts.netloc}{parts.path}", {name: value for name, (value,) in parse_qs(parts.fragment).items()}


class TestVerification:
    def test_registration_asks_the_address(self, api: APIClient, run_jobs: RunJobs, settings) -> None:
        settings.PUBLIC_URL = "https://habits.example"
        api.post(f"{V1}/users/", {"username": "new", "email": "New@example.org", "password": PASSWORD})
        assert mail.outbox == []
        assert run_jobs() == ["users.jobs.send_verification"]
        (message,) = mail.outbox
        assert message.to == ["New@example.org"]
        page, carried = link_of(message)
        assert page == "https://habits.example/account/verify-email/"
        assert api.post(f"{V1}/auth/verify-email/", carried).status_code == 204
        assert User.objects.get().email_verified
        answer = api.post(f"{V1}/auth/verify-email/", carried)
        assert (answer.status_code, answer.json()["code"]) == (400, "link_expired")

    def test_no_mail_carries_what_its_user_has_written(self, api: APIClient, run_jobs: RunJobs) -> None:
        """The address may be a stranger's: whoever gives it chose the names to be read there."""
        email = {"email": "stranger@example.org"}
        api.post(f"{V1}/users/", {**email, "username": "buy.it", "password": PASSWORD, "display_name": "Buy it <b>now</b>"})
        api.post(f"{V1}/auth/password-reset/", email)
        run_jobs()
        assert [message.to for message in mail.outbox] == [["stranger@example.org"]] * 2
        assert not any("buy" in f"{message.subject} {message.body}".lower() for message in mail.outbox)

    def test_links_lead_to_the_front_end_where_there_is_one(self, client: APIClient, run_jobs: RunJobs, settings) -> None:
        settings.FRONTEND_URL = "https://app.example"
        assert client.post(f"{V1}/auth/verify-email/resend/").status_code == 202
        run_jobs()
        assert link_of(mail.outbox[0])[0] == "https://app.example/account/verify-email/"

    def test_nothing_is_sent_where_nothing_waits(self, client: APIClient, ada: User, run_jobs: RunJobs) -> None:
        client.post(f"{V1}/auth/verify-email/resend/")
        User.objects.update(email_verified=True)
        assert client.post(f"{V1}/auth/verify-email/resend/").status_code == 202
        assert run_jobs() == ["users.jobs.send_verification"]
        assert mail.outbox == []

    def test_a_new_address_is_pending_until_it_is_verified(self, client: APIClient, ada: User, run_jobs: RunJobs) -> None:
        body = {"email": "new@example.org", "current_password": PASSWORD}
        answer = client.patch(f"{V1}/users/me/", body).json()
        assert (answer["email"], answer["pending_email"], answer["email_verified"]) == (
            "ada@example.org",
            "new@example.org",
            False,
        )
        assert "current_password" not in answer
        run_jobs()
        assert mail.outbox[0].to == ["new@example.org"]
        _, carried = link_of(mail.outbox[0])
        assert client.post(f"{V1}/auth/verify-email/", carried).status_code == 204
        answer = client.get(f"{V1}/users/me/").json()
        assert (answer["email"], answer["pending_email"], answer["email_verified"]) == ("new@example.org", None, True)

    @pytest.mark.parametrize("password", [None, "wrong"])
    def test_a_new_address_takes_the_password(self, client: APIClient, ada: User, password: str | None) -> None:
        body = {"email": "new@example.org"} | ({"current_password": password} if password else {})
        answer = client.patch(f"{V1}/users/me/", body)
        assert (answer.status_code, answer.json()["code"]) == (400, "wrong_password")
        assert User.objects.get().pending_email is None

    def test_what_waits_is_taken_back_by_the_present_address(self, client: APIClient, ada: User, run_jobs: RunJobs) -> None:
        client.patch(f"{V1}/users/me/", {"email": "new@example.org", "current_password": PASSWORD})
        run_jobs()
        assert client.patch(f"{V1}/users/me/", {"email": "ADA@example.org"}).json()["pending_email"] is None
        _, carried = link_of(mail.outbox[0])
        assert client.post(f"{V1}/auth/verify-email/", carried).json()["code"] == "link_expired"

    def test_what_waits_stays_where_what_was_read_is_sent_back(self, client: APIClient, run_jobs: RunJobs) -> None:
        client.patch(f"{V1}/users/me/", {"email": "new@example.org", "current_password": PASSWORD})
        run_jobs()
        answer = client.put(f"{V1}/users/me/", {**client.get(f"{V1}/users/me/").json(), "display_name": "A."})
        assert (answer.status_code, answer.json()["pending_email"]) == (200, "new@example.org")
        assert client.post(f"{V1}/auth/verify-email/", link_of(mail.outbox[0])[1]).status_code == 204

    @pytest.mark.parametrize("is_forgotten", [False, True])
    def test_a_new_password_takes_back_what_waits(
        self, client: APIClient, ada: User, run_jobs: RunJobs, is_forgotten: bool
    ) -> None:
        """Whoever had the old password may have put it there, and could set another new one by it."""
        waiting = client.patch(f"{V1}/users/me/", {"email": "thief@example.org", "current_password": PASSWORD})
        run_jobs()
        if is_forgotten:
            client.post(f"{V1}/auth/password-reset/", {"email": "ada@example.org"})
            run_jobs()
            body = {**link_of(mail.outbox[-1])[1], "new_password": NEW_PASSWORD}
            assert client.post(f"{V1}/auth/password-reset/confirm/", body).status_code == 204
        else:
            body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
            assert client.post(f"{V1}/users/me/password/", body).status_code == 204
        answer = client.post(f"{V1}/auth/verify-email/", link_of(mail.outbox[0])[1])
        assert (answer.status_code, answer.json()["code"]) == (400, "link_expired")
        ada.refresh_from_db()
        assert (ada.email, ada.pending_email) == ("ada@example.org", None)
        stale = client_of(ada).patch(f"{V1}/users/me/", {"display_name": "A."}, headers={"If-Match": waiting["ETag"]})
        assert stale.status_code == 412

    def test_an_address_may_be_taken_before_and_meanwhile(self, client: APIClient, ada: User, run_jobs: RunJobs) -> None:
        UserFactory(email="taken@example.org")
        body = {"email": "Taken@example.org", "current_password": PASSWORD}
        assert client.patch(f"{V1}/users/me/", body).json()["code"] == "email_taken"
        client.patch(f"{V1}/users/me/", {"email": "new@example.org", "current_password": PASSWORD})
        run_jobs()
        UserFactory(email="NEW@example.org")
        answer = client.post(f"{V1}/auth/verify-email/", link_of(mail.outbox[0])[1])
        assert (answer.status_code, answer.json()["code"]) == (400, "email_taken")
        assert client.get(f"{V1}/users/me/").json()["email"] == "ada@example.org"

    def test_links_are_for_one_user_one_purpose_and_one_day(self, client: APIClient, ada: User, run_jobs: RunJobs) -> None:
        client.post(f"{V1}/auth/verify-email/resend/")
        run_jobs()
        _, carried = link_of(mail.outbox[0])
        other = UserFactory()
        wrong = [
            {**carried, "uid": str(other.pk)},
            {**carried, "token": "x"},
            {**carried, "uid": "00000000-0000-7000-8000-000000000000"},
        ]
        for body in wrong:
            assert client.post(f"{V1}/auth/verify-email/", body).json()["code"] == "link_expired"
        reset = client.post(f"{V1}/auth/password-reset/confirm/", {**carried, "new_password": NEW_PASSWORD})
        assert reset.json()["code"] == "link_expired"
        with time_machine.travel(now() + timedelta(hours=24, seconds=2), tick=False):
            assert APIClient().post(f"{V1}/auth/verify-email/", carried).json()["code"] == "link_expired"


class TestPasswordReset:
    def test_a_link_sets_a_new_password_and_ends_all_access(self, api: APIClient, ada: User, run_jobs: RunJobs) -> None:
        session = open_session(ada)
        assert api.post(f"{V1}/auth/password-reset/", {"email": "ADA@example.org"}).status_code == 202
        assert run_jobs() == ["users.jobs.send_password_reset"]
        page, carried = link_of(mail.outbox[0])
        assert page.endswith("/account/reset-password/")
        body = {**carried, "new_password": NEW_PASSWORD}
        weak = api.post(f"{V1}/auth/password-reset/confirm/", {**carried, "new_password": "12345678"})
        assert weak.json()["errors"][0]["attr"] == "new_password"
        assert api.post(f"{V1}/auth/password-reset/confirm/", body).status_code == 204
        assert api.post(f"{V1}/auth/token/refresh/", {"refresh": session.refresh}).status_code == 401
        assert not Session.objects.exists()
        assert api.post(f"{V1}/auth/token/", {"username": "ada", "password": NEW_PASSWORD}).status_code == 200
        assert User.objects.get().email_verified
        assert api.post(f"{V1}/auth/password-reset/confirm/", body).json()["code"] == "link_expired"

    def test_unknown_and_inactive_addresses_are_answered_alike_and_get_no_mail(
        self, api: APIClient, ada: User, run_jobs: RunJobs
    ) -> None:
        UserFactory(email="gone@example.org", is_active=False)
        addresses = ("ada@example.org", "gone@example.org", "nobody@example.org")
        answers = [api.post(f"{V1}/auth/password-reset/", {"email": address}) for address in addresses]
        assert {(answer.status_code, answer.content) for answer in answers} == {(202, b"")}
        queued = [SignedPackage.loads(job.payload)["kwargs"] for job in OrmQ.objects.all()]
        assert {tuple(arguments) for arguments in queued} == {("user_id",)}  # no address outlives its account
        assert len({UUID(arguments["user_id"]) for arguments in queued}) == 3
        assert run_jobs() == ["users.jobs.send_password_reset"] * 3
        assert [message.to for message in mail.outbox] == [["ada@example.org"]]

    def test_a_login_in_between_leaves_the_link_good_and_a_new_password_does_not(
        self, api: APIClient, ada: User, run_jobs: RunJobs
    ) -> None:
        api.post(f"{V1}/auth/password-reset/", {"email": ada.email})
        run_jobs()
        api.post(f"{V1}/auth/token/", {"username": "ada", "password": PASSWORD})
        _, carried = link_of(mail.outbox[0])
        client_of(ada).post(f"{V1}/users/me/password/", {"current_password": PASSWORD, "new_password": NEW_PASSWORD})
        answer = api.post(f"{V1}/auth/password-reset/confirm/", {**carried, "new_password": "yet another horse"})
        assert answer.json()["code"] == "link_expired"
