"""The page of `tympan diff` in a real browser: its policy holds, and every way to compare works."""

from __future__ import annotations

from pathlib import Path

from tests.cli.test_changed_since import git
from tests.cli.test_diff import kept  # noqa: F401
from tests.conftest import BELL, Project
from tests.test_todo_in_browser import Browser, pytestmark

__all__ = ["git", "pytestmark"]


def test_slider_onion_and_heat(kept: Project, browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    kept.write("assets/refs/home.svg", BELL)
    kept.run("build")
    assert kept.run("diff", "--html", str(tmp_path / "review")).code == 0
    target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
    browser.session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ("Page", "Runtime", "Log"):
        browser.ask(f"{domain}.enable")
    browser.ask("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True)
    browser.ask("Page.navigate", url=(tmp_path / "review/index.html").as_uri())
    browser.value(
        "new Promise(done => document.readyState === 'complete' ? done(1) : addEventListener('load', () => done(1)))"
    )
    seen = "[...document.querySelectorAll('#c0 figure')].filter(e => e.offsetParent).map(e => e.className).join()"
    shape = "getComputedStyle(document.querySelector('#c0 .after')).clipPath"
    assert browser.value(seen) == "before,after,heat"
    browser.value("document.querySelector('#c0 [data-view=slider]').click()")
    assert browser.value(seen) == "before,after"
    assert "50%" in browser.value(shape)
    browser.value(
        "{const r = document.querySelector('#c0 input'); r.value = 20; r.dispatchEvent(new Event('input'))}"
    )
    assert "20%" in browser.value(shape)
    browser.value("document.querySelector('#tools [data-view=heat]').click()")
    assert browser.value(seen) == "heat"
    browser.value("document.querySelector('#tools [data-view=onion]').click()")
    assert browser.value("getComputedStyle(document.querySelector('#c0 .after img')).opacity") == "0.2"
    assert browser.value("document.documentElement.scrollWidth <= innerWidth") is True
    assert browser.said == []
