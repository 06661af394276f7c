"""Soft alpha along the edge of a subject, and the subject's own colour there.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tympan_plugins.prep import regions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.floating[Any]]
    Ints = NDArray[np.int64]

# Half width of the band where alpha is decided around a sharp edge, px.
BAND = 3
# Foreground and background closer than this cannot be told apart on their line; squared sRGB units.
_LEAST = 4e-3
# Colour goes this far out below alpha 0, so that scaling and mip levels find no dark rim; px.
BLEED = 8


def soft_alpha(
    rgb: Floats, surface: Floats, inside: Bools, noise: float, width: int = BAND
) -> tuple[Floats, Floats]:
    """Alpha (h, w) and foreground colour (h, w, 3), both 0..1.

    In a band of `width` px on both sides of the edge alpha is where a pixel lies on the line from the
    known background to the foreground: the nearest sure inside colour, or the most distant colour near
    it, whichever line fits better. A soft seam inside stays opaque.
    """
    import numpy as np

    core = regions.shrink(inside, width + 1)
    band = regions.grow(inside, width) & ~core
    where = np.flatnonzero(band)
    flat, back = rgb.reshape(-1, 3), surface.reshape(-1, 3)
    delta = flat[where] - back[where]
    smooth = regions.blur(rgb, 0.8).reshape(-1, 3)
    best = smooth[_most_distant(rgb, surface, width + 1)[band]]
    share, error, reach = _project(delta, best - back[where])
    deep = regions.nearest(core, 2 * width + 2)[band]
    inner = smooth[deep]
    share2, error2, reach2 = _project(delta, inner - back[where])
    # The deep colour is the better witness when both fit: an edge pixel's neighbours are mixed themselves.
    take = (deep >= 0) & (error2 <= error + 0.02) & (reach2 > _LEAST)
    share, reach = np.where(take, share2, share), np.where(take, reach2, reach)
    best = np.where(take[:, None], inner, best)
    share = np.where(reach > _LEAST, share, inside.reshape(-1)[where])
    least = max(0.02, 2.5 * noise / max(0.1, float(np.sqrt(np.median(reach))) if len(reach) else 1.0))
    share = np.where(share < least, 0, np.where(share > 0.97, 1, share))
    alpha = core.astype(np.float32)
    alpha.reshape(-1)[where] = share
    pale = core & (((rgb - surface) ** 2).sum(-1) < 10 * _LEAST)
    alpha = np.where(_truly_soft(alpha, inside, pale) | ~inside, alpha, 1).astype(np.float32)
    alpha = _without_crumbs(alpha)
    colour = rgb.copy()
    colour.reshape(-1, 3)[where] = unmixed(flat[where], back[where], alpha.reshape(-1)[where], best)
    return alpha, colour


def _most_distant(rgb: Floats, surface: Floats, reach: int) -> Ints:
    """The flat index of the colour furthest from the background within reach; shape (h, w)."""
    import numpy as np

    delta = rgb - surface
    rank = (np.sqrt((delta * delta).sum(-1)) * 30_000).astype(np.int64)
    index = np.arange(rank.size).reshape(rank.shape)
    # Distance and place in one number, so that the greatest carries its place along.
    return np.asarray(regions.window_max((rank << 28) | index, reach) & ((1 << 28) - 1), np.int64)


def _project(delta: Floats, span: Floats) -> tuple[Floats, Floats, Floats]:
    """Share 0..1 along a span, distance from it, and its squared length; all (n,)."""
    import numpy as np

    length = (span * span).sum(-1)
    share = np.clip((delta * span).sum(-1) / np.maximum(length, _LEAST), 0, 1)
    rest = delta - share[:, None] * span
    return share, np.sqrt((rest * rest).sum(-1)), length


def _truly_soft(alpha: Floats, inside: Bools, pale: Bools) -> Bools:
    """Soft pixels through which the background is seen: open to the outside, or a gap between hairs.

    The soft seam between a dark outline and a lighter fill lies on the same line of colours but encloses
    no clear pixel, or touches a fill as pale as the background (`pale`): it is opaque.
    """
    import numpy as np

    labels, count = regions.components((alpha < 0.97) | ~inside)
    keep = np.zeros(count + 1, np.bool_)
    keep[labels[alpha < 0.25]] = True
    keep[labels[regions.grow(pale, 1)]] = False
    keep[labels[~inside]] = True
    keep[0] = False
    return np.asarray(keep[labels], np.bool_)


def _without_crumbs(alpha: Floats) -> Floats:
    """Alpha without faint islands: compression leaves them in the band, a subject is somewhere solid."""
    import numpy as np

    labels, count = regions.components(alpha > 0, diagonal=True)
    solid = np.zeros(count + 1, np.bool_)
    solid[labels[alpha >= 0.35]] = True
    return np.where(solid[labels], alpha, 0).astype(np.float32)


def unmixed(mixed: Floats, back: Floats, alpha: Floats, fallback: Floats) -> Floats:
    """Foreground colour from mixed = alpha * colour + (1 - alpha) * back; the fallback below alpha 0.25."""
    import numpy as np

    share = alpha[..., None]
    own = (mixed - (1 - share) * back) / np.maximum(share, 0.05)
    return np.clip(np.where(share < 0.25, fallback, own), 0, 1).astype(np.float32)


def bled(colour: Floats, alpha: Floats) -> Floats:
    """The colour with its rim continued BLEED px under alpha 0, and black beyond."""
    import numpy as np

    source = regions.nearest(alpha > 0, BLEED)
    out = colour.reshape(-1, 3)[np.maximum(source, 0)]
    out[source < 0] = 0
    return out
