"""Keeping what a job brought: bytes first, then the ledger's line that names them.

Reads nothing. Writes the store and the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tympan import ledger as states
from tympan.asking.line import Line
from tympan.asking.scrub import without_secrets
from tympan.errors import BadAnswer, Damaged
from tympan.ledger import Job, Ledger
from tympan.model import Candidate
from tympan.store import Store


def receive(
    ledger: Ledger,
    store: Store,
    job: Job,
    brought: Iterable[Candidate],
    line: Line | None = None,
    *,
    first: int = 0,
    model: str = "",
    locked: Mapping[str, str] | None = None,
) -> None:
    """Keep a job's candidates, numbered from `first` on within the job. May be called again for more of them.

    model: the one that made them, as the pictures themselves say. locked: what is known to have come for the
    request before, number from 0 -> digest.

    BadAnswer if there are none, Damaged if others come than are locked, FilesError if the disk says no: then
    the job is as it was.
    """
    results, facts = {}, {}
    for n, candidate in enumerate(brought, first):
        data = without_secrets(candidate.data)
        results[str(n)] = store.put(data)
        _compare(job, n, results[str(n)], locked or {})
        if data != candidate.data:
            facts[f"{n}.metadata"] = "left out: a key of the service was in it"
        if candidate.on_black is not None:
            results[f"{n}.black"] = store.put(without_secrets(candidate.on_black))
        if candidate.seed is not None:
            facts[f"{n}.seed"] = str(candidate.seed)
        facts.update({f"{n}.{name}": text for name, text in candidate.facts.items()})
    if not results:
        raise BadAnswer(f"{job.generator} brought no picture", hint=kept(job))
    said: dict[str, Any] = {"model": model} if model else {}
    if line is not None:
        said = {"cost": line.cost, "model": line.model}
        facts = {**line.facts, **facts}
    ledger.add(job, states.RECEIVED, results=results, facts=facts, **said)


def _compare(job: Job, n: int, digest: str, locked: Mapping[str, str]) -> None:
    was = locked.get(str(job.first + n), digest)
    if was != digest:
        raise Damaged(
            f"{job.asset}: candidate {job.first + n + 1} of job {job.id[:8]} has the digest {digest}, "
            f"its lock says {was}",
            hint="the service gave other bytes than before; the lock stays as it is",
        )


def kept(job: Job) -> str:
    """Where a job's answer can be looked at, "" if it has none."""
    has_any = job.said is not None or job.answer or job.refused
    return f"its answer is kept: tympan jobs --answer {job.id[:8]}" if has_any else ""
