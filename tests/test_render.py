"""tympan.render: exact sizes, no fringes, the same pixels every time."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tympan.errors import StepFailed
from tympan.model import Picture
from tympan.render import raster
from tympan.svg import clean_svg, svg_size


def drawing(body: str, attributes: str = 'viewBox="0 0 24 24"') -> Picture:
    svg = clean_svg(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{body}</svg>')
    return Picture(size=svg_size(svg), svg=svg)


FULL = '<rect width="24" height="24" fill="#f00" fill-opacity=".5"/>'


def test_svg_is_rendered_at_its_size_and_at_any_other_with_straight_alpha() -> None:
    picture = drawing(FULL)
    small, large = raster(picture), raster(picture, (100, 100))
    assert small.size == (24, 24)
    assert large.svg == picture.svg
    assert (large.array() == (255, 0, 0, 128)).all()
    assert raster(large, (24, 24)).pixels == small.pixels


def test_other_proportions_leave_transparent_margins() -> None:
    wide = raster(drawing(FULL), (100, 50)).array()
    assert (wide[:, 25:75, 3] == 128).all()
    assert not wide[:, :25].any()
    assert not wide[:, 75:].any()
    pixels = raster(raster(drawing(FULL)), (24, 24))
    tall = raster(Picture(size=pixels.size, pixels=pixels.pixels), (10, 30)).array()
    assert (tall[10:20, :, 3] == 128).all()
    assert not tall[:10].any()


@pytest.mark.parametrize("own", [(100, 33), (33, 100), (97, 61)])
def test_rounding_leaves_no_line_at_the_edge(own: tuple[int, int]) -> None:
    picture = drawing('<rect width="300" height="300"/>', f'viewBox="0 0 {own[0]} {own[1]}"')
    size = (641, round(own[1] * 641 / own[0]))
    assert (raster(picture, size).array()[..., 3] == 255).all()
    pixels = raster(picture)
    assert (raster(Picture(size=own, pixels=pixels.pixels), size).array()[..., 3] == 255).all()


def test_view_box_of_other_proportions_keeps_its_place() -> None:
    picture = drawing(FULL, 'width="48" height="24" viewBox="0 0 24 24"')
    assert picture.size == (48, 24)
    assert (raster(picture, (96, 48)).array()[24, :, 3] > 0).sum() == 48


def test_resampling_is_premultiplied() -> None:
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[:, 32:] = (255, 255, 255, 255)
    small = raster(Picture(size=(64, 64), pixels=pixels.tobytes(), ppi=300.0), (31, 31))
    seen = small.array()[small.array()[..., 3] > 8]
    assert (seen[:, :3] >= 250).all()
    assert small.ppi == 300.0


def test_twin_on_black_follows_and_equal_size_is_the_same_object() -> None:
    white = Image.new("RGBA", (8, 8), "white").tobytes()
    black = Image.new("RGBA", (8, 8), "black").tobytes()
    picture = Picture(size=(8, 8), pixels=white, on_black=black)
    assert raster(picture) is picture
    assert raster(picture, (4, 4)).on_black == Image.new("RGBA", (4, 4), "black").tobytes()


@pytest.mark.parametrize("size", [(0, 5), (20_000, 1), (16_000, 16_000)])
def test_absurd_sizes_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(StepFailed, match="cannot make"):
        raster(drawing(FULL), size)


def test_what_resvg_refuses_is_said() -> None:
    strange = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 5 5"><y xmlns="urn:x"/></svg>'
    with pytest.raises(StepFailed, match="resvg"):
        raster(Picture(size=(5, 5), svg=strange))
