"""F6: any text as a path of a spec: refused, or a path that stays below its folder on every system."""

from __future__ import annotations

import os
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

from tympan.errors import PathRefused
from tympan.files import RelPath

SEEDS = [
    b"icon/home.svg",
    b"a/../b",
    b"/etc/passwd",
    b"C:\\x",
    b"con.png",
    b"a/nul",
    "é/é".encode(),
    b"~/x",
    b"a. /b",
]
DICTIONARY = [
    "..",
    "/",
    "\\",
    ":",
    "con",
    "nul",
    "com1",
    "lpt9",
    ". ",
    "\u202e",
    "~",
    "aux.",
    "\u0301",
    "COM\u00b9",
]


def one(data: bytes) -> None:
    """An accepted path is relative, portable, and parses to itself."""
    text = data.decode("utf-8", "surrogateescape" if data[:1] == b"\x01" else "replace")
    try:
        path = RelPath.parse(text)
    except PathRefused as error:
        str(error).encode()
        return
    assert RelPath.parse(path) == path == unicodedata.normalize("NFC", path)
    posix = os.path.normpath(os.path.join("/root/below", path))
    assert posix == f"/root/below/{path}"
    windows = PureWindowsPath("C:/root/below") / path
    assert windows.parts[:3] == ("C:\\", "root", "below")
    assert not windows.is_reserved()
    assert ".." not in windows.parts
    assert PurePosixPath(path).parts == tuple(path.split("/"))
    assert path.encode()
    assert RelPath.parse(path.twin)
