"""The shell of all pages: nothing in the data can become markup, and nothing may be loaded from elsewhere."""

from __future__ import annotations

import json
import re

import pytest

from tympan.page import Block, as_json, document


def test_data_cannot_end_its_element() -> None:
    evil = {"a": "</script><script>alert(1)</script><!--\u2028"}
    text = document("t", "", data=[Block("sheet", as_json(evil))])
    found = re.search(r'<script type="application/json" id="sheet">(.*?)</script>', text)
    assert found
    assert json.loads(found[1]) == evil
    assert "alert(1)</script>" not in text


def test_a_title_is_text() -> None:
    assert "<title>&lt;b&gt;</title>" in document("<b>", "")


def test_text_with_markup_is_no_block() -> None:
    with pytest.raises(AssertionError):
        document("t", "", late=[Block("x", "<b>", "text/plain")])


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    text = document("t", "")
    assert "default-src 'none'" in text
    assert "connect-src" not in text
    assert "connect-src 'self'" in document("t", "", served=True)
    assert not re.search(r"https?://", text)


def test_the_same_arguments_give_the_same_text() -> None:
    assert document("t", "<p></p>") == document("t", "<p></p>")
