"""Recolours pixels: flat areas move to their new colour, edges between two of them follow both.

Reads nothing but the picture. Writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tympan import Picture
from tympan_plugins.prep import palette, regions
from tympan_plugins.prep.colours import difference, lab, lab_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tympan_plugins.prep.palette import Rgb
    from tympan_plugins.prep.recolour import RecolourParams

    Bytes = NDArray[np.uint8]
    Floats = NDArray[np.floating[Any]]
    Ints = NDArray[np.int64]

# An edge mixes the flat colours within this distance, px.
_REACH = 2
# Pixels looked at together: bounds memory.
_CHUNK = 200_000


def recoloured(picture: Picture, params: RecolourParams) -> Picture:
    """The pixels with their colours mapped, alpha untouched. See `Recolour.run`."""
    import numpy as np

    pixels = picture.array()
    found = palette.measured(pixels, params.tolerance)
    mapping = palette.targets(found, palette.roles(pixels, found), params, max(params.tolerance, 2.0))
    facts = palette.told(mapping)
    if all(old == new for old, new in mapping.items()):
        return Picture(
            size=picture.size,
            pixels=picture.pixels,
            on_black=picture.on_black,
            ppi=picture.ppi,
            facts={**picture.facts, **facts},
        )
    out = pixels.copy()
    seen = pixels[..., 3] > 0
    if len(found) == 1:
        # One ink: shape is in alpha alone, and a rim of another shade would show.
        out[seen, :3] = next(iter(mapping.values()))
        return picture.with_array(out, **facts)
    out[..., :3][seen] = np.clip(np.rint(_moved(pixels, seen, found, mapping, params)), 0, 255)
    return picture.with_array(out, **facts)


def _moved(
    pixels: Bytes, seen: NDArray[np.bool_], found: list[Rgb], mapping: dict[Rgb, Rgb], params: RecolourParams
) -> Floats:
    """New colours (n, 3), 0..255, of the pixels seen: noise stays, unless they snap to a palette."""
    import numpy as np

    rgb = pixels[..., :3][seen].astype(np.float32)
    old = np.asarray(found, np.float32)
    new = np.asarray([mapping.get(one, one) for one in found], np.float32)
    first, second, share, apart = _mixture(pixels, seen, found, params.tolerance)
    # A colour that no mixture explains fades out of the change instead of jumping.
    weight = np.clip(2 - apart / max(params.tolerance, 2.0), 0, 1)[:, None]
    one, two = (1 - share)[:, None], share[:, None]
    before = rgb if params.palette else old[first] * one + old[second] * two
    after = new[first] * one + new[second] * two
    return np.asarray(rgb + weight * (after - before), np.float32)


def _mixture(
    pixels: Bytes, seen: NDArray[np.bool_], found: list[Rgb], reach: float
) -> tuple[Ints, Ints, Floats, Floats]:
    """Of each pixel seen: two colours, the second's share, and the CIE 1976 distance from that mix.

    A pixel within reach of one colour is that colour; the others lie between two that are near in place.
    """
    import numpy as np

    rgb = pixels[..., :3][seen].astype(np.float32)
    labs = np.stack([lab_of(one) for one in found])
    shades = lab(rgb / 255)
    apart = np.stack([difference(shades, one) for one in labs])
    first = np.argmin(apart, axis=0)
    best = apart.min(axis=0)
    second, share = first.copy(), np.zeros(len(rgb), np.float32)
    sure = best <= reach / 2
    place = np.full(seen.shape, -1)
    place[seen] = np.where(sure, first, -1)
    near = np.stack([regions.grow(place == index, _REACH)[seen] for index in range(len(found))])
    for start in range(0, len(rgb), _CHUNK):
        part = slice(start, start + _CHUNK)
        loose = np.flatnonzero(~sure[part]) + start
        _mix_pairs(rgb, shades, loose, near, found, (first, second, share, best))
    return first, second, share, best


def _mix_pairs(
    rgb: Floats,
    shades: Floats,
    loose: Ints,
    near: NDArray[np.bool_],
    found: list[Rgb],
    out: tuple[Ints, Ints, Floats, Floats],
) -> None:
    """Try each pair of colours on the loose pixels, and keep what explains them better than one colour."""
    import numpy as np

    first, second, share, best = out
    for i in range(len(found)):
        for j in range(i + 1, len(found)):
            here = loose[near[i, loose] & near[j, loose]]
            if not len(here):
                continue
            start = np.asarray(found[i], np.float32)
            span = np.asarray(found[j], np.float32) - start
            part = np.clip((rgb[here] - start) @ span / float(span @ span), 0, 1).astype(np.float32)
            apart = difference(shades[here], lab((start + part[:, None] * span) / 255))
            better = apart < best[here]
            chosen = here[better]
            first[chosen], second[chosen], share[chosen], best[chosen] = i, j, part[better], apart[better]
