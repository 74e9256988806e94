"""Invitations: as links and by mail, told once, accepted by whoever holds them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
import time_machine
from django.core import mail
from django.utils.timezone import now
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from config.identifiers import new_id
from config.rates import Rate
from groups.domain.joining import JoinPolicy
from groups.domain.roles import Role
from groups.jobs import forget_expired_invitations
from groups.models import AuditEntry, Group, Invitation, Membership
from groups.services import invitations, seats
from groups.services.members import ban_from_group
from tests.factories.groups import GroupFactory, enter
from tests.factories.users import PASSWORD, UserFactory
from users.models import User
from users.services.accounts import delete_account

pytestmark = pytest.mark.slow  # not each test, but all of them

Send = Callable[..., tuple[int, Any]]
RunJobs = Callable[[], list[str]]


@pytest.fixture
def group(ada: User) -> Group:
    """Return a private group of Ada's."""
    return GroupFactory(owner=ada, name="Early birds")


@pytest.fixture
def invite(ada: User, group: Group, send: Send) -> Callable[..., dict[str, Any]]:
    """Return a function that has Ada make an invitation and returns what she is told."""

    def invite(**body: Any) -> dict[str, Any]:
        status, document = send(ada, "post", f"groups/{group.pk}/invitations/", body)
        assert status == 201, document
        return document

    return invite


Invite = Callable[..., dict[str, Any]]


