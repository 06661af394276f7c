"""Shapes in boolean maps: connected regions, growing, blurring, nearest known pixel. numpy alone.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.floating[Any]]
    Ints = NDArray[np.int64]
    A = TypeVar("A", Ints, Floats)

_STRAIGHT = ((1, 0), (-1, 0), (0, 1), (0, -1))
_SLANTED = ((1, 1), (1, -1), (-1, 1), (-1, -1))


def components(mask: Bools, diagonal: bool = False) -> tuple[Ints, int]:
    """Connected regions of a map, shape (h, w): labels 1..n in reading order, 0 outside; and n.

    Runs of each row are joined to the overlapping runs of the row above by union-find on whole arrays.
    """
    import numpy as np

    height, width = mask.shape
    # One empty column after each row keeps the runs of two rows apart in the flat array.
    row = width + 1
    flat = np.zeros(height * row + 2, np.int8)
    flat[1:-1].reshape(height, row)[:, :width] = mask
    steps = np.diff(flat)
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    if not len(starts):
        return np.zeros((height, width), np.int64), 0
    reach = 1 if diagonal else 0
    low = np.searchsorted(ends, starts - row - reach, "right")
    high = np.searchsorted(starts, ends - row + reach, "left")
    count = np.maximum(high - low, 0)
    below = np.repeat(np.arange(len(starts)), count)
    above = np.arange(len(below)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    root = _join(len(starts), above, below)
    _, label = np.unique(root, return_inverse=True)
    marks = np.zeros(height * row + 1, np.int64)
    marks[starts] += label + 1
    marks[ends] -= label + 1
    labels = np.cumsum(marks)[:-1].reshape(height, row)[:, :width]
    return np.ascontiguousarray(labels), int(label.max()) + 1


def _join(size: int, a: Ints, b: Ints) -> Ints:
    """The smallest member of each member's set, for sets joined by the pairs (a, b)."""
    import numpy as np

    root = np.arange(size)
    while True:
        left, right = root[a], root[b]
        if (left == right).all():
            return root
        np.minimum.at(root, np.maximum(left, right), np.minimum(left, right))
        while not np.array_equal(shorter := root[root], root):
            root = shorter


def from_frame(mask: Bools) -> Bools:
    """The part of a map that is connected to the edge of the picture."""
    import numpy as np

    labels, count = components(mask)
    keep = np.zeros(count + 1, np.bool_)
    for edge in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        keep[edge] = True
    keep[0] = False
    return np.asarray(keep[labels], np.bool_)


def frame(height: int, width: int, thickness: int) -> Bools:
    """A strip along all four edges."""
    import numpy as np

    strip = np.ones((height, width), np.bool_)
    strip[thickness : height - thickness, thickness : width - thickness] = False
    return strip


def grow(mask: Bools, steps: int) -> Bools:
    """The map grown by so many px: crosses and squares in turn, which is close to a disc."""
    out = mask.copy()
    for step in range(steps):
        before = out.copy()
        out[1:] |= before[:-1]
        out[:-1] |= before[1:]
        if step % 2:
            before = out.copy()
        out[:, 1:] |= before[:, :-1]
        out[:, :-1] |= before[:, 1:]
    return out


def shrink(mask: Bools, steps: int) -> Bools:
    """The map shrunk by so many px; outside the picture counts as inside."""
    return ~grow(~mask, steps)


def blur(values: Floats, sigma: float) -> Floats:
    """Gaussian blur over the first two axes, edges repeated."""
    import numpy as np

    reach = max(1, int(2.5 * sigma + 0.5))
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    taps /= taps.sum()
    for axis in (0, 1):
        margin = [(reach, reach) if a == axis else (0, 0) for a in range(values.ndim)]
        wide, length = np.pad(values, margin, mode="edge"), values.shape[axis]
        values = np.zeros_like(values, np.float32)
        for offset, tap in enumerate(taps):
            part = slice(offset, offset + length)
            values += np.float32(tap) * (wide[part] if axis == 0 else wide[:, part])
    return values


def window_max(values: A, reach: int) -> A:
    """The greatest value within `reach` px in rows and columns, on up to three times wider steps."""
    import numpy as np

    done = 0
    while done < reach:
        step = min(2 * done + 1, reach - done)
        for axis in (0, 1):
            here = np.moveaxis(values, axis, 0)
            out = here.copy()
            np.maximum(out[step:], here[:-step], out=out[step:])
            np.maximum(out[:-step], here[step:], out=out[:-step])
            values = np.moveaxis(out, 0, axis)
        done += step
    return values


def nearest(known: Bools, steps: int) -> Ints:
    """The flat index of a nearest known pixel, found ring by ring, -1 beyond `steps` rings; shape (h, w)."""
    import numpy as np

    height, width = known.shape
    at = np.where(known, np.arange(height * width).reshape(height, width), -1)
    for step in range(steps):
        before = at.copy()
        for dy, dx in _STRAIGHT + (_SLANTED if step % 2 else ()):
            here = at[max(dy, 0) : height + min(dy, 0), max(dx, 0) : width + min(dx, 0)]
            there = before[max(-dy, 0) : height + min(-dy, 0), max(-dx, 0) : width + min(-dx, 0)]
            np.copyto(here, there, where=here < 0)
    return at
