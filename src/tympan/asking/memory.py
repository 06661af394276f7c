"""What services are known to have of ours: ids of uploaded inputs, by digest.

Reads and appends .tympan/services.jsonl; it may be deleted: then inputs are uploaded once more.
"""

from __future__ import annotations

import threading

import msgspec

from tympan.errors import FilesError
from tympan.files import Files
from tympan.secret import redact

_FILE = ".tympan/services.jsonl"


class Memory:
    """Values by name, the last one counts. May be asked from several threads."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._lock = threading.Lock()
        self._values: dict[str, str] = {}
        try:
            lines = files.read(_FILE).split(b"\n")
        except FilesError:
            lines = []
        for line in lines:
            try:
                name, value = msgspec.json.decode(line, type=tuple[str, str])
            except (ValueError, RecursionError):
                continue  # cut off by a kill
            self._values[name] = value

    def recall(self, name: str) -> str | None:
        """The value kept last under a name."""
        with self._lock:
            return self._values.get(name)

    def keep(self, name: str, value: str) -> None:
        """Keep a value."""
        with self._lock:
            self._values[name] = value
            line = msgspec.json.encode((redact(name), redact(value)))
            self._files.append(_FILE, b"\n" + line + b"\n")
