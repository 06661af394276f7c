"""Views of pictures, and what is measured on them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from tympan.errors import IntakeError
from tympan.sheet.aids import colour_distance, near_groups, oklab
from tympan.views import Seen, sharpness, views


def drawn(size: tuple[int, int] = (600, 400), shift: int = 0) -> Image.Image:
    image = Image.new("RGB", size, "#f8f3e9")
    draw = ImageDraw.Draw(image)
    draw.rectangle((100 + shift, 80, 300 + shift, 320), fill="#1f2540")
    draw.ellipse((350, 100, 520, 270), fill="#e04a2f")
    return image


def encoded(image: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    kept = io.BytesIO()
    image.save(kept, kind, **more)
    return kept.getvalue()


def seen(image: Image.Image) -> Seen:
    return views(encoded(image), 20_000, 100_000).seen


def test_views_keep_their_budget() -> None:
    noise = Image.fromarray(np.random.default_rng(7).integers(0, 255, (900, 1200, 3), dtype=np.uint8))
    data = encoded(noise)
    for thumb, large in ((40_000, 384_000), (8_000, 24_000)):
        made = views(data, thumb, large)
        assert len(made.thumb) <= thumb
        assert len(made.large) <= large
        assert made.seen.size == (1200, 900)
    flat = views(encoded(drawn()), 40_000, 384_000)
    assert Image.open(io.BytesIO(flat.large)).size == (600, 400), "never larger than the picture"


def test_transparency_stays_and_is_told() -> None:
    clear = drawn().convert("RGBA")
    clear.putalpha(Image.new("L", clear.size, 0))
    clear.alpha_composite(Image.new("RGBA", (100, 100), "red"), (50, 50))
    made = views(encoded(clear), 20_000, 100_000)
    assert made.seen.clear
    assert Image.open(io.BytesIO(made.thumb)).mode == "RGBA"
    assert not seen(drawn()).clear


def test_an_svg_is_shown_at_its_own_size() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M2 2h20v20H2z"/></svg>'
    made = views(svg, 20_000, 192_000)
    assert made.seen.size == (24, 24)
    assert Image.open(io.BytesIO(made.large)).size == (2048, 2048)


def test_avif_of_our_own_is_shown_and_what_is_no_picture_is_not() -> None:
    assert views(encoded(drawn(), "AVIF"), 20_000, 100_000).seen.size == (600, 400)
    for data in (b"", b"%PDF-1.7", b"\0\0\0\x1cftypavif" + b"x" * 50):
        with pytest.raises(IntakeError):
            views(data, 20_000, 100_000)


def test_sharpness_falls_with_each_blur_and_not_with_the_subject() -> None:
    found = [sharpness(drawn().filter(ImageFilter.GaussianBlur(r)).convert("RGBA")) for r in (0, 0.7, 1.5, 3)]
    assert found == sorted(found, reverse=True)
    assert found[0] > 0.95
    assert found[-1] < 0.45
    assert sharpness(Image.new("RGBA", (100, 100), "white")) == 0


def test_oklab_is_the_published_one() -> None:
    # From B. Ottosson's table: XYZ (0.950, 1, 1.089), white, is L 1; sRGB red is (0.628, 0.225, 0.126).
    found = oklab(np.array([[255.0, 255, 255], [255, 0, 0]]))
    assert found[0] == pytest.approx([1, 0, 0], abs=1e-3)
    assert found[1] == pytest.approx([0.628, 0.225, 0.126], abs=1e-3)


def test_brand_colours_are_near_and_others_far() -> None:
    brand = ["#f8f3e9", "#1f2540", "#e04a2f"]
    own = colour_distance(seen(drawn()), brand)
    other = colour_distance(seen(drawn()), ["#00ff00"])
    assert own is not None
    assert other is not None
    assert own < 2 < 20 < other
    assert colour_distance(seen(drawn()), []) is None


def test_near_duplicates_find_each_other() -> None:
    mirrored = drawn().transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    again = Image.open(io.BytesIO(encoded(drawn(), "JPEG", quality=70)))
    found = near_groups([seen(drawn()), seen(mirrored), seen(again), seen(drawn(shift=2))])
    assert found == [[2, 3], [], [0, 3], [0, 2]]
    assert near_groups([]) == []
