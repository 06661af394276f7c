"""What the review server has to show and to take down, one checkout at a time.

Reads the checkout. Writes decisions, locks, masters and .tympan/views.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from tympan.asking import keep_facts
from tympan.checkout import Checkout
from tympan.decisions import SELECT
from tympan.errors import Busy, Damaged, OutOfDate
from tympan.sheet import answers, gather
from tympan.sheet.easel import Easel
from tympan.sheet.issued import remember
from tympan.sheet.shelf import Budget
from tympan.sheet.write import served

# Nothing has to be mailed: views may be as large as a screen.
_BUDGET = Budget(thumb=48_000, large=2_000_000)
# How long a decision waits for a build to end before the page is told to try again.
_PATIENCE_SECONDS = 10
_VECTOR = b"<svg"


class Desk:
    """The assets that are looked at. by: who sits at this machine; internal: decisions are among ourselves.

    Threads may ask at once.
    """

    def __init__(
        self, root: Path, wanted: Iterable[str], *, by: str, jobs: int, internal: bool = False
    ) -> None:
        self._root, self._wanted, self._by, self._jobs = root, tuple(wanted), by, jobs
        self._internal = internal
        self._lock = threading.RLock()
        self._easel: Easel | None = None

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            if self._easel is not None:
                self._easel.__exit__(None, None, None)

    def page(self) -> bytes:
        """The page as everything stands now."""
        with self._lock:
            checkout = Checkout(self._root)
            meant = {
                asset.id
                for asset in checkout.library.assets
                if any(fnmatchcase(asset.id, word) for word in self._wanted)
            }
            sheet = gather(checkout, meant, title="" if len(meant) < 4 else "Everything", inside=True)
            if self._easel is not None:
                self._easel.__exit__(None, None, None)
            self._easel = Easel(checkout, sheet, _BUDGET, self._jobs)
            remember(checkout, sheet)
            return served(self._easel.sheet, self._by).encode()

    def view(self, name: str, kind: str) -> bytes | None:
        """A view of a picture on the page: "thumb", "large" or "vector"; None if there is none."""
        with self._lock:
            easel = self._easel
            if easel is None or name not in {each.digest for each in easel.sheet.pictures}:
                return None
            if kind == "vector":
                try:
                    data = easel.bytes_of(name)
                except Damaged:
                    return None
                return data if _VECTOR in data[:4096] else None
            views = easel.shelf.get(name)
            return (views.thumb if kind == "thumb" else views.large) if views else None

    def take(self, data: bytes) -> int:
        """Put the decisions of one message on record; how many were new.

        UsageError for what is no decision, OutOfDate for what is about something else than is here, Busy
        while a build runs.
        """
        answer = answers.read(data, "the message")
        with self._lock, self._building():
            checkout = Checkout(self._root)
            # Who sits at this machine is known to git; any other name is what somebody typed.
            found = answers.taken(
                checkout, answer, via="review", claimed=answer.by != self._by, internal=self._internal
            )
            if found.left:
                raise OutOfDate("; ".join(found.left[:3]), hint="load the page anew")
            for asset, decision in found.made:
                checkout.asked.decisions.add(asset, decision)
            if chosen := {asset for asset, decision in found.made if decision.did == SELECT}:
                keep_facts(Checkout(self._root), chosen)
        return len(found.made)

    @contextmanager
    def _building(self) -> Iterator[None]:
        """Be the only one that changes this checkout; Busy if a build goes on for too long."""
        files = Checkout(self._root).files
        files.write(".tympan/.gitignore", b"*\n")
        lock = FileLock(files.path(".tympan/lock"), timeout=_PATIENCE_SECONDS)
        try:
            lock.acquire()
        except Timeout:
            raise Busy("a build is running here", hint="try again when it has ended") from None
        try:
            yield
        finally:
            lock.release()
