"""Nasty rasters: bombs, lies in headers, damage, odd colour, things that are no pictures."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from PIL import Image, ImageCms
from tests.nasty.case import LATE, Case

from tympan.profiles import srgb_profile

PNG = b"\x89PNG\r\n\x1a\n"
BLOCK = 1 << 20


def chunk(kind: bytes, data: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(width: int, height: int, depth: int = 8, kind: int = 2, interlace: int = 0) -> bytes:
    """IHDR. kind: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA."""
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlace))


def zeros(count: int) -> bytes:
    """A zlib stream of `count` zero bytes, made without deflating all of them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(BLOCK)) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = zlib.compressobj(9, zlib.DEFLATED, -15)
    tail = rest.compress(bytes(count % BLOCK)) + rest.flush()
    # RFC 1950: Adler-32 of zeros is 1 in the low half and the count in the high one.
    return b"\x78\xda" + block * (count // BLOCK) + tail + struct.pack(">I", (count % 65521) << 16 | 1)


def png(
    width: int, height: int, depth: int = 8, kind: int = 2, data: bytes | None = None, more: bytes = b""
) -> bytes:
    """A PNG of zeros, or with these bytes in IDAT; `more` chunks go before them."""
    bits = depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
    idat = zeros(height * (1 + (width * bits + 7) // 8)) if data is None else data
    return PNG + header(width, height, depth, kind) + more + chunk(b"IDAT", idat) + chunk(b"IEND", b"")


def photo(size: tuple[int, int] = (48, 32), mode: str = "RGB") -> Image.Image:
    """A picture with an edge and a ramp, so that a wrong turn or a wrong colour shows."""
    across, down = np.meshgrid(np.linspace(0, 255, size[0]), np.linspace(0, 255, size[1]))
    pixels = np.stack([across, down, np.where(across > 128, 220, 30)], axis=2).astype(np.uint8)
    return Image.fromarray(pixels).convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The image in a format of Pillow."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def noise(side: int) -> bytes:
    """Every pixel its own colour: what tracing likes least."""
    return saved(Image.fromarray(np.random.default_rng(7).integers(0, 256, (side, side, 3), np.uint8)), "PNG")


def flipped(data: bytes, at: int) -> bytes:
    """The bytes with one of them changed."""
    return data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]


def tiff(entries: list[tuple[int, int, int, int]], body: bytes = b"", following: int = 0) -> bytes:
    """A little-endian TIFF of one IFD at 8. entries: tag, type, count, value (TIFF 6.0, section 2)."""
    directory = struct.pack("<H", len(entries))
    for tag, kind, count, value in sorted(entries):
        directory += struct.pack("<HHI", tag, kind, count)
        directory += struct.pack("<HH", value, 0) if kind == 3 and count == 1 else struct.pack("<I", value)
    return b"II*\x00" + struct.pack("<I", 8) + directory + struct.pack("<I", following) + body


def grey_tiff(width: int, height: int, body: bytes, compression: int = 1, **changed: int) -> bytes:
    """A grey TIFF of one strip; `changed` gives other values for tags, as t<number>=value."""
    values = {256: width, 257: height, 258: 8, 259: compression, 262: 1, 277: 1, 278: height, 279: len(body)}
    values |= {int(name[1:]): value for name, value in changed.items()}
    values.setdefault(273, 8 + 2 + 12 * (len(values) + 1) + 4)
    longs = (256, 257, 273, 278, 279, 330)
    return tiff([(tag, 4 if tag in longs else 3, 1, value) for tag, value in values.items()], body)


def exif(orientation: int) -> bytes:
    """A JPEG with an EXIF orientation."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    return saved(photo(), "JPEG", exif=tags)


def raw_exif(data: bytes) -> bytes:
    """A JPEG with these bytes as EXIF."""
    return saved(photo(), "JPEG", exif=b"Exif\x00\x00" + data)


def frames(count: int, kind: str, size: tuple[int, int] = (8, 8), **options: Any) -> bytes:
    """An animation."""
    first, *more = [Image.new("RGB", size, (n % 256, n // 256, 90)) for n in range(count)]
    return saved(first, kind, save_all=True, append_images=more, **options)


def cmyk_profile() -> bytes:
    """The CMYK profile that comes along with tympan."""
    from importlib.resources import files

    return (files("tympan_plugins.formats") / "profiles" / "ISOcoated_v2_300_bas.icc").read_bytes()


def profile(change: Callable[[bytearray], None] | None = None) -> bytes:
    """sRGB, changed."""
    data = bytearray(srgb_profile())
    if change:
        change(data)
    return bytes(data)


def _tags(data: bytearray) -> None:
    data[128:132] = struct.pack(">I", 2**31)


def _middle(data: bytearray) -> None:
    data[132:300] = b"\xff" * 168


def lab_profile() -> bytes:
    """A profile of another kind of colour."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def with_profile(icc: bytes, kind: str = "PNG", mode: str = "RGB") -> bytes:
    """A picture that embeds these bytes as its profile."""
    return saved(photo(mode=mode), kind, icc_profile=icc)


def iccp(packed: bytes) -> bytes:
    """A PNG whose iCCP holds these bytes, deflated already."""
    return png(8, 8, more=chunk(b"iCCP", b"icc\x00\x00" + packed))


def scans(count: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again: decoding costs the number of scans."""
    data = saved(photo((512, 512)), "JPEG", progressive=True)
    last = data.rfind(b"\xff\xda")
    return data[:-2] + data[last:-2] * count + data[-2:]


def webp_header(width: int, height: int) -> bytes:
    """A WebP whose canvas (VP8X) is larger than its picture."""
    data = saved(photo((8, 8)), "WEBP", lossless=True)
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes([0x10, 0, 0, 0]) + size + data[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def deep(mode: str, kind: str = "PNG") -> bytes:
    """16 bit a channel."""
    if mode == "L":
        ramp = np.linspace(0, 65535, 48 * 32).astype(np.uint16).reshape(32, 48)
        return saved(Image.fromarray(ramp), kind)
    rows = b"".join(b"\x00" + bytes(range(48)) * 6 for _ in range(32))
    return png(48, 32, 16, 2, zlib.compress(rows))


def interlaced() -> bytes:
    """Adam7, with one row too few."""
    return PNG + header(9, 9, interlace=1) + chunk(b"IDAT", zlib.compress(bytes(40))) + chunk(b"IEND", b"")


GOOD = partial(saved, photo(), "PNG")
JPEG = partial(saved, photo(), "JPEG")
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\nshowpage\n%%EOF\n"
DAMAGED = "damaged"


def cases() -> Iterator[Case]:
    """All nasty rasters."""
    yield from _bombs()
    yield from _damage()
    yield from _strangers()
    yield from _colour()
    yield from _meta()


def _bombs() -> Iterator[Case]:
    large, px = "a PNG of", "px"
    yield Case("png-400mp-1bit", "400 MP in 48 kB", lambda: png(20_000, 20_000, 1, 0), large)
    yield Case("png-169mp-rgba", "169 MP of RGBA", lambda: png(13_000, 13_000, 8, 6), large)
    yield Case("png-88mp-rgba", "88 MP: Pillow would not even warn", lambda: png(9_400, 9_400, 8, 6), large)
    yield Case(
        "png-header-2-31", "2^31 x 2^31 in the header", lambda: png(2**31 - 1, 2**31 - 1, data=b""), px
    )
    yield Case(
        "png-header-2-32",
        "sizes that are negative as int32",
        lambda: png(2**32 - 1, 2**32 - 1, data=b""),
        "PNG",
    )
    yield Case("png-0x0", "no pixels", lambda: png(0, 0, data=zlib.compress(b"")), "PNG")
    yield Case("png-8x0", "no rows", lambda: png(8, 0, data=zlib.compress(b"")), "PNG")
    yield Case("png-wide", "wider than any limit, one row", lambda: png(100_000, 1), "100000 x 1")
    yield Case(
        "png-40mp-rgba",
        "just within the limit",
        lambda: png(8_000, 5_000, 8, 6),
        left_out=("svg", "cmyk-tiff"),
        most_mb=900,
    )
    yield Case(
        "png-39mp-16bit",
        "39 MP of 16 bit RGBA",
        lambda: png(6_200, 6_300, 16, 6),
        left_out=("svg", "cmyk-tiff"),
        most_mb=1400,
    )
    yield Case(
        "png-ztxt-200mb",
        "200 MB of text in 200 kB",
        lambda: png(8, 8, more=chunk(b"zTXt", b"k\x00\x00" + zeros(200_000_000))),
        DAMAGED,
    )
    yield Case("png-iccp-200mb", "200 MB of profile in 200 kB", lambda: iccp(zeros(200_000_000)), DAMAGED)
    yield Case(
        "png-idat-200mb",
        "8 x 8 px, and 200 MB of rows that nobody asked for",
        lambda: png(8, 8, data=zeros(200_000_000)),
    )
    yield Case(
        "png-noise",
        "noise: tracing takes for ever",
        lambda: noise(1024),
        then={"svg": LATE},
        seconds=3,
        left_out=("cmyk-tiff",),
    )
    yield Case("png-noise-small", "noise that can be traced", lambda: noise(64))
    yield Case("png-1x1", "one pixel", lambda: png(1, 1))
    yield Case(
        "png-1x16384",
        "a line",
        lambda: png(1, 16_384, 8, 6),
        then={"png": "cannot make a picture of 64 x 1048576", "svg": "nothing to trace"},
    )
    yield Case(
        "gif-65535",
        "a GIF of 65535 x 65535 in 35 bytes",
        lambda: (
            b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;"
        ),
        "GIF",
    )
    yield Case("gif-3000-frames", "3000 frames", lambda: frames(3000, "GIF"), "GIF")
    yield Case("apng-200-frames", "an animated PNG", lambda: frames(200, "PNG"), "200 frames")
    yield Case("webp-60-frames", "an animated WebP", lambda: frames(60, "WEBP"), "frames")
    yield Case(
        "webp-canvas", "a WebP canvas of 268 MP around 64 px", lambda: webp_header(16_383, 16_383), "WEBP"
    )
    yield Case("jpeg-65500", "a JPEG header of 4290 MP", lambda: _sized_jpeg(65_500, 65_500), "JPEG")
    yield Case("jpeg-no-height", "a JPEG of height 0 (DNL follows)", lambda: _sized_jpeg(48, 0), "JPEG")
    yield Case("jpeg-1000-scans", "a progressive JPEG of 1000 scans", lambda: scans(1000))
    yield Case("tiff-10-12", "10^6 x 10^6 in 138 bytes", lambda: grey_tiff(10**6, 10**6, b"\0"), "TIFF")
    yield Case(
        "tiff-81mp-deflate", "81 MP in 79 kB", lambda: grey_tiff(9_000, 9_000, zeros(81_000_000), 8), "TIFF"
    )
    yield Case(
        "tiff-strip-2-32", "one strip of 4 GB", lambda: grey_tiff(64, 64, b"\0" * 64, t279=2**32 - 1), "TIFF"
    )
    yield Case(
        "tiff-rows-per-strip", "2^32 rows in a strip", lambda: grey_tiff(64, 64, b"\0" * 4096, t278=2**32 - 1)
    )
    yield Case("tiff-pages", "a TIFF of 40 pages", lambda: frames(40, "TIFF"), "40 frames")


def _sized_jpeg(width: int, height: int) -> bytes:
    data = JPEG()
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def _damage() -> Iterator[Case]:
    for kind in ("PNG", "JPEG", "WEBP", "TIFF"):
        data = saved(photo(), kind)
        low = kind.lower()
        yield Case(f"{low}-half", f"half a {kind}", lambda data=data: data[: len(data) // 2], DAMAGED)
        yield Case(f"{low}-20-bytes", f"20 bytes of a {kind}", lambda data=data: data[:20], DAMAGED)
        yield Case(f"{low}-magic-only", f"the first bytes of a {kind}", lambda data=data: data[:12], DAMAGED)
        yield Case(f"{low}-tail", f"a {kind} and 1 MB of zeros", lambda data=data: data + bytes(1 << 20))
    yield Case(
        "png-bad-idat",
        "one wrong byte in the pixels",
        lambda: flipped(GOOD(), GOOD().index(b"IDAT") + 20),
        DAMAGED,
    )
    yield Case("png-bad-header", "one wrong byte in the header", lambda: flipped(GOOD(), 19), DAMAGED)
    yield Case(
        "png-no-idat",
        "no pixels between header and end",
        lambda: PNG + header(8, 8) + chunk(b"IEND", b""),
        DAMAGED,
    )
    yield Case("png-no-end", "no IEND", lambda: GOOD()[:-12])
    yield Case(
        "png-two-headers",
        "two headers of two sizes",
        lambda: PNG + header(8, 8) + header(9_000, 9_000) + GOOD()[33:],
        "PNG",
    )
    yield Case("png-no-palette", "palette pixels without a palette", lambda: png(8, 8, 8, 3), DAMAGED)
    yield Case(
        "png-palette-overrun",
        "pixels beyond a palette of one colour",
        lambda: png(8, 8, 8, 3, zlib.compress((b"\0" + b"\xff" * 8) * 8), chunk(b"PLTE", b"\1\2\3")),
    )
    yield Case(
        "png-long-trns",
        "more transparency than palette",
        lambda: png(8, 8, 8, 3, None, chunk(b"PLTE", b"\1\2\3") + chunk(b"tRNS", b"\7" * 300)),
        intake=DAMAGED,
    )
    yield Case(
        "png-bad-filter",
        "a row filter that does not exist",
        lambda: png(8, 8, data=zlib.compress((b"\x09" + bytes(24)) * 8)),
        DAMAGED,
    )
    yield Case(
        "png-short-rows",
        "fewer rows than the header says",
        lambda: png(8, 8, data=zlib.compress(bytes(30))),
        DAMAGED,
    )
    yield Case("png-interlaced", "interlaced, rows missing", interlaced, DAMAGED)
    yield Case(
        "png-chunk-2-31",
        "a chunk of 2^31 bytes",
        lambda: PNG + header(8, 8) + b"\x7f\xff\xff\xffIDAT" + bytes(100),
        DAMAGED,
    )
    yield Case(
        "tiff-ifd-loop",
        "a directory that follows itself",
        lambda: tiff(
            [
                (256, 3, 1, 8),
                (257, 3, 1, 8),
                (258, 3, 1, 8),
                (259, 3, 1, 1),
                (262, 3, 1, 1),
                (273, 4, 1, 8),
                (277, 3, 1, 1),
                (278, 3, 1, 8),
                (279, 4, 1, 64),
            ],
            bytes(64),
            8,
        ),
    )
    yield Case(
        "tiff-far-offset",
        "pixels behind the end of the file",
        lambda: grey_tiff(8, 8, bytes(64), t273=2**31),
        DAMAGED,
    )
    yield Case(
        "tiff-65535-tags", "65535 tags announced", lambda: b"II*\x00\x08\0\0\0\xff\xff" + bytes(500), DAMAGED
    )
    yield Case("tiff-bits-0", "0 bits a sample", lambda: grey_tiff(8, 8, bytes(64), t258=0), DAMAGED)
    yield Case(
        "tiff-count-2-32",
        "a tag of 2^32 values",
        lambda: tiff([(256, 4, 2**32 - 1, 8), (257, 4, 1, 8)], bytes(64)),
        DAMAGED,
    )
    yield Case(
        "tiff-jpeg-lies",
        "JPEG compression, noise inside",
        lambda: grey_tiff(8, 8, bytes(range(64)), 7),
        DAMAGED,
    )
    yield Case(
        "tiff-lzw-lies", "LZW compression, noise inside", lambda: grey_tiff(64, 64, b"\xff" * 64, 5), DAMAGED
    )


def _strangers() -> Iterator[Case]:
    zip_end = b"PK\x05\x06" + bytes(18)
    yield Case("empty", "no bytes", lambda: b"", "empty")
    yield Case("one-byte", "one byte", lambda: b"\x89", "unknown kind")
    yield Case("nul-bytes", "a million NUL bytes", lambda: bytes(10**6), "unknown kind")
    yield Case("eps", "EPS, called .png: Pillow would start Ghostscript", lambda: EPS, "PostScript")
    yield Case(
        "eps-dos",
        "EPS with a DOS header",
        lambda: b"\xc5\xd0\xd3\xc6" + struct.pack("<II", 32, len(EPS)) + bytes(20) + EPS,
        "EPS",
    )
    yield Case("pdf", "PDF, called .png", lambda: b"%PDF-1.7\n%%EOF\n", "PDF")
    yield Case("psd", "a Photoshop document", lambda: b"8BPS\x00\x01" + bytes(40), "Photoshop")
    yield Case("bmp", "a BMP", lambda: saved(photo(), "BMP"), "BMP")
    yield Case("ico", "an ICO", lambda: saved(photo(), "ICO"), "ICO")
    yield Case(
        "fits",
        "a FITS: once a gzip bomb",
        lambda: b"SIMPLE  =                    T".ljust(2880),
        "unknown kind",
    )
    yield Case("ppm", "a PPM", lambda: saved(photo(), "PPM"), "unknown kind")
    yield Case("jp2", "a JPEG 2000", lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(60), "unknown kind")
    yield Case("avif", "an AVIF", lambda: b"\0\0\0\x1cftypavif" + bytes(60), "AVIF")
    yield Case("bigtiff", "a BigTIFF", lambda: b"II+\x00\x08\0\0\0" + bytes(60), "BigTIFF")
    yield Case("zip", "a ZIP archive", lambda: b"PK\x03\x04" + bytes(60), "ZIP")
    yield Case("text", "a page of text", lambda: b"a house\n" * 100, "unknown kind")
    yield Case("png-zip", "a PNG that is a ZIP as well", lambda: GOOD() + zip_end)
    yield Case(
        "png-html",
        "a PNG with a script in its text",
        lambda: png(8, 8, more=chunk(b"tEXt", b"k\x00<script>alert(1)</script>")),
    )
    yield Case("jpeg-pdf", "a JPEG with a PDF behind it", lambda: JPEG() + b"%PDF-1.7\n%%EOF")
    yield Case("jpeg-called-png", "a JPEG, whatever its name", JPEG)


def _colour() -> Iterator[Case]:
    cmyk = partial(photo, mode="CMYK")
    yield Case(
        "jpeg-cmyk",
        "CMYK without a profile (Adobe, inverted)",
        lambda: saved(cmyk(), "JPEG"),
        "CMYK picture without",
    )
    yield Case(
        "tiff-cmyk", "CMYK TIFF without a profile", lambda: saved(cmyk(), "TIFF"), "CMYK picture without"
    )
    yield Case(
        "jpeg-cmyk-profile", "CMYK with its profile", lambda: with_profile(cmyk_profile(), "JPEG", "CMYK")
    )
    yield Case(
        "tiff-cmyk-profile",
        "CMYK TIFF with its profile",
        lambda: with_profile(cmyk_profile(), "TIFF", "CMYK"),
    )
    yield Case(
        "jpeg-cmyk-srgb",
        "CMYK with a profile for RGB",
        lambda: with_profile(profile(), "JPEG", "CMYK"),
        "the pixels are CMYK",
    )
    yield Case(
        "tiff-rgb-cmyk-profile",
        "RGB with a profile for CMYK",
        lambda: with_profile(cmyk_profile(), "TIFF"),
        "the pixels are RGB",
    )
    yield Case(
        "png-lab-profile",
        "RGB with a profile for Lab",
        lambda: with_profile(lab_profile()),
        "the pixels are RGB",
    )
    yield Case(
        "png-icc-garbage", "a profile of noise", lambda: with_profile(b"not a profile" * 40), "profile"
    )
    yield Case("png-icc-short", "a profile of 10 bytes", lambda: with_profile(b"0123456789"), "profile")
    yield Case(
        "png-icc-2-31-tags",
        "a profile of 2^31 tags",
        lambda: with_profile(profile(_tags)),
        "profile cannot be read",
    )
    yield Case(
        "png-icc-bad-tags",
        "a profile whose tags point nowhere",
        lambda: with_profile(profile(_middle)),
        "profile cannot be read",
    )
    yield Case(
        "png-icc-half", "half a profile", lambda: with_profile(profile()[:200]), "profile cannot be read"
    )
    yield Case(
        "jpeg-icc-garbage",
        "a JPEG with a profile of noise",
        lambda: with_profile(b"x" * 200_000, "JPEG"),
        "profile",
    )
    yield Case("tiff-lab", "a TIFF in Lab", lambda: saved(photo(mode="LAB"), "TIFF"), "mode LAB")
    yield Case(
        "tiff-float",
        "a TIFF of floats",
        lambda: saved(Image.fromarray(np.full((8, 8), np.nan, np.float32)), "TIFF"),
        "mode F",
    )
    yield Case("tiff-int32", "a TIFF of 32 bit integers", lambda: saved(photo(mode="I"), "TIFF"), "mode I")
    yield Case("png-16bit-grey", "16 bit grey", lambda: deep("L"))
    yield Case("png-16bit-rgb", "16 bit RGB", lambda: deep("RGB"))
    yield Case("tiff-16bit-grey", "16 bit grey TIFF", lambda: deep("L", "TIFF"))
    yield Case("png-1bit", "black and white", lambda: saved(photo(mode="1"), "PNG"))
    yield Case(
        "png-palette", "a palette with transparency", lambda: saved(photo(mode="P"), "PNG", transparency=3)
    )
    yield Case(
        "png-transparent",
        "nothing but transparency",
        lambda: png(48, 32, 8, 6),
        then={"svg": "nothing to trace"},
    )
    yield Case("png-white", "nothing but white", lambda: saved(Image.new("RGB", (48, 32), "white"), "PNG"))
    yield Case("webp-lossless", "a good WebP", lambda: saved(photo(mode="RGBA"), "WEBP", lossless=True))


def _meta() -> Iterator[Case]:
    for turn in (0, 6, 8, 9, 255):
        yield Case(f"jpeg-orientation-{turn}", f"EXIF orientation {turn}", partial(exif, turn))
    loop = b"II*\x00\x08\0\0\0\x01\0" + struct.pack("<HHII", 0x8769, 4, 1, 8) + bytes(4)
    yield Case("jpeg-exif-loop", "an EXIF directory inside itself", lambda: raw_exif(loop))
    yield Case("jpeg-exif-garbage", "noise as EXIF", lambda: raw_exif(bytes(range(200))), "")
    yield Case(
        "jpeg-exif-text",
        "an orientation that is text",
        lambda: raw_exif(
            b"II*\x00\x08\0\0\0\x01\0" + struct.pack("<HHI4s", 0x0112, 2, 4, b"abc\0") + bytes(4)
        ),
        "",
    )
    yield Case(
        "jpeg-comment", "a comment of 60 kB", lambda: saved(photo(), "JPEG", comment=b"secret" * 10_000)
    )
    yield Case(
        "png-no-density", "0 px a metre", lambda: png(8, 8, more=chunk(b"pHYs", struct.pack(">IIB", 0, 0, 1)))
    )
    yield Case(
        "png-high-density",
        "2^31 px a metre",
        lambda: png(8, 8, more=chunk(b"pHYs", struct.pack(">IIB", 2**31, 1, 1))),
    )
    yield Case(
        "tiff-density-0",
        "a density of 1/0",
        lambda: saved(photo(), "TIFF", dpi=(300, 300)).replace(
            struct.pack("<II", 300, 1), struct.pack("<II", 300, 0)
        ),
    )
    yield Case(
        "mpo",
        "two JPEGs in one, as cameras save them",
        lambda: saved(photo(), "MPO", save_all=True, append_images=[photo((24, 16))]),
    )
