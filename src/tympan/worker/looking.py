"""Jobs that only look at finished files.

Reads only what the job carries. Writes nothing.
"""

from __future__ import annotations

import msgspec

from tympan.gauge import gauge


class Measure(msgspec.Struct, frozen=True, tag=True):
    """Gauge files, by name. Results: a `tympan.gauge.Gauge` as JSON for each name."""

    files: dict[str, bytes]


def looked(job: Measure) -> dict[str, bytes]:
    """The results of a job."""
    return {name: msgspec.json.encode(gauge(data)) for name, data in job.files.items()}
