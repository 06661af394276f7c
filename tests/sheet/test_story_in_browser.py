"""A person takes an illustration from its first candidates to an approved poster, in a real browser.

Once on pages opened from the disk, with files that are mailed back, and once on the review server.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.axe import faults
from tests.browser import CHROMIUM, NO_CHROMIUM, Browser
from tests.conftest import Project
from tests.sheet.studio import ASSET, studio

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None or os.name == "nt", reason=NO_CHROMIUM),
]
CURRENT = "document.querySelector('.card.current .open').getAttribute('aria-label')"


@pytest.fixture
def work(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("TYMPAN_HOME", str(tmp_path / "home"))
    studio(tmp_path / "project")
    made = Project(tmp_path / "project", capsys)
    assert made.run("explore", ASSET).code == 0
    return made


def decided(work: Project) -> list[dict[str, object]]:
    path = work.root / f"specs/{ASSET}.decisions.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def tab_to(browser: Browser, wanted: str) -> None:
    """Press Tab until the focus is on what a selector means."""
    for _ in range(60):
        browser.press("Tab")
        if browser.value(f"document.activeElement.matches({wanted!r})"):
            return
    raise AssertionError(f"Tab never comes to {wanted}")


def outline(browser: Browser) -> str:
    """The ring around what has the focus, or around its card."""
    code = "(e => [e, e.closest('.card, .target')].filter(Boolean).map(x => getComputedStyle(x).outlineStyle).join())"
    return str(browser.value(f"{code}(document.activeElement)"))


def choose(browser: Browser) -> None:
    """Shortlist three of twelve and select one with a reason, by keyboard alone."""
    tab_to(browser, ".card .open")
    assert "solid" in outline(browser), "one sees where the focus is"
    browser.press("4", "l", "ArrowRight", "2", "l", "ArrowRight", "x", "ArrowRight", "5", "l", "s")
    assert browser.value(CURRENT) == "Candidate 4, 5 stars, selected. Open"
    tab_to(browser, ".card.current textarea")
    browser.type("The door reads at once.")
    browser.press("Tab")
    browser.value("document.querySelector('.card.current .open').focus()")


def compare(browser: Browser) -> None:
    """Two side by side, zoomed together."""
    browser.press("c", "ArrowLeft", "ArrowLeft", "c")
    browser.until("document.querySelectorAll('.comparison .canvas img').length === 2")
    assert faults(browser) == []
    before = browser.value("document.querySelector('.comparison .canvas').offsetWidth")
    browser.press("+", "+", "ArrowRight")
    widths = browser.value("[...document.querySelectorAll('.comparison .canvas')].map(e => e.style.width)")
    lefts = browser.value("[...document.querySelectorAll('.comparison .canvas')].map(e => e.style.left)")
    assert widths[0] == widths[1]
    assert lefts[0] == lefts[1]
    assert float(widths[0].removesuffix("px")) > 2 * before
    browser.press("Escape")
    browser.until("!document.querySelector('dialog[open]')")


def comment(browser: Browser) -> None:
    """Open the selected one, and pin a comment to a place with the arrow keys."""
    browser.value(
        "[...document.querySelectorAll('.card .open')].find(e => /, selected/.test(e.ariaLabel)).focus()"
    )
    browser.press("Enter")
    browser.until("document.querySelector('dialog.viewer[open] .canvas img')?.naturalWidth > 600")
    browser.press("m", "ArrowRight", "ArrowRight", "ArrowUp", "Enter")
    browser.type("Make this handle brass")
    browser.press("Enter")
    assert browser.value("document.querySelector('.pin').textContent") == "1"
    assert faults(browser) == []
    browser.press("Escape")
    browser.until("!document.querySelector('dialog[open]')")


def only_from(browser: Browser, start: str) -> None:
    """No request left for anywhere else, and nothing was complained of."""
    assert [each for each in browser.asked if not each.startswith((start, "data:", "blob:"))] == []
    assert browser.said == []


def save(browser: Browser, folder: Path) -> Path:
    browser.value("document.getElementById('name').focus()")
    browser.type("Mara Lind")
    tab_to(browser, "#save")
    return browser.download(folder, lambda: browser.press("Enter"))


def test_from_brief_to_approved_poster_by_mail(work: Project, browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "round-1.html"
    ran = work.run("sheet", ASSET, "-o", str(page), "--note", "Dear Mara, please select one.")
    assert "12 pictures" in ran.out
    browser.page(page.as_uri())
    assert browser.value("document.querySelectorAll('.card').length") == 12
    assert "prompt" not in page.read_text().partition('id="sheet">')[2][:20_000].lower()
    assert faults(browser) == []
    choose(browser)
    compare(browser)
    comment(browser)

    browser.page(page.as_uri())
    labels = browser.value("[...document.querySelectorAll('.card .open')].map(e => e.ariaLabel)")
    assert "Candidate 4, 5 stars, selected, 1 comment. Open" in labels, "a closed tab loses nothing"
    answer = save(browser, tmp_path / "downloads")
    only_from(browser, "file://")

    ran = work.run("review", "import", str(answer))
    assert ran.code == 0, ran.err
    assert "candidate 4 of source is selected: The door reads at once." in ran.out
    found = decided(work)
    assert {each["by"] for each in found} == {"Mara Lind"}
    assert all(each["claimed"] for each in found)
    assert [each["candidate"] for each in found if each["did"] == "shortlist"] == [1, 2]
    [pinned] = [each for each in found if each["did"] == "comment"]
    assert pinned["place"] == [0.55, 0.475]
    assert pinned["why"] == "Make this handle brass"

    again = work.run("review", "import", str(answer))
    assert again.code == 0
    assert decided(work) == found, "twice is as good as once"

    assert work.run("refine", ASSET).code == 0
    refined(work, browser, tmp_path)
    approved(work, browser, tmp_path)


def refined(work: Project, browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "round-2.html"
    assert work.run("sheet", ASSET, "-o", str(page), "--only", "candidates").code == 0
    browser.page(page.as_uri())
    assert browser.value("[...document.querySelectorAll('h3')].map(e => e.textContent)")[:2] == [
        "Candidates",
        "Refinement 1",
    ]
    browser.value("document.querySelectorAll('.step')[1].querySelector('.card .open').focus()")
    browser.press("ArrowRight", "s")
    ran = work.run("review", "import", str(save(browser, tmp_path / "downloads")))
    assert "candidate 2 of refine.1 is selected" in ran.out


def approved(work: Project, browser: Browser, tmp_path: Path) -> None:
    assert work.run("build").code == 0
    page = tmp_path / "round-3.html"
    assert work.run("sheet", ASSET, "-o", str(page), "--only", "outputs").code == 0
    browser.page(page.as_uri())
    assert browser.value("document.querySelectorAll('.target').length") == 3
    assert "soft proof through ISO Coated v2 300%" in browser.value("document.body.innerText")
    assert faults(browser) == []
    for _ in range(3):
        tab_to(browser, ".target .open")
        browser.press("a")
    ran = work.run("review", "import", str(save(browser, tmp_path / "downloads")))
    assert "poster is approved" in ran.out
    assert "approved" in work.run("status", ASSET).out
    only_from(browser, "file://")
    shipped(work, tmp_path / "handover")


def test_from_brief_to_approved_poster_on_the_server(work: Project, browser: Browser, tmp_path: Path) -> None:
    program = "from tympan.start import main; main()"
    command = [sys.executable, "-c", program, "-C", str(work.root), "review", "--print-url", ASSET]
    environment = {**os.environ, "TYMPAN_HOME": str(tmp_path / "home"), "GIT_AUTHOR_NAME": "Jo"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout
            address = server.stdout.readline().strip()
            start = address[: address.index("/", 8)]
            browser.page(address)
            assert faults(browser) == []
            choose(browser)
            compare(browser)
            comment(browser)
            on_record(work, "comment")
            browser.value("line.then(() => 1)")
            chosen = [each for each in decided(work) if each["did"] == "select"][-1]
            assert (chosen["candidate"], chosen["why"]) == (4, "The door reads at once.")
            assert work.run("refine", ASSET).code == 0
            browser.page(address)
            browser.value("document.querySelectorAll('.step')[1].querySelector('.card .open').focus()")
            browser.press("s")
            on_record(work, "refine.1")
            browser.value("line.then(() => 1)")  # the server is done with it, and lets others build
            assert work.run("build").code == 0
            browser.page(address)
            browser.until("document.querySelectorAll('.target').length === 3")
            assert browser.value(f"fetch('{start}/').then(r => r.status)") == 404
            browser.asked.remove(f"{start}/")
            browser.said.clear()
            for _ in range(3):
                tab_to(browser, ".target .open")
                browser.press("a")
            on_record(work, '"poster"')
            only_from(browser, start)
        finally:
            server.terminate()
    assert "approved" in work.run("status", ASSET).out
    shipped(work, tmp_path / "handover")


def test_the_keyboard_reaches_every_control(work: Project, browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "sheet.html"
    assert work.run("sheet", ASSET, "-o", str(page)).code == 0
    browser.page(page.as_uri())
    controls = "button, input, select, textarea, summary, a[href], [tabindex='0']"
    seen = "e => e.offsetParent !== null && !e.disabled && e.tabIndex >= 0"
    count = browser.value(f'[...document.querySelectorAll("{controls}")].filter({seen}).length')
    browser.value("window.reached = new Set(); 0")
    browser.value("document.addEventListener('focusin', e => window.reached.add(e.target)); 0")
    for _ in range(count + 5):
        browser.press("Tab")
    missed = browser.value(
        f'[...document.querySelectorAll("{controls}")].filter({seen}).filter(e => !window.reached.has(e))'
        ".map(e => e.outerHTML.slice(0, 120))"
    )
    assert count > 10
    assert missed == []


def shipped(work: Project, folder: Path) -> None:
    """What was approved leaves the house."""
    assert work.run("ship", str(folder), ASSET).code == 0
    told = json.loads((folder / "manifest.json").read_text())
    assert len(told["files"]) >= 3
    assert work.run("ship", "--check", str(folder)).code == 0


def on_record(work: Project, words: str) -> None:
    """Wait until a decision with these words is beside the spec."""
    path = work.root / f"specs/{ASSET}.decisions.jsonl"
    end = time.monotonic() + 20
    while not (path.exists() and words in path.read_text()):
        assert time.monotonic() < end, f"never on record: {words}"
        time.sleep(0.05)
