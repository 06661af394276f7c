"""What is read in candidates, beside the text that was asked for."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec

import pytest
from tests.conftest import Project

SPEC = """[source]
generator = "sketch"
model = "sketch-1"
prompt = "a lighthouse, morning"
size = [600, 800]
candidates = 2
options.text = "SPRING SALE"
[select]
candidate = 1
[target.webp]
sizes = [60]
"""


@pytest.fixture
def page(project: Project) -> str:
    project.write("specs/poster.toml", SPEC)
    assert project.run("build", "poster").code == 0
    assert project.run("sheet", "poster", "--inside", "-o", str(project.root / "sheet.html")).code == 0
    return (project.root / "sheet.html").read_text()


@pytest.mark.skipif(not find_spec("rapidocr"), reason="nothing can be read: pip install 'tympan[ocr]'")
def test_people_of_the_house_see_how_many_letters_are_wrong(page: str, project: Project) -> None:
    aids = [json.loads(each) for each in re.findall(r'"aids":(\{[^}]*\})', page)]
    assert len(aids) == 2
    # Birds may fly over a letter; most of them are read.
    assert all(each["letters"] <= 30 and "SPRING" in each["read"] for each in aids)
    assert project.run("sheet", "poster", "-o", str(project.root / "client.html")).code == 0
    assert '"letters"' not in (project.root / "client.html").read_text()


@pytest.mark.skipif(bool(find_spec("rapidocr")), reason="RapidOCR is here, and reads")
def test_without_a_reader_the_page_says_so(page: str) -> None:
    assert "lettering is not compared with the text asked for" in page
    assert "tympan[ocr]" in page
