"""One value of a TOML text changed or added; every other byte stays, comments too.

Reads text that has been parsed without mistakes. Writes nothing.
"""

from __future__ import annotations

import copy
import re
from typing import Any

import tomli

from tympan.lock import toml_key, toml_value
from tympan.spec.locate import BARE, TEXT, Key, Places, dotted

_BOM = "\ufeff"


def with_value(text: str, key: Key, value: Any) -> str:
    """The text with a value of its own at `key`: replaced where it stands, else added to its table.

    ValueError if that cannot be done without touching anything else: the value there is a table or an
    array, or stands where nothing can be added.
    """
    start, body = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    before = tomli.loads(body.replace("\r\n", "\n"))
    made = _replaced(body, key, value) if _at(before, key) is not None else _added(body, key, value)
    try:
        is_right = tomli.loads(made.replace("\r\n", "\n")) == _expected(before, key, value)
    except tomli.TOMLDecodeError:
        is_right = False
    if not is_right:
        raise ValueError(f"{dotted(key)} cannot be set there")
    return start + made


def _replaced(text: str, key: Key, value: Any) -> str:
    offset = Places(text).offset(key)
    equals = re.compile(r"[^=\n]*=[ \t]*").match(text, offset or 0)
    if offset is None or equals is None:
        raise ValueError(f"{dotted(key)} cannot be found")
    old = (TEXT if text[equals.end()] in "\"'" else BARE).match(text, equals.end())
    if old is None or text[equals.end()] in "[{":
        raise ValueError(f"{dotted(key)} is no plain value")
    return text[: old.start()] + toml_value(value) + text[old.end() :]


def _added(text: str, key: Key, value: Any) -> str:
    parent, name = key[:-1], toml_key(str(key[-1]))
    line = "\r\n" if "\r\n" in text else "\n"
    pair = f"{name} = {toml_value(value)}"
    if (made := _beside(text, parent, pair, line)) is not None:
        return made
    if (end := _header_end(text, parent)) is not None:
        return f"{text[:end]}{pair}{line}{text[end:]}"
    if any(isinstance(part, int) for part in parent):
        raise ValueError(f"there is no {dotted(parent)}")
    if len(parent) > 1 and (
        (made := _beside(text, parent[:-1], f"{toml_key(str(parent[-1]))}.{pair}", line)) is not None
    ):
        return made
    gap = "" if not text else line if text.endswith("\n") else line * 2
    return f"{text}{gap}[{dotted(parent)}]{line}{pair}{line}"


def _beside(text: str, parent: Key, pair: str, line: str) -> str | None:
    """The pair put beside a key of its table, in the way that key is written; None if it has none."""
    places = Places(text)
    rows = [(key, at, text.rfind("\n", 0, at) + 1) for key, at in places.below(parent)]
    # A table's header is no pair: `[source.options]` names a table below the one that is meant.
    direct = [row for row in rows if not text[row[2] : row[1]].lstrip().startswith("[")]
    if not direct:
        return None
    after = next((row for row in direct if row[0][-1] == "generator"), None)
    if after is not None and not text[after[2] : after[1]].strip():
        end = text.find("\n", after[1]) + 1
        if end:
            return f"{text[:end]}{text[after[2] : after[1]]}{pair}{line}{text[end:]}"
    _, at, start = direct[0]
    prefix = text[start:at]
    if "{" in prefix:
        return f"{text[:at]}{pair}, {text[at:]}"
    return f"{text[:start]}{prefix}{pair}{line}{text[start:]}"


def _header_end(text: str, table: Key) -> int | None:
    """Where the line after a table's own header begins, None if it has no header with a line after it."""
    names = [part for part in table if isinstance(part, str)]
    nth = table[-1] if table and isinstance(table[-1], int) else 0
    inner = r"[ \t]*\.[ \t]*".join(map(re.escape, names))
    many = bool(table) and isinstance(table[-1], int)
    form = rf"^[ \t]*\[\[[ \t]*{inner}[ \t]*\]\]" if many else rf"^[ \t]*\[[ \t]*{inner}[ \t]*\]"
    found = list(re.finditer(rf"{form}[^\n]*(\n|$)", text, re.MULTILINE))
    if len(found) <= int(nth) or not found[int(nth)].group(0).endswith("\n"):
        return None
    return found[int(nth)].end()


def _at(table: Any, key: Key) -> Any:
    for part in key:
        try:
            table = table[part]
        except (KeyError, IndexError, TypeError):
            return None
    return table


def _expected(before: dict[str, Any], key: Key, value: Any) -> dict[str, Any]:
    after = copy.deepcopy(before)
    table: Any = after
    for part in key[:-1]:
        table = table.setdefault(part, {}) if isinstance(part, str) else table[part]
    table[key[-1]] = value
    return after
