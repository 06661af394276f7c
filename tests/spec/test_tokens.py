"""Design tokens: DTCG files as design tools export them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.spec.shelf import Tree

from tympan.errors import Where
from tympan.files import Files
from tympan.spec.tokens import TokenError, Tokens

BRAND = """{
  "color": {
    "$type": "color",
    "brand": { "$value": "#e30613", "$description": "the red" },
    "accent": { "$value": "{color.brand}" },
    "link": { "$type": "link", "$value": { "$ref": "#/color/accent/$value" } },
    "ink": { "$value": { "colorSpace": "srgb", "components": [0, 0.5, 1], "hex": "#0080fe" } },
    "sky": { "$value": { "colorSpace": "srgb", "components": ["none", 0.5, 1] } },
    "veil": { "$value": { "colorSpace": "srgb", "components": [0, 0, 0], "alpha": 0.5 } },
    "p3": { "$value": { "colorSpace": "display-p3", "components": [1, 0, 0] } },
    "two": { "$value": { "colorSpace": "srgb", "components": [1, 0] } },
    "over": { "$value": { "colorSpace": "srgb", "components": [1, 0, 2] } },
    "a": { "$value": "{color.b}" },
    "b": { "$value": "{color.a}" },
    "lost": { "$value": "{color.nowhere}" }
  },
  "space": {
    "small": { "$type": "dimension", "$value": { "value": 4, "unit": "px" } },
    "ratio": { "$type": "number", "$value": 1.5 },
    "fonts": { "$type": "fontFamily", "$value": ["Inter", "sans-serif"] },
    "shadow": { "$type": "shadow", "$value": { "color": "#000", "blur": 3 } }
  },
  "night": {
    "$extends": "{color}",
    "brand": { "$value": "#ff5555" },
    "deep": { "$value": "#000000" }
  },
  "dusk": { "$extends": "#/night" },
  "loop": { "$extends": "{pool}" },
  "pool": { "$extends": "{loop}" }
}"""


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    (tmp_path / "brand.json").write_text(BRAND)
    return Tokens(Files(tmp_path), ("brand.json",))


@pytest.mark.parametrize(
    ("path", "value", "kind"),
    [
        ("color.brand", "#e30613", "color"),
        ("color.accent", "#e30613", "color"),
        ("color.link", "#e30613", "link"),
        ("color.ink", "#0080fe", "color"),
        ("color.sky", "#0080ff", "color"),
        ("color.veil", "#00000080", "color"),
        ("space.small", "4px", "dimension"),
        ("space.ratio", 1.5, "number"),
        ("space.fonts", ["Inter", "sans-serif"], "fontFamily"),
        ("night.brand", "#ff5555", ""),
        ("night.ink", "#0080fe", "color"),
        ("night.accent", "#e30613", "color"),
        ("dusk.brand", "#ff5555", ""),
        ("dusk.sky", "#0080ff", "color"),
    ],
)
def test_a_token_is_a_plain_value(tokens: Tokens, path: str, value: Any, kind: str) -> None:
    token = tokens.find(tuple(path.split(".")))
    assert (token.value, token.type, token.file) == (value, kind, "brand.json")
    assert tokens.problems == []


@pytest.mark.parametrize(
    ("path", "message", "hint", "line"),
    [
        ("color.brnad", "unknown token color.brnad", 'did you mean "color.brand"?', 0),
        ("color", "color is a group of tokens, not a token", "", 0),
        ("color.lost", "unknown token color.nowhere", "", 15),
        ("color.a", "token color.a refers to itself: color.a -> color.b -> color.a", "", 13),
        ("color.p3", 'token color.p3: colour space "display-p3" needs a "hex" beside it', "", 10),
        ("color.two", "token color.two: expected three components", "", 11),
        ("color.over", "token color.over: expected components from 0 to 1", "", 12),
        ("space.shadow", "token space.shadow: has parts, and specs read single values only", "", 21),
        ("loop.x", "group loop.x extends itself", "", 29),
    ],
)
def test_what_is_no_token_says_why_and_where(
    tokens: Tokens, path: str, message: str, hint: str, line: int
) -> None:
    with pytest.raises(TokenError) as caught:
        tokens.find(tuple(path.split(".")))
    assert str(caught.value) == message
    assert hint in caught.value.hint
    assert (caught.value.where.line if caught.value.where else 0) == line


def test_later_files_win_and_origins_follow(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        '{"c": {"$type": "color", "x": {"$value": "#111"}, "y": {"$value": "{c.x}"}}}'
    )
    (tmp_path / "b.json").write_text('{"c": {\n "x": {"$value": "#222"}}}')
    tokens = Tokens(Files(tmp_path), ("a.json", "b.json"))
    assert tokens.find(("c", "x")) == ("#222", "color", "b.json")
    assert tokens.find(("c", "y")) == ("#222", "color", "a.json")
    assert tokens.where(("c", "x")) == Where("b.json", 2, 2)
    assert tokens.where(("c", "y", "gone")) == Where("a.json", 1, 51)
    assert tokens.names() == ["c.x", "c.y"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a": }', "t.json:1:7: expecting value"),
        ("[1]", "t.json:1:1: expected an object of token groups"),
        ('{"a": NaN}', "t.json:1:2: a: expected a number, got nan"),
        ('{"a": {"$value": "x\\u202e"}}', 't.json:1:8: a."$value": holds the control character U+202E'),
        ("[" * 100_000, "t.json: is nested too deeply, or holds an endless number"),
        ('{"a":' + "[" * 40 + "1" + "]" * 40 + "}", "is nested too deeply: at most 32 levels"),
        (b"\xff", "t.json:1:1: byte 0xff is not UTF-8, save the file as UTF-8"),
        (" " * 5_000_000, "t.json: has 5000000 bytes, more than 4194304"),
    ],
)
def test_broken_token_files(tree: Tree, text: str | bytes, problem: str) -> None:
    tree.write({"tympan.toml": 'tokens = ["t.json"]\n', "t.json": text})
    (found,) = tree.problems()
    assert found.endswith(problem)


def test_a_token_file_that_is_not_there(tree: Tree) -> None:
    tree.write({"tympan.toml": 'tokens = ["t.json"]\n'})
    assert tree.problems() == ["t.json: cannot read t.json: No such file or directory"]


def test_a_mistake_in_a_token_stands_at_the_token(tree: Tree) -> None:
    tree.write(
        {
            "tympan.toml": 'tokens = ["t.json"]\n',
            "t.json": json.dumps({"c": {"a": {"$value": "{c.b}"}, "b": {"$value": "{c.a}"}}}, indent=1),
            "specs/a.toml": '[source]\ngenerator = "paint"\nprompt = "{token.c.a}"\n[target.vector]\n',
        }
    )
    assert tree.problems() == ["t.json:3:3: token.c.a: token c.a refers to itself: c.a -> c.b -> c.a"]


def test_without_token_files_the_hint_says_where_they_are_named(tree: Tree) -> None:
    tree.write({"specs/a.toml": '[source]\ngenerator = "paint"\nprompt = "{token.c.a}"\n[target.vector]\n'})
    assert tree.problems() == [
        "specs/a.toml:3:1: source.prompt: unknown token c.a, name the token files in `tokens` of the project"
    ]
