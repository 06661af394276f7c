"""What services share that bring their pictures in one call: pictures and masks to send, answers to read.

Reads input bytes through the context. Writes nothing.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from tympan import Answer, BadAnswer, CallContext, CallFailed, Reference, Request, Upload

if TYPE_CHECKING:
    from PIL.Image import Image

# First bytes of the formats that every service here takes as they are.
_KNOWN = ((b"\x89PNG", "png", "image/png"), (b"\xff\xd8\xff", "jpg", "image/jpeg"))
Marks = Literal["black", "white", "clear"]


def jobs(request: Request, most: int) -> tuple[Request, ...]:
    """Calls of `most` candidates at the most, each with a seed of its own: the one of its first candidate."""
    return tuple(
        msgspec.structs.replace(
            request, candidates=min(most, request.candidates - first), seed=request.seed + first
        )
        for first in range(0, request.candidates, most)
    )


def answered(ctx: CallContext, service: str) -> dict[str, Any]:
    """The answer on record, as `results` reads it; CallFailed if there is none."""
    answer = ctx.answer()
    if answer is None:
        raise CallFailed(f"there is no answer of {service} on record for this job")
    return results(answer, service)


def results(answer: Answer, service: str) -> dict[str, Any]:
    """An answer whose `data` lists pictures, or whose `image` is the one; BadAnswer for any other."""
    try:
        found = answer.json()
        data = found["data"] if "data" in found else [found["image"]]
    except (ValueError, TypeError, KeyError):
        data = None
    if not isinstance(data, list) or not data or not all(isinstance(each, dict) for each in data):
        raise BadAnswer(f"{service} answered {answer.status} without a list of pictures")
    return {**found, "data": data}


def digits(colour: str) -> str:
    """#rgb or #rrggbb as six digits."""
    return colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])


def rgb(colour: str) -> list[int]:
    """#rgb or #rrggbb as three numbers."""
    return list(bytes.fromhex(digits(colour)))


def init_of(request: Request) -> Reference | None:
    """The picture that something is done to; a refinement's own input before all others."""
    return request.reference.get("selected") or next(iter(request.images("init")), None)


def inline_picture(result: dict[str, Any], index: int) -> bytes:
    """The picture that stands in an answer itself, as base64; BadAnswer if it cannot be read."""
    try:
        data = b64decode(result["b64_json"], validate=True)
    except (KeyError, TypeError, binascii.Error):
        data = b""
    if not data:
        raise BadAnswer(f"picture {index} of the answer cannot be read")
    return data


def picture_part(name: str, data: bytes, ctx: CallContext, most: int) -> Upload:
    """A picture as PNG, JPEG or WebP: its own bytes, or drawn as PNG if it is an SVG or a TIFF.

    most: bytes that the service takes. Raises CallFailed above that, before anything is sent.
    """
    for first, suffix, media in _KNOWN:
        if data.startswith(first):
            return _within(Upload(f"{name}.{suffix}", data, media), most)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _within(Upload(f"{name}.webp", data, "image/webp"), most)
    return _within(Upload(f"{name}.png", _png(ctx.raster(ctx.intake(data)).image()), "image/png"), most)


def masked_parts(
    picture: bytes, region: bytes, ctx: CallContext, most: int, marks: Marks
) -> tuple[Upload, Upload]:
    """A picture and its mask, both as clean PNG, so that they surely have one size.

    region: white where to draw anew. marks: how the service wants that place to be: "black", "white", or
    "clear" (transparent). A mask of another size is stretched.
    """
    from PIL import Image, ImageOps

    clean = ctx.raster(ctx.intake(picture)).image()
    drawn = ctx.raster(ctx.intake(region)).image()
    ground = Image.new("RGBA", drawn.size, "black")
    anew = Image.alpha_composite(ground, drawn).convert("L").resize(clean.size, Image.Resampling.NEAREST)
    # Services differ on what grey means; none of them wants it.
    anew = anew.point([0] * 128 + [255] * 128)
    if marks == "clear":
        mask = Image.new("RGBA", clean.size, "black")
        mask.putalpha(ImageOps.invert(anew))
    else:
        mask = ImageOps.invert(anew) if marks == "black" else anew
    sent = Upload("image.png", _png(clean), "image/png"), Upload("mask.png", _png(mask), "image/png")
    return _within(sent[0], most), _within(sent[1], most)


def _png(image: Image) -> bytes:
    data = BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def _within(upload: Upload, most: int) -> Upload:
    if len(upload.data) > most:
        size = f"{len(upload.data) / 2**20:.1f} MiB"
        raise CallFailed(
            f"{upload.name} has {size}, the service takes {most / 2**20:.0f} MiB",
            hint="make the input picture smaller",
        )
    return upload
