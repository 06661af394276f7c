"""Paths that cannot leave the project and exist alike on every system.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import re
import unicodedata

from tympan import limits
from tympan.errors import PathRefused

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\\\u200e\u200f\u202a-\u202e\u2066-\u2069]')

# What PureWindowsPath.is_reserved() refuses, which is slower and leaves in Python 3.15.
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[1-9¹²³]) *(\..*)?", re.IGNORECASE)


class RelPath(str):
    """A path that cannot leave the folder it is joined to, and exists alike on every system.

    POSIX separators; no empty, "." or ".." part, no drive, no control character, no name that Windows
    reserves; NFC; at most `limits.PATH_PART` bytes a part.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> RelPath:
        """The path, or PathRefused with the reason."""
        text = unicodedata.normalize("NFC", text)
        reason = _refusal(text)
        if reason:
            raise PathRefused(f"path {text!r} {reason}")
        return cls(text)

    @property
    def twin(self) -> str:
        """What another file system may take this path for: case and Unicode form folded."""
        return unicodedata.normalize("NFC", self.casefold())


def _refusal(text: str) -> str:
    if not text:
        return "is empty"
    if text.startswith(("/", "~")):
        return "must be relative, and below its folder"
    if found := _FORBIDDEN.search(text):
        return f"holds {found.group()!r}, which not every system allows in a name"
    for part in text.split("/"):
        if part in ("", ".", ".."):
            return "must not hold an empty, '.' or '..' part"
        if part[-1] in ". ":
            return f"has the part {part!r}, whose last character Windows drops"
        if len(part.encode()) > limits.PATH_PART:
            return f"has a part of more than {limits.PATH_PART} bytes"
        if _RESERVED.fullmatch(part):
            return f"has the part {part!r}, which Windows reserves"
    return ""
