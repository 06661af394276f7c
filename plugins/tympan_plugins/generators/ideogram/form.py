"""What a request says in Ideogram's words: the fields of the form, without the pictures.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tympan import Reference, Request
from tympan_plugins.generators.ideogram.options import ROUTES, Element, IdeogramParams
from tympan_plugins.generators.one_call import digits


def options_of(request: Request) -> IdeogramParams:
    """The checked `[source.options]`."""
    return msgspec.convert(request.options, IdeogramParams)


def route_of(request: Request) -> str:
    """Last word of the route a request goes to; "" for an operation that there is not."""
    word = ROUTES.get(request.operation, "")
    return f"{word}-transparent" if word == "generate" and options_of(request).transparent else word


def path_of(request: Request) -> str:
    """The whole route. Upscaling is older than 3.0 and has none of its own there."""
    word = route_of(request)
    return "/upscale" if word == "upscale" else f"/v1/ideogram-v{request.model[0]}/{word}"


def asked_for(request: Request) -> dict[str, Any]:
    """What a request asks 3.0 for, by Ideogram's names: only what somebody has written, whatever the route.

    A route that does not take one of these is a mistake, as the picture would silently be another.
    """
    options = options_of(request)
    found = {
        "negative_prompt": request.negative_prompt,
        "aspect_ratio": options.aspect_ratio,
        "style_type": options.style_type,
        "style_preset": options.style_preset,
        "style_codes": list(options.style_codes),
        "custom_model_uri": options.custom_model,
        "color_palette": palette(options),
        "upscale_factor": options.upscale_factor if options.upscale_factor != "X1" else "",
        "style_reference_images": [each.image for each in request.images("style")],
        "character_reference_images": [each.image for each in request.images("character")],
        "character_reference_images_mask": [options.character_mask] if options.character_mask else [],
    }
    return {name: value for name, value in found.items() if value}


def palette(options: IdeogramParams) -> dict[str, Any]:
    """`color_palette`: one of Ideogram's own by name, or colours with their weights."""
    if options.palette_name:
        return {"name": options.palette_name}
    members: list[dict[str, Any]] = [
        {"color_hex": f"#{digits(colour).upper()}"} for colour in options.palette
    ]
    for member, weight in zip(members, options.palette_weights, strict=False):
        member["color_weight"] = weight
    return {"members": members} if members else {}


def image_weight(request: Request, reference: Reference) -> int:
    """How much a picture counts, 1 to 100. A chosen candidate has no strength of its own."""
    if "selected" in request.reference:
        return options_of(request).image_weight
    return max(1, min(100, round(100 * reference.strength)))


def resolution(request: Request) -> str:
    """The size as Ideogram writes it."""
    return f"{request.size[0]}x{request.size[1]}"


def json_prompt(request: Request) -> dict[str, Any]:
    """The JSON prompt of 4.0; empty if the prompt is plain text, which Ideogram then rewrites."""
    options = options_of(request)
    if options.json_prompt:
        return {"high_level_description": request.prompt, **options.json_prompt}
    if not options.elements:
        return {}
    whole: dict[str, Any] = {"high_level_description": request.prompt}
    if options.style:
        whole["style_description"] = dict(options.style)
    whole["compositional_deconstruction"] = {
        "background": options.background,
        "elements": [_element(each) for each in options.elements],
    }
    return whole


def _element(element: Element) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "text" if element.text else "obj"}
    if element.text:
        found["text"] = element.text
    found["desc"] = element.desc
    if element.bbox:
        found["bbox"] = list(element.bbox)
    return found
