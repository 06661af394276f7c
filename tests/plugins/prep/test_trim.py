"""The step trim: boxes, padding, vectors, and that a second time changes nothing.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plugins.prep.subjects import composited, ground, opaque, subject, vector

from tympan import Picture, StepFailed, svg_viewbox
from tympan.context import JobContext
from tympan_plugins.prep.trim import Trim, TrimParams


def trim(picture: Picture, **keys: object) -> Picture:
    return Trim().run(picture, msgspec.convert(keys, TrimParams), JobContext())


def spot(left: int, top: int, width: int, height: int, side: int = 60) -> Picture:
    pixels = np.zeros((side, side, 4), np.uint8)
    pixels[top : top + height, left : left + width] = (10, 120, 200, 240)
    return Picture(size=(side, side), pixels=pixels.tobytes(), ppi=300)


def test_box_offset_and_canvas() -> None:
    done = trim(spot(12, 20, 30, 10))
    assert done.size == (30, 10)
    assert (done.facts["trim.offset"], done.facts["trim.canvas"]) == ("12,20", "60x60")
    assert done.ppi == 300
    assert done.array()[..., 3].min() == 240


def test_padding_in_px_and_per_cent_may_reach_over_the_canvas() -> None:
    assert trim(spot(12, 20, 30, 10), padding="4px").size == (38, 18)
    assert trim(spot(12, 20, 30, 10), padding="10%").size == (36, 16)
    wide = trim(spot(0, 0, 30, 10), padding="8px")
    assert (wide.size, wide.facts["trim.offset"]) == ((46, 26), "-8,-8")
    assert wide.array()[0, 0, 3] == 0


def test_square_keeps_the_subject_in_the_middle() -> None:
    done = trim(spot(12, 20, 30, 10), square=True)
    rows = np.flatnonzero(done.array()[..., 3].max(1))
    assert (done.size, int(rows[0]), int(rows[-1])) == ((30, 30), 10, 19)


def test_without_alpha_the_frame_colour_is_empty_and_pads() -> None:
    rgb = np.full((50, 50, 3), (240, 240, 230), np.uint8)
    rgb[20:30, 5:45] = (200, 30, 30)
    done = trim(opaque(rgb), padding="3px")
    assert done.size == (46, 16)
    assert tuple(done.array()[0, 0]) == (240, 240, 230, 255)


def test_both_renders_are_cut_alike() -> None:
    alpha, colour = subject("star")
    white, black = (composited(alpha, colour, back) for back in (ground("white"), 0 * ground("white")))
    done = trim(msgspec.structs.replace(white, on_black=black.pixels), padding="20px")
    twin = np.frombuffer(done.on_black or b"", np.uint8).reshape(done.size[1], done.size[0], 4)
    assert tuple(done.array()[0, 0]) == (255, 255, 255, 255)
    assert tuple(twin[0, 0]) == (0, 0, 0, 255)
    again = trim(done, padding="20px")
    assert (again.pixels, again.on_black) == (done.pixels, done.on_black)


def test_an_empty_picture_is_refused() -> None:
    with pytest.raises(StepFailed, match="empty"):
        trim(Picture(size=(9, 9), pixels=bytes(324)))


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.integers(0, 29), st.integers(0, 29), st.integers(1, 30), st.integers(1, 30)),
    st.sampled_from(["0px", "8%", "3px", "12.5%", "33.3%", "0.5px"]),
    st.booleans(),
)
def test_trimming_twice_is_trimming_once(box: tuple[int, int, int, int], padding: str, square: bool) -> None:
    once = trim(spot(*box), padding=padding, square=square)
    twice = trim(once, padding=padding, square=square)
    assert (twice.size, twice.pixels) == (once.size, once.pixels)


def test_a_vector_gets_another_viewbox_and_keeps_its_drawing() -> None:
    icon = vector('<circle cx="10" cy="8" r="4" fill="#123456"/>')
    done = trim(icon)
    assert done.svg is not None
    assert 'r="4"' in done.svg
    assert np.allclose(svg_viewbox(done.svg), (6, 4, 8, 8), atol=0.06)
    assert (done.size, done.facts["trim.canvas"], done.facts["trim.offset"]) == ((8, 8), "24x24", "6,4")


def test_a_vector_with_its_own_units_and_letterbox() -> None:
    icon = vector(
        '<rect x="20" y="30" width="40" height="40"/>', 'viewBox="0 0 100 100" width="400" height="200"'
    )
    done = trim(icon, padding="10px")
    assert np.allclose(svg_viewbox(done.svg or ""), (15, 25, 50, 50), atol=0.3)
    assert done.size == (100, 100)
    squeezed = trim(
        vector(
            '<rect x="20" y="30" width="40" height="40"/>',
            'viewBox="0 0 100 100" width="400" height="200" preserveAspectRatio="none"',
        )
    )
    assert np.allclose(svg_viewbox(squeezed.svg or ""), (20, 30, 40, 40), atol=0.3)
    assert squeezed.size == (160, 80)


@pytest.mark.parametrize("padding", ["0px", "8%", "2px"])
@pytest.mark.parametrize("square", [False, True])
def test_a_trimmed_vector_stays_as_it_is(padding: str, square: bool) -> None:
    icon = vector('<path d="M3 11 12 4l9 7v9H3z" fill="none" stroke="#000" stroke-width="1.5"/>')
    once = trim(icon, padding=padding, square=square)
    twice = trim(once, padding=padding, square=square)
    assert (twice.svg, twice.size) == (once.svg, once.size)


def test_a_full_bleed_vector_is_measured_against_its_ground() -> None:
    done = trim(
        vector(
            '<rect width="24" height="24" fill="#eee"/><rect x="6" y="8" width="10" height="4" fill="#900"/>'
        )
    )
    assert np.allclose(svg_viewbox(done.svg or ""), (6, 8, 10, 4), atol=0.06)


def test_fingerprint() -> None:
    assert set(Trim().fingerprint(Trim.Params())) == {"numpy"}
