"""The step `recolour`: colours of the picture become colours of the brand.

Reads nothing but the picture. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from tympan import Colour, Context, Params, Picture, PrepStep, StepFailed, version_of

Role = Annotated[str, Meta(pattern="^(ink|paper|#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}))$")]


class RecolourParams(Params, frozen=True, kw_only=True):
    """The keys of `[prep] recolour.*`."""

    map: Annotated[
        dict[Role, Colour],
        Meta(
            description=(
                "Old colour to new. `ink` is the dominant colour that is not background, and currentColor;"
                " `paper` the colour of the frame, else the lightest; `#rrggbb` a colour of the source."
            ),
        ),
    ] = msgspec.field(default_factory=dict)
    palette: Annotated[
        tuple[Colour, ...], Meta(description="Every colour not in `map` becomes the nearest of these.")
    ] = ()
    tolerance: Annotated[
        float,
        Meta(ge=0, le=60, description="Pixels this close (CIE 1976) are one colour; a vector's are exact."),
    ] = 12.0


class Recolour(PrepStep[RecolourParams]):
    """Maps colours, in a vector's paints or in pixels with their soft edges kept."""

    NAME = "recolour"
    Params = RecolourParams

    def fingerprint(self, params: RecolourParams) -> Mapping[str, str]:
        return {"numpy": version_of("numpy")}

    def run(self, picture: Picture, params: RecolourParams, ctx: Context) -> Picture:
        """The picture in other colours; a map onto itself leaves every byte alone.

        Facts: recolour.map ("#old=#new ..."). Raises StepFailed when a mapped colour does not occur, with
        the colours that do, or when neither `map` nor `palette` is given.
        """
        if not params.map and not params.palette:
            raise StepFailed("recolour has nothing to do", hint="set recolour.map or recolour.palette")
        if picture.svg is not None:
            from tympan_plugins.prep import paints

            return paints.recoloured(picture, params, ctx)
        from tympan_plugins.prep import swatches

        return swatches.recoloured(picture, params)
