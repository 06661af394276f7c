"""A subject with its alpha: three ways to get one without a model, and the way it becomes a picture.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tympan import Picture, StepFailed
from tympan_plugins.prep import keying, matte, regions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tympan_plugins.prep.mask import MaskParams

    Bytes = NDArray[np.uint8]
    Floats = NDArray[np.floating[Any]]

# Share of the picture that a plausible subject covers at least and at most.
_LEAST, _MOST = 0.003, 0.95
# Share of the frame's length that a subject may touch before it counts as cut off.
_TOUCH = 0.02


@dataclass(frozen=True)
class Cutout:
    """Alpha (h, w) and foreground colour (h, w, 3), both 0..1, and how they were found.

    trusted: alpha is given, not guessed, and may cover the whole picture.
    """

    alpha: Floats
    colour: Floats
    method: str
    confidence: float = 1.0
    found: dict[str, str] = field(default_factory=dict)
    trusted: bool = False

    def facts(self) -> dict[str, str]:
        """The facts this cut-out adds to its picture."""
        return {
            "mask.method": self.method,
            "mask.confidence": f"{self.confidence:.2f}",
            "mask.area": f"{float(self.alpha.mean()):.4f}",
            **self.found,
        }

    def picture(self, source: Picture, params: MaskParams) -> Picture:
        """The source cut out: checked, edge shaped as the params say, colour bled below alpha 0."""
        import numpy as np

        _check(self, params)
        alpha, colour = self.alpha, self.colour
        shaped = _shaped(alpha, params)
        # First from what is really subject, so that a feathered or choked rim has its colour.
        colour = matte.bled(colour, alpha)
        out = np.empty((*alpha.shape, 4), np.uint8)
        out[..., :3] = np.rint(255 * colour)
        out[..., 3] = np.rint(255 * shaped)
        return source.with_array(out, **self.facts())


def reshapes(params: MaskParams) -> bool:
    """Whether the params change an alpha that is already there."""
    return bool(params.edge == "hard" or params.choke or params.feather)


def has_transparency(pixels: Bytes) -> bool:
    """Whether alpha shows a shape: a thousandth below one half, or a fiftieth not opaque."""
    alpha = pixels[..., 3]
    return bool((alpha < 128).mean() >= 0.001 or (alpha < 250).mean() >= 0.02)


def from_alpha(picture: Picture) -> Cutout:
    """The source's own alpha and colours, untouched."""
    import numpy as np

    pixels = picture.array().astype(np.float32) / 255
    return Cutout(pixels[..., 3], pixels[..., :3], "alpha", trusted=True)


def by_difference(picture: Picture) -> Cutout:
    """Alpha from two renders: alpha = 1 - (white - black), colour = black / alpha (Smith and Blinn, 1996).

    Raises StepFailed when there are no two renders, or when they do not show the same thing.
    """
    import numpy as np

    if picture.on_black is None:
        raise StepFailed(
            "MASK-NO-PAIR: there is no second render on black",
            hint='this generator gives one picture only: use mask.method = "auto"',
        )
    white = picture.array()[..., :3].astype(np.float32) / 255
    twin = np.frombuffer(picture.on_black, np.uint8).reshape(picture.array().shape)
    black = twin[..., :3].astype(np.float32) / 255
    gap = white - black
    odd = (gap.min(-1) < -4 / 255) | (gap.max(-1) > 1 + 4 / 255) | (np.ptp(gap, axis=-1) > 8 / 255)
    share = float(odd.mean())
    if share > 0.005:
        raise StepFailed(
            f"MASK-PAIR: the renders on white and on black differ by more than their background"
            f" in {100 * share:.1f} % of the pixels",
            hint='the generator must draw the same picture twice; without that use mask.method = "key"',
        )
    alpha = np.clip(1 - gap.mean(-1), 0, 1)
    alpha = np.where(alpha < 1.5 / 255, 0, np.where(alpha > 253.5 / 255, 1, alpha))
    colour = np.clip(black / np.maximum(alpha, 1 / 255)[..., None], 0, 1)
    return Cutout(alpha, colour, "difference", 1 - share)


def by_key(picture: Picture, params: MaskParams) -> Cutout:
    """The subject on a plain background. Raises StepFailed when it runs out of the frame."""
    import numpy as np

    rgb = picture.array()[..., :3].astype(np.float32) / 255
    found = keying.find(
        rgb, key=params.key, tolerance=params.tolerance, holes=params.holes, touching=params.allow_touching
    )
    if found.touching > _TOUCH and not params.allow_touching and found.inside.mean() <= _MOST:
        raise StepFailed(
            f"MASK-TOUCHES-FRAME: {100 * found.touching:.0f} % of the frame is not background",
            hint="leave room around the subject, set mask.key to the background's colour, or"
            " mask.allow_touching = true if the subject is meant to run out of the picture",
        )
    alpha, colour = matte.soft_alpha(rgb, found.surface, found.inside, found.noise, found.band)
    return Cutout(
        alpha,
        colour if params.decontaminate else rgb,
        "key",
        found.confidence,
        {"mask.holes": str(found.holes)},
    )


def _check(cut: Cutout, params: MaskParams) -> None:
    area = float(cut.alpha.mean())
    if area < _LEAST or (area > _MOST and not cut.trusted):
        raise StepFailed(
            f"MASK-EMPTY: the subject covers {100 * area:.1f} % of the picture",
            hint="is there a subject on a plain background? See mask.key, mask.tolerance, mask.method",
        )
    if cut.confidence < params.min_confidence:
        raise StepFailed(
            f"MASK-LOW-CONFIDENCE: {cut.confidence:.2f}, mask.min_confidence is {params.min_confidence:.2f}:"
            " the background is not flat, or the subject hardly differs from it",
            hint="ask the generator for a plain background and name it in mask.key, use a source with alpha,"
            ' mask.method = "rembg:<model>", or lower mask.min_confidence after looking at the result',
        )


def _shaped(alpha: Floats, params: MaskParams) -> Floats:
    import numpy as np

    if params.choke:
        alpha = _choked(alpha, params.choke)
    if params.edge == "hard":
        alpha = (alpha >= 0.5).astype(np.float32)
    if params.feather:
        alpha = regions.blur(alpha, params.feather)
    return alpha


def _choked(alpha: Floats, by: float) -> Floats:
    """Alpha with its edge moved inwards; a part of a px is a mix of two whole steps."""
    import numpy as np

    whole = int(by)
    once = -np.asarray(regions.window_max(-alpha, whole), np.float32)
    twice = -np.asarray(regions.window_max(-once, 1), np.float32)
    return once + (by - whole) * (twice - once)
