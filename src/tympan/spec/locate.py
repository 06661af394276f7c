"""Line and column of a key, looked for only when an error or `why` needs it.

Reads the text of a TOML or JSON file that has been parsed without mistakes. Writes nothing.
"""

from __future__ import annotations

import json
import re
from typing import Any

import tomli

from tympan import limits

Key = tuple[str | int, ...]

_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_PART = re.compile(r"""[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s.=\[\]{},:"'#]+)[ \t]*""")
TEXT = re.compile(r'''"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''', re.DOTALL)
# The first form is a date with a time after a space.
BARE = re.compile(r"\d{4}-\d\d-\d\d [^\s,\]}#]+|[^\s,\]}#]+")
_BRACKET = re.compile(r"[\[\]{}\"'#]")


class Places:
    """Where each key of one text stands. A table is where it is first named."""

    def __init__(self, text: str, *, json: bool = False) -> None:
        self._text = text.removeprefix("\ufeff")
        self._at = 0
        self._offsets: dict[Key, int] = {}
        self._lists: dict[Key, int] = {}
        if json:
            self._gap()
            self._value(())
        else:
            self._document()

    def find(self, key: Key) -> tuple[int, int] | None:
        """Line and column of a key, both from 1, the column in characters; None if it is not there."""
        offset = self._offsets.get(key)
        if offset is None:
            return None
        return self._text.count("\n", 0, offset) + 1, offset - self._text.rfind("\n", 0, offset)

    def offset(self, key: Key) -> int | None:
        """Where a key begins, in characters from the start of the text; None if it is not there."""
        return self._offsets.get(key)

    def below(self, key: Key) -> list[tuple[Key, int]]:
        """The keys right below a table with their offsets, in the order of the text."""
        found = [
            (each, at) for each, at in self._offsets.items() if each[:-1] == key and len(each) > len(key)
        ]
        return sorted(found, key=lambda each: each[1])

    def _document(self) -> None:
        table: Key = ()
        while self._gap():
            if self._text.startswith("[[", self._at):
                self._at += 2
                table = self._header(self._parts(), many=True)
                self._at += 2
            elif self._text[self._at] == "[":
                self._at += 1
                table = self._header(self._parts(), many=False)
                self._at += 1
            else:
                self._pair(table)

    def _header(self, parts: list[tuple[str, int]], *, many: bool) -> Key:
        key: Key = ()
        for nth, (part, offset) in enumerate(parts, 1):
            key = (*key, part)
            self._offsets.setdefault(key, offset)
            if many and nth == len(parts):
                self._lists[key] = self._lists.get(key, -1) + 1
            if key in self._lists:
                key = (*key, self._lists[key])
                self._offsets.setdefault(key, offset)
        return key

    def _pair(self, table: Key) -> None:
        key = table
        for part, offset in self._parts():
            key = (*key, part)
            self._offsets.setdefault(key, offset)
        self._at += 1  # = or :
        self._gap()
        self._value(key)

    def _parts(self) -> list[tuple[str, int]]:
        parts: list[tuple[str, int]] = []
        while found := _PART.match(self._text, self._at):
            parts.append((_name(found.group(1)), found.start(1)))
            self._at = found.end()
            if self._text[self._at : self._at + 1] != ".":
                break
            self._at += 1
        return parts

    def _value(self, key: Key) -> None:
        first = self._text[self._at]
        if first in "[{" and len(key) > limits.CHAIN + 1:
            self._skip()
        elif first == "[":
            self._items(key)
        elif first == "{":
            self._items(key, "}")
        else:
            found = (TEXT if first in "\"'" else BARE).match(self._text, self._at)
            self._at = found.end() if found else len(self._text)

    def _items(self, key: Key, end: str = "]") -> None:
        self._at += 1
        nth = 0
        while self._gap() and self._text[self._at] != end:
            if self._text[self._at] == ",":
                self._at += 1
            elif end == "}":
                self._pair(key)
            else:
                self._offsets[(*key, nth)] = self._at
                self._value((*key, nth))
                nth += 1
        self._at += 1

    def _skip(self) -> None:
        """Past a bracketed value, without recursion: hostile files nest deeper than Python's stack."""
        depth = 0
        while found := _BRACKET.search(self._text, self._at):
            self._at = found.start()
            if found.group() in "\"'":
                text = TEXT.match(self._text, self._at)
                self._at = text.end() if text else len(self._text)
                continue
            if found.group() == "#":
                self._gap()
                continue
            self._at += 1
            depth += 1 if found.group() in "[{" else -1
            if not depth:
                return

    def _gap(self) -> bool:
        found = _GAP.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at < len(self._text)


def _name(part: str) -> str:
    if part[0] not in "\"'":
        return part
    if part[0] == '"':
        try:
            return str(json.loads(part))
        except ValueError:  # TOML has escapes that JSON has not
            pass
    table: dict[str, Any] = tomli.loads(f"{part} = 0")
    return next(iter(table))


def dotted(key: Key) -> str:
    """A key as a user writes it: `source.lora[0].weight`."""
    text = ""
    for part in key:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            bare = re.fullmatch(r"[A-Za-z0-9_-]+", part)
            shown = part if bare else json.dumps(part, ensure_ascii=not part.isprintable())
            text += f".{shown}" if text else shown
    return text
