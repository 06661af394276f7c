"""What all maps share: how large they are, and how they become a PNG.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

if TYPE_CHECKING:
    from PIL.Image import Image

Side = Annotated[int, Meta(ge=0, le=4096, description="The longer side in px; 0 keeps the input's size.")]


def fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    """A size whose longer side is `side`, of the same shape; the size itself if `side` is 0."""
    if not side:
        return size
    scale = side / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def png(image: Image) -> bytes:
    """The image as PNG without any metadata."""
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=6)
    return stream.getvalue()
