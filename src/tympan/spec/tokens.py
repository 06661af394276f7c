"""Design tokens: DTCG JSON (2025.10), aliases and `$extends` resolved when a token is asked for.

Reads token files. Writes nothing.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from tympan import limits
from tympan.errors import Problem, SpecErrors, TympanError, Where
from tympan.files import Files
from tympan.spec.guess import did_you_mean
from tympan.spec.locate import Places, dotted
from tympan.spec.toml import decode, refused

Path = tuple[str, ...]
Node = dict[str, Any]


class Token(NamedTuple):
    """A token as a spec uses it. value: a string, number, boolean or list; type: its `$type` or "";
    file: where it is written."""

    value: Any
    type: str
    file: str


class TokenError(Exception):
    """A token cannot be resolved. where: the token's own place, if the mistake is there."""

    def __init__(self, message: str, hint: str = "", where: Where | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        self.where = where


class Tokens:
    """All tokens of some files, later files winning. `problems` has what is wrong with the files."""

    def __init__(self, files: Files, names: tuple[str, ...]) -> None:
        self.problems: list[Problem] = []
        self._files = files
        self._trees: list[tuple[str, Node]] = []
        self._known: dict[Path, Token] = {}
        for name in names:
            try:
                self._trees.append((name, _load(files, name)))
            except SpecErrors as error:
                self.problems.extend(error.problems)
            except TympanError as error:
                reason = error.message.removeprefix(f"{name} ")
                self.problems.append(Problem(Where(name), reason, error.hint))

    def find(self, path: Path) -> Token:
        """A token by its path. Raises TokenError."""
        token = self._known.get(path)
        if token is None:
            token = self._known[path] = self._resolve(path, ())
        return token

    def where(self, path: Path) -> Where:
        """The place of a token or group; of the nearest group above it if it is not there."""
        for length in range(len(path), 0, -1):
            for name, tree in reversed(self._trees):
                if _walk(tree, path[:length]) is not None:
                    places = Places(self._files.read(name).decode(), json=True)
                    line, column = places.find(path[:length]) or (0, 0)
                    return Where(name, line, column)
        return Where(self._trees[-1][0] if self._trees else "")

    def names(self) -> list[str]:
        """Dotted names of all tokens that are written out, for did-you-mean."""
        found: set[str] = set()
        for _, tree in self._trees:
            _collect(tree, (), found)
        return sorted(found)

    def _resolve(self, path: Path, chain: tuple[Path, ...]) -> Token:
        if path in chain or len(chain) > limits.CHAIN:
            loop = " -> ".join(".".join(step) for step in (*chain, path))
            raise TokenError(f"token {'.'.join(chain[0])} refers to itself: {loop}", where=self.where(path))
        node, kind, file = self._lookup(path, ())
        if node is None or "$value" not in node:
            self._missing(path, node, chain)
        assert node is not None
        value = node["$value"]
        if alias := _alias(value):
            token = self._resolve(alias, (*chain, path))
            return Token(token.value, kind or token.type, file)
        try:
            return Token(_plain(value), kind, file)
        except ValueError as error:
            raise TokenError(f"token {'.'.join(path)}: {error}", where=self.where(path)) from None

    def _missing(self, path: Path, node: Node | None, chain: tuple[Path, ...]) -> None:
        name = ".".join(path)
        where = self.where(chain[-1]) if chain else None
        if node is not None:
            raise TokenError(f"{name} is a group of tokens, not a token", where=where)
        none = "name the token files in `tokens` of the project"
        raise TokenError(
            f"unknown token {name}", did_you_mean(name, self.names()) if self._trees else none, where
        )

    def _lookup(self, path: Path, seen: tuple[Path, ...]) -> tuple[Node | None, str, str]:
        """The node of a path with its inherited type and file: as written, else through `$extends`."""
        if path in seen or len(seen) > limits.CHAIN:
            group = ".".join(path)
            raise TokenError(f"group {group} extends itself", where=self.where(path))
        for name, tree in reversed(self._trees):
            node = _walk(tree, path)
            if node is not None and ("$value" in node or name == self._first(path)):
                return node, self._type(path), name
        for length in range(len(path) - 1, 0, -1):
            if base := self._extends(path[:length]):
                found = self._lookup((*base, *path[length:]), (*seen, path))
                if found[0] is not None:
                    return found[0], self._type(path) or found[1], found[2]
        return None, "", ""

    def _first(self, path: Path) -> str:
        return next(name for name, tree in self._trees if _walk(tree, path) is not None)

    def _extends(self, group: Path) -> Path | None:
        for _, tree in reversed(self._trees):
            node = _walk(tree, group)
            if node and "$extends" in node:
                return _alias(node["$extends"]) or _alias({"$ref": node["$extends"]})
        return None

    def _type(self, path: Path) -> str:
        for length in range(len(path), -1, -1):
            for _, tree in reversed(self._trees):
                node = _walk(tree, path[:length])
                if node and isinstance(node.get("$type"), str):
                    return str(node["$type"])
        return ""


def _load(files: Files, name: str) -> Node:
    text = decode(name, files.read(name, limits.TOKENS_BYTES), limits.TOKENS_BYTES)
    try:
        tree = json.loads(text)
    except json.JSONDecodeError as error:
        raise SpecErrors([Problem(Where(name, error.lineno, error.colno), error.msg.lower())]) from None
    except (RecursionError, ValueError):
        raise SpecErrors([Problem(Where(name), "is nested too deeply, or holds an endless number")]) from None
    if not isinstance(tree, dict):
        raise SpecErrors([Problem(Where(name, 1, 1), "expected an object of token groups")])
    if found := refused(tree, limits.CHAIN):
        places = Places(text, json=True)
        problems = []
        for key, why in found:
            line, column = places.find(key) or (0, 0)
            problems.append(Problem(Where(name, line, column), f"{dotted(key)}: {why}"))
        raise SpecErrors(problems)
    return tree


def _walk(tree: Node, path: Path) -> Node | None:
    node: Any = tree
    for part in path:
        node = node.get(part) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else None


def _collect(node: Node, path: Path, found: set[str]) -> None:
    for name, below in node.items():
        if isinstance(below, dict) and not (name.startswith("$") and name != "$root"):
            if "$value" in below:
                found.add(".".join((*path, name)))
            else:
                _collect(below, (*path, name), found)


def _alias(value: Any) -> Path | None:
    """The path that a value refers to: `{color.brand}`, or `{"$ref": "#/color/brand/$value"}`."""
    if isinstance(value, str) and len(value) > 2 and value[0] == "{" and value[-1] == "}":
        return tuple(value[1:-1].split("."))
    if isinstance(value, dict) and isinstance(pointer := value.get("$ref"), str) and pointer.startswith("#/"):
        parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer[2:].split("/")]
        return tuple(parts[:-1] if parts[-1] == "$value" else parts)
    return None


