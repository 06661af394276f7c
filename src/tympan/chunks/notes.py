"""The texts found so far, kept within limits.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import unicodedata
import zlib

from tympan import limits
from tympan.errors import IntakeError


class Notes:
    """Texts by name. `put` keeps the first of a name and raises IntakeError above the limits."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self._size = 0

    def put(self, name: str, text: str) -> None:
        """Keep a text, without control characters but line ends and tabs; an empty one is no text."""
        text = _clean(text).strip()
        name = _clean(name).strip()
        if not name or not text or name in self.texts:
            return
        self._size += len(text)
        if (
            len(self.texts) >= limits.TEXTS
            or len(text) > limits.TEXT_LENGTH
            or self._size > limits.TEXTS_LENGTH
        ):
            raise IntakeError("the picture has more text inside than pictures have", hint="save it anew")
        self.texts[name] = text

    def put_bytes(self, name: str, data: bytes, encoding: str = "utf-8") -> None:
        """Keep bytes as text; what is no UTF-8 is read as Latin-1, as old writers meant it."""
        if len(data) > 4 * limits.TEXT_LENGTH:
            raise IntakeError("the picture has more text inside than pictures have", hint="save it anew")
        try:
            self.put(name, data.decode(encoding))
        except UnicodeDecodeError:
            self.put(name, data.decode("latin-1"))

    def put_packed(self, name: str, data: bytes) -> None:
        """Keep zlib-compressed text; what is damaged is left out, what grows beyond the limits refused."""
        packed = zlib.decompressobj()
        try:
            plain = packed.decompress(data, limits.TEXT_LENGTH + 1)
        except zlib.error:
            return
        if len(plain) > limits.TEXT_LENGTH:
            raise IntakeError("the picture has a text that unpacks to an absurd length", hint="save it anew")
        self.put_bytes(name, plain)


def _clean(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    # Surrogates and controls would trouble the record that the text goes into.
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
