"""How the tests of `sketch` ask for drawings and look at them.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tympan import Candidate, Picture, Request
from tympan.context import JobContext
from tympan_plugins.generators.sketch.generator import Sketch

SMALL = (320, 180)


def ask(prompt: str, inputs: dict[str, bytes] | None = None, **keys: Any) -> tuple[Candidate, ...]:
    """All candidates of a request to `sketch`."""
    request = Request(generator="sketch", prompt=prompt, **{"size": SMALL, **keys})
    ctx = JobContext(inputs or {})
    return Sketch().collect(Sketch().submit(request, ctx), request, ctx)


def svg(prompt: str, **keys: Any) -> str:
    """The SVG text of the one candidate."""
    return ask(prompt, **keys)[0].data.decode()


def pixels(data: bytes) -> NDArray[np.int16]:
    """RGBA of a PNG or SVG file, shape (height, width, 4)."""
    ctx = JobContext()
    found: Picture = ctx.raster(ctx.intake(data))
    return found.array().astype(np.int16)


def seen(prompt: str, **keys: Any) -> NDArray[np.int16]:
    """What a prompt looks like."""
    return pixels(ask(prompt, **keys)[0].data)


def apart(one: NDArray[np.int16], other: NDArray[np.int16]) -> float:
    """Share of pixels that differ visibly."""
    return float((np.abs(one - other).max(axis=2) > 12).mean())


def png(image: Image.Image) -> bytes:
    """A PNG file."""
    target = BytesIO()
    image.save(target, "PNG")
    return target.getvalue()
