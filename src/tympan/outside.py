"""The values that generators exchange with the world outside: answers, faults, and what people are to do.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Absent(msgspec.Struct, frozen=True):
    """A service that can tell has no such job: what was intended never arrived there."""


class Answer(msgspec.Struct, frozen=True):
    """What a service answered. headers: names in lower case."""

    status: int
    body: bytes
    headers: dict[str, str] = {}

    def json(self) -> Any:
        """The body as JSON; raises ValueError if it is none."""
        return msgspec.json.decode(self.body)


class Fault(msgspec.Struct, frozen=True):
    """What a refusal means. kind: "failed" (the request is wrong), "blocked" (safety) or "quota"."""

    kind: str
    message: str


class Instruction(msgspec.Struct, frozen=True, kw_only=True):
    """What a person is to do at a tool that takes no calls: a text to copy there, and remarks."""

    copy: str
    where: str = ""
    notes: tuple[str, ...] = ()


class Recalled(msgspec.Struct, frozen=True, kw_only=True):
    """What a foreign picture's metadata says of how it was made. chunks: all of it, as text by name."""

    tool: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    model: str = ""
    seed: int | None = None
    size: tuple[int, int] | None = None
    job: str = ""
    index: int | None = None
    options: dict[str, Any] = {}
    chunks: dict[str, str] = {}


class Claim(msgspec.Struct, frozen=True):
    """How sure a manual generator is that a file belongs to a job. strength: 3 the tool's own id, 2 prompt or
    seed, 1 words of the file name. index: which picture of the job, from 0, None if unknown."""

    strength: int
    why: str
    index: int | None = None


def words_of(answer: Answer) -> str:
    """The message in an error's body, under the names that services use."""
    try:
        found = answer.json()
    except ValueError:
        found = None
    for _ in range(3):
        if isinstance(found, list) and found:
            found = found[0]
        if isinstance(found, dict):
            found = next((found[w] for w in ("error", "message", "detail", "errors") if found.get(w)), None)
    text = found if isinstance(found, str) else answer.body[:300].decode(errors="replace")
    return f"{answer.status}: {' '.join(text.split())}" if text.strip() else str(answer.status)
