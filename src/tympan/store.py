"""Bytes by digest, and what each action brought: the store.

Reads and writes .tympan/store: cas/<2>/<digest> for bytes, ac/<2>/<key> for actions.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tympan.errors import Damaged, FilesError
from tympan.files import Files, digest


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What an action brought. reads: what it read; results: name -> digest; facts: what it found out."""

    reads: dict[str, Any]
    results: dict[str, str]
    facts: dict[str, str] = {}


class Store:
    """The store below a folder. Blobs are written first, the action that names them last."""

    def __init__(self, files: Files, folder: str = ".tympan/store") -> None:
        self._files = files
        self._folder = folder
        self.corrupt: list[str] = []

    def put(self, data: bytes) -> str:
        """Keep bytes; their digest. Writes nothing if they are there."""
        name = digest(data)
        if not self.has(name):
            self._files.write(self._blob(name), data)
        return name

    def has(self, name: str) -> bool:
        """Whether bytes of this digest are there; they are verified when read."""
        return self._files.sign(self._blob(name)) is not None

    def get(self, name: str) -> bytes:
        """The bytes of a digest; Damaged if they are missing or are not what they are named by.

        Wrong bytes are counted in `corrupt` and moved aside, so that they can be made again.
        """
        try:
            data = self._files.read(self._blob(name))
        except FilesError as error:
            raise Damaged(f"the store has no {name[:12]}", hint=str(error)) from None
        if digest(data) != name:
            self.corrupt.append(name)
            self._files.move(self._blob(name), f"{self._folder}/corrupt/{name}")
            raise Damaged(f"the store's {name[:12]} does not have its digest", hint="moved aside")
        return data

    def record(self, key: str, action: Action) -> None:
        """Remember what an action brought."""
        self._files.write(self._action(key), msgspec.json.encode(action, order="deterministic"))

    def action(self, key: str) -> Action | None:
        """What an action brought, None if it never ran or its record cannot be read."""
        try:
            return msgspec.json.decode(self._files.read(self._action(key)), type=Action)
        except (FilesError, msgspec.DecodeError):
            return None

    def _blob(self, name: str) -> str:
        return f"{self._folder}/cas/{name[:2]}/{name}"

    def _action(self, key: str) -> str:
        return f"{self._folder}/ac/{key[:2]}/{key}"
