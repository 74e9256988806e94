"""The pages that show the OpenAPI document, in a real browser."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import send

pytestmark = pytest.mark.slow

PATIENCE = 90_000  # milliseconds: Redoc draws all operations before it shows any, on a busy machine slowly
CREDENTIALS = {"username": "ada", "password": "correct horse battery"}
HABIT = "Read <b>thirty</b> pages"


@pytest.fixture(scope="session", autouse=True)
def user(server: str) -> None:
    """Register a user with one habit."""
    send(server, "users/", CREDENTIALS | {"email": "ada@example.org"})
    token = send(server, "auth/token/", CREDENTIALS)["access"]
    send(server, "habits/", {"name": HABIT, "frequency": "daily"}, token)


def open_operation(page: Page, tag: str, operation: str) -> Locator:
    block = page.locator(f"#operations-{tag}-{operation}")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    return block


def execute(block: Locator) -> tuple[str, Any]:
    """Send the request of an opened operation, and return the status and the JSON that the page shows."""
    block.get_by_role("button", name="Execute").click()
    answer = block.locator(".live-responses-table tbody tr.response")
    body = answer.locator(".response-col_description pre").first
    expect(body).to_be_visible(timeout=PATIENCE)
    return answer.locator(".response-col_status").inner_text().split()[0], json.loads(body.inner_text())


def test_an_operation_is_tried_in_swagger_ui(page: Page, tmp_path: Path) -> None:
    page.goto("/api/docs/")
    expect(page).to_have_title("Habits")
    for operation in ("users-user_create", "habits-habit_list", "habits-agenda_retrieve", "habits-log_update"):
        expect(page.locator(f"#operations-{operation}")).to_be_visible()
    page.screenshot(path=tmp_path / "operations.png")

    login = open_operation(page, "users", "token_create")
    login.locator("textarea.body-param__text").fill(json.dumps(CREDENTIALS))
    status, tokens = execute(login)
    login.screenshot(path=tmp_path / "login.png")
    assert (status, set(tokens)) == ("200", {"access", "refresh"})

    page.get_by_role("button", name="Authorize").click()
    dialog = page.locator(".modal-ux")
    dialog.locator("input").fill(tokens["access"])
    dialog.get_by_role("button", name="Apply credentials").click()
    page.screenshot(path=tmp_path / "authorized.png")
    dialog.get_by_role("button", name="Close", exact=True).click()

    listing = open_operation(page, "habits", "habit_list")
    status, habits = execute(listing)
    listing.screenshot(path=tmp_path / "habits.png")
    assert (status, [habit["name"] for habit in habits["results"]]) == ("200", [HABIT])


def test_redoc_shows_every_operation(page: Page, tmp_path: Path) -> None:
    page.goto("/api/redoc/")
    expect(page).to_have_title("Habits")
    document = page.request.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    for operation in (operation for item in document["paths"].values() for operation in item.values()):
        section = page.locator(f"[id='tag/{operation['tags'][0]}/operation/{operation['operationId']}']")
        expect(section.get_by_role("heading", level=2)).to_contain_text(operation["summary"], timeout=PATIENCE)
    page.screenshot(path=tmp_path / "redoc.png")
    page.locator("[id='tag/habits/operation/habit_create']").scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / "habit_create.png")


def test_the_type_of_a_problem_leads_to_its_explanation(page: Page, tmp_path: Path) -> None:
    problem = page.request.get("/api/v1/habits/").json()
    page.goto(problem["type"])
    expect(page).to_have_title("Error codes")
    entry = page.locator(f"#{problem['code']}")
    expect(entry).to_be_in_viewport()
    expect(entry).to_contain_text("401")
    assert entry.evaluate("entry => entry.matches(':target') && getComputedStyle(entry).borderLeftStyle") == "solid"
    page.screenshot(path=tmp_path / "errors.png")
