"""Which sheets this checkout has given out, so that an answer can be held against what was shown.

Reads and writes .tympan/sheets/<id>.json; may be deleted: what is still current is known without it.
"""

from __future__ import annotations

import re

import msgspec

from tympan.checkout import Checkout
from tympan.errors import FilesError
from tympan.sheet.model import Sheet

FOLDER = ".tympan/sheets"
_ID = re.compile(r"[0-9a-f]{16}")


class Issued(msgspec.Struct, frozen=True):
    """What a sheet showed: see `Sheet.shown`; files: digest of a target's look -> digest of its files."""

    shown: tuple[tuple[str, ...], ...]
    files: dict[str, str] = {}


def remember(checkout: Checkout, sheet: Sheet) -> None:
    """Write down what a sheet shows. FilesError if the disk says no."""
    files = {target.digest: target.files for part in sheet.parts for target in part.targets}
    issued = Issued(tuple(map(tuple, sheet.shown)), files)
    checkout.files.write(".tympan/.gitignore", b"*\n")
    checkout.files.write(f"{FOLDER}/{sheet.id}.json", msgspec.json.encode(issued))


def recall(checkout: Checkout, name: str) -> Issued | None:
    """What a sheet of this id showed, None if this checkout did not write it or has forgotten."""
    if not _ID.fullmatch(name):
        return None
    try:
        return msgspec.json.decode(checkout.files.read(f"{FOLDER}/{name}.json"), type=Issued)
    except (FilesError, ValueError):
        return None
