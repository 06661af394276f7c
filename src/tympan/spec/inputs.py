"""Which files and profiles a plugin's params name, and whether they are there.

Reads the signatures of input files. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import Annotated, Any, get_args, get_origin

import msgspec

from tympan.errors import PathRefused
from tympan.files import Files, RelPath
from tympan.spec.guess import did_you_mean
from tympan.spec.locate import Key
from tympan.spec.mistakes import Mistake
from tympan.spec.resolved import Catalogue


class Inputs:
    """Looks at every input and profile once. `seen` has the paths of good inputs, from the project root."""

    def __init__(self, files: Files, folder: str, catalogue: Catalogue) -> None:
        self.seen: dict[str, str] = {}
        self._files = files
        self._folder = folder
        self._catalogue = catalogue
        self._wrong: dict[tuple[str, str], tuple[str, str]] = {}

    def named_by(
        self, params: msgspec.Struct, key: Key, found: list[Mistake]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Input paths as the params spell them, and profile names; mistakes go to `found`."""
        if not has_marks(type(params)):
            return (), ()
        names: dict[str, list[str]] = {"input": [], "profile": []}
        for mark, place, name in marked(params, type(params), key):
            wrong = self._check(mark, name)
            if wrong[0]:
                found.append(Mistake(place, *wrong))
            elif name not in names[mark]:
                names[mark].append(name)
        return tuple(names["input"]), tuple(names["profile"])

    def matching(self, pattern: str, key: Key, found: list[Mistake]) -> list[str]:
        """Paths below the assets folder that a pattern names, sorted; a mistake if there is none."""
        if "*" not in pattern:
            wrong = self._check("input", pattern)
            if wrong[0]:
                found.append(Mistake(key, *wrong))
                return []
            return [pattern]
        start = len(self._folder) + 1
        names = [name[start:] for name in self._files.walk(self._folder)]
        good = [name for name in names if fnmatchcase(name, pattern) and not self._check("input", name)[0]]
        if not good:
            found.append(Mistake(key, f"no file {self._folder}/{pattern}"))
        return good

    def _check(self, mark: str, name: str) -> tuple[str, str]:
        if (mark, name) not in self._wrong:
            self._wrong[mark, name] = self._input(name) if mark == "input" else self._profile(name)
        return self._wrong[mark, name]

    def _profile(self, name: str) -> tuple[str, str]:
        if self._catalogue.has_profile(name):
            return "", ""
        return f'unknown profile "{name}"', did_you_mean(name, self._catalogue.profile_names())

    def _input(self, name: str) -> tuple[str, str]:
        try:
            path = f"{self._folder}/{RelPath.parse(name)}"
        except PathRefused as error:
            return error.message, error.hint
        # The name as it is written: a file whose name is in another Unicode form is another file.
        path = f"{self._folder}/{name}"
        if self._files.sign(path) is None:
            known = list(self._files.walk(self._folder))
            hint = did_you_mean(path, known)
            return f"no file {path}", hint if hint.startswith("did") else ""
        if not self._files.inside(path):
            return f"{path} is a link out of the project", ""
        self.seen[path] = RelPath(path).twin
        return "", ""


@cache
def has_marks(kind: Any) -> bool:
    """Whether a type has a field that names an input or a profile, at any depth."""
    if get_origin(kind) is Annotated:
        return bool(_mark(kind)) or has_marks(get_args(kind)[0])
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return bool(_marked_fields(kind))
    return any(has_marks(inner) for inner in get_args(kind) if inner is not Ellipsis)


@cache
def _marked_fields(kind: type[msgspec.Struct]) -> list[tuple[str, str, Any]]:
    fields = msgspec.structs.fields(kind)
    return [(field.name, field.encode_name, field.type) for field in fields if has_marks(field.type)]


def marked(value: Any, kind: Any, key: Key) -> Iterator[tuple[str, Key, str]]:
    """Mark, key and text of every input and profile that a value of a type names; "" is none."""
    while get_origin(kind) is Annotated:
        if mark := _mark(kind):
            if value:
                yield mark, key, value
            return
        kind = get_args(kind)[0]
    if isinstance(value, msgspec.Struct):
        for name, encoded, inner in _marked_fields(type(value)):
            yield from marked(getattr(value, name), inner, (*key, encoded))
    elif isinstance(value, dict):
        for name, below in value.items():
            yield from marked(below, get_args(kind)[1], (*key, name))
    elif isinstance(value, tuple | list) and (kinds := get_args(kind)):
        several = len(kinds) > 1 and kinds[1] is not ...
        for nth, below in enumerate(value):
            yield from marked(below, kinds[nth if several else 0], (*key, nth))


def _mark(kind: Any) -> str:
    for meta in get_args(kind)[1:]:
        if isinstance(meta, msgspec.Meta) and meta.extra and "tympan" in meta.extra:
            return str(meta.extra["tympan"])
    return ""
