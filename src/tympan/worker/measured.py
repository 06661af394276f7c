"""Measuring a foreign picture in a worker, and a small view of it.

Reads nothing but the bytes it is given. Writes nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterable

import msgspec

from tympan.context import JobContext
from tympan.descriptor import Descriptor
from tympan.errors import StepFailed
from tympan.model import Measured, Picture
from tympan.worker.blame import Blame
from tympan.worker.load import Call, load

VIEW = "view"
_QUALITY = 72


def measured(calls: Iterable[Call], data: bytes, text: str, side: int) -> dict[str, bytes]:
    """JSON of a `Measured` or null for each descriptor, by its name.

    side: if not 0, a WebP whose longer side has at most so many px is made as well, as "view".
    """
    ctx = JobContext()
    with Blame("intake"):
        picture = ctx.raster(ctx.intake(data))
    results = {}
    for call in calls:
        plugin = load(call, Descriptor)
        with Blame(f"descriptor {call.name}"):
            found = plugin.measure(picture, text, plugin.Params(), ctx)
            if not isinstance(found, Measured | None):
                raise StepFailed(f"gave {type(found).__name__} where a Measured or None was due")
        results[call.name] = msgspec.json.encode(found, order="deterministic")
    if side:
        results[VIEW] = _view(picture, side)
    return results


def _view(picture: Picture, side: int) -> bytes:
    from PIL import Image

    image = picture.image()
    scale = min(1.0, side / max(image.size))
    if scale < 1:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        small = image.convert("RGBa").resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        image = small.convert("RGBA")
    if image.getchannel("A").getextrema()[0] == 255:
        image = image.convert("RGB")
    held = io.BytesIO()
    image.save(held, "WEBP", quality=_QUALITY, method=4)
    return held.getvalue()
