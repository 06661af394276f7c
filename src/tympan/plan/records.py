"""What the plan remembers of earlier builds, and whom it asks.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """How something came to be: its action key, its results by name, and the files that hold them.

    results: result name -> digest. outputs: path from the root -> digest, for targets only.
    """

    key: str
    results: dict[str, str]
    outputs: dict[str, str] = {}


class Memory(Protocol):
    """What the plan may ask; state and store answer together."""

    def foresee(self, keys: Sequence[str]) -> None:
        """Be ready to be asked about these actions, and about the bytes they brought."""

    def record(self, node: str) -> Record | None:
        """The last record of a node in this checkout."""

    def action(self, key: str) -> dict[str, str] | None:
        """Results of an action that ran before, here or elsewhere: result name -> digest."""

    def reads(self, key: str) -> dict[str, Any] | None:
        """What an action read when it ran, for reasons."""

    def has_blob(self, digest: str) -> bool:
        """Whether the store holds these bytes."""

    def output(self, path: str) -> str | None:
        """Digest of the file at a path now; None if there is no regular file."""

    def asked(self, asset: str, key: str) -> dict[str, str] | None:
        """Candidates that a request which only verbs make has brought: number from 0 -> digest."""

    def asked_before(self, asset: str, step: str, variant: str) -> dict[str, Any] | None:
        """The values that were asked last for a step of an asset, None if nothing was."""

    def outcome(self, key: str) -> str:
        """What became of a request that brought nothing, for a person; "" if it was not made."""
