"""Which asset a picture belongs to: an index of what all outputs and candidates look like.

Reads the state, the ledger, locks, the store and outputs. Writes .tympan/looks.db. That may be deleted: then
outputs are forgotten that are on no record any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tympan import looks
from tympan.checkout import Checkout
from tympan.database import Database
from tympan.errors import TaskError
from tympan.files import digest
from tympan.looks import MINIATURE, Look
from tympan.marks import read_marks
from tympan.worker.jobs import Take
from tympan.worker.pool import Pool

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FILE = ".tympan/looks.db"
TABLES = """
CREATE TABLE IF NOT EXISTS look (digest TEXT PRIMARY KEY, version INTEGER, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS place (
    digest TEXT, asset TEXT, what TEXT, PRIMARY KEY (digest, asset, what)
) WITHOUT ROWID;
"""
# Magic bytes of what intake takes; a target may be anything at all.
_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"RIFF")
_AVIF = b"ftypavif"
# Rows written at once, so that a break loses little.
_AT_ONCE = 256
# Of 64 bits. Hashes only choose what is compared in colour, and are wide enough to miss nothing.
_NEAR_PHASH, _NEAR_DHASH = 22, 16
# For pictures with sides from so many px on: the most that miniatures of the same picture differ (root mean
# square, 0 to 255), and how many times that, and how much more, any other asset's must differ. A halved
# icon of 24 px keeps little of itself. Chosen with bench/who.py: none wrong, 98 % right.
_JUDGED = {40: (6.0, 1.3, 1.0), 20: (9.0, 1.15, 0.7), 0: (12.0, 1.15, 0.7)}
# A file that names its asset is believed if its miniature differs from one of that asset's by no more, and
# from no other asset's by less. Chosen with bench/who.py: no lie is believed.
_BELIEVED = 45.0
# Pictures of other assets that are compared with it.
_FEW = 64


class Place(NamedTuple):
    """What bytes were: the asset, and a path of an output or `candidate 3 of source`."""

    asset: str
    what: str


class Near(NamedTuple):
    """A place whose picture is near. bits: pHash bits that differ, of 64; distance: of colours, 0 to 255."""

    place: Place
    bits: int
    distance: float


class Found(NamedTuple):
    """Whose picture it is. near: per asset; says: the asset that the file itself names, "" if it names none.

    verdict: "same bytes"; "same picture"; "marked", if the file names its asset and looks like it, or cannot
    be looked at; "contradiction", if it names one and looks like another; "unknown".
    """

    verdict: str
    near: tuple[Near, ...]
    says: str = ""


class Seen:
    """The index of one checkout. Call `refresh` before asking."""

    def __init__(self, checkout: Checkout, pool: Pool) -> None:
        self._checkout = checkout
        self._pool = pool
        self._base = Database(checkout.files, _FILE, TABLES)
        self.skipped = 0

    def refresh(self) -> int:
        """Look at everything that is new; how many views are known. skipped: counts what is no picture."""
        known = set(self._base.ask("SELECT digest, asset, what FROM place"))
        fresh = {(name, *place) for name, place in self._places()} - known
        self._base.change(("INSERT OR IGNORE INTO place VALUES (?, ?, ?)", sorted(fresh)))
        done = {
            row[0] for row in self._base.ask("SELECT digest FROM look WHERE version = ?", (looks.VERSION,))
        }
        paths = {each[0]: each[2] for each in sorted(known | fresh)}
        todo = sorted(set(paths) - done)
        for start in range(0, len(todo), _AT_ONCE):
            part = todo[start : start + _AT_ONCE]
            with ThreadPoolExecutor(4) as threads:
                bodies = list(threads.map(lambda name: self._look(name, paths[name]), part))
            pairs = zip(part, bodies, strict=True)
            rows = [(name, looks.VERSION, body) for name, body in pairs if body is not None]
            self._base.change(("INSERT OR REPLACE INTO look VALUES (?, ?, ?)", rows))
        self.__dict__.pop("_index", None)
        return len(self._index.owners)

    def who(self, data: bytes) -> Found:
        """Whose picture this is; TaskError if it cannot be looked at and its bytes are not known."""
        says = read_marks(data).marks.asset
        rows = self._base.ask("SELECT asset, what FROM place WHERE digest = ?", (digest(data),))
        if rows:
            # One place is enough for each asset: equal files of two sizes are one answer.
            places = {asset: Place(asset, what) for asset, what in sorted(rows, reverse=True)}
            return Found("same bytes", tuple(Near(places[asset], 0, 0.0) for asset in sorted(places)), says)
        try:
            seen = self._pool.ask(Take(data, look=True)).results["look"]
        except TaskError:
            if place := self._named(says):
                return Found("marked", (Near(place, 0, -1.0),), says)
            raise
        asked = msgspec.msgpack.decode(seen, type=Look)
        found = judged(asked.size, self._index.near(asked))
        if not says:
            return found
        own = None if found.verdict == "same picture" else self._index.of(says, asked)
        return weighed(found, says, own if own and self._index.is_nearest(own, asked) else None)

    def _named(self, asset: str) -> Place | None:
        """A place of an asset that a file names, None if nothing was delivered of it."""
        rows = self._base.ask("SELECT asset, what FROM place WHERE asset = ? ORDER BY what", (asset,))
        return Place(*rows[0]) if rows else None

    def close(self) -> None:
        """Let the file go."""
        self._base.close()

    def _places(self) -> Iterator[tuple[str, Place]]:
        """Digest and place of every output on record, and of every candidate."""
        state = self._checkout.state
        state.load_all()
        for node, asset in state.owners().items():
            record = state.record(node)
            if record is not None and record.key:
                yield from ((name, Place(asset, path)) for path, name in record.outputs.items())
        for job in self._checkout.asked.ledger.jobs():
            step = job.node.partition(":")[0].lstrip("_")
            for number, name in job.results.items():
                if number.isdigit():
                    yield name, Place(job.asset, f"candidate {job.first + int(number) + 1} of {step}")
        folder = self._checkout.project.specs
        for path in self._checkout.files.walk(folder, ".lock"):
            asset = path.removeprefix(f"{folder}/").removesuffix(".lock")
            self._checkout.asked.locked(asset, "")  # finds the masters, which `_bytes` asks for
            for request in self._checkout.asked.locks.of(asset).request:
                for each in request.candidate:
                    yield each.digest, Place(asset, f"candidate {each.number} of {request.step}")

    def _look(self, name: str, path: str) -> bytes | None:
        """The encoded look of bytes by digest, an empty one of what is no picture, None without bytes."""
        data = self._checkout.asked.bytes_of(name, path)
        if data is None:
            return None
        head = data[:4]
        is_picture = (
            head.startswith(_MAGIC)
            or data[4:12] == _AVIF
            or data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        )
        try:
            if is_picture:
                return self._pool.ask(Take(data, look=True)).results["look"]
        except TaskError:
            pass
        self.skipped += 1
        return msgspec.msgpack.encode(Look((1, 1), ()))

    @cached_property
    def _index(self) -> _Index:
        places: dict[str, Place] = {}
        for name, asset, what in self._base.ask("SELECT digest, asset, what FROM place ORDER BY what DESC"):
            places.setdefault(f"{name} {asset}", Place(asset, what))
        by_digest: dict[str, list[Place]] = {}
        for key, place in places.items():
            by_digest.setdefault(key.partition(" ")[0], []).append(place)
        decode = msgspec.msgpack.Decoder(Look).decode
        rows = self._base.ask("SELECT digest, body FROM look WHERE version = ?", (looks.VERSION,))
        return _Index((decode(body), by_digest.get(name, [])) for name, body in rows)


def judged(size: tuple[int, int], near: list[Near]) -> Found:
    """The verdict on a picture of a size in px, from the nearest of each asset, the nearest first."""
    if near:
        same, times, more = next(each for side, each in _JUDGED.items() if min(size) >= side)
        best, others = near[0].distance, near[1:]
        if best <= same and not (others and others[0].distance < max(best * times, best + more)):
            return Found("same picture", (near[0],))
    return Found("unknown", tuple(near[:3]))


def weighed(found: Found, says: str, own: Near | None) -> Found:
    """The verdict with what the file says of itself; own: the nearest picture of the asset that it names."""
    if found.verdict == "same picture":
        agrees = found.near[0].place.asset == says
        return Found(found.verdict if agrees else "contradiction", found.near, says)
    if own is not None and own.distance <= _BELIEVED:
        return Found("marked", (own,), says)
    return Found(found.verdict, found.near, says)


class _Index:
    """All views side by side, to be compared at once. owners: the places of each view's picture."""

    def __init__(self, seen: Iterable[tuple[Look, list[Place]]]) -> None:
        import numpy as np

        flat = [(each.size, view, places) for each, places in seen for view in each.views]
        self.owners = [places for _, _, places in flat]
        self._ground = np.array([view.ground for _, view, _ in flat], np.uint8)
        self._phash = np.array([view.phash for _, view, _ in flat], np.uint64)
        self._dhash = np.array([view.dhash for _, view, _ in flat], np.uint64)
        sizes = np.array([size for size, _, _ in flat], np.float64).reshape(-1, 2)
        self._shape = np.log(sizes[:, 0] / sizes[:, 1])
        self._short = sizes.min(axis=1) if len(flat) else np.zeros(0)
        joined = b"".join(view.miniature for _, view, _ in flat)
        self._miniature = np.frombuffer(joined, np.uint8).reshape(len(flat), 3 * MINIATURE**2)

    def near(self, seen: Look) -> list[Near]:
        """The nearest picture of each asset, the nearest first."""
        import numpy as np

        best: dict[str, Near] = {}
        for view in seen.views:
            bits = looks.distances(self._phash, view.phash)
            wanted = (bits <= _NEAR_PHASH) | (looks.distances(self._dhash, view.dhash) <= _NEAR_DHASH)
            wanted &= self._fits(seen.size)
            if view.ground != looks.OPAQUE:
                wanted &= (self._ground == view.ground) | (self._ground == looks.OPAQUE)
            chosen = np.flatnonzero(wanted)
            own = np.frombuffer(view.miniature, np.uint8).astype(np.float32)
            apart = np.sqrt(np.mean((self._miniature[chosen] - own) ** 2, axis=1))
            for at, distance in zip(chosen.tolist(), apart.tolist(), strict=True):
                for place in self.owners[at]:
                    if place.asset not in best or distance < best[place.asset].distance:
                        best[place.asset] = Near(place, int(bits[at]), round(distance, 2))
        return sorted(best.values(), key=lambda each: (each.distance, each.place))

    def of(self, asset: str, seen: Look) -> Near | None:
        """The nearest picture of one asset, however far; None if it has none that can be looked at."""
        import numpy as np

        chosen = np.array(self._views.get(asset, ()), np.intp)
        best: Near | None = None
        for view in seen.views if len(chosen) else ():
            own = np.frombuffer(view.miniature, np.uint8).astype(np.float32)
            apart = np.sqrt(np.mean((self._miniature[chosen] - own) ** 2, axis=1))
            at = int(chosen[apart.argmin()])
            distance = round(float(apart.min()), 2)
            if best is None or distance < best.distance:
                bits = int(looks.distances(self._phash[at : at + 1], view.phash)[0])
                best = Near(next(each for each in self.owners[at] if each.asset == asset), bits, distance)
        return best

    def is_nearest(self, own: Near, seen: Look) -> bool:
        """Whether no other asset has a picture that is nearer, however little their hashes agree."""
        import numpy as np

        for view in seen.views:
            theirs = np.frombuffer(view.miniature, np.uint8).astype(np.int16)
            # Every eighth value is enough to find the few that are looked at whole.
            rough = np.abs(self._miniature[:, ::8] - theirs[::8]).sum(axis=1, dtype=np.int32)
            rough[self._views.get(own.place.asset, [])] = np.iinfo(np.int32).max
            few = np.argpartition(rough, min(_FEW, len(rough) - 1))[:_FEW]
            few = few[rough[few] < np.iinfo(np.int32).max]
            whole = (self._miniature[few] - theirs).astype(np.float32)
            if (np.sqrt(np.mean(whole**2, axis=1)) < own.distance).any():
                return False
        return True

    @cached_property
    def _views(self) -> dict[str, list[int]]:
        """The views of each asset."""
        views: dict[str, list[int]] = {}
        for at, places in enumerate(self.owners):
            for place in places:
                views.setdefault(place.asset, []).append(at)
        return views

    def _fits(self, size: tuple[int, int]) -> NDArray[np.bool_]:
        """Whether proportions agree, but for the pixel that scaling rounds away."""
        import numpy as np

        apart = np.abs(self._shape - np.log(size[0] / size[1]))
        fits: NDArray[np.bool_] = apart <= 1.01 / np.minimum(self._short, min(size)) + 0.002
        return fits
