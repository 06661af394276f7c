"""Control maps: what a pose, an edge map or a depth map says about a composition.

Reads pixels. Writes nothing. All maps are judged by their brightness.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from tympan_plugins.generators.sketch.stage import Guide, Spot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Map = NDArray[np.float64]

# The grid that edge mass is gathered on: coarse enough that a drawn outline becomes one patch.
_GRID = 24
# Spots are shares of the frame; a subject smaller than this is a stray mark.
_LEAST = 0.06


def brightness(pixels: NDArray[np.uint8]) -> Map:
    """Brightness 0 to 1 of RGBA pixels, shape (height, width); transparent is black."""
    import numpy as np

    rgba = pixels.astype(np.float64) / 255
    weights = np.array([0.2126, 0.7152, 0.0722])
    found: Map = (rgba[..., :3] @ weights) * rgba[..., 3]
    return found


def _mask(light: Map) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = light > max(0.25, float(light.max()) * 0.5)
    return found


def pose(light: Map) -> Guide:
    """The main subject stands where the bright pixels are, as tall as they reach, leaning as they do."""
    import numpy as np

    rows, columns = np.nonzero(_mask(light))
    if rows.size < 8:
        return Guide()
    h, w = light.shape
    top, foot = float(rows.min()) / h, float(rows.max() + 1) / h
    spread = np.cov(np.stack([columns, rows]).astype(np.float64))
    _, axes = np.linalg.eigh(spread)
    dx, dy = float(axes[0, 1]), float(axes[1, 1])
    if dy > 0:
        dx, dy = -dx, -dy
    lean = float(np.degrees(np.arctan2(dx, -dy))) if abs(dy) > 0.5 else 0.0
    x = float(columns.mean()) / w
    return Guide(main=Spot(round(x, 3), round(foot, 3), round(max(foot - top, _LEAST), 3), round(lean, 1)))


def canny(light: Map) -> Guide:
    """The horizon is the row with most edges across; subjects stand where edges crowd together."""
    import numpy as np

    mask = _mask(light)
    if int(mask.sum()) < 8:
        return Guide()
    h = mask.shape[0]
    # A drawn horizon may tilt a little: rows are judged in bands of two hundredths.
    band = max(1, h // 50)
    reach = np.array([mask[y : y + band].any(axis=0).mean() for y in range(h - band + 1)])
    best = int(reach.argmax())
    horizon = (best + band / 2) / h if float(reach[best]) > 0.55 else 0.0
    objects = mask.copy()
    if horizon:
        top, foot = max(0, best - band), best + 2 * band
        # Where an outline comes in above and goes on below, it crosses the horizon and is not part of it.
        through = mask[max(0, top - 4) : top].any(axis=0) & mask[foot : foot + 4].any(axis=0)
        objects[top:foot] &= through
    return Guide(horizon=round(min(max(horizon, 0.0), 0.9), 3), spots=tuple(_patches(objects)))


def _patches(mask: NDArray[np.bool_]) -> list[Spot]:
    import numpy as np

    h, w = mask.shape
    grid = np.zeros((_GRID, _GRID), bool)
    rows, columns = np.nonzero(mask)
    grid[rows * _GRID // h, columns * _GRID // w] = True
    seen, found = np.zeros_like(grid), []
    for start in zip(*np.nonzero(grid), strict=True):
        if seen[start]:
            continue
        patch, queue = [], [start]
        seen[start] = True
        while queue:
            y, x = queue.pop()
            patch.append((int(y), int(x)))
            for near in ((y + a, x + b) for a in (-1, 0, 1) for b in (-1, 0, 1)):
                if all(0 <= n < _GRID for n in near) and grid[near] and not seen[near]:
                    seen[near] = True
                    queue.append(near)
        ys, xs = [y for y, _ in patch], [x for _, x in patch]
        tall, wide = (max(ys) + 1 - min(ys)) / _GRID, (max(xs) + 1 - min(xs)) / _GRID
        if tall > _LEAST and wide < 0.8:
            found.append(
                (tall * wide, Spot((max(xs) + 1 + min(xs)) / 2 / _GRID, (max(ys) + 1) / _GRID, tall))
            )
    return [spot for _, spot in sorted(found, key=lambda pair: (-pair[0], pair[1].x))[:5]]


def depth(light: Map) -> Guide:
    """White is near. Layers lie where rows become 1/4, 1/2 and 3/4 as near as the nearest."""
    import numpy as np

    rows = light.mean(axis=1)
    low, high = float(rows.min()), float(rows.max())
    if high - low < 0.05:
        return Guide()
    rising = np.maximum.accumulate((rows - low) / (high - low))
    levels = [float(np.searchsorted(rising, share)) / len(rows) for share in (0.25, 0.5, 0.75)]
    spaced: list[float] = []
    for value in levels:
        least = spaced[-1] + 0.04 if spaced else 0.2
        spaced.append(round(min(max(value, least), 0.95), 3))
    return Guide(levels=tuple(spaced))


_READERS: dict[str, Any] = {"pose": pose, "canny": canny, "depth": depth}


def guide_of(maps: list[tuple[str, NDArray[np.uint8]]]) -> Guide:
    """One guide of all maps, given as kind and RGBA pixels; later ones add to earlier ones."""
    guide = Guide()
    for kind, pixels in maps:
        found = _READERS[kind](brightness(pixels))
        changed = {f: v for f, v in msgspec.structs.asdict(found).items() if v}
        guide = msgspec.structs.replace(guide, **changed)
    return guide
