"""Facts in git: what was asked for an asset, what came, and where the master lies.

Reads and writes specs/<asset>.lock (TOML, by the machine only; the same facts give the same bytes).
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
import tomli

from tympan.errors import Damaged, FilesError
from tympan.files import Files

_HEAD = "# Facts, written by tympan: do not edit. What people want stands in the .toml beside it.\n"
_BARE = re.compile(r"[A-Za-z0-9_-]+")


class LockedCandidate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One candidate. number: within the request, from 1. master: path of its bytes in git, if it is one."""

    number: int
    digest: str
    job: str = ""
    master: str = ""
    facts: dict[str, str] = {}


class LockedRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request: what was asked, of whom, when, for how much, and the candidates that came.

    asked: the resolved values that differ from their defaults. model: the one the service says it used.
    cell: its place in a grid, axis -> value.
    """

    key: str
    step: str
    generator: str
    variants: tuple[str, ...] = ()
    version: str = ""
    model: str = ""
    at: str = ""
    cost: str = ""
    cell: dict[str, Any] = {}
    asked: dict[str, Any] = {}
    facts: dict[str, str] = {}
    candidate: tuple[LockedCandidate, ...] = ()


class Lock(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The facts of one asset."""

    version: int = 1
    request: tuple[LockedRequest, ...] = ()


class Locks:
    """The locks of all assets; each is read when it is first asked for."""

    def __init__(self, files: Files, folder: str) -> None:
        self._files = files
        self._folder = folder
        self._known: dict[str, Lock] = {}

    def file(self, asset: str) -> str:
        """Where an asset's lock is."""
        return f"{self._folder}/{asset}.lock"

    def of(self, asset: str) -> Lock:
        """An asset's lock, an empty one if there is none. Damaged if it cannot be understood."""
        if asset not in self._known:
            self._known[asset] = self._read(asset)
        return self._known[asset]

    def write(self, asset: str, lock: Lock) -> None:
        """Put an asset's lock in place, if it says anything new."""
        if lock == self.of(asset):
            return
        # Its bytes are flushed before it has its name: after a loss of power it is the old or the new one.
        self._files.finish(self._files.begin(self.file(asset), written(lock), sync=True))
        self._known[asset] = lock

    def drop(self, asset: str) -> None:
        """Take an asset's lock for an empty one, so that it is written anew whatever it says."""
        self._known[asset] = Lock()

    def _read(self, asset: str) -> Lock:
        file = self.file(asset)
        if self._files.sign(file) is None:
            return Lock()
        try:
            data = self._files.read(file)
            text = data.decode().replace("\r\n", "\n")
            end = "\n# end\n"
            if not text.endswith(end):
                raise ValueError("its end is missing")
            return msgspec.convert(tomli.loads(text), Lock, strict=True)
        except (ValueError, RecursionError, FilesError) as error:
            raise Damaged(
                f"{file} is damaged: {error}", hint=f"git checkout {file}, or: tympan relock {asset}"
            ) from None


def written(lock: Lock) -> bytes:
    """A lock as TOML, keys in a fixed order, one value a line."""
    lines = [_HEAD, f"version = {lock.version}\n"]
    for request in lock.request:
        lines.append("\n[[request]]\n")
        lines += _pairs(msgspec.to_builtins(request), skip=("asked", "facts", "candidate"))
        lines += _table("request.asked", request.asked)
        lines += _table("request.facts", request.facts)
        for candidate in request.candidate:
            lines.append("\n[[request.candidate]]\n")
            lines += _pairs(msgspec.to_builtins(candidate), skip=("facts",))
            lines += _table("request.candidate.facts", candidate.facts)
    lines.append("# end\n")
    return "".join(lines).encode()


def _table(name: str, values: dict[str, Any]) -> list[str]:
    return [f"\n[{name}]\n", *_pairs(dict(sorted(values.items())))] if values else []


def _pairs(values: dict[str, Any], skip: tuple[str, ...] = ()) -> list[str]:
    return [f"{toml_key(name)} = {toml_value(each)}\n" for name, each in values.items() if name not in skip]


def toml_value(value: Any) -> str:
    """A plain value as TOML on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dict):
        inner = ", ".join(f"{toml_key(name)} = {toml_value(each)}" for name, each in sorted(value.items()))
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    return _text(str(value))


def _text(text: str) -> str:
    # JSON's escapes are TOML's; DEL is a control character to TOML only.
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")


def toml_key(name: str) -> str:
    """A name as a TOML key, in quotes if it must be."""
    return name if _BARE.fullmatch(name) else _text(name)
