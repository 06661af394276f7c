"""Take the pictures of the sheet and of the review page that the how-to shows, in a real Chromium.

Usage: python docs/pages.py, from the root; needs Chromium and the test group. Writes docs/images/sheet-*.webp.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.browser import Browser
from tests.sheet.studio import ASSET, ROOT, studio

VERB = [str(Path(sys.executable).parent / "tympan")]
IMAGES = ROOT / "docs/images"
NOTE = (
    "Dear Mara, here are twelve directions for the new onboarding picture. Please shortlist up to three, and "
    "select the one we should go on with. The door has to read at phone size.\nWarm regards, Jo"
)
CARD = "[...document.querySelectorAll('.card .open')].filter(e => e.offsetParent)"


class Shooting:
    """A browser with a page of the studio's project in it, at two widths."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        studio(self.root)
        self.browser = Browser(folder / "profile")
        self._shot = folder / "shot.png"

    def run(self, *words: str) -> None:
        """A verb in the project."""
        subprocess.run([*VERB, "-C", str(self.root), *words], check=True, capture_output=True)

    def both(self, name: str, act: Callable[[], None] = lambda: None, *, theme: str = "light") -> None:
        """A picture at 1440 px and one at 390 px, each after something was done."""
        for width, height, phone in ((1440, 900, False), (390, 844, True)):
            self.browser.resize(width, height, phone=phone)
            self.browser.theme(theme)
            act()
            self.browser.until("[...document.images].every(e => !e.src || e.complete)")
            time.sleep(4)  # the last message has gone by then
            self.browser.shot(self._shot)
            self._keep(f"{name}-{width}", 1200 if width > 1000 else 585)

    def _keep(self, name: str, width: int) -> None:
        with Image.open(self._shot) as image:
            size = (width, round(image.height * width / image.width))
            small = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
        kept = io.BytesIO()
        small.save(kept, "WEBP", quality=72, method=6)
        (IMAGES / f"{name}.webp").write_bytes(kept.getvalue())
        sys.stdout.write(f"docs/images/{name}.webp: {len(kept.getvalue()) / 1000:.0f} kB\n")


def choose(browser: Browser) -> None:
    """What a client does on the first sheet."""
    browser.value(f"{CARD}[0].focus()")
    browser.press("4", "l", "ArrowRight", "2", "ArrowRight", "x", "ArrowRight", "3", "l")
    browser.value(f"{CARD}[6].focus()")
    browser.press("5", "s")
    browser.value("document.querySelector('.card.current textarea').focus()")
    browser.type("The door reads at once, and the parcel is the hero.")
    browser.value(f"{CARD}[6].focus()")


def candidates(shooting: Shooting, folder: Path) -> None:
    """The sheet as it comes, decided on, one picture large, two compared."""
    browser = shooting.browser
    page = folder / "sheet.html"
    shooting.run("explore", ASSET)
    shooting.run("sheet", ASSET, "-o", str(page), "--note", NOTE)
    browser.page(page.as_uri())
    shooting.both("sheet-open")
    browser.resize(1440, 900)
    choose(browser)
    shooting.both("sheet-decided", lambda: browser.value(f"{CARD}[0].scrollIntoView(), scrollBy(0, 90)"))

    def pin() -> None:
        if browser.value("!document.querySelector('dialog[open]')"):
            browser.value(f"{CARD}[6].click()")
            browser.press("m", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft", "Enter")
            browser.type("Make this handle brass, please")
            browser.press("Enter")

    shooting.both("sheet-comment", pin)
    browser.press("Escape")
    browser.resize(1440, 900)
    browser.value(f"{CARD}[6].focus()")
    browser.press("c")
    browser.value(f"{CARD}[0].focus()")
    browser.press("c", "+", "+")
    shooting.both("sheet-compare")
    browser.press("Escape")
    shooting.run("select", ASSET, "7", "--why", "The door reads at once")


def targets(shooting: Shooting, folder: Path) -> None:
    """What was built, to be approved; and the review page with it."""
    browser = shooting.browser
    page = folder / "outputs.html"
    shooting.run("refine", ASSET)
    shooting.run("select", ASSET, "2", "--step", "refine.1")
    shooting.run("build")
    shooting.run("sheet", "*", "-o", str(page), "--only", "outputs", "--title", "Ready for your approval")
    browser.page(page.as_uri())

    def approve() -> None:
        browser.value("document.querySelectorAll('.target .open')[0].focus()")
        if browser.value("!document.querySelector('[data-mark=approve]')"):
            browser.press("a")
        browser.value("document.querySelector('.top').scrollIntoView()")

    shooting.both("sheet-built", approve)
    command = [*VERB, "-C", str(shooting.root), "review", "--print-url", ASSET]
    jo = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": "Jo Berg"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | jo) as server:
        assert server.stdout
        browser.page(server.stdout.readline().strip())
        shooting.both(
            "review", lambda: browser.value("document.querySelector('.top').scrollIntoView()"), theme="dark"
        )
        server.terminate()


def plot(shooting: Shooting, folder: Path) -> None:
    """Candidates of a grid, as a plot."""
    root, page = folder / "grid", folder / "plot.html"
    (root / "specs").mkdir(parents=True)
    (root / "tympan.toml").write_text("")
    (root / "specs/boats.toml").write_text(GRID)
    shooting.root = root
    shooting.run("explore", "boats")
    shooting.run("sheet", "boats", "-o", str(page))
    browser = shooting.browser
    browser.page(page.as_uri())
    browser.value(f"{CARD}[0].focus()")
    browser.press("l", "ArrowRight", "ArrowRight", "s")
    shooting.both("sheet-plot", lambda: browser.value("document.querySelector('.top').scrollIntoView()"))


GRID = """title = "Harbour"
[source]
generator = "sketch"
prompt = "a lighthouse, boats, sea"
size = [600, 400]
[explore.grid]
seed = [11, 22, 33, 44]
model = ["sketch-1", "sketch-2"]
[target.webp]
"""


def main() -> None:
    """Take all pictures."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        shooting = Shooting(Path(name))
        try:
            candidates(shooting, Path(name))
            targets(shooting, Path(name))
            plot(shooting, Path(name))
        finally:
            shooting.browser.close()


if __name__ == "__main__":
    main()
