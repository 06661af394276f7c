"""Which colours a picture is made of, which of them are ink and paper, and what each becomes.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tympan import StepFailed
from tympan_plugins.prep.colours import difference, lab, lab_of, parse_hex, to_hex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tympan_plugins.prep.recolour import RecolourParams

    Bytes = NDArray[np.uint8]
    Ints = NDArray[np.int64]

Rgb = tuple[int, int, int]
# Colours that make up less than this share of the flat pixels are accidents.
_RARE = 0.002
# No more colours than this are told apart; a picture with more is no flat art.
_MOST = 24
# Without a frame to judge by, paper is at least this light, in L*.
_PALE = 85.0


def measured(pixels: Bytes, tolerance: float) -> list[Rgb]:
    """The colours of flat areas (h, w, 4), most frequent first; edge pixels are mixed and do not count."""
    import numpy as np

    rgb, seen = pixels[..., :3].astype(np.int16), pixels[..., 3] >= 128
    flat = seen.copy()
    for axis in (0, 1):
        step = np.abs(np.diff(rgb, axis=axis)).max(-1) > 10
        here, there = (slice(1, None), slice(None, -1))
        first, second = ((here,), (there,)) if axis == 0 else ((slice(None), here), (slice(None), there))
        flat[first] &= ~step
        flat[second] &= ~step
    chosen = rgb[flat if flat.sum() > 0.02 * seen.sum() else seen]
    if not len(chosen):
        raise StepFailed("recolour: the picture is empty", hint="is there a subject? Look at the step before")
    cell = (chosen >> 3).astype(np.int64) @ np.array([1 << 10, 1 << 5, 1])
    _, which, count = np.unique(cell, return_inverse=True, return_counts=True)
    middle = [np.bincount(which, chosen[:, c]) / count for c in range(3)]
    order = np.argsort(-count, kind="stable")
    places = np.stack(middle, -1)[order].astype(np.float32)
    return _merged(places, count[order], lab(places / 255), tolerance)


def _merged(
    places: NDArray[np.floating[Any]], count: Ints, labs: NDArray[np.floating[Any]], tolerance: float
) -> list[Rgb]:
    """Cells, most frequent first, gathered around those that no greater one is within reach of."""
    import numpy as np

    free = np.ones(len(places), np.bool_)
    found: list[Rgb] = []
    weight: list[int] = []
    while free.any() and len(found) < _MOST:
        seed = int(np.argmax(free))
        near = free & (difference(labs, labs[seed]) <= max(tolerance, 2.0))
        free &= ~near
        found.append(tuple(int(v) for v in np.rint(places[seed])))  # type: ignore[arg-type]
        weight.append(int(count[near].sum()))
    ranked = sorted(range(len(found)), key=lambda i: (-weight[i], i))
    return [found[i] for i in ranked if weight[i] >= _RARE * count.sum()]


def roles(pixels: Bytes, found: Sequence[Rgb]) -> dict[str, Rgb]:
    """Which of the colours are "ink" and "paper", judged on pixels (h, w, 4); a role may be missing."""
    import numpy as np

    labs = np.stack([lab_of(rgb) for rgb in found])
    edges = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    out: dict[str, Rgb] = {}
    if (edges[:, 3] >= 250).mean() > 0.6:
        votes = np.bincount(_nearest(edges, labs), minlength=len(found))
        out["paper"] = found[int(np.argmax(votes))]
    elif len(found) > 1 and labs[:, 0].max() >= _PALE:
        out["paper"] = found[int(np.argmax(labs[:, 0]))]
    area = np.bincount(_nearest(pixels[pixels[..., 3] >= 128], labs), minlength=len(found))
    for index in np.argsort(-area, kind="stable"):
        if found[index] != out.get("paper"):
            out["ink"] = found[index]
            break
    return out


def _nearest(pixels: Bytes, labs: NDArray[np.floating[Any]]) -> Ints:
    import numpy as np

    shades = lab(pixels[:, :3].astype(np.float32) / 255)
    return np.asarray(np.stack([difference(shades, one) for one in labs]).argmin(axis=0), np.int64)


def targets(
    found: Sequence[Rgb], named: Mapping[str, Rgb], params: RecolourParams, reach: float
) -> dict[Rgb, Rgb]:
    """What each colour found becomes; only those that are mapped.

    reach: how far, in CIE 1976, a colour of `map` may be from the one that is found; 0 for exactly.
    Raises StepFailed for a colour of `map` that is not there.
    """
    out: dict[Rgb, Rgb] = {}
    for key, new in params.map.items():
        old = named.get(key) if not key.startswith("#") else _closest(parse_hex(key), found, reach)
        if old is None:
            there = ", ".join(to_hex(rgb) for rgb in found)
            told = "".join(f", {role} is {to_hex(rgb)}" for role, rgb in sorted(named.items()))
            raise StepFailed(
                f"recolour: the picture has no {key}", hint=f"it has {there or 'no colour'}{told}"
            )
        # A colour named by its value wins over the same colour named by its role.
        if old not in out or key.startswith("#"):
            out[old] = old if key.startswith("#") and parse_hex(key) == parse_hex(new) else parse_hex(new)
    if params.palette:
        choices = [parse_hex(colour) for colour in params.palette]
        for rgb in found:
            out.setdefault(
                rgb, min(choices, key=lambda choice: float(difference(lab_of(rgb), lab_of(choice))))
            )
    return out


def _closest(wanted: Rgb, found: Sequence[Rgb], reach: float) -> Rgb | None:
    if wanted in found:
        return wanted
    if not found or not reach:
        return None
    best = min(found, key=lambda rgb: float(difference(lab_of(rgb), lab_of(wanted))))
    return best if float(difference(lab_of(best), lab_of(wanted))) <= reach else None


def told(mapping: Mapping[Rgb, Rgb]) -> dict[str, str]:
    """The fact recolour.map."""
    pairs = sorted(f"{to_hex(old)}={to_hex(new)}" for old, new in mapping.items())
    return {"recolour.map": " ".join(pairs)}
