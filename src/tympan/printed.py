"""The picture of a PDF page as tympan writes it: one image, through its profile, as on a screen.

Reads nothing. Writes nothing. Inside a worker only.
"""

from __future__ import annotations

import io
import re
import zlib
from typing import TYPE_CHECKING

from tympan import limits
from tympan.errors import IntakeError
from tympan.intake.colour import to_srgb
from tympan.model import Picture

if TYPE_CHECKING:
    from PIL.Image import Image

MAGIC = b"%PDF-"
# Object 5 is the image and 6 its profile, each with its length last: no PDF of another hand is read here.
_OBJECT = re.compile(rb"\n(5|6) 0 obj\n<<([^\n]{1,400})/Length (\d{1,10})>>stream\n")
_SIZE = re.compile(
    rb"/Subtype/Image/Width (\d{1,5})/Height (\d{1,5})/ColorSpace(/DeviceCMYK|\[/ICCBased 6 0 R\])"
)
_PROFILE_BYTES = 16 * 1024 * 1024
_OTHER = "a PDF that tympan did not write: it cannot be shown here"


def printed(data: bytes) -> Picture:
    """The page's picture as sRGB: relative colorimetric with black point compensation, from its profile.

    IntakeError for a PDF that is not of tympan's own making, that is damaged, or too large.
    """
    found = {each[1]: each for each in _OBJECT.finditer(data)}
    size = _SIZE.search(found[b"5"][2]) if b"5" in found else None
    if size is None or b"6" not in found:
        raise IntakeError(_OTHER)
    width, height = int(size[1]), int(size[2])
    if width * height > limits.PICTURE_PIXELS or min(width, height) < 1:
        raise IntakeError(f"a PDF with a picture of {width} x {height} px, which is too large to be shown")
    bands = 4 if size[3] == b"/DeviceCMYK" else 3
    try:
        profile = _inflated(_stream(data, found[b"6"]), _PROFILE_BYTES)
        image = _image(_stream(data, found[b"5"]), found[b"5"][2], (width, height), bands)
    except IntakeError:
        raise
    except Exception as error:  # a decoder raises what it likes
        raise IntakeError(f"a damaged PDF: {str(error)[:200]}") from None
    rgba, facts = to_srgb(image, profile)
    return Picture(size=rgba.size, pixels=rgba.tobytes(), facts={"intake.format": "pdf", **facts})


def _stream(data: bytes, found: re.Match[bytes]) -> bytes:
    return data[found.end() : found.end() + int(found[3])]


def _inflated(data: bytes, most: int) -> bytes:
    work = zlib.decompressobj()
    made = work.decompress(data, most)
    if not work.eof:
        raise IntakeError("a damaged PDF: a stream in it does not end where it should")
    return made


def _image(data: bytes, how: bytes, size: tuple[int, int], bands: int) -> Image:
    import numpy as np
    from PIL import Image as Pillow

    if b"/DCTDecode" in how:
        image = Pillow.open(io.BytesIO(data), formats=("JPEG",))
        if image.size != size:
            raise ValueError("its picture has another size than it says")
        image.load()
        return image
    wide, tall = size
    pixels = np.frombuffer(_inflated(data, wide * tall * bands + 1), np.uint8).reshape(tall, wide, bands)
    # Predictor 2 of TIFF: each pixel was written less its left neighbour.
    whole = np.cumsum(pixels, axis=1, dtype=np.uint8)
    return Pillow.frombytes("CMYK" if bands == 4 else "RGB", size, whole.tobytes())
