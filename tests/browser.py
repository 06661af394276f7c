"""A real Chromium for tests of pages, spoken to over its debugging pipe.

`CHROMIUM` is None where there is none: skip with NO_CHROMIUM as the reason.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NO_CHROMIUM = "no Chromium: apt-get install chromium"
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--remote-debugging-pipe",
    # Its own calls home are no requests of a page.
    "--disable-background-networking",
    "--disable-component-update",
)
_KEYS = {
    "Enter": (13, "\r"), "Escape": (27, ""), "Tab": (9, ""), "ArrowLeft": (37, ""), "ArrowUp": (38, ""),
    "ArrowRight": (39, ""), "ArrowDown": (40, ""), "Home": (36, ""), "End": (35, ""),
}  # fmt: skip


class Browser:
    """Chromium. said: what pages complained of. asked: every address that a page has asked for."""

    def __init__(self, profile: Path) -> None:
        import fcntl

        assert CHROMIUM
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()

        def place() -> None:
            # The pipe is wanted as 3 and 4, where something else may be.
            ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 100) for end in (theirs_in, theirs_out)]
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        self._process = subprocess.Popen(
            [CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(3, 4),
            preexec_fn=place,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.pid = self._process.pid
        self._rest, self._count, self.session = b"", 0, ""
        self.said: list[str] = []
        self.asked: list[str] = []

    def ask(self, method: str, **params: Any) -> Any:
        """Call a method and wait for its answer; what the page complains of meanwhile is kept."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._to, data) :]
        while True:
            found = self._next()
            if found.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown"):
                self.said.append(json.dumps(found["params"]))
            if found.get("method") == "Network.requestWillBeSent":
                self.asked.append(found["params"]["request"]["url"])
            if found.get("id") == self._count:
                assert "error" not in found, found
                return found["result"]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._from, 1 << 20)
            assert more, "the browser has ended"
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(line)
        return found

    def page(self, address: str, width: int = 1440, height: int = 900, *, phone: bool = False) -> None:
        """A new tab of this size, with the page loaded."""
        self.session = ""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        self.resize(width, height, phone=phone)
        self.ask("Page.navigate", url=address)
        self.loaded()

    def resize(self, width: int, height: int, *, phone: bool = False) -> None:
        """Another size of the window, in CSS px."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )

    def loaded(self) -> None:
        """Wait until the page has loaded."""
        self.until("document.readyState === 'complete'")

    def until(self, code: str, seconds: float = 20) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + seconds
        while not self.value(code):
            assert time.monotonic() < end, f"never true: {code}"
            time.sleep(0.03)

    def value(self, code: str) -> Any:
        """What an expression of JavaScript comes to in the page."""
        said = self.ask(
            "Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True, userGesture=True
        )
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press keys one after the other: names such as "Enter", or single letters."""
        for key in keys:
            shift = key.startswith("Shift+")
            name = key.removeprefix("Shift+")
            code, text = _KEYS.get(name, (ord(name[:1].upper()), name))
            common = {"key": name, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
            if len(name) == 1:
                common["code"] = f"Key{name.upper()}" if name.isalpha() else f"Digit{name}"
            else:
                common["code"] = name
            self.ask("Input.dispatchKeyEvent", type="keyDown", **({"text": text} if text else {}), **common)
            self.ask("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text: str) -> None:
        """Type text where the focus is."""
        self.ask("Input.insertText", text=text)

    def click(self, x: float, y: float) -> None:
        """Click a place of the window, in CSS px."""
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            button = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **button)

    def theme(self, name: str) -> None:
        """Ask for "light" or "dark"."""
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def shot(self, path: Path, *, whole: bool = False) -> None:
        """A picture of the window, or of the whole page, as PNG."""
        more: dict[str, Any] = {}
        if whole:
            size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
            more = {"captureBeyondViewport": True, "clip": {**size, "x": 0, "y": 0, "scale": 1}}
        data = self.ask("Page.captureScreenshot", format="png", **more)["data"]
        path.write_bytes(base64.b64decode(data))

    def download(self, folder: Path, act: Callable[[], None]) -> Path:
        """The file that something makes the page save."""
        folder.mkdir(exist_ok=True)
        session, self.session = self.session, ""
        self.ask(
            "Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder), eventsEnabled=True
        )
        self.session = session
        before = set(folder.iterdir())
        act()
        end = time.monotonic() + 20
        while True:
            found = [each for each in set(folder.iterdir()) - before if each.suffix != ".crdownload"]
            if found:
                return found[0]
            assert time.monotonic() < end, "nothing was saved"
            time.sleep(0.05)

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        os.close(self._to)
        os.close(self._from)
