"""Where values come from, for `why`."""

from __future__ import annotations

import pytest
from tests.spec.shelf import Tree

from tympan.errors import Where
from tympan.spec.origin import Origins
from tympan.spec.project import load_project


@pytest.fixture
def origins(tree: Tree) -> Origins:
    tree.write(
        {
            "tympan.toml": 'tokens = ["t.json"]\n',
            "t.json": '{\n "c": {"a": {"$value": "#000"}}}',
            "specs/_defaults.toml": '[source]\ngenerator = "paint"\nmodel = "paint-1"\n'
            '[prep]\nsteps = ["cut"]\n[target.web]\nsizes = [24]\n',
            "specs/_base.toml": '[prep]\nsteps.add = ["tint", "cut"]\n[source]\nprompt = "x"\n',
            "specs/a.toml": 'extends = "_base"\n[target]\nweb.quality = 3\n[prep]\nsteps.add = ["tint"]\n',
            "specs/b.toml": '[source]\ngenerator = "photo"\n',
            "specs/c.toml": "wrong",
        }
    )
    return Origins(tree.files, load_project(tree.files))


@pytest.mark.parametrize(
    ("asset", "key", "where"),
    [
        ("a", ("source", "generator"), Where("specs/_defaults.toml", 2, 1)),
        ("a", ("source", "prompt"), Where("specs/_base.toml", 4, 1)),
        ("a", ("target", "web", "quality"), Where("specs/a.toml", 3, 5)),
        ("a", ("target", "web", "sizes"), Where("specs/_defaults.toml", 7, 1)),
        ("a", ("target", "web", "lossless"), Where("specs/a.toml", 3, 1)),
        ("a", ("prep", "steps"), Where("specs/a.toml", 5, 1)),
        ("a", ("prep", "steps", 0), Where("specs/_defaults.toml", 5, 10)),
        ("a", ("prep", "steps", 2), Where("specs/_base.toml", 2, 22)),
        ("a", ("prep", "steps", 3), Where("specs/a.toml", 5, 14)),
        ("b", ("source", "generator"), Where("specs/b.toml", 2, 1)),
        ("b", ("source", "model"), Where("specs/b.toml", 1, 2)),
        ("a", ("token", "c", "a"), Where("t.json", 2, 8)),
        ("a", ("title",), Where("specs/a.toml")),
        ("c", ("source",), Where("specs/c.toml")),
    ],
)
def test_a_value_is_where_the_strongest_layer_says_it(
    origins: Origins, asset: str, key: tuple[str | int, ...], where: Where
) -> None:
    assert origins(asset, key) == where
