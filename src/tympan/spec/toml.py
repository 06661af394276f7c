"""Bytes of a TOML file to a table, refusing what no spec needs and what no reader survives.

Reads bytes it is given. Writes nothing.
"""

from __future__ import annotations

import math
import re
from ast import literal_eval
from typing import Any

import tomli

from tympan import limits
from tympan.errors import Problem, SpecErrors, Where
from tympan.spec.locate import Key, Places, dotted

Table = dict[str, Any]

# C0 but newline and tab, DEL, C1; embeddings, overrides and isolates that reorder text on a terminal.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# How tomli prints a dotted key.
_TUPLE = re.compile(r"\((?:'[^']*',? ?)+\)")
_DEEP = "is nested too deeply"


def parse_toml(file: str, data: bytes) -> Table:
    """The tables of a file. Raises SpecErrors with one problem: size, encoding or syntax."""
    text = decode(file, data, limits.SPEC_BYTES)
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise SpecErrors([Problem(Where(file, error.lineno, error.colno), _syntax(error.msg))]) from None
    except RecursionError:
        raise SpecErrors([Problem(Where(file), f"{_DEEP}: at most {limits.SPEC_DEPTH} levels")]) from None
    except ValueError as error:
        # Python refuses to read integers of more than 4300 digits.
        raise SpecErrors([Problem(Where(file), f"cannot be read: {str(error).partition(';')[0]}")]) from None


def decode(file: str, data: bytes, limit: int) -> str:
    """The text of a file. Raises SpecErrors if it is above `limit` bytes or not UTF-8."""
    if len(data) > limit:
        raise SpecErrors([Problem(Where(file), f"has {len(data)} bytes, more than {limit}")])
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        begin = data.rfind(b"\n", 0, error.start) + 1
        line = data.count(b"\n", 0, error.start) + 1
        where = Where(file, line, len(data[begin : error.start].decode()) + 1)
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise SpecErrors([Problem(where, message, "save the file as UTF-8")]) from None


def refused(table: Table, depth: int = limits.SPEC_DEPTH) -> list[tuple[Key, str]]:
    """Values that parse but are refused, with the reason: numbers JSON cannot hold, dates, control
    characters, nesting beyond `depth`."""
    found: list[tuple[Key, str]] = []
    _refuse(table, (), depth, found)
    return found


def check_values(file: str, table: Table, data: bytes, below: Key = ()) -> None:
    """Raises SpecErrors with all refused values of a table, which is the one named `below` in the file."""
    if found := refused(table):
        places = Places(data.decode())
        problems = []
        for key, why in found:
            line, column = places.find((*below, *key)) or (0, 0)
            problems.append(Problem(Where(file, line, column), f"{dotted((*below, *key))}: {why}"))
        raise SpecErrors(problems)


def _refuse(value: Any, key: Key, depth: int, found: list[tuple[Key, str]]) -> None:
    kind = type(value)
    if kind is str:
        if control := _CONTROL.search(value):
            found.append((key, f"holds the control character {_code(control)}"))
    elif kind is dict or kind is list:
        if len(key) >= depth and value:
            found.append((key, f"{_DEEP}: at most {depth} levels"))
            return
        for part, below in value.items() if kind is dict else enumerate(value):
            if isinstance(part, str) and (control := _CONTROL.search(part)):
                found.append(((*key, part), f"this key holds the control character {_code(control)}"))
            _refuse(below, (*key, part), depth, found)
    elif kind is int:
        if abs(value) > limits.SPEC_INTEGER:
            found.append((key, f"is beyond {limits.SPEC_INTEGER}, which not every reader holds exactly"))
    elif kind is float:
        if not math.isfinite(value):
            found.append((key, f"expected a number, got {value}"))
    elif kind is not bool and value is not None:
        found.append((key, "no key takes a date or a time: write it as a string"))


def _code(found: re.Match[str]) -> str:
    return f"U+{ord(found.group()):04X}"


def _syntax(message: str) -> str:
    # The place is in `where`; tomli says it once more.
    text = _TUPLE.sub(lambda found: dotted(literal_eval(found.group())), message.partition(" (at line")[0])
    return text[:1].lower() + text[1:]
