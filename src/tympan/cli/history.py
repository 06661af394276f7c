"""Everything that was asked for an asset, ever: the ledger, its lock, and the locks that git remembers.

Reads the checkout and the repository. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import msgspec
import tomli

from tympan.checkout import Checkout
from tympan.cli.git import Commit, Revision
from tympan.errors import UsageError
from tympan.ledger import Job, is_spent
from tympan.lock import Lock, LockedRequest
from tympan.model import Cost, read_cost

_LOCK = ".lock"


class Wish(msgspec.Struct, frozen=True):
    """One request, by its key: its jobs in this checkout's ledger, and what a lock says of it."""

    asset: str
    key: str
    jobs: tuple[Job, ...] = ()
    locked: LockedRequest | None = None

    @property
    def is_elsewhere(self) -> bool:
        """Whether the lock tells of jobs that the ledger has not: somebody else's, in another checkout."""
        if self.locked is None:
            return False
        if not self.jobs:
            return True
        ours = {name for job in self.jobs for name in (job.id, job.ticket.job if job.ticket else "")}
        theirs = {each.job for each in self.locked.candidate}
        return bool(theirs) and "" not in theirs and not theirs & ours

    def spent(self) -> list[tuple[str, Cost]]:
        """When how much was spent; what both ledger and lock tell of counts once."""
        found = [(job.sent or job.begun, job.cost) for job in self.jobs if is_spent(job) and job.cost.amount]
        if self.is_elsewhere and self.locked is not None:
            found += [(self.locked.at, cost) for cost in costs(self.locked.cost)]
        return found

    @property
    def generator(self) -> str:
        """Who was asked."""
        return self.jobs[0].generator if self.jobs else self.locked.generator if self.locked else ""


def costs(text: str) -> list[Cost]:
    """The amounts of a lock's cost, such as `0.50 USD + 12 credits`."""
    found = []
    for part in text.split(" + "):
        with suppress(ValueError):  # "0.00" has no currency
            found.append(read_cost(part))
    return found


class History:
    """The requests of a checkout's assets, the oldest first; git is asked once, when first needed."""

    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout
        self._folder = checkout.project.specs

    def commits(self, paths: Iterable[str]) -> list[Commit]:
        """The commits that touched these files; none where there is no git or no commit yet."""
        try:
            return Revision(self._checkout.files.root, "HEAD").log(list(paths))
        except UsageError:
            return []

    def wishes(self, assets: Iterable[str] | None = None) -> list[Wish]:
        """Every request of these assets, or of all, removed ones among them."""
        wanted = None if assets is None else set(assets)
        jobs: dict[str, list[Job]] = {}
        for job in self._checkout.asked.ledger.jobs():
            jobs.setdefault(job.key, []).append(job)
        owner = {key: each[0].asset for key, each in jobs.items()}
        locked: dict[str, LockedRequest] = {}
        known = list(self._locked(wanted))
        for _, request in known:
            locked.setdefault(request.key, request)
        for asset, request in reversed(known):
            owner.setdefault(request.key, asset)
        found = [
            Wish(asset, key, tuple(jobs.get(key, ())), locked.get(key))
            for key, asset in owner.items()
            if wanted is None or asset in wanted
        ]
        return sorted(found, key=begun)

    def _locked(self, wanted: set[str] | None) -> Iterable[tuple[str, LockedRequest]]:
        """Requests of the locks as they are, then as they were, newest first."""
        files = self._checkout.files
        if wanted is None:
            names = sorted(files.walk(self._folder, _LOCK))
        else:
            names = [self._checkout.asked.locks.file(asset) for asset in sorted(wanted)]
        for name in names:
            asset = self._asset(name)
            yield from ((asset, request) for request in self._checkout.asked.locks.of(asset).request)
        try:
            revision = Revision(files.root, "HEAD")
        except UsageError:
            return
        old = [
            (self._asset(path), blob)
            for commit in revision.log([self._folder] if wanted is None else names)
            for path, blob in commit.files.items()
            if path.endswith(_LOCK) and blob
        ]
        data = revision.blobs(blob for _, blob in old) if old else {}
        for asset, blob in old:
            yield from ((asset, request) for request in _requests(data.get(blob, b"")))

    def _asset(self, path: str) -> str:
        return path.removeprefix(f"{self._folder}/").removesuffix(_LOCK)


def begun(wish: Wish) -> str:
    """When a request was first asked."""
    times = [job.begun for job in wish.jobs] + ([wish.locked.at] if wish.locked else [])
    return min(filter(None, times), default="")


def _requests(data: bytes) -> tuple[LockedRequest, ...]:
    try:
        return msgspec.convert(tomli.loads(data.decode()), Lock).request
    except (ValueError, RecursionError):
        return ()  # of another version, or with a merge's marks in it
