"""What is done to a finished picture: upscale, remove the background, unzoom, upscale universally.

Reads pictures through the context. Writes nothing. The API reference, "Variations".
"""

from __future__ import annotations

from typing import Any

from tympan import CallContext, CallFailed, Request
from tympan_plugins.generators.leonardo.body import selected
from tympan_plugins.generators.leonardo.options import LeonardoParams
from tympan_plugins.generators.leonardo.uploads import V1, There, made_there, picture

PATHS = {
    "upscale": "upscale",
    "no-background": "nobg",
    "unzoom": "unzoom",
    "universal-upscale": "universal-upscaler",
}
_ID = {"GENERATED": "generatedImageId", "VARIATION": "variationId", "UPLOADED": "initImageId"}


def path(request: Request) -> str:
    """Where a variation is asked for."""
    return f"{V1}/variations/{PATHS[request.operation]}"


def variation(request: Request, options: LeonardoParams, ctx: CallContext) -> dict[str, Any]:
    """The body of a variation. Only the universal upscaler takes a picture that Leonardo has not made."""
    name = selected(request)
    made = made_there(name, ctx)
    if request.operation == "universal-upscale":
        return _universal(request, options, made or picture(name, ctx))
    if made is None:
        raise CallFailed(
            f"{request.operation} works on pictures that Leonardo made, and is not known to have made this",
            hint="universal-upscale takes any picture",
        )
    if request.operation == "upscale":
        return {"id": made.id}
    return {"id": made.id, "isVariation": made.type == "VARIATION"}


def _universal(request: Request, options: LeonardoParams, there: There) -> dict[str, Any]:
    body: dict[str, Any] = {
        _ID[there.type]: there.id,
        "upscaleMultiplier": options.multiplier,
        "creativityStrength": options.creativity,
    }
    if request.prompt:
        body["prompt"] = request.prompt
    if options.ultra_upscaler:
        body["ultraUpscaleStyle"] = options.ultra_upscaler
        if options.similarity:
            body["similarity"] = options.similarity
        if options.detail:
            body["detailContrast"] = options.detail
    else:
        body["upscalerStyle"] = options.upscaler or "GENERAL"
    return body
