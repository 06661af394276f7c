"""The to-do sheet as text and as a page that harms nobody."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from tympan.model import Cost
from tympan.outside import Instruction
from tympan.todo import Todo, page, sheet

PRICE = Cost(0.0667, "USD")


def todo(
    job: str,
    copy: str,
    *notes: str,
    asset: str = "logo/fox",
    where: str = "https://www.midjourney.com/imagine",
    cost: Cost = PRICE,
    came: int = 0,
) -> Todo:
    told = Instruction(copy=copy, where=where, notes=notes)
    return Todo(
        asset=asset, job=job, generator="midjourney", instruction=told, wanted=4, came=came, cost=cost
    )


TODOS = [
    todo("3f2a91bc", "a red fox --seed 7 --v 7", "download the pictures from the website"),
    todo("77ab01cd", "a red fox --seed 8 --v 7", came=1),
    todo("00ff12aa", "a mug <b>&amp;</b> \"cup\"", "use Firefly", asset="photo/mug", where="the studio", cost=Cost()),
]  # fmt: skip


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.pre: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "pre":
            self.pre.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "pre":
            self.pre[-1] += data


def _tree(text: str) -> _Tree:
    tree = _Tree()
    tree.feed(text)
    return tree


def test_the_sheet_has_each_prompt_on_a_line_of_its_own_and_the_sum() -> None:
    text = sheet(TODOS)
    assert "\n      a red fox --seed 7 --v 7\n" in text
    assert "#77ab01cd  midjourney, 1 of 4 pictures came, about 0.07 USD" in text
    assert text.splitlines()[-1].startswith("3 jobs to do by hand, about 0.13 USD;")
    assert text.count("logo/fox") == 1
    assert sheet([]) == "nothing to do by hand"


def test_the_page_shows_each_prompt_whole_with_a_button() -> None:
    tree = _tree(page(TODOS, "brand"))
    assert tree.pre == [each.instruction.copy for each in TODOS]
    assert sum(tag == "button" for tag, _ in tree.tags) == 3
    assert [attrs["href"] for tag, attrs in tree.tags if tag == "a"] == [
        "https://www.midjourney.com/imagine"
    ] * 2


def test_the_page_asks_nobody_and_runs_nothing_of_a_spec() -> None:
    evil = '</pre><script>alert(1)</script><img src=x onerror=alert(2)>"'
    text = page([todo(evil, evil, evil, asset=evil, where=f"javascript:{evil}")], evil)
    tree = _tree(text)
    assert tree.pre == [evil]
    assert sum(tag == "script" for tag, _ in tree.tags) == 1
    assert not [tag for tag, attrs in tree.tags if tag in ("img", "link", "iframe") or attrs.get("src")]
    assert not [attrs for _, attrs in tree.tags if any(name.startswith("on") for name in attrs)]
    assert "unsafe" not in text
    assert not re.findall(r"url\(|@import|fetch\(", text)


def test_the_same_jobs_are_the_same_page() -> None:
    assert page(TODOS, "brand") == page(TODOS, "brand")
