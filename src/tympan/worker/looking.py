"""Jobs that only look at finished files.

Reads only what the job carries. Writes nothing.
"""

from __future__ import annotations

import msgspec

from tympan.compare import compare
from tympan.gauge import gauge
from tympan.views import views


class Measure(msgspec.Struct, frozen=True, tag=True):
    """Gauge files, by name. Results: a `tympan.gauge.Gauge` as JSON for each name."""

    files: dict[str, bytes]


class Compare(msgspec.Struct, frozen=True, tag=True):
    """Hold two versions of a file against each other. Results: see `tympan.compare.compare`."""

    before: bytes
    after: bytes
    shown: bool = False


class Show(msgspec.Struct, frozen=True, tag=True):
    """Make a picture's views, see `tympan.views`. Results: "thumb" and "large", WebP; "seen", packed."""

    data: bytes
    thumb: int
    large: int


Looking = Measure | Compare | Show


def looked(job: Looking) -> dict[str, bytes]:
    """The results of a job; TaskError if a file cannot be decoded."""
    if isinstance(job, Compare):
        return compare(job.before, job.after, shown=job.shown)
    if isinstance(job, Show):
        made = views(job.data, job.thumb, job.large)
        return {"thumb": made.thumb, "large": made.large, "seen": msgspec.msgpack.encode(made.seen)}
    return {name: msgspec.json.encode(gauge(data)) for name, data in job.files.items()}
