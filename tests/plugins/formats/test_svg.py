"""The svg format: the drawing stays the same, its numbers get short; traces look like their pixels."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tympan import Picture, StepFailed
from tympan.intake import intake
from tympan.render import raster
from tympan_plugins.formats.svg import matrix, pathdata

from .conftest import SCENE, drawing, pixels_of, plain, premultiplied

ICONS = sorted(Path("assets/refs/icons").glob("*.svg"))
BODIES = {
    "arcs": '<path d="M19.5 12.57l-7.5 7.43l-7.5-7.43a5 5 0 1 1 7.5-6.56a5 5 0 117.5 6.57"/>',
    "shapes": '<g stroke="#e01" stroke-width="1.3"><rect x="2" y="3" width="9" height="7" rx="2" fill="#08f"/>'
    '<circle r="4"/><ellipse cx="17" cy="9" rx="3" ry="5"/><line x1="1" y1="22" x2="20" y2="13"/>'
    '<polyline points="1,1 5 9 9-1" fill="none"/><polygon points="14 14 20 16 15 22"/></g>',
    "stroke default": '<path d="M2 2h20v9" fill="none" stroke="#000"/>',
    "dashes": '<path d="M2 2h20v9" fill="none" stroke="#000" stroke-dasharray="3,1.5" stroke-dashoffset=".7"/>',
    "curves": '<path d="M2 12c2-9 7 9 10 0s5 3 7-2q1-5 3 0t2 6M4 20S8 14 12 20Q14 22 16 20T20 20" fill="none" stroke="#000"/>',
    "transforms": '<g transform="rotate(30 12 12) skewX(10)"><rect transform="translate(3,4) scale(.5 .8)" width="12"'
    ' height="12"/></g><g transform="matrix(20 0 0 20 2 2) skewY(5)"><path d="M0 0L.05.31L.33.11z"/></g>',
    "use": '<defs><path id="p" d="M0 0h4v4z"/></defs><use href="#p" x="3" y="2"/><use href="#p" transform="translate(9 9) scale(3)"/>',
    "gradients": '<linearGradient id="a"><stop offset=".1" stop-color="#f00"/><stop offset="1" stop-color="#00f"/>'
    '</linearGradient><linearGradient id="b" href="#a" gradientUnits="userSpaceOnUse" x1="2" y1="2" x2="20" y2="9"'
    ' gradientTransform="rotate(20)"/><radialGradient id="c" href="#a" cx=".3" cy=".3" r=".8"/>'
    '<rect width="12" height="24" fill="url(#b)"/><rect x="12" width="12" height="24" fill="url(#c)"/>',
    "clip and mask": '<clipPath id="c"><circle cx="12" cy="12" r="9"/></clipPath><mask id="m"><rect width="24" height="16"'
    ' fill="#fff"/></mask><g clip-path="url(#c)"><rect width="24" height="24" fill="#f80" mask="url(#m)"/></g>',
    "percent": '<rect width="50%" height="100%" fill="#0a0"/>',
    "relative gradient": '<linearGradient id="g" gradientUnits="userSpaceOnUse"><stop/><stop offset="1" stop-color="#f00"/>'
    '</linearGradient><rect width="24" height="24" fill="url(#g)"/>',
    "nested": '<svg x="4" y="4" width="8" height="8" viewBox="0 0 2 2"><circle cx="1" cy="1" r="1"/></svg>',
    "box clip": '<clipPath id="c" clipPathUnits="objectBoundingBox"><circle cx=".5" cy=".5" r=".5"/></clipPath>'
    '<rect x="3" y="3" width="9" height="9" clip-path="url(#c)"/>',
}  # fmt: skip


def difference(one: Picture, other: Picture, side: int = 240) -> float:
    first, second = (premultiplied(raster(picture, (side, side))) for picture in (one, other))
    return float(np.abs(first - second).mean())


@pytest.mark.parametrize("params", [{}, {"viewbox": 24}, {"viewbox": 32}, {"viewbox": 1000}, {"viewbox": 1}])
@pytest.mark.parametrize("name", BODIES)
def test_the_drawing_stays(write: Any, name: str, params: dict[str, Any]) -> None:
    picture = drawing(BODIES[name], 'viewBox="0 0 24 24"')
    file = write("svg", picture, **params)[0]
    again = intake(file.data)
    assert difference(picture, again) < 0.35, file.data.decode()
    assert write("svg", again, **params)[0].data == write("svg", again, **params)[0].data


@pytest.mark.parametrize("icon", ICONS, ids=lambda path: path.stem)
def test_real_icons(write: Any, icon: Path) -> None:
    picture = intake(icon.read_bytes())
    file = write("svg", picture, viewbox=24)[0]
    assert difference(picture, intake(file.data)) < 0.25
    assert len(file.data) < len(icon.read_bytes())
    assert b'viewBox="0 0 24 24"' in file.data
    assert not re.search(rb" (width|height|class)=", re.sub(rb"<rect[^>]*>", b"", file.data))


def test_art_is_centred_with_padding(write: Any) -> None:
    picture = drawing('<rect width="40" height="20"/>', 'viewBox="0 0 40 20"')
    text = write("svg", picture, viewbox=24, padding=2)[0].data.decode()
    assert 'viewBox="0 0 24 24"' in text
    assert '<rect x="2" y="7" width="20" height="10"/>' in text
    with pytest.raises(StepFailed, match="no room"):
        write("svg", picture, viewbox=24, padding=12)


def test_accessibility_colour_and_budget(write: Any) -> None:
    picture = drawing(
        '<title>old</title><path id="x" d="M0 0h9v9z" fill="#F00" stroke="black"/>',
        'viewBox="0 0 24 24" role="x"',
    )
    text = write("svg", picture, title="A <b>", description="c & d", current_color="#ff0000")[0].data.decode()
    assert text == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" role="img"><title>A &lt;b&gt;</title>'
        '<desc>c &amp; d</desc><path d="M0 0H9V9z" fill="currentColor" stroke="black"/></svg>\n'
    )
    black = write("svg", picture, current_color="#000")[0].data.decode()
    assert 'aria-hidden="true" fill="currentColor"' in black
    assert 'stroke="currentColor"' in black
    assert "title" not in black
    with pytest.raises(StepFailed, match="budget is 20"):
        write("svg", picture, max_bytes=20)


def test_precision_counts_from_ten_units(write: Any) -> None:
    picture = drawing('<path d="M.1234567 5.55555L7 8z"/>', 'viewBox="0 0 24 24"')
    assert 'd="M.12 5.56 7 8z"' in write("svg", picture)[0].data.decode()
    assert 'd="M.1 5.6 7 8z"' in write("svg", picture, precision=1)[0].data.decode()
    small = drawing('<path d="M.1234567.55555L.7.8z"/>', 'viewBox="0 0 1 1"')
    assert 'd="M.123.556 .7.8z"' in write("svg", small)[0].data.decode()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("M 10,20 L 10 30 20 30 Z m 1 1 h 2", "M10 20V30H20zm1 1h2"),
        ("m10 20 1 1-1 1", "M10 20l1 1-1 1"),
        ("M0 0a1 1 0 01.5.5", "M0 0a1 1 0 0 1 .5 .5"),
        ("M0 0L1 1 X 3", "M0 0L1 1"),
        ("M0 0C", "M0 0"),
        ("M1e2-.5.25.75", "M100-.5L.25 .75"),
        ("", ""),
    ],
)
def test_path_data(data: str, text: str) -> None:
    written = pathdata.written(pathdata.parsed(data), 2)
    assert pathdata.parsed(written) == pathdata.parsed(text)
    assert len(written) <= len(text)


def test_matrices() -> None:
    assert matrix.parsed("translate(3) scale(2)") == (2, 0, 0, 2, 3, 0)
    assert matrix.written(matrix.parsed("rotate(90) rotate(-90)") or matrix.IDENTITY, 2) == ""
    assert matrix.written((2, 0, 0, 2, 0, 0), 2) == "scale(2)"
    assert matrix.written((2, 0, 0, 3, 0, 0), 2) == "scale(2 3)"
    assert matrix.written((1, 0, 0, 1, 2.5, 0), 2) == "translate(2.5 0)"
    for wrong in ("matrix(1 2)", "turn(3)", "scale()", "scale(1e999)"):
        assert matrix.parsed(wrong) is None


def overlap(one: Picture, other: Picture) -> float:
    first, second = (picture.array()[..., 3] > 127 for picture in (one, other))
    return float((first & second).sum() / (first | second).sum())


def test_flat_art_is_traced_with_its_hole(write: Any) -> None:
    picture = pixels_of(drawing(SCENE))
    file = write("svg", picture)[0]
    text = file.data.decode()
    again = raster(intake(file.data), picture.size)
    assert overlap(picture, again) > 0.98
    assert np.abs(premultiplied(picture) - premultiplied(again)).mean() < 1.5
    assert again.array()[200, 100, 3] == 0
    assert set(re.findall(r'fill="([^"]+)"', text)) == {"#d83a2e", "#f2b134", "#22577a", "#2a9d8f"}
    assert "<!--" not in text
    assert "transform" not in text
    assert text.count("viewBox") == 1
    assert len(file.data) < 9_000
    assert write("svg", picture)[0].data == file.data


def test_one_colour_needs_no_clip(write: Any) -> None:
    picture = pixels_of(drawing('<circle cx="200" cy="200" r="150" fill="#123456"/>'), (128, 128))
    text = write("svg", picture, viewbox=24, current_color="#123456")[0].data.decode()
    assert text.count("<path") == 1
    assert "clip" not in text
    assert 'fill="currentColor"' in text
    assert overlap(pixels_of(intake(text.encode()), (128, 128)), picture) > 0.985


def test_noisy_scan_becomes_two_colours(write: Any) -> None:
    art = pixels_of(
        drawing(
            '<rect width="400" height="400" fill="#fff8e7"/><path d="M90 90h220v220H90z" fill="#22577a"/>'
        )
    )
    buffer = io.BytesIO()
    art.image().convert("RGB").save(buffer, "JPEG", quality=40)
    text = write("svg", intake(buffer.getvalue()), colours=2, mode="polygon")[0].data.decode()
    assert len(set(re.findall(r'fill="(#[^"]+)"', text))) == 2
    assert " C" not in text
    assert np.abs(premultiplied(pixels_of(intake(text.encode()))) - premultiplied(art)).mean() < 2


def test_photo_and_large_pictures_are_traced_within_the_cap(
    write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tympan_plugins.formats.svg import trace

    monkeypatch.setattr(trace, "MOST_PIXELS", 10_000)
    blurred = Image.effect_noise((300, 200), 90).resize((600, 400)).convert("RGB")
    picture = Picture(size=(600, 400), pixels=blurred.convert("RGBA").tobytes())
    text = write("svg", picture, colours=6)[0].data.decode()
    assert 'width="600" height="400" viewBox="0 0 122 81"' in text
    assert len(set(re.findall(r'fill="(#[^"]+)"', text))) <= 6


def test_nothing_to_trace(write: Any) -> None:
    with pytest.raises(StepFailed, match="nothing to trace"):
        write("svg", plain((1, 2, 3, 0)))
    assert b'fill="#010203"' in write("svg", plain((1, 2, 3)))[0].data
    dust = np.zeros((600, 600, 4), np.uint8)
    dust[300, 300] = (9, 9, 9, 255)
    with pytest.raises(StepFailed, match="speckle"):
        write("svg", Picture(size=(600, 600), pixels=dust.tobytes()))
