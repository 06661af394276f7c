"""What a recalibration set out to do and what became of it: what it is gone on with.

Reads and writes recalibrations/<name>/record.json, by the machine only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from tympan.errors import Damaged, FilesError
from tympan.files import Files

FOLDER = "recalibrations"
_FILE = "record.json"


class Tried(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request under two models. name: the variant, and the step if it is a refinement.

    before: the model that the spec asks for; wanted: how many pictures of each side. old, new: digests of
    the pictures. chosen: the one that goes on now. remarks: what the new model ignores, or takes under
    another name. text: what is to be read in the pictures.
    """

    name: str
    asset: str
    step: str
    variant: str
    before: str
    wanted: int
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    chosen: str = ""
    remarks: tuple[str, ...] = ()
    text: str = ""

    @property
    def like(self) -> str:
        """The new picture whose place is that of the chosen one among the old, so that its seed is, too."""
        place = self.old.index(self.chosen) if self.chosen in self.old else 0
        return self.new[min(place, len(self.new) - 1)] if self.new else ""


class Tuned(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request tried with options of its own, or none. apart: how far its pictures are from the old ones in
    the aspect where they are furthest, in gates; 0 if that could not be measured. aspect: that one."""

    name: str
    options: dict[str, Any]
    new: tuple[str, ...]
    apart: float = 0.0
    aspect: str = ""


class Accepted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an asset was before it was accepted: files by path with the digest they had, "" for none;
    the candidates selected then, by request. models: by step; options: those set then, with the values that
    they had by step, None for what the spec did not say."""

    models: dict[str, str]
    files: dict[str, str]
    selected: dict[str, str] = {}
    options: dict[str, dict[str, Any]] = {}
    set: dict[str, Any] = {}


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One recalibration. generator, to: the model to go to. left_out: why an asset is not in it.

    cost: what was spent on it, as people write it.
    """

    version: int = 1
    generator: str
    to: str
    cost: str = ""
    tried: tuple[Tried, ...] = ()
    left_out: dict[str, str] = {}
    accepted: dict[str, Accepted] = {}
    tuned: tuple[Tuned, ...] = ()

    @property
    def name(self) -> str:
        """The name of its folder."""
        return name_of(self.generator, self.to)

    def of(self, asset: str) -> list[Tried]:
        """The requests of an asset."""
        return [each for each in self.tried if each.asset == asset]

    def blobs(self) -> set[str]:
        """Digests that it needs: pictures of both sides, and files as they were."""
        pictures = {name for each in self.tried for name in (*each.old, *each.new)}
        pictures |= {name for each in self.tuned for name in each.new}
        return pictures | {name for each in self.accepted.values() for name in each.files.values() if name}


def name_of(generator: str, model: str) -> str:
    """A folder's name for a model of a generator."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", f"{generator}-{model}").strip("-.")


def path_of(name: str, file: str = _FILE) -> str:
    """Where a file of a recalibration lies, from the root."""
    return f"{FOLDER}/{name}/{file}"


def load(files: Files, name: str) -> Record | None:
    """The record of a recalibration, None if there is none. Damaged if it cannot be understood."""
    path = path_of(name)
    if files.sign(path) is None:
        return None
    try:
        return msgspec.json.decode(files.read(path), type=Record, strict=True)
    except (ValueError, RecursionError, FilesError) as error:
        raise Damaged(f"{path} is damaged: {error}", hint=f"git checkout {path}") from None


def save(files: Files, record: Record) -> None:
    """Put a record in place."""
    body = msgspec.json.format(msgspec.json.encode(record, order="deterministic"), indent=2) + b"\n"
    files.write(path_of(record.name), body, sync=True)


def load_all(files: Files) -> list[Record]:
    """All recalibrations of a project, by name."""
    names = [path.split("/")[1] for path in files.walk(FOLDER, _FILE) if path.count("/") == 2]
    return list(filter(None, (load(files, name) for name in names)))


def blobs(files: Files) -> set[str]:
    """Digests that the recalibrations of a project need."""
    return _union(record.blobs() for record in load_all(files))


def _union(sets: Iterable[set[str]]) -> set[str]:
    found: set[str] = set()
    return found.union(*sets)
