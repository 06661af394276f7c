"""The form that a request is sent as, with its pictures.

Reads pictures that the request names. Writes nothing.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tympan import CallContext, Request, Upload
from tympan_plugins.generators.ideogram.form import (
    asked_for,
    image_weight,
    json_prompt,
    options_of,
    resolution,
    route_of,
)
from tympan_plugins.generators.ideogram.options import ACCEPTS, PICTURE_MOST
from tympan_plugins.generators.one_call import init_of, masked_parts, picture_part

Fields = dict[str, Any]
Files = list[tuple[str, Upload]]
_PICTURES = ("style_reference_images", "character_reference_images", "character_reference_images_mask")


def form_of(request: Request, ctx: CallContext) -> tuple[Fields, Files]:
    """Fields and parts of a form; the same for the same request."""
    if request.model == "4.0":
        return _four(request, ctx)
    return _upscale(request, ctx) if route_of(request) == "upscale" else _three(request, ctx)


def _text(value: str, media: str = "text/plain; charset=utf-8") -> Upload:
    """A field of a form as a part without a file name: makes a form of what has no file."""
    return Upload("", value.encode(), media)


def _picture(name: str, digest: str, ctx: CallContext) -> Upload:
    return picture_part(name, ctx.input(digest), ctx, PICTURE_MOST)


def _three(request: Request, ctx: CallContext) -> tuple[Fields, Files]:
    options, route, asked = options_of(request), route_of(request), asked_for(request)
    fields: Fields = {
        "seed": request.seed,
        "rendering_speed": options.speed,
        "num_images": request.candidates,
        "magic_prompt": options.magic_prompt,
        "resolution": resolution(request),
        **{name: value for name, value in asked.items() if name not in (*_PICTURES, "color_palette")},
    }
    for name in ("magic_prompt", "resolution"):
        if name not in ACCEPTS[route] or (name == "resolution" and options.aspect_ratio):
            del fields[name]
    files: Files = [("prompt", _text(request.prompt))] if route != "reframe" else []
    if "color_palette" in asked:
        text = msgspec.json.encode(asked["color_palette"]).decode()
        files.append(("color_palette", _text(text, "application/json")))
    init = init_of(request)
    if route == "inpaint" and init:
        image, mask = masked_parts(
            ctx.input(init.image), ctx.input(request.region), ctx, PICTURE_MOST, "black"
        )
        files += [("image", image), ("mask", mask)]
    elif init:
        files.append(("image", _picture("image", init.image, ctx)))
        if route == "remix":
            fields["image_weight"] = image_weight(request, init)
    for name in _PICTURES:
        files += [(name, _picture(f"{name}-{n}", each, ctx)) for n, each in enumerate(asked.get(name, ()))]
    return fields, files


def _upscale(request: Request, ctx: CallContext) -> tuple[Fields, Files]:
    options, init = options_of(request), init_of(request)
    told: Fields = {
        "resemblance": options.resemblance,
        "detail": options.detail,
        "num_images": request.candidates,
        "seed": request.seed,
        "magic_prompt_option": options.magic_prompt,
    }
    if request.prompt:
        told["prompt"] = request.prompt
    text = msgspec.json.encode(told).decode()
    files: Files = [("image_request", _text(text, "application/json"))]
    if init:
        files.append(("image_file", _picture("image", init.image, ctx)))
    return {}, files


def _four(request: Request, ctx: CallContext) -> tuple[Fields, Files]:
    options, init, structured = options_of(request), init_of(request), json_prompt(request)
    fields: Fields = {"resolution": resolution(request), "rendering_speed": options.speed}
    if options.copyright_detection:
        fields["enable_copyright_detection"] = True
    files: Files = []
    if structured:
        text = msgspec.json.encode(structured).decode()
        files.append(("json_prompt", _text(text, "application/json")))
    else:
        files.append(("text_prompt", _text(request.prompt)))
    if init:
        fields["image_weight"] = image_weight(request, init)
        files.append(("image", _picture("image", init.image, ctx)))
    return fields, files
