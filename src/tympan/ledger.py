"""What was asked of services, append-only: each step of each job, on the disk before the next one begins.

Reads and writes .tympan/ledger.jsonl: one JSON object a line, a checksum in front. Never shortened.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable
from typing import Any

import msgspec
from blake3 import blake3

from tympan.clock import now
from tympan.files import Files
from tympan.model import Cost, Ticket
from tympan.secret import is_clean_json, redact_all

LEDGER = ".tympan/ledger.jsonl"
# What a job came to.
INTENDED = "intended"  # nothing has left for it yet, or surely nothing arrived
SENDING = "sending"  # the paid call may have left; no answer is on record
ANSWERED = "answered"  # the paid call's answer is here, or in the store
SUBMITTED = "submitted"  # the service works on it
RECEIVED = "received"  # its pictures are in the store
FAILED = "failed"  # the service refused it, or it failed over there
BLOCKED = "blocked"  # the service will not draw it
UNKNOWN = "unknown"  # whether it arrived cannot be known
LOST = "lost"  # a person gave it up
OPEN = (INTENDED, SENDING, ANSWERED, SUBMITTED)
# Jobs whose call arrived, or may have: their price counts.
SPENT = (SENDING, ANSWERED, SUBMITTED, RECEIVED, UNKNOWN, LOST)
_ENCODE = msgspec.json.Encoder().encode
_SPACE = uuid.UUID("3b1f7c52-6c0c-5d0e-9a5d-74796d70616e")


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line: what became of a job, and when.

    key: the request's; batch: which of its jobs, from 0; attempt: from 0. first: number of the job's first
    candidate within the request, from 0. request: what this job asks, on "intended". cost: quoted, or as the
    service reports it. said: the paid call's answer, if it is a short text; else answer: its digest. results:
    name -> digest. facts: by name.
    """

    job: str
    did: str
    at: str
    key: str = ""
    batch: int = 0
    attempt: int = 0
    first: int = 0
    asset: str = ""
    node: str = ""
    generator: str = ""
    version: str = ""
    request: dict[str, Any] = {}
    cost: Cost | None = None
    model: str = ""
    ticket: Ticket | None = None
    status: int = 0
    said: str | None = None
    answer: str = ""
    refused: str = ""
    results: dict[str, str] = {}
    facts: dict[str, str] = {}
    message: str = ""


class Job(msgspec.Struct, kw_only=True):
    """One job as all its lines have it; `did` is the last. charged: whether the service named the cost."""

    id: str
    did: str
    key: str
    batch: int
    attempt: int
    first: int
    asset: str
    node: str
    generator: str
    version: str
    request: dict[str, Any]
    begun: str
    cost: Cost
    charged: bool = False
    at: str = ""
    sent: str = ""
    model: str = ""
    ticket: Ticket | None = None
    said: str | None = None
    answer: str = ""
    refused: str = ""
    status: int = 0
    results: dict[str, str] = {}
    facts: dict[str, str] = {}
    message: str = ""

    def take(self, entry: Entry) -> None:
        """Go on by one line."""
        self.did, self.at = entry.did, entry.at
        self.message = entry.message
        if entry.did == SENDING:
            self.sent = entry.at
        for name in ("model", "ticket", "answer", "refused", "status"):
            if value := getattr(entry, name):
                setattr(self, name, value)
        if entry.said is not None:
            self.said = entry.said
        if entry.cost is not None:
            self.cost, self.charged = entry.cost, entry.did != INTENDED
        self.results = {**self.results, **entry.results}
        self.facts = {**self.facts, **entry.facts}


