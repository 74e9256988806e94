"""The documents keep their word: the README's tour runs as it stands, links lead somewhere, every error code is explained."""

import os
import re
import shutil
import subprocess
import urllib.request
from inspect import getdoc
from pathlib import Path
from typing import NamedTuple

import pytest

from config.rest.problems import all_kinds
from tests.tools import report_missing

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
SHOWN_ADDRESS = "127.0.0.1:8000"
TOUR_SECONDS = 120
CURL_HTTP_ERROR = 22

FENCED = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
KEY = re.compile(r'"(\w+)":')


class Step(NamedTuple):
    """One block of commands, whether the service is to refuse it, and the answer that the README shows, if any."""

    commands: str
    is_refused: bool
    shown: str


def read_tour(document: str = "README.md") -> list[Step]:
    blocks = [(match["kind"], match["text"]) for match in FENCED.finditer((ROOT / document).read_text())]
    shown = {index: text for index, (kind, text) in enumerate(blocks) if not kind}
    return [
        Step(text, kind == "sh tour refused", shown.get(index + 1, ""))
        for index, (kind, text) in enumerate(blocks)
        if kind.startswith("sh tour")
    ]


def script_of(steps: list[Step], address: str) -> str:
    """One shell for all steps, which announces each, stops at the first that fails, and takes an HTTP error for a failure."""
    lines = ["set -o pipefail"]
    for number, step in enumerate(steps):
        code = CURL_HTTP_ERROR if step.is_refused else 0
        commands = step.commands if step.is_refused else f"set -e\n{step.commands}set +e\n"
        lines.append(f"echo '::: {number}'\n{commands}[ $? = {code} ] || exit 1")
    return "\n".join(lines).replace(SHOWN_ADDRESS, address)


def take(steps: list[Step], address: str, tmp_path: Path) -> list[str]:
    """Take the steps as they stand, and return the answer to each."""
    for tool in ("bash", "curl"):
        if shutil.which(tool) is None:
            report_missing(f"The tour takes {tool}.")
    # A clone, as far as the tour looks at it.
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    (tmp_path / ".curlrc").write_text("fail-with-body\n")
    done = subprocess.run(
        ["bash", "-c", script_of(steps, address).replace("/tmp/", f"{tmp_path}/")],
        cwd=tmp_path,
        env=os.environ | {"CURL_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=TOUR_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr}"

    return re.split(r"^::: \d+\n", done.stdout, flags=re.MULTILINE)[1:]


@pytest.mark.slow
def test_the_tour_works_word_for_word(address, tmp_path):
    steps = read_tour()
    assert len(steps) >= 9
    answers = take(steps, address, tmp_path)
    for step, answer in zip(steps, answers, strict=True):
        assert set(KEY.findall(step.shown)) <= set(KEY.findall(answer)), step.commands
    assert '"username": "ada"' in answers[1]
    for picture in ("heatmap.svg", "trends.svg"):
        assert (tmp_path / picture).read_text().startswith("<svg ")


@pytest.mark.slow
def test_the_month_of_a_challenge_works_word_for_word(address, tmp_path):
    abbreviations, *_ = read_tour()
    steps = read_tour("docs/api.md")
    assert len(steps) == 3
    _, start, month, winners = take([abbreviations, *steps], address, tmp_path)
    assert start == ""
    assert '"score": "1"' in month
    assert '"status": "completed"' in month
    assert '"rank": 1' in winners
    assert '"step": "finished"' in winners


@pytest.mark.slow
def test_the_pages_named_in_the_readme_are_there(address):
    pages = set(re.findall(rf"<http://{SHOWN_ADDRESS}(/[^>]+)>", (ROOT / "README.md").read_text()))
    assert pages >= {"/api/docs/", "/api/redoc/", "/api/schema/"}
    for page in pages:
        with urllib.request.urlopen(f"http://{address}{page}", timeout=30) as answer:
            assert answer.status == 200


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text()):
        if "://" not in target:
            assert (document.parent / target).exists(), target


def test_every_error_code_is_explained_as_by_its_class():
    rows = [f"| `{kind.code}` | {kind.status} | {getdoc(kind)} |" for kind in all_kinds()]
    explained = re.findall(r"^\| `.*", (ROOT / "docs/errors.md").read_text(), re.MULTILINE)
    assert explained == rows, "\n".join(rows)
