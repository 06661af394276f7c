"""The bodies of v2 requests: models of other makers, and Lucid.

Reads pictures through the context. Writes nothing.
"""

from __future__ import annotations

from typing import Any

from tympan import CallContext, Request
from tympan_plugins.generators.leonardo.guidance import guidances
from tympan_plugins.generators.leonardo.models import Second, style_of
from tympan_plugins.generators.leonardo.options import LeonardoParams

V2 = "/api/rest/v2/generations"


def body(request: Request, options: LeonardoParams, model: Second, ctx: CallContext) -> dict[str, Any]:
    """The body of `POST /api/rest/v2/generations`."""
    parameters: dict[str, Any] = {
        "prompt": request.prompt,
        "width": request.size[0],
        "height": request.size[1],
        "quantity": request.candidates,
    }
    if model.seed:
        parameters["seed"] = request.seed
    if model.enhance:
        parameters["prompt_enhance"] = "ON" if options.enhance else "OFF"
    if options.style:
        parameters["style_ids"] = [style_of(options.style)]
    if options.quality:
        parameters["quality"] = options.quality
    if options.mode:
        parameters["mode"] = options.mode
    if request.negative_prompt and model.negative:
        parameters["negative_prompt"] = request.negative_prompt
    if request.reference:
        parameters["guidances"] = guidances(request, model.references, model.strengths, ctx)
    return {
        "model": options.slug or request.model,
        "public": options.public,
        "parameters": parameters,
    }


def size_mistake(size: tuple[int, int], model: Second) -> str:
    """Why a model cannot draw a size; "" if it can."""
    width, height = size
    if model.pairs:
        fits = any((w * by, h * by) == size for w, h in model.pairs for by in model.scales)
        # The API takes other pairs of single values, too, and then silently draws a square.
        return "" if fits else f"it draws {_list(model)} and nothing between"
    sides = ((width, model.width, "width"), (height, model.height, "height"))
    for side, (least, most), word in sides:
        if not least <= side <= most or side % model.step:
            return f"its {word} is {least} to {most}, a multiple of {model.step}"
    if model.pixels[1]:
        if not model.pixels[0] <= width * height <= model.pixels[1]:
            return f"it draws {model.pixels[0]} to {model.pixels[1]} pixels"
        if max(size) > 3 * min(size):
            return "no side may be longer than three times the other"
    return ""


def _list(model: Second) -> str:
    text = ", ".join(f"{width}x{height}" for width, height in model.pairs)
    return text + "".join(f", {by} times these" for by in model.scales if by > 1)
