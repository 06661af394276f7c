"""Lines and columns of keys, in TOML as people write it and in TOML as hypothesis does."""

from __future__ import annotations

import json
from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from tympan.spec.locate import Key, Places, dotted

WRITTEN = '''\
# a comment with [a.table] and "quotes"
title = "x" # "more = 1"
a.b . "c d".'e.f' = 1

[one."two.three"] # header
text = """
[no.table]
key = "no key" \\""" still
""" 
raw = \'\'\'it's '' [here]\'\'\'
many = [ # comment ]
  "]", '[', # "
  { inner = [1, 2], "é" = {deep = true} },
  1979-05-27 07:32:00, 3.5e3,
]
inline = { x.y = 1, z = "},", # TOML 1.1
  last = 2,
}

[[list]]
a = 1
[list.sub]
b = 2
[[list]]
a = 3
[[list.deep]]
c = 4
'''  # noqa: W291
PLACES: dict[Key, tuple[int, int]] = {
    ("title",): (2, 1),
    ("a",): (3, 1),
    ("a", "b"): (3, 3),
    ("a", "b", "c d"): (3, 7),
    ("a", "b", "c d", "e.f"): (3, 13),
    ("one",): (5, 2),
    ("one", "two.three"): (5, 6),
    ("one", "two.three", "text"): (6, 1),
    ("one", "two.three", "raw"): (10, 1),
    ("one", "two.three", "many", 1): (12, 8),
    ("one", "two.three", "many", 2): (13, 3),
    ("one", "two.three", "many", 2, "inner", 1): (13, 17),
    ("one", "two.three", "many", 2, "é", "deep"): (13, 28),
    ("one", "two.three", "many", 3): (14, 3),
    ("one", "two.three", "many", 4): (14, 24),
    ("one", "two.three", "inline", "x", "y"): (16, 14),
    ("one", "two.three", "inline", "z"): (16, 21),
    ("one", "two.three", "inline", "last"): (17, 3),
    ("list",): (20, 3),
    ("list", 0): (20, 3),
    ("list", 0, "a"): (21, 1),
    ("list", 0, "sub", "b"): (23, 1),
    ("list", 1, "a"): (25, 1),
    ("list", 1, "deep", 0, "c"): (27, 1),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("key", PLACES, ids=dotted)
def test_every_key_is_where_people_see_it(key: Key, newline: str) -> None:
    text = WRITTEN.replace("\n", newline)
    tomli.loads(text)
    assert Places(text).find(key) == PLACES[key]


def test_what_is_not_there_has_no_place() -> None:
    places = Places(WRITTEN)
    for key in (
        ("no",),
        ("no.table",),
        ("one", "two.three", "key"),
        ("list", 2),
        ("a", "b", "c d", "e.f", "x"),
    ):
        assert places.find(key) is None


def test_places_in_json() -> None:
    text = (
        '{"color": {\n  "brand\\u0041": {"$value": "#f00"},\n  "dark": {"$value": {"a": [1, {"b": 2}]}}\n}}'
    )
    places = Places(text, json=True)
    assert places.find(("color", "brandA", "$value")) == (2, 19)
    assert places.find(("color", "dark", "$value", "a", 1, "b")) == (3, 33)


def test_hostile_nesting_is_passed_over() -> None:
    text = "a = " + "[" * 300 + '"]" # ]\n' + "]" * 300 + "\nb = 1\n"
    assert Places(text).find(("b",)) == (3, 1)


bare = st.text("abcXYZ019_-", min_size=1, max_size=6)
names = st.one_of(bare, st.text(st.characters(exclude_categories=["C"]), max_size=6))
texts = st.text(st.characters(exclude_categories=["C"], include_characters="\n\t"), max_size=12)
scalars = st.one_of(st.integers(-99, 99), st.booleans(), st.floats(-9, 9, allow_nan=False), texts)
values = st.recursive(
    scalars,
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(names, below, max_size=3)),
    max_leaves=8,
)


class Writer:
    """Writes a table in one of the many ways of TOML, and notes where each key begins."""

    def __init__(self, data: st.DataObject) -> None:
        self.text = ""
        self.places: dict[Key, int] = {}
        self._draw = data.draw

    def table(self, table: dict[str, Any], key: Key) -> None:
        below = {name: v for name, v in table.items() if isinstance(v, dict) and self._draw(st.booleans())}
        for name, value in table.items():
            if name not in below:
                self.gap(newlines=True)
                self.pair(name, value, key)
                self.text += self._draw(st.sampled_from(["\n", " # x = 1\n", "\r\n"]))
        for name, value in below.items():
            self.text += "["
            for nth, part in enumerate((*key, name), 1):
                self.name(str(part), (*key, name)[:nth])
                self.text += "]\n" if nth > len(key) else "."
            self.table(value, (*key, name))

    def name(self, name: str, key: Key) -> None:
        self.places.setdefault(key, len(self.text))
        quoted = [json.dumps(name, ensure_ascii=False)]
        if "'" not in name:
            quoted.append(f"'{name}'")
        plain = name and all(c in "abcXYZ019_-" for c in name)
        self.text += self._draw(st.sampled_from([name] if plain else quoted))

    def pair(self, name: str, value: Any, key: Key) -> None:
        self.name(name, (*key, name))
        if isinstance(value, dict) and len(value) == 1 and self._draw(st.booleans()):
            self.text += self._draw(st.sampled_from([".", " . "]))
            self.pair(*next(iter(value.items())), (*key, name))
            return
        self.text += self._draw(st.sampled_from(["=", " = "]))
        self.value(value, (*key, name))

    def value(self, value: Any, key: Key) -> None:
        if isinstance(value, dict):
            self.text += "{ "
            for nth, (name, below) in enumerate(value.items()):
                self.text += ", " if nth else ""
                self.pair(name, below, key)
            self.text += " }"
        elif isinstance(value, list):
            self.text += "["
            for nth, below in enumerate(value):
                self.text += "," if nth else ""
                self.gap(newlines=True)
                self.places[(*key, nth)] = len(self.text)
                self.value(below, (*key, nth))
            self.text += "]"
        elif isinstance(value, str):
            self.string(value)
        else:
            self.text += json.dumps(value)

    def string(self, value: str) -> None:
        ways = [json.dumps(value, ensure_ascii=False)]
        if "'" not in value and "\n" not in value and "\t" not in value:
            ways.append(f"'{value}'")
        if "\\" not in value and '"""' not in value and not value.endswith('"'):
            ways.append(f'"""\n{value}"""')
        self.text += self._draw(st.sampled_from(ways))

    def gap(self, *, newlines: bool) -> None:
        self.text += self._draw(st.sampled_from(["", " ", "\t", "\n", "# [x]\n", "# y = '\n  "]))


@settings(max_examples=150, deadline=None)
@given(st.data(), st.dictionaries(names, values, max_size=4))
def test_the_locator_finds_every_key_of_any_toml(data: st.DataObject, table: dict[str, Any]) -> None:
    writer = Writer(data)
    writer.table(table, ())
    assert tomli.loads(writer.text) == json.loads(json.dumps(table))
    places = Places(writer.text)
    for key, offset in writer.places.items():
        line = writer.text.count("\n", 0, offset) + 1
        assert places.find(key) == (line, offset - writer.text.rfind("\n", 0, offset))
