"""Patterns of output paths, and who writes what.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tympan.errors import PathRefused
from tympan.files import RelPath

# Names of a pattern beside the axes of the matrix.
NAMES = ("asset", "name", "variant", "target", "size", "suffix")

_TOKEN = re.compile(r"\{([^{}\[\]]*)\}|[\[\]{}]|[^\[\]{}]+")
_Part = tuple[str, str]


class PatternError(ValueError):
    """A pattern that cannot be read, or has no path for some values."""


class Pattern:
    """A path with names in braces; a group in brackets is left out when a name inside it is empty."""

    def __init__(self, text: str) -> None:
        self.names: set[str] = set()
        self._groups: list[tuple[bool, list[_Part]]] = [(False, [])]
        optional = False
        for found in _TOKEN.finditer(text):
            token, name = found.group(), found.group(1)
            if name:
                self.names.add(name)
                self._groups[-1][1].append(("", name))
            elif token in "{}" or name == "":
                raise PatternError('a lone brace, or "{}" without a name')
            elif token in "[]":
                if (token == "[") == optional:
                    raise PatternError("brackets must be closed, and cannot stand in each other")
                optional = token == "["
                self._groups.append((optional, []))
            else:
                self._groups[-1][1].append((token, ""))
        if optional:
            raise PatternError("brackets must be closed, and cannot stand in each other")

    def path(self, values: Mapping[str, str]) -> str:
        """The path for some values. Raises PatternError where a name outside brackets is empty."""
        text = ""
        for optional, parts in self._groups:
            group = ""
            for literal, name in parts:
                value = values.get(name, "") if name else literal
                if not value:
                    if not optional:
                        hint = f"put it in brackets, such as [-{{{name}}}]"
                        raise PatternError(f'"{{{name}}}" is empty here: {hint}')
                    group = ""
                    break
                group += value
            text += group
        return text


class Claim(NamedTuple):
    """An output and who writes it: the asset, the variant's name and the target."""

    path: str
    asset: str
    variant: str
    target: str

    def __str__(self) -> str:
        variant = f".{self.variant}" if self.variant else ""
        return f"{self.asset}{variant} target.{self.target}"


class Claims:
    """Every output of a project, by what another file system may take it for."""

    def __init__(self, reserved: Mapping[str, str]) -> None:
        self._reserved = reserved
        self._taken: dict[str, Claim] = {}
        self._folders: dict[str, Claim] = {}

    def add(self, claim: Claim) -> str:
        """Take a path; "" or the reason why it cannot be taken."""
        twin = RelPath(claim.path).twin
        if other := self._taken.get(twin):
            same = "" if other.path == claim.path else f", as {other.path}"
            return f"writes {claim.path}, which {other} writes too{same}"
        if what := self._reserved.get(twin):
            return f"writes {claim.path}, which is {what}"
        if other := self._folders.get(twin):
            return f"writes {claim.path}, which is a folder of {other.path} ({other})"
        for folder in _parents(twin):
            if other := self._taken.get(folder):
                return f"writes {claim.path} below {other.path}, a file of {other}"
            if folder in self._folders:
                break
            self._folders[folder] = claim
        self._taken[twin] = claim
        return ""


def output_path(folder: str, pattern: Pattern, values: Mapping[str, str]) -> str:
    """The path of an output from the project root. Raises PatternError, also for paths that are refused."""
    try:
        return f"{folder}/{RelPath.parse(pattern.path(values))}"
    except PathRefused as error:
        raise PatternError(error.message) from None


def _parents(path: str) -> Iterable[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
