"""The to-do page in a real browser, if there is one: no complaint of its policy, and the buttons work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.test_todo import TODOS

from tympan.todo import page

fcntl = pytest.importorskip("fcntl")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None or os.name == "nt", reason="no Chromium: apt-get install chromium"),
]


class Browser:
    """Chromium, spoken to over its debugging pipe: JSON objects that end with a zero."""

    def __init__(self, profile: Path) -> None:
        assert CHROMIUM
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        flags = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--remote-debugging-pipe",
        ]

        def place() -> None:
            # The pipe is wanted as 3 and 4, where something else may be.
            ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 100) for end in (theirs_in, theirs_out)]
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        self._process = subprocess.Popen(
            [CHROMIUM, *flags, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(3, 4),
            preexec_fn=place,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._rest, self._count, self.session = b"", 0, ""
        self.said: list[str] = []

    def ask(self, method: str, **params: Any) -> Any:
        """Call a method and wait for its answer; what the page complains of meanwhile is kept."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            found = self._next()
            if found.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown"):
                self.said.append(json.dumps(found["params"]))
            if found.get("id") == self._count:
                assert "error" not in found, found
                return found["result"]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._from, 65536)
            assert more, "the browser has ended"
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(line)
        return found

    def value(self, code: str) -> Any:
        """What an expression of JavaScript comes to in the page."""
        said = self.ask(
            "Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True, userGesture=True
        )
        return said["result"].get("value")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._to)
        os.close(self._from)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    made = Browser(tmp_path / "profile")
    try:
        yield made
    finally:
        made.close()


def test_the_page_works_under_its_own_policy(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "todo.html"
    path.write_text(page(TODOS, "brand"))
    target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
    browser.session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ("Page", "Runtime", "Log"):
        browser.ask(f"{domain}.enable")
    browser.ask("Page.navigate", url=path.as_uri())
    ready = "new Promise(done => document.readyState === 'complete' ? done(1) : addEventListener('load', () => done(1)))"
    browser.value(ready)
    assert browser.value("document.querySelectorAll('button').length") == 3
    assert browser.value("getComputedStyle(document.querySelector('button')).cursor") == "pointer"
    browser.value("document.querySelector('button').click()")
    browser.value("new Promise(done => setTimeout(done, 200))")
    assert browser.value("document.querySelector('button').textContent") == "Copied"
    browser.value("document.querySelector('input').click()")
    assert browser.value("document.getElementById('done').textContent") == "1 of 3 ticked off"
    assert browser.value("document.documentElement.scrollWidth <= innerWidth") is True
    assert browser.said == []
    for scheme in ("light", "dark"):
        browser.ask(
            "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}]
        )
        ground = browser.value("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(246, 245, 242)", "dark": "rgb(22, 24, 28)"}[scheme]
