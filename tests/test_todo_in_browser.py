"""The to-do page in a real browser, if there is one: no complaint of its policy, and the buttons work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.browser import CHROMIUM, NO_CHROMIUM, Browser
from tests.test_todo import TODOS

from tympan.todo import page

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None or os.name == "nt", reason=NO_CHROMIUM),
]


def test_the_page_works_under_its_own_policy(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "todo.html"
    path.write_text(page(TODOS, "brand"))
    browser.page(path.as_uri(), 800, 600)
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
        browser.theme(scheme)
        ground = browser.value("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(246, 245, 242)", "dark": "rgb(22, 24, 28)"}[scheme]
