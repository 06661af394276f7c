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

from tympan.drift import Shown, Sides, Swept, describe, judge, report
from tympan.drift.measure import installed
from tympan.model import Picture

NAMES = ("icon/bell", "icon/key", "print/<b>poster & co")


def swept(sides: list[tuple[Shown, ...]]) -> tuple[Swept, ...]:
    """Three values of an option, the second one nearest."""
    values: list[tuple[dict[str, object], float]] = [
        ({}, 4.0),
        ({"stylize": 150}, 0.5),
        ({"stylize": 175}, 7.0),
    ]
    return tuple(
        Swept(options=options, new=sides[1][2 * n : 2 * n + 2], apart=far, aspect="line")
        for n, (options, far) in enumerate(values)
    )


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
        pictures[name] = Sides(old=sides[0], new=sides[1], swept=swept(sides) if nth == 1 else ())
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
def test_a_value_of_a_sweep_is_looked_at_and_accepted(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "swept.html"
    path.write_text(page())
    browser.page(path.as_uri(), 1440, 900)
    card = f"[...document.querySelectorAll('.asset')].find(each => each.querySelector('h3').textContent === '{NAMES[1]}')"
    row = f"[...{card}.querySelectorAll('.sweep li')][2]"
    assert browser.value("document.querySelectorAll('.sweep').length") == 1
    assert browser.value(f"[...{card}.querySelectorAll('.sweep h5')].map(each => each.textContent)") == [
        "7", "8.1", "stylize = 150", "stylize = 175",
    ]  # fmt: skip
    assert browser.value(f"{row}.querySelector('.chip').textContent") == "nearest"
    browser.value(f"{card}.scrollIntoView()")
    browser.until(f"Boolean({card}.querySelector('.stage img'))")
    browser.value(f"{row}.querySelector('.thumb').click()")
    browser.until(f"{card}.querySelector('.over figcaption').textContent === '8.1, stylize = 150'")
    pressed = "[...{}.querySelectorAll('.thumb[aria-pressed=true]')].map(each => each.ariaLabel).join()"
    assert browser.value(pressed.format(card)) == "7 picture 1,7 picture 1,8.1, stylize = 150, picture 1"
    # One of a card: what was pressed before is not any more.
    browser.value(f"{card}.querySelector('[data-mark=accept]').click()")
    browser.value(f"{row}.querySelector('.button').click()")
    assert browser.value(f"{card}.querySelector('[data-mark=accept]').ariaPressed") == "false"
    assert browser.value(f"{row}.querySelector('.button').ariaPressed") == "true"
    assert browser.value(
        "[...document.querySelectorAll('.mark')].map(each => each.textContent).join('')"
    ) == ("accepted with stylize = 150")
    browser.value(
        "(() => { const name = document.getElementById('name'); name.value = 'Ada'; name.dispatchEvent(new Event('input')); })()"
    )
    saved = browser.download(
        tmp_path / "saved", lambda: browser.value("document.getElementById('save').click()")
    )
    (made,) = json.loads(saved.read_text())["decisions"]
    assert (made["did"], made["asset"], made["set"]) == ("accept", NAMES[1], {"stylize": 150})
    assert [made["asset"], "drift", "", made["digest"]] in json.loads(saved.read_text())["shown"][3:]
    assert faults(browser) == []
    browser.resize(390, 844, phone=True)
    assert browser.value("document.documentElement.scrollWidth <= innerWidth") is True
    assert browser.said == []


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