class TestLinks:
    def test_the_token_is_told_once_and_stored_hashed(self, ada: User, group: Group, send: Send, invite: Invite) -> None:
        document = invite(max_uses=5, expires_at="2026-06-30T00:00:00Z")
        token = document.pop("token")
        assert document == {
            "id": str(Invitation.objects.get().pk),
            "email": None,
            "max_uses": 5,
            "uses": 0,
            "expires_at": "2026-06-30T00:00:00Z",
            "created_by": {"id": str(ada.pk), "display_name": "Ada"},
            "created_at": "2026-06-17T12:00:00Z",
        }
        assert send(ada, "get", f"groups/{group.pk}/invitations/")[1]["results"] == [document]
        assert not any(token in str(value) for row in Invitation.objects.values_list() for value in row)
        assert not OrmQ.objects.exists()

    @pytest.mark.parametrize("policy", JoinPolicy)
    def test_whoever_holds_one_sees_the_group_and_comes_in(
        self, ben: User, group: Group, send: Send, invite: Invite, policy: JoinPolicy
    ) -> None:
        Group.objects.update(join_policy=policy)
        enter(GroupFactory(), ben)  # which makes nobody a member of this one
        token = invite()["token"]
        status, seen = send(ben, "get", f"invitations/{token}/")
        assert (status, seen["name"], seen["my_state"], seen["my_role"]) == (200, "Early birds", "none", None)
        assert send(ben, "get", f"groups/{group.pk}/") == (404, "not_found")
        for _ in range(2):
            status, joined = send(ben, "post", f"invitations/{token}/accept/")
            assert (status, joined["my_state"], joined["member_count"]) == (200, "member", 2)
        assert send(ben, "get", f"groups/{group.pk}/")[1] == joined
        assert Invitation.objects.get().uses == 1

    def test_one_that_is_used_up_invites_nobody_else(
        self, ada: User, ben: User, group: Group, send: Send, invite: Invite
    ) -> None:
        token = invite(max_uses=1)["token"]
        assert send(ben, "post", f"invitations/{token}/accept/")[0] == 200
        carl = UserFactory()
        assert send(carl, "get", f"invitations/{token}/") == (404, "not_found")
        assert send(carl, "post", f"invitations/{token}/accept/") == (404, "not_found")
        assert send(ben, "post", f"invitations/{token}/accept/")[0] == 200  # an answer that was lost
        assert send(ada, "get", f"groups/{group.pk}/invitations/")[1]["count"] == 0
        assert send(ben, "post", f"groups/{group.pk}/leave/")[0] == 204
        assert send(ben, "post", f"invitations/{token}/accept/") == (404, "not_found")

    def test_one_that_has_expired_or_was_ended_is_none(
        self, ada: User, ben: User, group: Group, send: Send, invite: Invite
    ) -> None:
        late, ended = invite(), invite()
        assert send(ada, "delete", f"groups/{group.pk}/invitations/{ended['id']}/")[0] == 204
        assert send(ada, "delete", f"groups/{group.pk}/invitations/{ended['id']}/") == (404, "not_found")
        assert send(ben, "post", f"invitations/{ended['token']}/accept/") == (404, "not_found")
        with time_machine.travel(now() + timedelta(days=7), tick=False):
            assert send(ben, "get", f"invitations/{late['token']}/") == (404, "not_found")
            assert send(ben, "post", f"invitations/{late['token']}/accept/") == (404, "not_found")
            assert send(ada, "get", f"groups/{group.pk}/invitations/")[1]["count"] == 0
            forget_expired_invitations()
        assert not Invitation.objects.exists()

    def test_a_token_that_never_was_is_as_good_as_one_of_a_deleted_group(
        self, ada: User, ben: User, group: Group, send: Send, invite: Invite
    ) -> None:
        token = invite()["token"]
        assert send(ada, "delete", f"groups/{group.pk}/")[0] == 204
        for key in (token, "a" * 43):
            assert (
                send(ben, "get", f"invitations/{key}/") == send(ben, "post", f"invitations/{key}/accept/") == (404, "not_found")
            )
        assert send(ben, "get", "invitations/short/") == (404, "not_found")

    def test_bans_seats_and_limits_hold_for_the_invited_too(
        self, ada: User, ben: User, group: Group, send: Send, invite: Invite, monkeypatch
    ) -> None:
        path = f"invitations/{invite()['token']}/accept/"
        Group.objects.update(max_members=1)
        assert send(ben, "post", path) == (409, "group_full")
        Group.objects.update(max_members=2)
        with monkeypatch.context() as patched:
            patched.setattr(seats, "MAX_GROUPS", 0)
            assert send(ben, "post", path) == (409, "limit_reached")
        enter(group, ben)
        ban_from_group(actor=ada, group_id=group.pk, user_id=ben.pk)
        assert send(ben, "post", path) == (403, "banned")
        assert (Invitation.objects.get().uses, Membership.objects.count()) == (0, 1)

    def test_it_is_found_below_its_own_group_alone(self, ada: User, send: Send, invite: Invite) -> None:
        other, invitation = GroupFactory(owner=ada), invite()
        for key in (invitation["id"], new_id()):
            assert send(ada, "delete", f"groups/{other.pk}/invitations/{key}/") == (404, "not_found")

    def test_there_is_a_limit(self, ada: User, ben: User, group: Group, send: Send, invite: Invite, monkeypatch) -> None:
        monkeypatch.setattr(invitations, "MAX_OPEN_INVITATIONS", 1)
        assert send(ada, "post", f"groups/{GroupFactory(owner=ada).pk}/invitations/", {})[0] == 201  # for each group
        token = invite(max_uses=1)["token"]
        assert send(ada, "post", f"groups/{group.pk}/invitations/", {}) == (409, "limit_reached")
        send(ben, "post", f"invitations/{token}/accept/")
        assert send(ada, "post", f"groups/{group.pk}/invitations/", {})[0] == 201

    @pytest.mark.parametrize(
        ("body", "attr", "code"),
        [
            ({"max_uses": 0}, "max_uses", "min_value"),
            ({"max_uses": 1001}, "max_uses", "max_value"),
            ({"expires_at": "2026-06-17T12:00:00Z"}, "expires_at", "in_the_past"),
            ({"expires_at": "2027-06-18T12:00:00Z"}, "expires_at", "out_of_range"),
            ({"expires_at": None}, "expires_at", "null"),
            ({"email": "nowhere"}, "email", "invalid"),
            ({"email": "eva@example.org", "max_uses": 1}, "max_uses", "not_with_email"),
            ({"role": "admin"}, "role", "unknown_field"),
        ],
    )
    def test_bad_input_is_refused(self, client: Any, group: Group, body: dict[str, Any], attr: str, code: str) -> None:
        answer = client.post(f"/api/v1/groups/{group.pk}/invitations/", body)
        assert answer.status_code == 400
        assert [(fault["attr"], fault["code"]) for fault in answer.json()["errors"]] == [(attr, code)]
        assert not Invitation.objects.exists()


