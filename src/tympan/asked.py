"""What was asked outside and what came of it: ledger, locks, decisions and masters read together.

Reads the ledger, locks, decisions, masters and the store. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import msgspec

from tympan import ledger as states
from tympan.decisions import Decisions
from tympan.errors import Damaged, FilesError
from tympan.files import Files, digest
from tympan.ledger import Job, Ledger
from tympan.lock import LockedRequest, Locks
from tympan.store import Store

_WORDS = {
    states.BLOCKED: "blocked",
    states.FAILED: "failed",
    states.UNKNOWN: "unknown: the call may have arrived; tympan resume says what can be done",
    states.SENDING: "unknown: the call may have arrived; tympan resume says what can be done",
    states.ANSWERED: "not finished: tympan resume",
    states.SUBMITTED: "not finished: tympan resume",
    states.LOST: "given up",
}


class Asked:
    """Facts about requests of one checkout; the plan's `Asked`, and part of its `Memory`."""

    def __init__(self, files: Files, folder: str, store: Store) -> None:
        self._files = files
        self._store = store
        self._masters: dict[str, str] = {}
        self._looked: set[str] = set()
        self.locks = Locks(files, folder)
        self.decisions = Decisions(files, folder)

    @cached_property
    def ledger(self) -> Ledger:
        """This checkout's ledger, read when it is first asked for."""
        return Ledger(self._files)

    def results(self, asset: str, key: str) -> dict[str, str] | None:
        """Candidates that a request has brought, number from 0 -> digest; None if there are none."""
        found = self.ledger.results(key)
        if (locked := self.locked(asset, key)) is not None:
            found = {str(each.number - 1): each.digest for each in locked.candidate} | found
        return found or None

    def locked(self, asset: str, key: str) -> LockedRequest | None:
        """What the lock says of a request."""
        self._look_up_masters(asset)
        return next((each for each in self.locks.of(asset).request if each.key == key), None)

    def is_locked(self, asset: str, key: str, first: int, count: int) -> bool:
        """Whether the lock has candidates of a job: `count` of a request, from number `first` on."""
        locked = self.locked(asset, key)
        return locked is not None and any(
            first <= candidate.number - 1 < first + count for candidate in locked.candidate
        )

    def before(self, asset: str, step: str, variant: str) -> dict[str, Any] | None:
        """The values asked last for a step, None if nothing was."""
        found = [
            each.asked
            for each in self.locks.of(asset).request
            if each.step == step and variant in (each.variants or ("",))
        ]
        return found[-1] if found else None

    def outcome(self, key: str) -> str:
        """What became of a request's jobs, in a few words; "" if there are none, or all brought pictures."""
        said = [_said(job) for job in self.ledger.of(key) if job.did in _WORDS]
        return "; ".join(dict.fromkeys(said))

    def selected(self, asset: str, step: str, variant: str) -> str:
        """Digest of the candidate selected last, "" if none was."""
        return self.decisions.selected(asset, step, variant)

    def style(self, asset: str, key: str) -> dict[str, str] | None:
        """What the training of a style brought, None if it was not trained."""
        results = self.results(asset, key)
        if not results:
            return None
        try:
            made = msgspec.json.decode(self.get(results["0"]))
        except (Damaged, ValueError, KeyError):
            return None
        return {str(name): str(value) for name, value in made.items()} if isinstance(made, dict) else None

    def has(self, name: str) -> bool:
        """Whether bytes of this digest are in the store or in a master."""
        return self._store.has(name) or self._files.sign(self._masters.get(name, "")) is not None

    def get(self, name: str) -> bytes:
        """The bytes of a digest, from the store or from a master. Damaged if neither has them."""
        path = self._masters.get(name, "")
        try:
            return self._store.get(name)
        except Damaged as error:
            try:
                data = self._files.read(path) if path else b""
            except FilesError:
                data = b""
            if digest(data) == name:
                return data
            if path and data:
                raise Damaged(
                    f"{path} has the digest {digest(data)[:12]}, its lock says {name[:12]}",
                    hint=f"git checkout {path}",
                ) from None
            raise error from None

    def blobs(self, assets: Iterable[str]) -> set[str]:
        """Digests that must never be given back: what the ledger names, and the locks of these assets."""
        locked = (request for asset in assets for request in self.locks.of(asset).request)
        return self.ledger.blobs() | {each.digest for request in locked for each in request.candidate}

    def bytes_of(self, name: str, path: str) -> bytes | None:
        """The bytes of a digest: from store or master, else from a file that still has them, else None."""
        try:
            return self.get(name)
        except Damaged:
            pass
        try:
            data = self._files.read(path)
        except FilesError:
            return None
        return data if digest(data) == name else None

    def files_of(self, asset: str) -> list[str]:
        """Paths that the facts about an asset come from, whether they are there or not."""
        masters = [each.master for request in self.locks.of(asset).request for each in request.candidate]
        return [self.locks.file(asset), self.decisions.file(asset), *filter(None, masters)]

    def _look_up_masters(self, asset: str) -> None:
        if asset not in self._looked:
            self._looked.add(asset)
            for request in self.locks.of(asset).request:
                self._masters.update({each.digest: each.master for each in request.candidate if each.master})

    def forget(self, asset: str) -> None:
        """Look an asset's masters up again: its lock was written."""
        self._looked.discard(asset)


def _said(job: Job) -> str:
    word = _WORDS[job.did]
    return f"{word}: {job.message}" if job.did in (states.BLOCKED, states.FAILED) else word
