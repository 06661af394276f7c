"""A local plugin: the prep step `grain`, film grain that is the same on every build.

Reads nothing. Writes nothing.

    [prep]
    steps = ["resize", "grain"]
    grain = { amount = 0.08, size = 2, seed = 35 }
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from tympan import Context, Params, Picture, PrepStep, hookimpl, version_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class GrainParams(Params, frozen=True):
    """The keys of `[prep.grain]`."""

    amount: Annotated[
        float, Meta(description="How far a mid-grey may move, as a share of full scale.", ge=0, le=0.5)
    ] = 0.06
    size: Annotated[int, Meta(description="Width of one grain in px.", ge=1, le=16)] = 1
    seed: Annotated[int, Meta(description="Another seed, another film.", ge=0, le=2**32 - 1)] = 35


class Grain(PrepStep[GrainParams]):
    """Adds luminance grain, strongest in the middle tones; black, white and transparency stay clean."""

    NAME = "grain"
    VERSION = "1"
    Params = GrainParams

    def fingerprint(self, params: GrainParams) -> Mapping[str, str]:
        return {"numpy": version_of("numpy"), "pillow": version_of("pillow")}

    def run(self, picture: Picture, params: GrainParams, ctx: Context) -> Picture:
        """The picture's pixels with grain; an SVG is rendered at its own size first."""
        import numpy as np

        pixels = ctx.raster(picture).array()
        colour = pixels[..., :3].astype(np.float32)
        level = colour.mean(axis=2, keepdims=True) / 255
        height, width = pixels.shape[:2]
        moved = colour + _film(width, height, params) * (4 * level * (1 - level))
        result = pixels.copy()
        result[..., :3] = np.clip(np.rint(moved), 0, 255).astype(np.uint8)
        return picture.with_array(result, grain=f"{params.amount:g} at seed {params.seed}")


def _film(width: int, height: int, params: GrainParams) -> NDArray[np.float32]:
    """Grain of shape (height, width, 1): triangular noise around 0, at most `amount * 255`."""
    import numpy as np
    from PIL import Image

    # RandomState and not default_rng: its stream is frozen for good (NEP 19).
    dice = np.random.RandomState(params.seed)
    shape = (-(-height // params.size), -(-width // params.size))
    sides = dice.randint(0, 256, (2, *shape)).sum(axis=0) // 2
    noise = Image.fromarray(sides.astype(np.uint8)).resize((width, height), Image.Resampling.BICUBIC)
    centred = np.asarray(noise, np.float32) - np.float32(127.5)
    return (centred * np.float32(2 * params.amount))[..., None]


@hookimpl
def tympan_prep_steps() -> Iterable[type[PrepStep]]:  # type: ignore[type-arg]
    return (Grain,)