class TestIds:
    def test_the_same_id_invites_once(self, ada: User, ben: User, group: Group, send: Send, invite: Invite) -> None:
        key = str(new_id())
        first = invite(id=key, max_uses=2)
        assert first["id"] == key
        send(ben, "post", f"invitations/{first['token']}/accept/")
        path = f"groups/{group.pk}/invitations/"
        assert send(ada, "post", path, {"id": key, "max_uses": 5}) == (200, first | {"uses": 1})
        assert AuditEntry.objects.filter(action="invited").count() == 1

    def test_an_id_of_another_group_or_admin_is_taken(
        self, ada: User, ben: User, group: Group, send: Send, invite: Invite
    ) -> None:
        enter(group, ben, Role.ADMIN)
        body = {"id": invite()["id"]}
        assert send(ben, "post", f"groups/{group.pk}/invitations/", body) == (409, "id_conflict")
        other = GroupFactory(owner=ada)
        assert send(ada, "post", f"groups/{other.pk}/invitations/", body) == (409, "id_conflict")

    def test_an_id_of_one_that_has_ended_is_gone(self, ada: User, group: Group, send: Send, invite: Invite) -> None:
        key = invite()["id"]
        path = f"groups/{group.pk}/invitations/"
        send(ada, "delete", f"{path}{key}/")
        assert send(ada, "post", path, {"id": key}) == (409, "id_deleted")


class TestPowerThatIsGone:
    """Nobody comes in by the invitation of an admin who is none any more."""

    WAYS: ClassVar = {
        "demoted": lambda send, owner, admin, path: send(owner, "patch", f"{path}members/{admin.pk}/", {"role": "member"}),
        "removed": lambda send, owner, admin, path: send(owner, "delete", f"{path}members/{admin.pk}/"),
        "banned": lambda send, owner, admin, path: send(owner, "delete", f"{path}members/{admin.pk}/?ban=true"),
        "left": lambda send, owner, admin, path: send(admin, "post", f"{path}leave/"),
        "deleted": lambda send, owner, admin, path: send(admin, "delete", "users/me/", {"current_password": PASSWORD}),
    }

    @pytest.mark.parametrize("way", WAYS)
    def test_it_ends_with_the_power(self, ada: User, ben: User, group: Group, send: Send, invite: Invite, way: str) -> None:
        admin, path = UserFactory(), f"groups/{group.pk}/"
        enter(group, admin, Role.ADMIN)
        kept = invite()["token"]
        lost = [send(admin, "post", f"{path}invitations/", body)[1]["token"] for body in ({}, {"email": "eva@example.org"})]
        assert self.WAYS[way](send, ada, admin, path)[0] in (200, 204)
        for token in lost:
            assert send(ben, "get", f"invitations/{token}/") == (404, "not_found")
            assert send(ben, "post", f"invitations/{token}/accept/") == (404, "not_found")
        assert not Invitation.objects.exclude(email="").exists()
        assert send(ben, "post", f"invitations/{kept}/accept/")[0] == 200

    @pytest.mark.parametrize("way", ["demoted", "removed", "banned", "left"])
    def test_the_power_in_another_group_is_another(self, ada: User, ben: User, group: Group, send: Send, way: str) -> None:
        admin = UserFactory()
        other = GroupFactory(owner=admin)
        enter(group, admin, Role.ADMIN)
        token = send(admin, "post", f"groups/{other.pk}/invitations/")[1]["token"]
        assert self.WAYS[way](send, ada, admin, f"groups/{group.pk}/")[0] in (200, 204)
        assert send(ben, "post", f"invitations/{token}/accept/")[0] == 200

    def test_an_owner_who_becomes_an_admin_goes_on_inviting(self, ada: User, ben: User, group: Group, send: Send) -> None:
        founder, path = UserFactory(), f"groups/{group.pk}/"
        enter(group, founder, Role.OWNER)
        token = send(founder, "post", f"{path}invitations/", {})[1]["token"]
        assert send(ada, "patch", f"{path}members/{founder.pk}/", {"role": "admin"})[0] == 200
        assert send(ben, "post", f"invitations/{token}/accept/")[0] == 200