def _plain(value: Any) -> Any:
    """A token's value as TOML could hold it. Raises ValueError for composites."""
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        return value
    if isinstance(value, dict) and "colorSpace" in value:
        return _colour(value)
    if isinstance(value, dict) and value.keys() == {"value", "unit"}:
        return f"{value['value']}{value['unit']}"
    raise ValueError("has parts, and specs read single values only")


def _colour(value: Node) -> str:
    """#rrggbb, with two more digits where alpha is below 1 (DTCG colour module 2025.10)."""
    text = value.get("hex")
    if not isinstance(text, str):
        parts = value.get("components")
        if value["colorSpace"] != "srgb":
            raise ValueError(f'colour space "{value["colorSpace"]}" needs a "hex" beside it')
        if not (isinstance(parts, list) and len(parts) == 3):
            raise ValueError("expected three components")
        text = "#" + "".join(f"{_byte(part):02x}" for part in parts)
    alpha = value.get("alpha", 1)
    return text if alpha == 1 else f"{text}{_byte(alpha):02x}"


def _byte(part: Any) -> int:
    if part == "none":
        return 0
    if isinstance(part, bool) or not isinstance(part, int | float) or not 0 <= part <= 1:
        raise ValueError("expected components from 0 to 1")
    return round(part * 255)
