"""The step `mask`: cuts the subject out of its background.

Reads the picture, and for `rembg:` a weights file. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from tympan import Context, Params, Picture, PrepStep, StepFailed, version_of

if TYPE_CHECKING:
    from tympan_plugins.prep.cutout import Cutout

# A vector picture that must be cut out as pixels is drawn at least this long, px.
_DRAWN = 1024
# Above this many pixels keying needs more memory than a worker has.
_MOST = 16_000_000


class MaskParams(Params, frozen=True, kw_only=True):
    """The keys of `[prep] mask.*`."""

    method: Annotated[
        str,
        Meta(
            pattern=r"^(auto|alpha|difference|key|rembg:[a-z0-9][a-z0-9_-]*(:[A-Za-z0-9][A-Za-z0-9._-]*)?)$",
            description=(
                "How the subject is found. `auto`: the source's own alpha, else the difference of two"
                " renders, else `key`. `alpha`: the source's own. `difference`: two renders, on white and"
                " on black. `key`: a flat or smoothly shaded background. `rembg:<model>`, or"
                " `rembg:u2net_custom:<file>` with a file of REMBG_HOME: a neural network, extra `rembg`."
            ),
        ),
    ] = "auto"
    key: Annotated[
        str,
        Meta(
            pattern=r"^(#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}))?$",
            description="The background's colour if it is known; measured on the frame if empty.",
        ),
    ] = ""
    tolerance: Annotated[
        float,
        Meta(
            ge=0, le=60, description="Colour difference (CIE 1976) that still is background; 0 measures it."
        ),
    ] = 0.0
    holes: Annotated[
        str,
        Meta(
            pattern="^(auto|none|all)$",
            description="Background-coloured pockets inside: `auto` opens those with a sharp rim.",
        ),
    ] = "auto"
    allow_touching: Annotated[bool, Meta(description="Whether the subject may run out of the frame.")] = False
    edge: Annotated[
        str, Meta(pattern="^(soft|hard)$", description="`hard`: alpha is 0 or 1, cut at 0.5.")
    ] = "soft"
    decontaminate: Annotated[bool, Meta(description="Take the background's colour out of soft edges.")] = True
    choke: Annotated[float, Meta(ge=0, le=20, description="Move the edge inwards, px.")] = 0.0
    feather: Annotated[float, Meta(ge=0, le=50, description="Soften the edge: sigma of a blur, px.")] = 0.0
    min_confidence: Annotated[
        float, Meta(ge=0, le=1, description="Fail below this confidence; only `key` and `rembg` guess.")
    ] = 0.6
    accept_license: Annotated[
        str, Meta(description="`bria-nc` accepts the non-commercial licence that bria-rmbg needs.")
    ] = ""
    model_sha256: Annotated[
        str,
        Meta(pattern="^([0-9a-f]{64})?$", description="SHA-256 the weights must have; unchecked if empty."),
    ] = ""


class Mask(PrepStep[MaskParams]):
    """Cuts the subject out; straight alpha, colours of soft edges freed of the background."""

    NAME = "mask"
    Params = MaskParams

    def fingerprint(self, params: MaskParams) -> Mapping[str, str]:
        shaped_by = {"numpy": version_of("numpy"), "pillow": version_of("pillow")}
        if params.method.startswith("rembg:"):
            shaped_by |= {"rembg": version_of("rembg"), "onnxruntime": version_of("onnxruntime")}
        return shaped_by

    def wants_backgrounds(self, params: MaskParams) -> bool:
        """Two renders give exact alpha, so they are taken wherever a generator has them."""
        return params.method in ("auto", "difference")

    def run(self, picture: Picture, params: MaskParams, ctx: Context) -> Picture:
        """The picture with alpha; a vector that has transparency stays a vector.

        Facts: mask.method, mask.confidence, mask.area, and what the method adds. Raises StepFailed with a
        code such as MASK-EMPTY in front when the cut-out is not plausible.
        """
        drawn = _drawn(picture, ctx)
        if params.method in ("auto", "alpha"):
            from tympan_plugins.prep.cutout import has_transparency

            if has_transparency(drawn.array()):
                return _own_alpha(picture, drawn, params)
            if params.method == "alpha":
                raise StepFailed(
                    'MASK-OPAQUE: mask.method is "alpha", but the picture has no transparency',
                    hint='use mask.method = "auto", or give a source with alpha',
                )
        if drawn.size[0] * drawn.size[1] > _MOST:
            raise StepFailed(
                f"MASK-SIZE: {drawn.size[0]}x{drawn.size[1]} px are too many to cut out",
                hint='put "resize" before "mask" in prep.steps',
            )
        return _cut(drawn, params).picture(drawn, params)


def _cut(drawn: Picture, params: MaskParams) -> Cutout:
    from tympan_plugins.prep import cutout

    if params.method == "difference" or (params.method == "auto" and drawn.on_black is not None):
        return cutout.by_difference(drawn)
    if params.method.startswith("rembg:"):
        from tympan_plugins.prep import neural

        return neural.cut(drawn, params)
    return cutout.by_key(drawn, params)


def _drawn(picture: Picture, ctx: Context) -> Picture:
    """The picture as pixels; a vector at its nominal shape, long side at least `_DRAWN` px."""
    if picture.svg is None:
        return picture
    times = max(1.0, _DRAWN / max(picture.size))
    return ctx.raster(picture, (round(picture.size[0] * times), round(picture.size[1] * times)))


def _own_alpha(picture: Picture, drawn: Picture, params: MaskParams) -> Picture:
    from tympan_plugins.prep import cutout

    found = cutout.from_alpha(drawn)
    shaped = found.picture(drawn, params)
    if cutout.reshapes(params):
        return shaped
    kept = picture if picture.svg is None else picture.with_svg(picture.svg)
    return Picture(
        size=kept.size,
        pixels=kept.pixels,
        svg=kept.svg,
        ppi=kept.ppi,
        facts={**picture.facts, **found.facts()},
    )
