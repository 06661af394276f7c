"""The `pdf` format: one page with one picture, for presses and for people who read PDF.

Reads nothing. Writes nothing. Source: ISO 32000-1, 7.5 (file structure), 8.9.5 (images), 14.11.2 (boxes) and
14.11.5 (output intents). PDF/X is not claimed: it wants dates.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from tympan import (
    Context,
    File,
    Format,
    Picture,
    Profile,
    ProfileName,
    pdf_metadata,
    srgb_profile,
    version_of,
)
from tympan_plugins.formats.cmyk_tiff.engine import Link, engine
from tympan_plugins.formats.cmyk_tiff.ink import limited, most_ink
from tympan_plugins.formats.cmyk_tiff.sheet import PrintParams, placed

if TYPE_CHECKING:
    from PIL.Image import Image

_POINTS = 72 / 25.4
# Behind the first line, so that programs which look at the first bytes do not take a PDF for text.
_HEAD = b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n"


class PdfParams(PrintParams, frozen=True):
    """Keys of a target with `format = "pdf"`."""

    profile: Annotated[
        ProfileName, Meta(description="A CMYK printer's profile, which becomes the output intent; or `srgb`.")
    ] = "fogra39-300"
    condition: Annotated[
        str,
        Meta(
            pattern=r"^[ -~]{0,80}$",
            description="Registered name of the printing condition, such as `FOGRA39`; empty says `Custom`.",
        ),
    ] = ""
    compression: Annotated[
        str, Meta(pattern="^(flate|jpeg)$", description="`flate` loses nothing; `jpeg` is for mail.")
    ] = "flate"
    quality: Annotated[int, Meta(ge=1, le=100, description="Of `jpeg`, 1 to 100.")] = 90


class Pdf(Format[PdfParams]):
    """PDF 1.6 of one page: the picture in pixels, its trim and bleed boxes, an output intent; no date."""

    NAME = "pdf"
    SUFFIX = "pdf"
    MARKS = True
    Params = PdfParams

    def fingerprint(self, params: PdfParams) -> Mapping[str, str]:
        """Pillow carries LittleCMS and the JPEG encoder; resvg draws SVG, zlib packs."""
        names = ("pillow", "resvg-py")
        return {"zlib": zlib.ZLIB_RUNTIME_VERSION} | {name: version_of(name) for name in names}

    def write(self, picture: Picture, params: PdfParams, ctx: Context) -> Iterator[File]:
        """One file, with the facts `width`, `height`, `effective_ppi`, `profile` and, of inks, `ink_max`."""
        import numpy as np
        from PIL import Image as Pillow

        profile = ctx.profile(params.profile)
        image, facts = placed(picture, params.sheet, ctx)
        if profile.data != srgb_profile():
            image = engine("pillow", profile, Link(params.intent, params.black_point))(image)
            if params.ink_limit:
                image = Pillow.fromarray(limited(np.asarray(image), params.ink_limit), "CMYK")
            facts |= {"ink_max": f"{most_ink(np.asarray(image)):.1f}"}
        facts |= {"profile": profile.name}
        yield File(data=_written(_page(image, profile, params), ctx.marks()), facts=facts)


class _Page(msgspec.Struct, frozen=True):
    """Objects of a page from number 4 on, and what refers to them. boxes: as entries of the page."""

    boxes: str
    intents: str
    objects: tuple[bytes, ...]


def _page(image: Image, profile: Profile, params: PdfParams) -> _Page:
    """Contents are object 4, the image is 5, the profile 6."""
    inks = image.mode == "CMYK"
    width, height = (image.width / params.ppi * 25.4, image.height / params.ppi * 25.4)
    if params.size_mm:
        width, height = (side + 2 * params.bleed_mm for side in params.size_mm)
    full, inset = [width * _POINTS, height * _POINTS], params.bleed_mm * _POINTS
    media = _numbers([0, 0, *full])
    trim = _numbers([inset, inset, full[0] - inset, full[1] - inset])
    contents = f"q {_numbers([full[0], 0, 0, full[1], 0, 0])} cm /P Do Q".encode()
    # The register of printing conditions; without one of its names the profile alone speaks.
    named = (
        f"{_text(params.condition)}/RegistryName{_text('http://www.color.org')}" if params.condition else ""
    )
    intents = (
        f"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFX/OutputConditionIdentifier{named or _text('Custom')}"
        f"/Info{_text(profile.description or profile.name)}/DestOutputProfile 6 0 R>>]"
    )
    space = "/DeviceCMYK" if inks else "[/ICCBased 6 0 R]"
    alternate = "/DeviceCMYK" if inks else "/DeviceRGB"
    packed = _stream(
        f"/N {4 if inks else 3}/Alternate{alternate}/Filter/FlateDecode", zlib.compress(profile.data, 9)
    )
    return _Page(
        boxes=f"/MediaBox[{media}]/BleedBox[{media}]/TrimBox[{trim}]",
        intents=intents if inks else "",
        objects=(_stream("", contents), _image(image, space, params), packed),
    )


def _image(image: Image, space: str, params: PdfParams) -> bytes:
    import numpy as np

    colours = len(image.getbands())
    size = f"/Width {image.width}/Height {image.height}"
    head = f"/Type/XObject/Subtype/Image{size}/ColorSpace{space}/BitsPerComponent 8"
    if params.compression == "jpeg":
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=params.quality, subsampling="4:4:4", optimize=True)
        # Pillow, like Photoshop, writes inks the other way round.
        turned = "/Decode[1 0 1 0 1 0 1 0]" if colours == 4 else ""
        return _stream(f"{head}{turned}/Filter/DCTDecode", buffer.getvalue())
    # Predictor 2 of TIFF: each pixel less its left neighbour.
    pixels = np.array(image)
    pixels[:, 1:] -= pixels[:, :-1].copy()
    how = f"/Filter/FlateDecode/DecodeParms<</Predictor 2/Colors {colours}/Columns {image.width}>>"
    return _stream(head + how, zlib.compress(pixels.tobytes(), 6))


def _written(page: _Page, marks: bytes) -> bytes:
    """The file. The packet is the last object, so that marks move nothing that is in front of them."""
    last = 4 + len(page.objects)
    objects = [
        f"<</Type/Catalog/Pages 2 0 R/Metadata {last} 0 R{page.intents}>>".encode(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R{page.boxes}/Contents 4 0 R/Resources<</XObject<</P 5 0 R>>>>>>".encode(),
        *page.objects,
    ]
    out = io.BytesIO()
    out.write(_HEAD)
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    places.append(out.tell())
    # What the file shows names it, what it says does not.
    name = sha256(out.getvalue()).hexdigest()[:32]
    out.write(b"%d 0 obj\n%b\nendobj\n" % (last, pdf_metadata(marks)))
    start = out.tell()
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    out.write(f"xref\n0 {last + 1}\n0000000000 65535 f \n{rows}".encode())
    out.write(f"trailer\n<</Size {last + 1}/Root 1 0 R/ID[<{name}><{name}>]>>\n".encode())
    out.write(f"startxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def _stream(entries: str, data: bytes) -> bytes:
    return f"<<{entries}/Length {len(data)}>>stream\n".encode() + data + b"\nendstream"


def _numbers(values: list[float]) -> str:
    """As PDF has them: no exponent, to a ten-thousandth of a point."""
    return " ".join(f"{value:.4f}".rstrip("0").rstrip(".") for value in values)


def _text(text: str) -> str:
    """A string of PDF: ASCII, or UTF-16 with its mark, in hexadecimal."""
    if text.isascii():
        return f"<{text.encode().hex()}>"
    return f"<feff{text.encode('utf-16-be').hex()}>"
