"""Jobs that only look at finished files.

Reads only what the job carries. Writes nothing.
"""

from __future__ import annotations

import msgspec

from tympan.compare import compare
from tympan.gauge import gauge


class Measure(msgspec.Struct, frozen=True, tag=True):
    """Gauge files, by name. Results: a `tympan.gauge.Gauge` as JSON for each name."""

    files: dict[str, bytes]


class Compare(msgspec.Struct, frozen=True, tag=True):
    """Hold two versions of a file against each other. Results: see `tympan.compare.compare`."""

    before: bytes
    after: bytes
    shown: bool = False


Looking = Measure | Compare


def looked(job: Looking) -> dict[str, bytes]:
    """The results of a job; TaskError if a file cannot be decoded."""
    if isinstance(job, Compare):
        return compare(job.before, job.after, shown=job.shown)
    return {name: msgspec.json.encode(gauge(data)) for name, data in job.files.items()}
