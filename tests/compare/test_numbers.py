"""Numbers of a comparison: against published data and against the definition written out."""

from __future__ import annotations

import io

import msgspec
import numpy as np
import pytest
from PIL import Image, ImageCms

from tympan.compare import Difference, ciede2000, compare, difference, lab, ssim

# Sharma, Wu and Dalal (2005), table 1, pairs 1 to 34: L, a, b, L, a, b, CIEDE2000.
SHARMA = """
50.0000 2.6772 -79.7751 50.0000 0.0000 -82.7485 2.0425
50.0000 3.1571 -77.2803 50.0000 0.0000 -82.7485 2.8615
50.0000 2.8361 -74.0200 50.0000 0.0000 -82.7485 3.4412
50.0000 -1.3802 -84.2814 50.0000 0.0000 -82.7485 1.0000
50.0000 -1.1848 -84.8006 50.0000 0.0000 -82.7485 1.0000
50.0000 -0.9009 -85.5211 50.0000 0.0000 -82.7485 1.0000
50.0000 0.0000 0.0000 50.0000 -1.0000 2.0000 2.3669
50.0000 -1.0000 2.0000 50.0000 0.0000 0.0000 2.3669
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0009 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0010 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0011 7.2195
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0012 7.2195
50.0000 -0.0010 2.4900 50.0000 0.0009 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0010 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0011 -2.4900 4.7461
50.0000 2.5000 0.0000 50.0000 0.0000 -2.5000 4.3065
50.0000 2.5000 0.0000 73.0000 25.0000 -18.0000 27.1492
50.0000 2.5000 0.0000 61.0000 -5.0000 29.0000 22.8977
50.0000 2.5000 0.0000 56.0000 -27.0000 -3.0000 31.9030
50.0000 2.5000 0.0000 58.0000 24.0000 15.0000 19.4535
50.0000 2.5000 0.0000 50.0000 3.1736 0.5854 1.0000
50.0000 2.5000 0.0000 50.0000 3.2972 0.0000 1.0000
50.0000 2.5000 0.0000 50.0000 1.8634 0.5757 1.0000
50.0000 2.5000 0.0000 50.0000 3.2592 0.3350 1.0000
60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644
63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731
35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373
36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441
90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377
2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082
"""


def png(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


def numbers(before: bytes, after: bytes) -> Difference:
    return msgspec.json.decode(compare(before, after, shown=False)["difference"], type=Difference)


def notes(before: bytes, after: bytes) -> list[str]:
    return msgspec.json.decode(compare(before, after, shown=False)["notes"], type=list[str])


def test_ciede2000_has_the_published_values() -> None:
    rows = np.array([[float(word) for word in line.split()] for line in SHARMA.split("\n") if line])
    assert len(rows) == 34
    found = ciede2000(rows[:, 0:3], rows[:, 3:6])
    assert np.abs(found - rows[:, 6]).max() < 1e-4
    assert np.allclose(found, ciede2000(rows[:, 3:6], rows[:, 0:3]), atol=1e-9)


def test_lab_of_known_colours() -> None:
    # White, black, pure red: CIE L*a*b* of sRGB under D65 (B. Lindbloom's calculator, two decimals).
    found = lab(np.array([[255, 255, 255], [0, 0, 0], [255, 0, 0]], np.uint8))
    assert np.abs(found - [[100, 0, 0], [0, 0, 0], [53.24, 80.09, 67.20]]).max() < 0.02


def test_ssim_is_its_definition_written_out() -> None:
    rng = np.random.default_rng(7)
    one = rng.integers(0, 256, (12, 10)).astype(float)
    two = np.clip(one + rng.normal(0, 20, one.shape), 0, 255)
    found = []
    for y in range(12 - 6):
        for x in range(10 - 6):
            a, b = one[y : y + 7, x : x + 7].ravel(), two[y : y + 7, x : x + 7].ravel()
            cov = np.cov(a, b)
            c1, c2 = 2.55**2, 7.65**2
            top = (2 * a.mean() * b.mean() + c1) * (2 * cov[0, 1] + c2)
            found.append(top / ((a.mean() ** 2 + b.mean() ** 2 + c1) * (cov[0, 0] + cov[1, 1] + c2)))
    assert ssim(one, two) == pytest.approx(np.mean(found), abs=1e-9)
    assert ssim(one, one) == pytest.approx(1)
    assert ssim(one[:1, :1], two[:1, :1]) <= 1


def test_equal_pictures_and_one_changed_pixel() -> None:
    image = Image.new("RGB", (20, 10), "#0b5fff")
    assert numbers(png(image), png(image)) == Difference(changed=0, mean=0, most=0, ssim=1)
    other = image.copy()
    other.putpixel((3, 3), (200, 16, 46))
    found = numbers(png(image), png(other))
    assert found.changed == pytest.approx(1 / 200)
    assert found.most == pytest.approx(found.mean * 200, rel=1e-2)
    assert found.most > 40


def test_what_is_not_there_has_no_colour_and_a_hole_is_seen_on_either_ground() -> None:
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    assert numbers(png(clear), png(Image.new("RGBA", (8, 8), (0, 0, 255, 0)))).changed == 0
    for ground in ("white", "black"):
        found = numbers(png(clear), png(Image.new("RGBA", (8, 8), ground)))
        assert found.most == pytest.approx(100, abs=0.1)


def test_an_svg_is_rendered_and_another_size_is_said() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M4 4h16v16H4z"/></svg>'
    found = numbers(svg, svg.replace(b"h16", b"h12"))
    assert found.changed == pytest.approx(4 * 16 / 576, abs=0.01)
    assert notes(svg, svg) == ["rendered at 768 x 768 px to be compared"]
    small, large = Image.new("RGB", (20, 10), "red"), Image.new("RGB", (40, 20), "red")
    assert numbers(png(small), png(large)).most == 0
    assert "the sizes differ" in notes(png(small), png(large))[0]


def test_a_profile_is_looked_through() -> None:
    image = Image.new("RGB", (8, 8), (200, 30, 30))
    same = png(image, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    assert numbers(png(image), same).most < 1


def test_large_pictures_are_averaged_and_said_to_be() -> None:
    image = Image.effect_noise((2000, 1200), 60).convert("RGB")
    other = image.copy()
    other.paste("red", (0, 0, 1000, 1200))
    found = compare(png(image), png(other), shown=True)
    got = msgspec.json.decode(found["difference"], type=Difference)
    assert got.changed == pytest.approx(0.5, abs=0.01)
    assert "colours are compared at 1/2 of the size" in msgspec.json.decode(found["notes"])
    heat = Image.open(io.BytesIO(found["heat"])).convert("RGB")
    assert heat.size == (1000, 600)
    left, right = heat.getpixel((100, 300)), heat.getpixel((900, 300))
    assert max(left) > 150 > max(right)  # type: ignore[type-var,arg-type]


def test_the_map_is_where_the_change_is() -> None:
    before = np.full((30, 40, 4), 255, np.uint8)
    after = before.copy()
    after[5:10, 20:30, :3] = 0
    _, apart = difference(before, after)
    assert apart.shape == (30, 40)
    assert (apart[5:10, 20:30] > 99).all()
    assert apart.sum() == pytest.approx(apart[5:10, 20:30].sum())