class Ledger:
    """All jobs of this checkout. Only who holds the build lock may add. May be asked from several threads.

    damaged: how many lines do not have their checksum. They stay in it. FilesError if it cannot be read.
    """

    def __init__(self, files: Files) -> None:
        self._files = files
        self._lock = threading.RLock()
        self._jobs: dict[str, Job] = {}
        self._by_key: dict[str, list[Job]] = {}
        self.damaged = 0
        self._is_whole = True
        # One that is there and cannot be read is no empty one: all it knows would be paid for once more.
        self._is_begun = files.is_taken(LEDGER)
        data = files.read(LEDGER) if self._is_begun else b""
        # A line without its end was cut off by a kill: what comes next begins a line of its own.
        self._is_whole = not data or data.endswith(b"\n")
        for line in data.split(b"\n"):
            if not line.strip(b"\0"):
                continue
            entry = _read(line)
            if entry is None:
                self.damaged += 1
            else:
                self._take(entry)

    def begin(self, first: Entry) -> Job:
        """Write down that a job is intended; its id is made of what it is, so that it is the same again.

        Not flushed: the next line is, and all before it, and nothing leaves before that.
        """
        with self._lock:
            self._add(first, sync=False)
            return self._jobs[first.job]

    def add(self, job: Job, did: str, **more: Any) -> None:
        """Write down what became of a job; on the disk when this returns. FilesError if the disk says no.

        "submitted" after "answered" is not flushed: it says nothing that the answer does not.
        """
        follows = did == SUBMITTED and job.did == ANSWERED
        self._add(Entry(job=job.id, did=did, at=now(), **more), sync=not follows)

    def _add(self, entry: Entry, *, sync: bool) -> None:
        body = _ENCODE(entry)
        if not is_clean_json(body):
            values = redact_all(msgspec.to_builtins(entry))
            # As the disk has it: what is told and locked comes from here.
            body, entry = _ENCODE(values), msgspec.convert(values, Entry)
        with self._lock:
            if not self._is_begun:
                # Flushing a file does not promise that its folder knows it.
                self._files.write(LEDGER, b"", sync=True)
                self._is_begun = True
            start = b"" if self._is_whole else b"\n"
            self._is_whole = False
            self._files.append(LEDGER, start + _sum(body) + b" " + body + b"\n", sync=sync)
            self._is_whole = True
            self._take(entry)

    def _take(self, entry: Entry) -> None:
        job = self._jobs.get(entry.job)
        if job is not None:
            job.take(entry)
        elif entry.did == INTENDED:
            job = self._jobs[entry.job] = Job(
                id=entry.job,
                did=entry.did,
                key=entry.key,
                batch=entry.batch,
                attempt=entry.attempt,
                first=entry.first,
                asset=entry.asset,
                node=entry.node,
                generator=entry.generator,
                version=entry.version,
                request=entry.request,
                begun=entry.at,
                cost=entry.cost or Cost(),
                at=entry.at,
            )
            self._by_key.setdefault(job.key, []).append(job)

    def jobs(self) -> list[Job]:
        """Every job, in the order in which they were intended."""
        with self._lock:
            return list(self._jobs.values())

    def of(self, key: str) -> list[Job]:
        """The jobs of a request: the last attempt of each batch."""
        last: dict[int, Job] = {}
        for job in self._by_key.get(key, ()):
            last[job.batch] = job
        return [last[batch] for batch in sorted(last)]

    def results(self, key: str) -> dict[str, str]:
        """All candidates that a request has brought: number within the request -> digest."""
        found: dict[str, str] = {}
        for job in self._by_key.get(key, ()):
            for name, digest in job.results.items():
                number, _, rest = name.partition(".")
                found[f"{job.first + int(number)}{'.' + rest if rest else ''}"] = digest
        return found

    def spent(self, asset: str | None = None) -> dict[str, float]:
        """What all jobs, or those of an asset, cost or may have cost: currency -> amount."""
        total: dict[str, float] = {}
        for job in self.jobs():
            if is_spent(job) and asset in (None, job.asset) and job.cost.amount:
                total[job.cost.currency] = round(total.get(job.cost.currency, 0.0) + job.cost.amount, 6)
        return total

    def blobs(self) -> set[str]:
        """Digests that must never be given back: results, and answers."""
        return {
            name for job in self.jobs() for name in (*job.results.values(), job.answer, job.refused) if name
        }


def is_spent(job: Job) -> bool:
    """Whether a job's price counts: its call arrived, or may have, or the service said what it charged."""
    return job.did in SPENT or (job.did in (FAILED, BLOCKED) and job.charged)


def job_id(key: str, batch: int, attempt: int) -> str:
    """The id of a job, a UUID that services accept: the same on every machine and after every crash."""
    return str(uuid.uuid5(_SPACE, f"{key}/{batch}/{attempt}"))


def _read(line: bytes) -> Entry | None:
    checksum, _, body = line.lstrip(b"\0").partition(b" ")
    if _sum(body) != checksum:
        return None
    try:
        return msgspec.json.decode(body, type=Entry)
    except (ValueError, RecursionError):
        return None


def _sum(body: bytes) -> bytes:
    return blake3(body).hexdigest(length=4).encode()


def total(costs: Iterable[Cost]) -> str:
    """Costs added up, each currency by itself: `0.50 USD + 12 credits`; `0.00` if there is none."""
    sums: dict[str, float] = {}
    for cost in costs:
        if cost.amount:
            sums[cost.currency] = round(sums.get(cost.currency, 0.0) + cost.amount, 6)
    return " + ".join(str(Cost(amount, unit)) for unit, amount in sorted(sums.items())) or "0.00"
