"""tympan.intake: golden pixels for every mode, and a hint for every file that is refused."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from tympan import limits
from tympan.errors import IntakeError
from tympan.intake import intake
from tympan.profiles import srgb_profile

SRGB = srgb_profile()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int, kind: int, rows: bytes, more: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + more + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def first(data: bytes) -> tuple[int, ...]:
    return tuple((intake(data).pixels or b"")[:4])


def tiff(fields: dict[int, tuple[int, int, Any]], body: bytes, order: str = "<") -> bytes:
    """A TIFF of one strip: tag -> (type, count, value or bytes), body first."""
    offset = 8 + len(body)
    extra, entries = b"", b""
    start = offset + 2 + 12 * len(fields) + 4
    for tag, (kind, count, value) in sorted(fields.items()):
        if isinstance(value, bytes):
            packed = struct.pack(order + "I", start + len(extra))
            extra += value
        else:
            packed = struct.pack(order + "HH", value, 0) if kind == 3 else struct.pack(order + "I", value)
        entries += struct.pack(order + "HHI", tag, kind, count) + packed
    mark = b"II*\0" if order == "<" else b"MM\0*"
    directory = struct.pack(order + "H", len(fields)) + entries + struct.pack(order + "I", 0)
    return mark + struct.pack(order + "I", offset) + body + directory + extra


def deep_tiff(order: str, photometric: int, samples: tuple[int, ...], size: int = 1) -> bytes:
    body = struct.pack(order + "H" * len(samples), *samples) * size
    bits = struct.pack(order + "H", 16) * len(samples)
    many = (3, len(samples), bits if len(samples) > 2 else 16)
    fields = {
        256: (3, 1, size), 257: (3, 1, 1), 258: many, 259: (3, 1, 1), 262: (3, 1, photometric),
        273: (4, 1, 8), 277: (3, 1, len(samples)), 278: (3, 1, 1), 279: (4, 1, len(body)),
    }  # fmt: skip
    if len(samples) == 4:
        fields[338] = (3, 1, 2)
    return tiff(fields, body, order)


PALETTE = chunk(b"PLTE", b"\0\0\0\xff\x80\0") + chunk(b"tRNS", b"\xff\x40")


@pytest.mark.parametrize(
    ("data", "pixel"),
    [
        (png(1, 1, 8, 0, b"\0\x12"), (18, 18, 18, 255)),
        (png(1, 1, 16, 0, b"\0\x12\x34"), (18, 18, 18, 255)),
        (png(1, 1, 16, 2, b"\0\x12\x34\x12\xff\xab\xcd"), (18, 19, 171, 255)),
        (png(1, 1, 16, 6, b"\0\x12\x34\x12\xff\xab\xcd\x80\xff"), (18, 19, 171, 128)),
        (png(1, 1, 16, 4, b"\0\x12\xff\xab\xff"), (19, 19, 19, 171)),
        (png(1, 1, 16, 0, b"\0\x12\x34", chunk(b"tRNS", b"\x12\x34")), (18, 18, 18, 0)),
        (png(1, 1, 16, 2, b"\0" + b"\x12\x34" * 3, chunk(b"tRNS", b"\x12\x34" * 3)), (18, 18, 18, 0)),
        (png(1, 1, 8, 2, b"\0\1\2\3", chunk(b"tRNS", b"\0\1\0\2\0\3")), (1, 2, 3, 0)),
        (png(1, 1, 8, 3, b"\0\1", PALETTE), (255, 128, 0, 64)),
        (png(1, 1, 1, 0, b"\0\x80"), (255, 255, 255, 255)),
        (deep_tiff("<", 1, (0x1234,)), (18, 18, 18, 255)),
        (deep_tiff(">", 1, (0x1234,)), (18, 18, 18, 255)),
        (deep_tiff("<", 2, (0x1234, 0x12FF, 0xABCD)), (18, 19, 171, 255)),
        (deep_tiff(">", 2, (0x1234, 0x12FF, 0xABCD)), (18, 19, 171, 255)),
        (deep_tiff("<", 2, (0x1234, 0x12FF, 0xABCD, 0x80FF)), (18, 19, 171, 128)),
        (encoded(Image.new("LA", (1, 1), (9, 200)), "PNG"), (9, 9, 9, 200)),
        (encoded(Image.new("RGBA", (1, 1), (9, 8, 7, 6)), "TIFF"), (9, 8, 7, 6)),
        (encoded(Image.new("RGBA", (1, 1), (9, 8, 7, 6)), "WEBP", lossless=True, exact=True), (9, 8, 7, 6)),
    ],
)  # fmt: skip
def test_golden_pixels(data: bytes, pixel: tuple[int, ...]) -> None:
    assert first(data) == pixel


def test_every_orientation_ends_upright() -> None:
    corners = np.zeros((20, 40, 3), np.uint8)
    corners[:10, :20] = (255, 0, 0)
    upright = Image.fromarray(corners)
    turns = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
    undo = {0: 0, 1: 1, 2: 4, 3: 3, 4: 2, 5: 5, 6: 6}
    for orientation, turn in turns.items():
        image = upright if turn is None else upright.transpose(Image.Transpose(undo[turn]))
        exif = Image.Exif()
        exif[0x0112] = orientation
        for kind in ("PNG", "TIFF", "JPEG"):
            picture = intake(encoded(image, kind, exif=exif, dpi=(300, 300)))
            assert picture.size == (40, 20), (orientation, kind)
            assert picture.ppi == 300
            assert picture.array()[2, 2, 0] > 200, (orientation, kind)


def rgb_profile() -> bytes:
    """A profile whose red and green primaries are swapped: nobody can take it for sRGB."""
    data = bytearray(srgb_profile())
    red, green = data.index(b"rXYZ", 128), data.index(b"gXYZ", 128)
    data[red : red + 4], data[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(data)


def test_profiles_are_applied_once_and_srgb_is_left_alone() -> None:
    red = Image.new("RGB", (4, 4), (250, 10, 20))
    tagged = intake(encoded(red, "PNG", icc_profile=srgb_profile()))
    assert tuple(tagged.array()[0, 0]) == (250, 10, 20, 255)
    assert tagged.facts["intake.profile"].startswith("sRGB")
    assert intake(encoded(red, "PNG")).facts == {"intake.format": "png", "intake.assumed": "srgb"}
    clear = Image.new("RGBA", (4, 4), (250, 10, 20, 77))
    for kind in ("PNG", "WEBP", "TIFF"):
        options: dict[str, Any] = {"lossless": True} if kind == "WEBP" else {}
        swapped = intake(encoded(clear, kind, icc_profile=rgb_profile(), **options))
        r, g, _, a = swapped.array()[0, 0]
        assert g > 200 > r
        assert a == 77


def test_cmyk_goes_through_its_profile_or_not_at_all(cmyk_profile: bytes) -> None:
    ink = Image.new("CMYK", (8, 8), (5, 248, 239, 0))
    for kind, options in (("TIFF", {}), ("JPEG", {"quality": 100})):
        r, g, b, _ = first(encoded(ink, kind, icc_profile=cmyk_profile, **options))
        assert abs(r - 227) <= 6
        assert abs(g - 6) <= 12
        assert abs(b - 19) <= 12
    with pytest.raises(IntakeError, match="without a profile"):
        intake(encoded(ink, "TIFF"))
    with pytest.raises(IntakeError, match="profile is for 'CMYK'"):
        intake(encoded(Image.new("RGB", (8, 8)), "TIFF", icc_profile=cmyk_profile))


@pytest.fixture(scope="module")
def cmyk_profile() -> bytes:
    root = Path(__file__).parent.parent
    return (root / "plugins/tympan_plugins/formats/profiles/ISOcoated_v2_300_bas.icc").read_bytes()


def test_grey_profile() -> None:
    lab = ImageCms.createProfile("LAB")
    with pytest.raises(IntakeError, match="profile is for 'Lab'"):
        intake(encoded(Image.new("L", (2, 2)), "PNG", icc_profile=ImageCms.ImageCmsProfile(lab).tobytes()))
    assert first(encoded(Image.new("L", (2, 2), 99), "PNG", icc_profile=srgb_profile())) == (99, 99, 99, 255)


@pytest.mark.parametrize(
    "profile",
    [b"garbage", bytes(4000), SRGB[:300], SRGB[:128] + b"\x7f\xff\xff\xff" + SRGB[132:]],
)
def test_garbage_profiles_are_refused(profile: bytes) -> None:
    with pytest.raises(IntakeError, match="profile"):
        intake(encoded(Image.new("RGB", (2, 2)), "PNG", icc_profile=profile))


GOOD = encoded(Image.effect_noise((64, 64), 50).convert("RGB"), "PNG")
FRAMES = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
BOMB = zlib.compress(bytes(80_000_000), 9)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"hello world", "unknown kind"),
        (b"GIF89a\1\0\1\0", "GIF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
        (b"%PDF-1.7", "PDF"),
        (b"8BPS\0\1", "Photoshop"),
        (b"\x1f\x8b\x08\0", "unpack"),
        (b"BM\0\0", "BMP"),
        (b"\0\0\0\x20ftypavif", "AVIF"),
        ("<svg/>".encode("utf-16"), "UTF-16"),
        (GOOD[: len(GOOD) // 2], "damaged PNG"),
        (GOOD[:30], "damaged PNG"),
        (GOOD[:100] + b"\xff\xff\xff" + GOOD[103:], "damaged PNG"),
        (encoded(Image.effect_noise((64, 64), 50), "JPEG")[:900], "damaged JPEG"),
        (encoded(Image.effect_noise((64, 64), 50).convert("RGB"), "WEBP")[:300], "damaged WEBP"),
        (encoded(Image.effect_noise((64, 64), 50), "TIFF")[:900], "damaged TIFF"),
        (encoded(FRAMES[0], "PNG", save_all=True, append_images=FRAMES[1:]), "2 frames"),
        (encoded(FRAMES[0], "WEBP", save_all=True, append_images=FRAMES[1:]), "2 frames"),
        (encoded(FRAMES[0], "TIFF", save_all=True, append_images=FRAMES[1:]), "2 frames"),
        (encoded(Image.new("F", (2, 2)), "TIFF"), "mode F"),
        (png(0, 0, 8, 0, b""), "damaged PNG"),
        (png(20_000, 20_000, 1, 0, b"\0"), "px"),
        (png(9_400, 9_400, 8, 6, b"\0"), "9400 x 9400"),
        (png(17_000, 1, 8, 0, b"\0"), "17000 x 1"),
        (png(2**31 - 1, 2**31 - 1, 8, 6, b"\0"), "px"),
        (png(1, 1, 8, 0, b"\0\0", chunk(b"zTXt", b"a\0\0" + BOMB)), "damaged PNG"),
    ],
)
def test_refused(data: bytes, message: str) -> None:
    with pytest.raises(IntakeError, match=message) as caught:
        intake(data)
    assert len(str(caught.value)) < 300


def test_too_many_bytes() -> None:
    with pytest.raises(IntakeError, match="more than"):
        intake(bytes(limits.PICTURE_BYTES + 1))


def test_ghostscript_never_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "ran"
    for name in ("gs", "gswin32c", "gswin64c"):
        (tmp_path / name).write_text(f"#!/bin/sh\ntouch {marker}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    for head in (b"", b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(IntakeError):
            intake(head + b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n%%EOF")
    assert not marker.exists()


def test_a_jpeg_by_any_name_and_a_polyglot_are_what_their_first_bytes_say() -> None:
    assert intake(encoded(Image.new("RGB", (2, 2)), "JPEG")).facts["intake.format"] == "jpeg"
    assert intake(GOOD + b"PK\x03\x04" + bytes(100)).size == (64, 64)


def test_svg_comes_out_clean_with_its_size() -> None:
    bare = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 24"/>'
    picture = intake(b'\xef\xbb\xbf \n<?xml version="1.0"?>' + bare)
    assert picture.size == (48, 24)
    assert picture.pixels is None
    assert picture.svg == '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 24"/>\n'


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_taking_in_its_own_result_changes_nothing(kind: str) -> None:
    noise = np.random.default_rng(7).integers(0, 256, (9, 7, 4), dtype=np.uint8)
    once = intake(encoded(Image.fromarray(noise), "PNG"))
    options: dict[str, Any] = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    twice = intake(encoded(once.image(), kind, **options))
    assert twice.pixels == once.pixels == noise.tobytes()
