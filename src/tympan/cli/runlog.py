"""The run log: what the last builds did, one file of JSON lines each, for the day after.

Reads the names in .tympan/log. Writes .tympan/log/<n>.jsonl, and deletes all but the newest.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from tympan.build import Event
from tympan.cli.talk import Talk, line_of
from tympan.clock import monotonic, now
from tympan.errors import FilesError
from tympan.files import Files
from tympan.switch import LOG as FOLDER
from tympan.switch import LOGS as KEPT
from tympan.switch import VERSION
from tympan.versions import version_of

# A line each would cost a file operation per task: a kill loses the last second of the log, no more.
_SECONDS = 1.0
_LINES = 200
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|COOKIE|AUTH", re.IGNORECASE)
_SHORTEST = 8


class RunLog(Talk):
    """The log of one build. It begins with the first event: a build with nothing to do leaves none.

    A log that cannot be written is given up silently: it must never fail a build.
    """

    def __init__(self, files: Files, arguments: Mapping[str, Any], jobs: int) -> None:
        self._files = files
        self._arguments = dict(arguments)
        self._jobs = jobs
        self._name = ""
        self._lines: list[bytes] = []
        self._written = 0.0
        self._given_up = False
        self._secrets = _secrets(os.environ)

    def tell(self, event: Event) -> None:
        """Note one event; of a failure at once."""
        self._add(line_of(event))
        late = monotonic() - self._written > _SECONDS
        if late or event.did == "failed" or len(self._lines) >= _LINES:
            self._flush()

    def stop(self) -> None:
        """Write what has been noted so far."""
        if self._lines:
            self._flush()

    def end(self, result: Mapping[str, Any]) -> None:
        """Note what the run came to, if it did anything."""
        if self._name or self._lines:
            self._add(msgspec.json.encode({"v": VERSION, "did": "summary", **result}))
            self._flush()

    def _add(self, line: bytes) -> None:
        for secret in self._secrets:
            line = line.replace(secret, b"***")
        self._lines.append(line)

    def _flush(self) -> None:
        if not self._given_up:
            try:
                if not self._name:
                    self._begin()
                self._files.append(self._name, b"\n".join([*self._lines, b""]))
            except FilesError:
                self._given_up = True
        self._lines = []
        self._written = monotonic()

    def _begin(self) -> None:
        taken = sorted(_numbers(self._files))
        for old in taken[: len(taken) - KEPT + 1]:
            self._files.remove(f"{FOLDER}/{old}.jsonl")
        self._name = f"{FOLDER}/{taken[-1] + 1 if taken else 1}.jsonl"
        header = {
            "v": VERSION,
            "did": "began",
            "time": now(),
            "tympan": version_of("tympan"),
            "arguments": self._arguments,
            "jobs": self._jobs,
        }
        lines, self._lines = self._lines, []
        self._add(msgspec.json.encode(header))
        self._lines += lines


def _numbers(files: Files) -> list[int]:
    try:
        names = os.listdir(files.path(FOLDER))
    except OSError:
        return []
    return [int(name[:-6]) for name in names if re.fullmatch(r"[1-9][0-9]{0,8}\.jsonl", name)]


def _secrets(environment: Mapping[str, str]) -> list[bytes]:
    """Values of variables that sound secret, as JSON writes them, the longest first."""
    found = {text for name, text in environment.items() if _SECRET.search(name) and len(text) >= _SHORTEST}
    return sorted((msgspec.json.encode(text)[1:-1] for text in found), key=lambda text: (-len(text), text))
