"""A contact sheet of many candidates in a real Chromium: its size, its first paint, and how it scrolls.

Candidates are pictures of 768 x 512 px by the built-in generator, as PNG. The page is opened from the disk in a
window of 1440 x 900 px and scrolled from top to bottom and back at 3 000 px a second; a frame is what
requestAnimationFrame is called for; the control is an empty page. CPU is that of all of Chromium's processes:
below 20 ms a frame, one core is enough for 50 frames a second. Bars for 400 candidates: 15 MB, first paint after 1.5 s, 50 frames a second.
Usage: python bench/sheet.py [CANDIDATES] [FOLDER], 400 unless said otherwise; a folder is kept and used again
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.browser import CHROMIUM, NO_CHROMIUM, Browser

VERB = str(Path(sys.executable).parent / "tympan")
RUNS = 3
# One request brings 256 candidates at the most.
ASSETS = 4
SPEC = """title = "Onboarding hero"
subject = "a courier handing over a parcel at a blue door"
[source]
generator = "sketch"
prompt = "{subject}, morning"
size = [768, 512]
candidates = CANDIDATES
seed = SEED
options.vector = false
[target.webp]
"""
SCROLL = """(async () => {
  const end = document.documentElement.scrollHeight - innerHeight, times = [];
  const frame = () => new Promise(requestAnimationFrame);
  let at = 0, by = 1, last = await frame();
  while (at >= 0) {
    const now = await frame();
    times.push(now - last);
    at += by * 3 * (now - last);
    last = now;
    if (at > end) by = -1;
    scrollTo(0, at);
  }
  return times;
})()"""
SEEN = """[...document.querySelectorAll('.card img')].filter(e => e.getBoundingClientRect().top < innerHeight)
  .every(e => e.complete && e.naturalWidth)"""


def make(root: Path, candidates: int) -> Path:
    """The page, made anew; the candidates only if they are not there."""
    (root / "specs").mkdir(parents=True, exist_ok=True)
    (root / "tympan.toml").write_text("")
    for n in range(ASSETS):
        text = SPEC.replace("CANDIDATES", str(candidates // ASSETS)).replace("SEED", str(1000 * n))
        (root / f"specs/hero-{n}.toml").write_text(text)
    run(root, "explore", "*")
    page = root / "sheet.html"
    run(root, "sheet", "*", "-o", str(page))
    return page


def run(root: Path, *words: str) -> None:
    began = time.perf_counter()
    subprocess.run(
        [VERB, "-C", str(root), *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    sys.stdout.write(f"tympan {words[0]}: {time.perf_counter() - began:.1f} s\n")


def control(folder: Path) -> float:
    """Frames a second on an empty page of the same length: what this machine gives at best just now."""
    page = folder / "empty.html"
    page.write_text("<!doctype html><body style='height: 36000px; background: linear-gradient(#fff, #000)'>")
    browser = Browser(folder / "control")
    try:
        browser.page(page.as_uri())
        frames: list[float] = browser.value(SCROLL)
    finally:
        browser.close()
    return 1000 * len(frames) / sum(frames)


def cpu(pid: int) -> float:
    """Seconds that a process and all below it have computed."""
    below: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        own = int(path.parent.name)
        below.setdefault(int(words[1]), []).append(own)
        used[own] = (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    todo, total = [pid], 0.0
    while todo:
        at = todo.pop()
        total += used.get(at, 0.0)
        todo += below.get(at, [])
    return total


def look(page: Path, folder: Path) -> dict[str, float]:
    """One visit by a browser that has never been there."""
    browser = Browser(folder)
    try:
        began = time.perf_counter()
        browser.page(page.as_uri())
        browser.until(SEEN)
        whole = time.perf_counter() - began
        paints: list[Any] = browser.value(
            "performance.getEntriesByType('paint').map(e => [e.name, e.startTime])"
        )
        before = cpu(browser.pid)
        frames: list[float] = browser.value(SCROLL)
        spent = cpu(browser.pid) - before
    finally:
        browser.close()
    slow = sum(each > 34 for each in frames)
    return {
        "first paint, s": dict(paints)["first-contentful-paint"] / 1000,
        "first screen whole, s": whole,
        "frames a second": 1000 * len(frames) / sum(frames),
        "frames over 34 ms, %": 100 * slow / len(frames),
        "CPU of a frame, ms": 1000 * spent / len(frames),
    }


def main() -> None:
    """Print size, and of several visits the median and the best."""
    if CHROMIUM is None:
        sys.exit(NO_CHROMIUM)
    candidates = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page = make(Path(sys.argv[2]) if len(sys.argv) > 2 else Path(folder) / "project", candidates)
        empty = control(Path(folder))
        visits = [look(page, Path(folder) / str(n)) for n in range(RUNS)]
        size = page.stat().st_size
    sys.stdout.write(
        f"{candidates} candidates, {size / 1e6:.1f} MB; load {os.getloadavg()[0]:.1f}, control {empty:.0f} fps\n"
    )
    for name in visits[0]:
        values = [each[name] for each in visits]
        best = max(values) if name == "frames a second" else min(values)
        sys.stdout.write(f"{name:<24} median {statistics.median(values):7.2f}   best {best:7.2f}\n")


if __name__ == "__main__":
    main()
