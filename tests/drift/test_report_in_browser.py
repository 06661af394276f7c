"""The report in a real browser, opened from the disk: sort, slide, compare, decide, save."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from bench.drift_scenes import DRIFTS, shapes
from PIL import Image
from tests.axe import faults
from tests.browser import CHROMIUM, NO_CHROMIUM, Browser

from tympan.drift import Shown, Sides, describe, judge, report
from tympan.drift.measure import installed
from tympan.model import Picture

NAMES = ("icon/bell", "icon/key", "print/<b>poster & co")


def page() -> str:
    """A report of three assets; the last one's hues are turned."""
    every = {name: each for name, each in installed().items() if name != "text"}
    old, new, pictures = {}, {}, {}
    for nth, name in enumerate(NAMES):
        sides = []
        for side, first in ((old, 0), (new, 8)):
            shown = []
            for seed in range(first, first + 8):
                turned = nth == 2 and side is new
                pixels = DRIFTS["hue +15"][1](shapes, 5, nth, seed) if turned else shapes(5, nth, seed)
                image, held = Image.fromarray(pixels), io.BytesIO()
                image.save(held, "WEBP", quality=70)
                rgba = image.convert("RGBA")
                told = describe(Picture(size=rgba.size, pixels=rgba.tobytes()), "", every)
                shown.append(Shown(digest=f"{nth}{seed:02}" * 16, view=held.getvalue(), description=told))
            side[name] = [dict(each.description) for each in shown]
            sides.append(tuple(shown))
        pictures[name] = Sides(old=sides[0], new=sides[1])
    drift = judge(old, new, descriptors=every)
    assert drift.drifted == (NAMES[2],)
    made = report(drift, pictures, title="midjourney 7 to 8.1", old="7", new="8.1", cost="9.60 EUR")
    assert made == report(drift, pictures, title="midjourney 7 to 8.1", old="7", new="8.1", cost="9.60 EUR")
    return made


def test_the_page_asks_nobody() -> None:
    made = page()
    assert "default-src 'none'" in made
    assert "<b>poster" not in made.replace("\\u003c", "")
    assert "http://www.w3.org/2000/svg" in made
    assert made.count("https://") + made.count("http://") == 1


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None or os.name == "nt", reason=NO_CHROMIUM)
def test_sort_slide_decide_and_save(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(page())
    browser.page(path.as_uri(), 1440, 900)
    rows = "[...document.querySelectorAll('.matrix tbody th')].map(each => each.textContent)"
    assert browser.value(rows)[0] == NAMES[2]
    browser.value("document.querySelector('[data-column=asset] button').click()")
    assert browser.value(rows) == sorted(NAMES)
    browser.value("document.querySelector('[data-column=asset] button').click()")
    assert browser.value(rows) == sorted(NAMES, reverse=True)
    assert browser.value("document.querySelector('.asset h3').textContent") == NAMES[2]

    browser.value("document.querySelector('.asset').scrollIntoView()")
    browser.until("Boolean(document.querySelector('.asset .stage img'))")
    slid = "(() => { const range = document.querySelector('.asset .range'); range.value = 80; range.dispatchEvent(new Event('input'));"
    clip = browser.value(
        slid + "return getComputedStyle(document.querySelector('.asset .over')).clipPath; })()"
    )
    assert "20%" in clip or "80%" in clip
    browser.value("[...document.querySelectorAll('.asset')][0].querySelectorAll('.tab')[2].click()")
    browser.until("document.querySelector('.asset .stage').dataset.ready === 'heat'")
    browser.value("document.querySelector('.asset .thumb[aria-pressed=false]').click()")

    browser.value("document.querySelector('.asset [data-mark=hold]').click()")
    why = "(() => { const why = document.querySelector('.asset .decision .field'); why.value = 'faces'; why.dispatchEvent(new Event('input')); })()"
    browser.value(why)
    browser.value("[...document.querySelectorAll('#bar .button')][0].click()")
    browser.value(
        "(() => { const name = document.getElementById('name'); name.value = 'Ada'; name.dispatchEvent(new Event('input')); })()"
    )
    saved = browser.download(
        tmp_path / "saved", lambda: browser.value("document.getElementById('save').click()")
    )
    answer = json.loads(saved.read_text())
    assert answer["by"] == "Ada"
    assert {each["asset"]: (each["did"], each["why"]) for each in answer["decisions"]} == {
        NAMES[0]: ("accept", ""), NAMES[1]: ("accept", ""), NAMES[2]: ("hold", "faces"),
    }  # fmt: skip
    assert all(
        [d["asset"], d["step"], d["variant"], d["digest"]] in answer["shown"] for d in answer["decisions"]
    )
    assert faults(browser) == []
    browser.resize(390, 844, phone=True)
    assert browser.value("document.documentElement.scrollWidth <= innerWidth") is True
    assert browser.said == []
