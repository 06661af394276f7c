"""What `{name}` means in one cell of one asset, and a table with every such name resolved.

Reads nothing; tokens come from `Tokens`. Writes nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from tympan.spec.guess import did_you_mean
from tympan.spec.locate import Key, dotted
from tympan.spec.matrix import Matrix, axis_of
from tympan.spec.mistakes import BROKEN, Mistake, name_of
from tympan.spec.tokens import TokenError, Tokens

_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_HEAD = ("subject", "title", "description")
# Aliases of aliases: deeper than anybody writes, shallower than Python's stack.
_NESTED = 32


class Scope:
    """The names of one cell. Mistakes are added to `found`; a value that has one becomes BROKEN.

    Precedence of a bare name: axes, then subject, title, description, asset and name, then vars.
    """

    def __init__(
        self,
        asset: str,
        table: dict[str, Any],
        matrix: Matrix,
        cell: dict[str, str],
        tokens: Tokens,
        found: list[Mistake],
    ) -> None:
        self.asset = asset
        self.table = table
        self.matrix = matrix
        self.cell = cell
        self.found = found
        self._tokens = tokens
        self._names: dict[str, Any] = {**cell, "asset": asset, "name": asset.rpartition("/")[2]}
        self._active: list[str] = []

    def resolve(self, value: Any, key: Key) -> Any:
        """A value with names resolved and localised tables collapsed, below the top level."""
        if isinstance(value, str):
            return self._text(value, key) if "{" in value or "}" in value else value
        if isinstance(value, dict):
            if len(key) > 1 and (axis := axis_of(value, self.matrix)):
                return self._collapse(value, axis, key)
            return {name: self.resolve(below, (*key, name)) for name, below in value.items()}
        if isinstance(value, list):
            return [self.resolve(below, (*key, nth)) for nth, below in enumerate(value)]
        return value

    def head(self, name: str) -> str:
        """`subject`, `title` or `description` resolved, "" if not given or wrong."""
        value = self.resolve(self.table.get(name, ""), (name,))
        return value if isinstance(value, str) else ""

    def _collapse(self, table: dict[str, Any], axis: str, key: Key) -> Any:
        value = self.cell[axis]
        if value not in table:
            return self._fail(key, f'no value for {axis} "{value}"')
        return self.resolve(table[value], (*key, value))

    def _text(self, text: str, key: Key) -> Any:
        parts = split(text)
        if parts is None:
            return self._fail(key, "a lone brace", 'write "{{" or "}}" for a brace')
        if len(parts) == 1 and not parts[0][0]:
            return self._name(parts[0][1], key)
        words, broken = [], False
        for literal, name in parts:
            words.append(literal)
            if name:
                value = self._name(name, key)
                if isinstance(value, list):
                    value = self._fail(key, f"{{{name}}} is an array and must stand alone")
                broken |= value is BROKEN
                words.append(_written(value))
        return BROKEN if broken else "".join(words)

    def _name(self, name: str, key: Key) -> Any:
        if name in self._names:
            return self._names[name]
        if name in self._active or len(self._active) > _NESTED:
            loop = " -> ".join([*self._active, name])
            return self._fail(key, f"{{{name}}} refers to itself: {loop}")
        self._active.append(name)
        value = self._look_up(name, key)
        self._active.pop()
        self._names[name] = value
        return value

    def _look_up(self, name: str, key: Key) -> Any:
        parts = tuple(name.split("."))
        if parts[0] == "token" and len(parts) > 1:
            return self._token(parts[1:], key)
        if parts[0] in _HEAD and len(parts) == 1:
            if parts[0] in self.table:
                return self.resolve(self.table[name], parts)
            self.found.append(Mistake(parts, f"missing, {dotted(key)} reads it", own=True))
            return BROKEN
        path: Key = parts if parts[0] in ("vars", "text") and len(parts) > 1 else ("vars", *parts)
        found = self._walk(path)
        if found is None:
            return self._fail(key, f"unknown name {{{name}}}", did_you_mean(name, self._known()))
        value, place = found
        if isinstance(value, dict):
            return self._fail(key, f"{{{name}}} is {name_of(value)}, not a value")
        return self.resolve(value, place)

    def _token(self, path: tuple[str, ...], key: Key) -> Any:
        try:
            return self._tokens.find(path).value
        except TokenError as error:
            if error.where:
                self.found.append(Mistake(("token", *path), str(error), error.hint))
                return BROKEN
            return self._fail(key, str(error), error.hint)

    def _walk(self, path: Key) -> tuple[Any, Key] | None:
        """The raw value at a path of the spec and its key, localised tables on the way collapsed."""
        value: Any = self.table
        place: Key = ()
        for part in path:
            if not isinstance(value, dict) or part not in value:
                return None
            value, place = value[part], (*place, part)
            while len(place) > 1 and isinstance(value, dict) and (axis := axis_of(value, self.matrix)):
                if self.cell[axis] not in value:
                    return self._collapse(value, axis, place), place
                value, place = value[self.cell[axis]], (*place, self.cell[axis])
        return value, place

    def _known(self) -> list[str]:
        names = [*self.cell, *(name for name in _HEAD if name in self.table), "asset", "name"]
        for root in ("vars", "text"):
            table = self.table.get(root)
            if isinstance(table, dict):
                names += [f"{root}.{name}" for name in table]
                names += table if root == "vars" else ()
        return names

    def _fail(self, key: Key, message: str, hint: str = "") -> Any:
        self.found.append(Mistake(key, message, hint))
        return BROKEN


@lru_cache(maxsize=4096)
def split(text: str) -> tuple[tuple[str, str], ...] | None:
    """A text as pairs of literal and the name after it, "" at the end; None for a lone brace."""
    parts: list[tuple[str, str]] = []
    literal, at = "", 0
    for found in _BRACES.finditer(text):
        literal += text[at : found.start()]
        at = found.end()
        whole = found.group()
        if whole in ("{{", "}}"):
            literal += whole[0]
        elif found.group(1) and found.group(1).strip():
            parts.append((literal, found.group(1).strip()))
            literal = ""
        else:
            return None
    literal += text[at:]
    if literal or not parts:
        parts.append((literal, ""))
    return tuple(parts)


def is_fixed(value: Any, matrix: Matrix) -> bool:
    """Whether a value resolves alike in every asset and cell: it names nothing but tokens."""
    if isinstance(value, str):
        if "{" not in value and "}" not in value:
            return True
        parts = split(value)
        return parts is not None and all(not name or name.startswith("token.") for _, name in parts)
    if isinstance(value, dict):
        if axis_of(value, matrix):
            return False
        return all(is_fixed(below, matrix) for below in value.values())
    if isinstance(value, list):
        return all(is_fixed(below, matrix) for below in value)
    return True


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
