"""A picture as the descriptors see it: on a ground, at one size, as grey and as perceived colour.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from tympan import Picture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

# Longer side in px. Larger pictures are scaled down to it, so that two sizes of one picture are the same;
# smaller ones stay, since scaling up makes them soft.
SIDE = 512
# Where things are, and how light, is looked at in miniature, and in a smaller one which colours there are:
# encoders change colours beside edges, but hardly their means over a block, which has 16 px in JPEG.
MINIATURE, _BLOCKS = 128, 64
# In hundredths of OKLab: the difference from its neighbours at which a pixel counts half.
_ROUGH = 32
# Mean lightness (0 to 1) of what is not transparent, above which it is put on black instead of white.
_LIGHT = 0.85


class Canvas:
    """What several descriptors need of one picture, each computed once."""

    def __init__(self, picture: Picture) -> None:
        image = picture.image()
        if max(image.size) > SIDE:
            scale = SIDE / max(image.size)
            size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
            from PIL import Image

            is_clear = image.getchannel("A").getextrema()[0] != 255
            small = (image.convert("RGBa") if is_clear else image.convert("RGB")).resize(
                size, Image.Resampling.HAMMING
            )
            image = small.convert("RGBA")
        self._image = image
        self.side = max(picture.size)

    @cached_property
    def alpha(self) -> NDArray[np.uint8] | None:
        """Opacity, shape (height, width); None if all is opaque."""
        import numpy as np

        alpha = np.asarray(self._image.getchannel("A"))
        return None if alpha.min() == 255 else alpha

    @cached_property
    def _flat(self) -> Any:
        from PIL import Image

        if self.alpha is None:
            return self._image.convert("RGB")
        ground = "black" if self._is_light() else "white"
        return Image.alpha_composite(Image.new("RGBA", self._image.size, ground), self._image).convert("RGB")

    def _is_light(self) -> bool:
        import numpy as np

        weights = np.asarray(self.alpha, np.float32)
        grey = np.asarray(self._image.convert("L"), np.float32)
        return float((grey * weights).sum()) > _LIGHT * 255 * max(1.0, float(weights.sum()))

    @cached_property
    def grey(self) -> NDArray[np.uint8]:
        """Grey (ITU-R BT.601), shape (height, width)."""
        import numpy as np

        return np.asarray(self._flat.convert("L"))

    @cached_property
    def lab(self) -> Floats:
        """OKLab in miniature, shape (height, width, 3), L from 0 to 1."""
        return self._small(MINIATURE)

    def _small(self, side: int) -> Floats:
        import numpy as np
        from PIL import Image

        wide, high = self._flat.size
        scale = min(1.0, side / max(wide, high))
        size = (max(1, round(wide * scale)), max(1, round(high * scale)))
        return oklab(np.asarray(self._flat.resize(size, Image.Resampling.BOX)))

    @cached_property
    def tones(self) -> tuple[Floats, Floats]:
        """The colours of the miniature, OKLab in hundredths, shape (n, 3); how much each counts, shape (n,).

        Edges, which are mixtures, count little. The weights sum to 1.
        """
        return _weighed(self.lab)

    @cached_property
    def paints(self) -> tuple[Floats, Floats]:
        """The same of a smaller miniature, in which narrow strokes are mixtures, too."""
        return _weighed(self._small(_BLOCKS))


def _weighed(lab: Floats) -> tuple[Floats, Floats]:
    import numpy as np

    lab = lab * 100
    rough = np.zeros(lab.shape[:2], np.float32)
    for axis in (0, 1):
        step = np.abs(np.diff(lab, axis=axis)).sum(-1)
        low = [slice(None, -1) if each == axis else slice(None) for each in (0, 1)]
        high = [slice(1, None) if each == axis else slice(None) for each in (0, 1)]
        rough[tuple(low)] += step
        rough[tuple(high)] += step
    weights = (1 / (1 + (rough / _ROUGH) ** 2)).ravel()
    return lab.reshape(-1, 3), (weights / weights.sum()).astype(np.float32)


_last: list[tuple[Picture, Canvas]] = []


def canvas(picture: Picture) -> Canvas:
    """The canvas of a picture; that of the last one is kept, since descriptors come one after the other."""
    if not _last or _last[0][0] is not picture:
        _last[:] = [(picture, Canvas(picture))]
    return _last[0][1]


def oklab(rgb: NDArray[np.uint8]) -> Floats:
    """sRGB of 8 bit, shape (..., 3), as OKLab (B. Ottosson, A perceptual color space, 2020)."""
    import numpy as np

    linear = _linear()[rgb]
    to_cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ],
        np.float32,
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ],
        np.float32,
    )
    found: Floats = np.cbrt(linear @ to_cones.T) @ to_lab.T
    return found


@cache
def _linear() -> Floats:
    import numpy as np

    share = np.arange(256) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4).astype(np.float32)


def blurred(grey: Floats, sigma: float) -> Floats:
    """Gaussian blur, edges mirrored; the kernel ends at three sigma."""
    import numpy as np

    reach = max(1, round(3 * sigma))
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2).astype(np.float32)
    taps /= taps.sum()
    for axis in (0, 1):
        reach = min(reach, grey.shape[axis] - 1)
        kept = taps[len(taps) // 2 - reach : len(taps) // 2 + reach + 1] if reach else taps[:1] * 0 + 1
        pad = [(reach, reach) if axis == each else (0, 0) for each in (0, 1)]
        wide = np.pad(grey, pad, mode="reflect") if reach else grey
        size = grey.shape[axis]
        total = np.zeros_like(grey)
        for nth, tap in enumerate(kept / kept.sum()):
            total += tap * (wide[nth : nth + size] if axis == 0 else wide[:, nth : nth + size])
        grey = total
    return grey


def around(values: Floats, reach: int) -> NDArray[np.float64]:
    """Sums over the squares of 2 * reach + 1 pixels around each pixel; nothing lies outside."""
    import numpy as np

    found = values.astype(np.float64)
    for axis in (0, 1):
        pad = [(reach + 1, reach) if axis == each else (0, 0) for each in (0, 1)]
        grown = np.cumsum(np.pad(found, pad), axis=axis)
        size, wide = values.shape[axis], 2 * reach + 1
        found = np.take(grown, range(wide, wide + size), axis) - np.take(grown, range(size), axis)
    return found


def gradient(grey: Floats) -> Floats:
    """The size of Sobel's gradient inside, shape (height - 2, width - 2)."""
    import numpy as np

    down = grey[:-2] + 2 * grey[1:-1] + grey[2:]
    along = grey[:, :-2] + 2 * grey[:, 1:-1] + grey[:, 2:]
    found: Floats = np.hypot(down[:, 2:] - down[:, :-2], along[2:] - along[:-2])
    return found


