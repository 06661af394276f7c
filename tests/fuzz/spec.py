"""F1: a spec, a folder's defaults and a token file of any bytes: problems with places, never another error."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.spec.shelf import Tree

from tympan.errors import SpecErrors, TympanError
from tympan.spec.project import load_project
from tympan.spec.toml import parse_toml, refused

SPEC = b"""subject = "a house"
tags = ["navigation"]
extends = "icon/base"
vars.style = "flat"
license = { id = "MIT" }
[matrix]
theme = ["light", "dark"]
[matrix.dark.prep]
tint.map = { ink = "{token.color.ink}" }
[source]
generator = "paint"
prompt = "{subject}, {style}, {{x}}"
seed = 7
options.palette = ["#fff", "{token.color.ink}"]
[prep]
steps = ["cut", "tint"]
cut.method = "flat"
[target.svg]
format = "vector"
viewbox = 24
[target.web]
sizes = [24, 48]
checks.weight = { max_bytes = 900 }
"""
TOKENS = b'{"color": {"$type": "color", "ink": {"$value": "#112233"}, "brand": {"$value": "{color.ink}"}}}'
SEEDS = [
    b"s" + SPEC,
    b"d" + SPEC,
    b"t" + TOKENS,
    b'p tokens = ["tokens.json"]\nout = "assets/out"\n',
    b's"""\n\x00',
]
DICTIONARY = [
    "[", "]", "{", "}", "=", '"', "'''", "\n", ".", "extends", "matrix", "{token.", "{subject}", "target", "steps",
    "checks", "sizes", "options", "1e400", "nan", "0x", "1979-05-27", "\\u0000", "$value", "$type", "$ref", "../",
]  # fmt: skip

_TREE = Tree(Path(tempfile.mkdtemp(prefix="tympan-fuzz-")))
_FILES = {
    "s": "specs/icon/home.toml",
    "d": "specs/icon/_defaults.toml",
    "t": "tokens.json",
    "p": "tympan.toml",
}
_BASE = {
    "tympan.toml": 'tokens = ["tokens.json"]\n',
    "tokens.json": TOKENS,
    "specs/icon/_defaults.toml": '[source]\ngenerator = "paint"\n',
    "specs/icon/base.toml": 'subject = "base"\n[target.svg]\nformat = "vector"\n',
    "specs/icon/home.toml": SPEC,
}
_TREE.write(_BASE)


def one(data: bytes) -> None:
    """The first letter says which file the rest becomes."""
    name = _FILES.get(data[:1].decode("latin-1"), _FILES["s"])
    _TREE.write({name: data[1:]})
    try:
        refused(parse_toml(name, data[1:]))
    except SpecErrors as error:
        str(error).encode()
    try:
        load_project(_TREE.files)
        library = _TREE.read()
        for problem in library.problems:
            assert problem.where.file
            assert problem.message
            str(problem).encode()
    except TympanError as error:
        str(error).encode()
    finally:
        _TREE.write({name: _BASE[name]})
