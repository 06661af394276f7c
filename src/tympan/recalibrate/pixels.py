"""How far two files are apart in what they show.

Reads the bytes it is given; decodes in a worker. Writes nothing.
"""

from __future__ import annotations

from tympan.errors import TaskError
from tympan.worker.jobs import Take, unpack
from tympan.worker.pool import Pool

# An SVG is compared as pixels of at least this size.
_SIDE = 256


def apart(pool: Pool, old: bytes, new: bytes) -> float:
    """Root mean square of the difference of pixels, 0 to 255; -1 if they cannot be compared."""
    import numpy as np

    try:
        size = unpack(pool.ask(Take(old)).results["picture"]).size
        scale = max(1, -(-_SIDE // min(size))) if old.lstrip()[:1] == b"<" else 1
        size = (size[0] * scale, size[1] * scale)
        taken = [unpack(pool.ask(Take(data, _own(data, size))).results["picture"]) for data in (old, new)]
    except TaskError:
        return -1.0
    before, after = (each.array().astype(np.float64) for each in taken)
    if before.shape != after.shape:
        return -1.0
    return round(float(np.sqrt(np.mean((before - after) ** 2))), 4)


def _own(data: bytes, size: tuple[int, int]) -> tuple[int, int] | None:
    """The size to render at: pixels keep their own."""
    return size if data.lstrip()[:1] == b"<" else None