def presence(density: Floats, half: float) -> Floats:
    """How present what has a share of a picture is: it levels off, so that areas may be larger or smaller.

    half: the share that is half present.
    """
    return density / (density + half)


def at_side(grey: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Grey scaled down until the longer side has so many px; what is smaller stays."""
    import numpy as np
    from PIL import Image

    if max(grey.shape) <= side:
        return grey
    high, wide = (max(1, round(each * side / max(grey.shape))) for each in grey.shape)
    return np.asarray(Image.fromarray(grey).resize((wide, high), Image.Resampling.HAMMING))


def stepped(grey: NDArray[np.uint8], step: int, *, largest: bool) -> NDArray[np.uint8]:
    """The largest (or smallest) of each pixel and its neighbours: four for odd steps, eight for even ones.

    Steps by turns make an octagon, which is nearly a disc.
    """
    import numpy as np

    pick = np.maximum if largest else np.minimum
    found = grey.copy()
    pick(found[1:], grey[:-1], out=found[1:])
    pick(found[:-1], grey[1:], out=found[:-1])
    across = grey if step % 2 else found.copy()
    pick(found[:, 1:], across[:, :-1], out=found[:, 1:])
    pick(found[:, :-1], across[:, 1:], out=found[:, :-1])
    return found


def numbers(values: Any) -> tuple[float, ...]:
    """Figures for the record: rounded, so that no processor's last digits show."""
    return tuple(round(float(each), 5) + 0.0 for each in values)
