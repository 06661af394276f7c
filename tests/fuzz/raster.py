"""F2: any bytes as a raster: a clean picture or IntakeError. Run by a worker in a build; here in this process."""

from __future__ import annotations

from tests.nasty import rasters

from tympan import limits
from tympan.errors import IntakeError
from tympan.intake import intake
from tympan.model import Picture

SEEDS = [data for case in rasters.cases() if len(data := case.make()) < 20_000]
DICTIONARY = ["IHDR", "IDAT", "PLTE", "tRNS", "iCCP", "eXIf", "acTL", "\xff\xd8", "\xff\xc0", "\xff\xda", "VP8X", "ICCP", "ANMF", "II*\0", "MM\0*"]  # fmt: skip


def one(data: bytes) -> None:
    """Taken: upright RGBA of the size it says. Not taken: a message that is one line."""
    if data.lstrip().startswith((b"<", b"\xef\xbb\xbf")):
        return
    try:
        picture = intake(data)
    except IntakeError as error:
        _check_words(error.message)
        return
    _check(picture)


def _check_words(message: str) -> None:
    assert message
    assert "0x7f" not in message, "an address is in the message"
    message.encode()


def _check(picture: Picture) -> None:
    width, height = picture.size
    assert picture.pixels is not None
    assert len(picture.pixels) == 4 * width * height
    assert 0 < width * height <= limits.PICTURE_PIXELS
    assert picture.ppi is None or 1 < picture.ppi <= 12_000