class TestMails:
    ADDRESS = "eva@example.org"

    def test_neither_token_nor_address_lies_in_the_queue(self, invite: Invite, run_jobs: RunJobs, settings) -> None:
        settings.FRONTEND_URL = "https://app.example"
        token = invite(email=self.ADDRESS)["token"]
        (job,) = OrmQ.objects.all()
        assert SignedPackage.loads(job.payload)["kwargs"] == {"invitation_id": str(Invitation.objects.get().pk)}
        assert run_jobs() == ["groups.jobs.send_invitation"]
        (message,) = mail.outbox
        assert message.to == [self.ADDRESS]
        assert f"https://app.example/invitations/#token={token}\n" in message.body
        assert not any(word in message.subject + message.body for word in ("Early birds", "Ada", "ada"))

    def test_without_a_front_end_it_leads_to_a_page_of_ours(self, invite: Invite, run_jobs: RunJobs, settings) -> None:
        settings.PUBLIC_URL = "https://habits.example"
        token = invite(email=self.ADDRESS)["token"]
        run_jobs()
        assert f"https://habits.example/invitations/#token={token}\n" in mail.outbox[0].body
        assert f"\n{token}\n" in mail.outbox[0].body

    def test_repeating_it_mails_nothing_again(
        self, invite: Invite, ada: User, group: Group, send: Send, run_jobs: RunJobs
    ) -> None:
        body = {"id": str(new_id()), "email": self.ADDRESS}
        first = invite(**body)
        assert send(ada, "post", f"groups/{group.pk}/invitations/", body) == (200, first)
        run_jobs()
        assert len(mail.outbox) == Invitation.objects.count() == 1

    def test_it_is_for_one_who_is_forgotten_then(
        self, ada: User, ben: User, group: Group, send: Send, invite: Invite, run_jobs: RunJobs
    ) -> None:
        document = invite(email=self.ADDRESS)
        assert (document["email"], document["max_uses"]) == (self.ADDRESS, 1)
        assert send(ben, "post", f"invitations/{document['token']}/accept/")[0] == 200
        assert Invitation.objects.get().email == Invitation.objects.get().email_key == ""
        run_jobs()
        assert mail.outbox == []

    def test_one_that_has_ended_is_not_mailed(
        self, ada: User, group: Group, send: Send, invite: Invite, run_jobs: RunJobs
    ) -> None:
        document = invite(email=self.ADDRESS)
        send(ada, "delete", f"groups/{group.pk}/invitations/{document['id']}/")
        assert run_jobs() == ["groups.jobs.send_invitation"]
        assert mail.outbox == []

    def test_mails_are_limited_and_links_are_not(self, ada: User, group: Group, send: Send, settings) -> None:
        settings.LIMITS = {**settings.LIMITS, "LIMIT_MAIL_USER": Rate(1, 60)}
        path = f"groups/{group.pk}/invitations/"
        answers = [send(ada, "post", path, body)[0] for body in ({"email": "a@example.org"}, {"email": "b@example.org"}, {})]
        assert answers == [201, 429, 201]

    def test_an_address_goes_with_its_account(self, ada: User, invite: Invite) -> None:
        eva = UserFactory(email="Eva@example.org")
        invite(email="eva@EXAMPLE.org")
        delete_account(user_id=eva.pk, current_password=PASSWORD)
        assert not Invitation.objects.exists()
