"""Views of pictures, kept by the digest of what they show.

Reads and writes .tympan/views: one file a picture and size, which may be deleted at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import msgspec

from tympan.errors import FilesError, TympanError
from tympan.files import Files, digest
from tympan.model import canonical
from tympan.sheet.model import Shown
from tympan.versions import version_of
from tympan.views import VERSION, Seen, Views
from tympan.worker.looking import Show
from tympan.worker.pool import Pool

FOLDER = ".tympan/views"
# Budgets in bytes that views are made for: few, so that sheets of like size share them.
_LADDER = (4_000, 6_000, 8_000, 12_000, 16_000, 24_000, 32_000, 48_000, 64_000, 96_000, 128_000, 192_000,
           256_000, 384_000, 512_000, 1_000_000, 2_000_000)  # fmt: skip
# Base64 makes four letters of three bytes.
_GROWS = 4 / 3


class Budget(msgspec.Struct, frozen=True):
    """What the small and the larger view of one picture may take, in bytes."""

    thumb: int
    large: int


def budget(most: float, pictures: int) -> Budget:
    """What each of so many pictures may take in a page of `most` bytes."""
    each = most / _GROWS / max(1, pictures)
    thumb = _rung(min(each * 0.3, 40_000))
    return Budget(thumb, _rung(each - thumb))


def _rung(size: float) -> int:
    return max((rung for rung in _LADDER if rung <= size), default=_LADDER[0])


class Shelf:
    """The views of one checkout's pictures.

    bytes_of: gives a digest's bytes. most: what a view may take. troubles: digest -> why it has no views.
    """

    def __init__(
        self, files: Files, pool: Pool, bytes_of: Callable[[str], bytes], most: Budget, jobs: int = 1
    ) -> None:
        self._files = files
        self.pool = pool
        self.bytes_of = bytes_of
        self._most = most
        self._jobs = jobs
        self.troubles: dict[str, str] = {}

    def fill(self, pictures: Iterable[Shown]) -> dict[str, Seen]:
        """Make what is missing, several at once; what pixels say of each, by digest."""
        names = list(dict.fromkeys(each.digest for each in pictures))
        with ThreadPoolExecutor(self._jobs) as threads:
            found = list(threads.map(self._seen, names))
        return {name: seen for name, seen in zip(names, found, strict=True) if seen is not None}

    def _seen(self, name: str) -> Seen | None:
        views = self.get(name)
        return views.seen if views else None

    def get(self, name: str) -> Views | None:
        """The views of a picture, None if it cannot be shown: `troubles` says why."""
        path = self._path(name)
        try:
            return msgspec.msgpack.decode(self._files.read(path), type=Views)
        except (FilesError, ValueError):
            pass
        try:
            data = self.bytes_of(name)
            results = self.pool.ask(Show(data, self._most.thumb, self._most.large)).results
        except TympanError as error:
            self.troubles[name] = error.message
            return None
        seen = msgspec.msgpack.decode(results["seen"], type=Seen)
        views = Views(thumb=results["thumb"], large=results["large"], seen=seen)
        self._files.write(path, msgspec.msgpack.encode(views))
        return views

    def _path(self, name: str) -> str:
        libraries = [version_of("pillow"), version_of("resvg-py")]
        key = digest(canonical([VERSION, name, self._most.thumb, self._most.large, libraries]))
        return f"{FOLDER}/{key[:2]}/{key}"


def clear(files: Files, *, dry_run: bool) -> int:
    """Delete all views; how many bytes they had."""
    names = list(files.walk(FOLDER))
    signs = [sign for name in names if (sign := files.sign(name)) is not None]
    for name in () if dry_run else names:
        files.remove(name)
    return sum(sign.size for sign in signs)
