"""docs/reference/spec-language.md: its examples are a project that is read, its tables name every key."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from tests.spec.shelf import Tree

from tympan.marks import MarksKeys
from tympan.model import Control, Lora, Reference
from tympan.plugins import Plugins
from tympan.spec.keys import (
    CheckKeys,
    Head,
    PolicyKeys,
    PrepKeys,
    SelectKeys,
    Source,
    TargetKeys,
    Train,
)
from tympan.spec.library import read_library
from tympan.spec.project import BudgetKeys, DriftKeys, Project, ServiceKeys, load_project
from tympan.spec.resolved import Library

PAGE = (Path(__file__).parents[2] / "docs/reference/spec-language.md").read_text()
BLOCKS = re.findall(r"^```(toml|json|text)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
FILES = {
    re.match(r"(?:#|//) (\S+)\n", text).group(1): text.split("\n", 1)[1] if kind == "json" else text  # type: ignore[union-attr]
    for kind, text in BLOCKS
    if kind != "text" and not text.startswith("# wrong")
}


def read(tree: Tree) -> Library:
    plugins = Plugins(tree.files, "plugins", trusted=False)
    return read_library(tree.files, load_project(tree.files), plugins)


@pytest.fixture
def written(tree: Tree) -> Tree:
    return tree.write({"assets/refs/courier.png": b"", **FILES})


def test_the_examples_are_a_library_without_mistakes(written: Tree) -> None:
    library = read(written)
    assert [str(problem) for problem in library.problems] == []
    assets = {asset.id: asset for asset in library.assets}
    assert sorted(assets) == [
        "icon/home",
        "icon/lamp",
        "photo/courier",
        "photo/courier-evening",
        "photo/courier-rain",
        "plant/poster-tree",
        "plant/tree",
        "print/spring-poster",
    ]
    lamp = assets["icon/lamp"].variants[1]
    assert (lamp.id, [use.name for use in lamp.prep]) == (
        "icon/lamp.dark",
        ["mask", "trim", "recolour", "resize"],
    )
    assert [target.target for target in lamp.targets] == ["webp"]
    assert lamp.prep[2].params.map == {"ink": "#e30512"}  # type: ignore[attr-defined]
    poster = assets["print/spring-poster"].variants[1]
    assert poster.source.request.prompt == 'screen-print poster, tulips, headline "Frischer Start"'
    assert [check.name for check in poster.targets[0].checks] == ["ink"]
    assert assets["photo/courier"].variants[0].targets[0].outputs == {"": "assets/out/cutout/courier.png"}


def test_the_mistakes_are_reported_as_the_page_says(written: Tree) -> None:
    (wrong,) = (text for kind, text in BLOCKS if text.startswith("# wrong"))
    (expected,) = (text for kind, text in BLOCKS if kind == "text")
    # The page's first line names the file; the spec itself begins below it.
    written.write({"specs/icon/home.toml": wrong.split("\n", 1)[1]})
    assert [str(problem) for problem in read(written).problems] == expected.splitlines()


@pytest.mark.parametrize(
    "kind",
    [
        Head,
        Source,
        SelectKeys,
        PrepKeys,
        TargetKeys,
        CheckKeys,
        Lora,
        Reference,
        Control,
        Project,
        Train,
        PolicyKeys,
        BudgetKeys,
        DriftKeys,
        ServiceKeys,
        MarksKeys,
    ],
)
def test_every_key_of_the_core_is_on_the_page(kind: type[msgspec.Struct]) -> None:
    for key in kind.__struct_encode_fields__:
        assert re.search(rf"`\[*(source\.)?{key}(\.\*)?\]*`|^{key} = |^\[{key}[].]", PAGE, re.MULTILINE), key
