"""What a file shows, as a digest of its pixels and profile: the container alone changes nothing.

Reads nothing. Writes nothing. Decoders can crash on files that another hand has changed: workers only.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from tympan import limits
from tympan.files import digest
from tympan.marks import unmarked
from tympan.model import canonical

if TYPE_CHECKING:
    from PIL.Image import Image


def appearance(data: bytes) -> str:
    """The digest of what a picture shows: mode, size, pixels and ICC profile of each frame.

    SVG, PDF and whatever else Pillow cannot decode, or only with more than `limits.PICTURE_PIXELS`, is taken
    byte for byte, but for the marks in it.
    """
    from PIL import Image, ImageSequence

    frames, left = [], limits.PICTURE_PIXELS
    try:
        with Image.open(io.BytesIO(data)) as image:
            for frame in ImageSequence.Iterator(image):
                left -= frame.width * frame.height
                if left < 0:
                    return digest(unmarked(data))
                frames.append(_frame(frame))
    except Exception:  # a decoder raises what it likes, and what cannot be decoded is judged by its bytes
        return digest(unmarked(data))
    return digest(canonical(frames))


def _frame(frame: Image) -> list[str]:
    from PIL import Image

    profile = frame.info.get("icc_profile") or b""
    # Grey, a palette and RGB are ways to write the same colours; CMYK and 16 bit are other colours.
    if frame.mode in ("1", "L", "LA", "P", "PA", "RGB", "RGBA"):
        frame = frame.convert("RGBA")
        # Nobody sees the colour of a pixel that is not there, and encoders drop it.
        there = frame.getchannel("A").point([0] + [255] * 255)
        frame = Image.composite(frame, Image.new("RGBA", frame.size), there)
    return [frame.mode, f"{frame.width}x{frame.height}", digest(frame.tobytes()), digest(profile)]
