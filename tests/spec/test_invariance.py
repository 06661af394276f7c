"""What must not change what a spec means: key order, comments, white space, line ends."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.spec.shelf import Tree

from tympan.spec.resolved import Library

SPEC: dict[str, Any] = {
    "subject": "a house",
    "title": "Home",
    "vars": {"style": "flat", "q": 40},
    "text": {"head": {"en": "Hi", "de": "Hallo"}},
    "matrix": {"locale": ["en", "de"]},
    "source": {
        "generator": "paint",
        "prompt": "{subject} {style} {text.head}",
        "lora": [{"name": "a", "weight": 0.5}],
        "options": {"palette": ["#fff"], "detail": 0.25},
    },
    "prep": {"steps": ["cut", "tint"], "tint": {"amount": 3, "map": {"ink": "#000", "sky": "#abc"}}},
    "target": {"vector": {"viewbox": 16}, "web": {"sizes": [24, 48], "quality": "{q}"}},
    "check": {"weight": {"max_bytes": 5, "targets": ["web"]}},
}


def read(text: bytes) -> Library:
    with tempfile.TemporaryDirectory() as folder:
        return Tree(Path(folder)).write({"tympan.toml": "", "specs/a.toml": text}).read()


def written(table: dict[str, Any], draw: Any) -> str:
    """The table in any order, in tables, dotted keys or inline tables, with gaps and comments."""
    text = ""
    gap = st.sampled_from(["", "\n", "# a comment\n", " \t\n"])
    tables = []
    for name in draw(st.permutations(list(table))):
        if isinstance(table[name], dict):
            tables.append(name)
        else:
            text += f"{draw(gap)}{name}{draw(st.sampled_from(['=', ' = ']))}{inline(table[name])}\n"
    for name in tables:
        text += f"{draw(gap)}[ {name} ] # table\n" if draw(st.booleans()) else f"[{name}]\n"
        below = table[name]
        for key in draw(st.permutations(list(below))):
            if isinstance(below[key], dict) and below[key] and draw(st.booleans()):
                for inner in draw(st.permutations(list(below[key]))):
                    text += f"{key}.{inner} = {inline(below[key][inner])}\n"
            else:
                text += f"{key} = {inline(below[key])}{draw(st.sampled_from(['', ' # x']))}\n"
    return text


def inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {inline(below)}" for key, below in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + ",]"
    return json.dumps(value)


PLAIN = read("\n".join(f"{key} = {inline(value)}" for key, value in SPEC.items()).encode())


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_spec_means_the_same_however_it_is_written(data: st.DataObject) -> None:
    text = written(SPEC, data.draw)
    if data.draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    if data.draw(st.booleans()):
        text = "\ufeff" + text
    library = read(text.encode())
    assert library.problems == ()
    (asset,), (plain,) = library.assets, PLAIN.assets
    for variant, other in zip(asset.variants, plain.variants, strict=True):
        assert (variant.source, variant.prep) == (other.source, other.prep)
        assert {t.target: t for t in variant.targets} == {t.target: t for t in other.targets}
    assert (asset.title, asset.subject) == (plain.title, plain.subject)


def test_the_plain_form_is_right() -> None:
    assert PLAIN.problems == ()
    assert PLAIN.assets[0].variants[1].source.request.prompt == "a house flat Hallo"
