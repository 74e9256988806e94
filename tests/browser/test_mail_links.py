"""The pages to which the links of mails lead, in a real browser."""

import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, send

pytestmark = pytest.mark.slow

MAKE_LINK = """
from django.contrib.auth.tokens import default_token_generator
from users.models import User
user = User.objects.get(username="linus")
print(user.pk, default_token_generator.make_token(user))
"""
PASSWORD = "correct horse battery"
UID = "019a9e5c-7a31-7c4e-9d52-3f1b6d0c8e21"


@pytest.mark.parametrize("path", ["verify-email", "reset-password"])
def test_the_button_sends_what_the_link_carries_and_the_address_forgets_it(page: Page, path: str) -> None:
    with page.expect_response("**/static/users/link.js"):
        page.goto(f"/account/{path}/#uid={UID}&token=forged")
    if path == "reset-password":
        page.get_by_label("New password").fill("staple the next horse")
    sent = []
    page.route("**/api/v1/auth/**", lambda route: (sent.append(route.request.post_data_json), route.fulfill(status=204)))
    page.get_by_role("button").click()
    expect(page.get_by_role("status")).not_to_be_empty()
    expect(page.get_by_role("button")).to_have_count(0)
    assert "forged" not in page.url
    assert [(body["uid"], body["token"]) for body in sent] == [(UID, "forged")]


def register(server: str, name: str) -> str:
    """Register somebody; return an access token."""
    send(server, "users/", {"username": name, "email": f"{name}@example.org", "password": PASSWORD})
    return str(send(server, "auth/token/", {"username": name, "password": PASSWORD})["access"])


def log_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("Name or email").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button").click()


def test_an_invitation_by_the_page(page: Page, server: str) -> None:
    host, guest = register(server, "grace"), register(server, "hedy")
    group = send(server, "groups/", {"name": "Early <b>birds</b>"}, token=host)
    token = send(server, f"groups/{group['id']}/invitations/", {"max_uses": 1}, token=host)["token"]
    page.goto(f"/invitations/#token={token}")
    log_in(page, "hedy", "wrong")
    expect(page.get_by_role("status")).to_have_text("The name or the password is wrong.")
    log_in(page, "hedy", PASSWORD)
    expect(page.get_by_role("status")).to_have_text("You are a member of Early <b>birds</b> now.")
    assert token not in page.url
    assert send(server, "groups/", token=guest)["results"][0]["my_role"] == "member"
    assert len(send(server, "auth/sessions/", token=guest)["results"]) == 1  # the page logged itself out


def test_an_invitation_that_is_none(page: Page, server: str) -> None:
    register(server, "joan")
    page.goto(f"/invitations/#token={'a' * 43}")
    log_in(page, "joan", PASSWORD)
    expect(page.get_by_role("status")).to_contain_text("not valid any more")


@pytest.fixture
def reset_link(server: str, server_environment: dict[str, str]) -> tuple[str, str]:
    """Register somebody; return what the mail's link carries."""
    send(server, "users/", {"username": "linus", "email": "linus@example.org", "password": PASSWORD})
    made = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", MAKE_LINK],
        cwd=ROOT,
        env=server_environment,
        capture_output=True,
        text=True,
        check=True,
    )
    uid, token = made.stdout.split()
    return uid, token


def test_a_new_password_by_the_page(page: Page, server: str, reset_link: tuple[str, str]) -> None:
    uid, token = reset_link
    page.goto(f"/account/reset-password/#uid={uid}&token={token}")
    page.get_by_label("New password").fill("staple the next horse")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("status")).to_have_text("The password is set. You can log in with it now.")
    assert send(server, "auth/token/", {"username": "linus", "password": "staple the next horse"})["access"]
