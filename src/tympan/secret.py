"""Keys of services: never shown, never written, and blotted out wherever they might slip through.

Reads the environment and, if it is installed, the keyring. Writes nothing.
"""

from __future__ import annotations

import base64
import json
import os
import re
import threading
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any, NoReturn
from urllib.parse import quote, quote_plus

from tympan.errors import UsageError

BLOT = "[secret]"
# Shorter texts would blot out innocent words.
_SHORTEST = 8
_lock = threading.Lock()


class _Known:
    """The secrets found so far, each in all its forms; never changed, so that no thread needs a lock to read.

    pattern: all forms, the longest first: a key may begin with another one. low: they in small letters.
    beginnings: what a form may begin with. is_plain: whether JSON has all forms as they are.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = frozenset(texts)
        forms = sorted({form for text in self.texts for form in _forms(text)}, key=lambda f: (-len(f), f))
        self.pattern = re.compile("|".join(map(re.escape, forms)), re.IGNORECASE) if forms else None
        self.low = tuple(form.encode().lower() for form in forms)
        lows = [_low(form) for form in forms]
        self.beginnings = frozenset(low[:length] for low in lows for length in range(1, len(low)))
        self.letters = frozenset("".join(lows))
        self.longest = max(map(len, forms), default=1)
        self.is_plain = all(json.dumps(form)[1:-1] == form for form in forms)


class Secret:
    """A key. Its text is had by `reveal` only: no repr, no format, no pickle, no JSON shows it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text
        _learn(text)

    def reveal(self) -> str:
        """The text itself, for the header of a call."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __format__(self, how: str) -> str:
        return "***"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not to be pickled")


def find_secret(name: str) -> Secret:
    """The key of this name, from the environment, else from the keyring (service "tympan").

    UsageError, which says how to give it, if there is none.
    """
    if text := os.environ.get(name, "").strip():
        return Secret(text)
    if find_spec("keyring") is not None:
        import keyring
        from keyring.errors import KeyringError

        try:
            if text := keyring.get_password("tympan", name):
                return Secret(text)
        except KeyringError:
            pass  # no keyring runs here: as if there were none
    raise UsageError(f"no key {name}", hint=f"export {name}=..., or: keyring set tympan {name}")


def has_secret(name: str) -> bool:
    """Whether `find_secret` would find one."""
    try:
        find_secret(name)
    except UsageError:
        return False
    return True


def redact(text: str) -> str:
    """The text without any secret that was found so far: as it is, base64, or percent-encoded."""
    return _known.pattern.sub(BLOT, text) if _known.pattern else text


def is_secret_in(data: bytes) -> bool:
    """Whether a secret that was found so far is in these bytes, in one of the forms that `redact` knows."""
    known = _known
    if not known.low:
        return False
    low = data.lower()
    return any(form in low for form in known.low)


def is_clean_json(data: bytes) -> bool:
    """Whether `redact_all` would surely leave the value of this JSON text as it is. False says nothing."""
    known = _known
    if known.pattern is None:
        return True
    if not known.is_plain:
        return False
    # In other letters than ASCII's, large and small ones are not as many bytes.
    return not is_secret_in(data) if data.isascii() else known.pattern.search(data.decode()) is None


def redact_bytes(data: bytes) -> bytes:
    """As `redact`, of text in UTF-8 among whatever other bytes; they stay as they are."""
    if not is_secret_in(data):
        return data
    return redact(data.decode(errors="surrogateescape")).encode(errors="surrogateescape")


def redact_all(value: Any) -> Any:
    """Built-in values with every text in them redacted."""
    if _known.pattern is None:
        return value
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {redact(key) if isinstance(key, str) else key: redact_all(each) for key, each in value.items()}
    return [redact_all(each) for each in value] if isinstance(value, list | tuple) else value


class Blotter:
    """A text stream that blots secrets out, also one that is split over several writes.

    It holds back the end of what it was given only while that may be the beginning of a secret.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._held = ""

    def write(self, text: str) -> int:
        """As a stream's."""
        whole = redact(self._held + text)
        keep = _beginning(whole)
        self._held = whole[len(whole) - keep :]
        self._stream.write(whole[: len(whole) - keep])
        return len(text)

    def flush(self) -> None:
        """Hand on all but what may be the beginning of a secret."""
        self._stream.flush()

    def end(self) -> None:
        """Hand on what was held back."""
        self._stream.write(redact(self._held))
        self._held = ""
        self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _learn(text: str) -> None:
    global _known
    if len(text) < _SHORTEST or text in _known.texts:
        return
    with _lock:
        _known = _Known({*_known.texts, text})


def _forms(text: str) -> set[str]:
    forms = {text, quote(text, safe=""), quote_plus(text), json.dumps(text)[1:-1], repr(text)[1:-1]}
    data = text.encode()
    # Base64 of something that holds the key: three alignments, without the ends that its neighbours share.
    for shift in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            whole = encode(b"\0" * shift + data + b"\0" * (-(shift + len(data)) % 3)).decode()
            first = -(-shift * 8 // 6)
            last = (shift + len(data)) * 8 // 6
            forms.add(whole[first:last])
    return {form for form in forms if len(form) >= _SHORTEST}


def _beginning(text: str) -> int:
    """How many characters at the end of a text may begin a secret."""
    known = _known
    tail = _low(text[-known.longest :])
    if tail[-1:] not in known.letters:
        return 0
    return next((length for length in range(len(tail), 0, -1) if tail[-length:] in known.beginnings), 0)


def _low(text: str) -> str:
    """In small letters, each in its place: a few letters become two when they are made small."""
    return text.lower() if text.isascii() else "".join(map(_low_letter, text))


def _low_letter(letter: str) -> str:
    return low if len(low := letter.lower()) == 1 else letter


_known = _Known(())
