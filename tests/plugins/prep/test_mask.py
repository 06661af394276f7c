"""The step mask: how well it cuts, what it refuses, what it leaves alone.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import hashlib

import msgspec
import numpy as np
import pytest
from PIL import Image, ImageDraw
from tests.plugins.prep.subjects import GROUNDS, KINDS, SIDE, composited, ground, opaque, subject, vector

from tympan import Picture, StepFailed
from tympan.context import JobContext
from tympan_plugins.prep.mask import Mask, MaskParams


def cut(picture: Picture, **keys: object) -> Picture:
    return Mask().run(picture, msgspec.convert(keys, MaskParams), JobContext())


@pytest.fixture(scope="module")
def cuts() -> dict[tuple[str, str], Picture]:
    """Every subject on every background, cut out with the defaults."""
    return {
        (kind, back): cut(composited(*subject(kind), ground(back), noise=1.0))
        for kind in KINDS
        for back in GROUNDS
        # The glow's peak lies under the holes of these: nothing outside foretells its colour.
        if not (back == "glow" and kind in ("ring", "gear", "strokes"))
    }


# The glow's peak lies under the holes of these: nothing outside foretells its colour.
KNOWABLE = [
    (kind, back)
    for kind in KINDS
    for back in GROUNDS
    if back != "glow" or kind not in ("ring", "gear", "strokes")
]


@pytest.mark.parametrize(("kind", "back"), KNOWABLE)
def test_alpha_is_close_to_the_truth(cuts: dict[tuple[str, str], Picture], kind: str, back: str) -> None:
    true, found = subject(kind)[0], cuts[kind, back].array()[..., 3] / 255
    both, either = ((true > 0.5) & (found > 0.5)).sum(), ((true > 0.5) | (found > 0.5)).sum()
    # Strokes of 1.6 px nowhere show their own colour unmixed.
    thin = kind == "strokes"
    assert both / either > (0.88 if thin else 0.97)
    assert np.abs(true - found).mean() < (0.012 if thin else 0.003)
    assert cuts[kind, back].facts["mask.method"] == "key"
    assert float(cuts[kind, back].facts["mask.confidence"]) > 0.8


@pytest.mark.parametrize("kind", ["star", "outlined", "box"])
def test_soft_edges_lose_the_background(cuts: dict[tuple[str, str], Picture], kind: str) -> None:
    true, colour = subject(kind)
    for back in GROUNDS:
        pixels = cuts[kind, back].array()
        edge = (true > 0.1) & (true < 0.9) & (pixels[..., 3] >= 8)
        mixed = composited(true, colour, ground(back)).array()[edge][:, :3] / 255
        raw = np.abs(mixed - colour[edge]).mean()
        cleaned = np.abs(pixels[edge][:, :3] / 255 - colour[edge]).mean()
        assert cleaned < 0.3 * raw


def test_colour_under_visible_alpha_is_the_foreground() -> None:
    alpha, _ = subject("box")
    one = np.ones((SIDE, SIDE, 3)) * (200 / 255, 100 / 255, 50 / 255)
    pixels = cut(composited(alpha, one, ground("white"))).array()
    seen = pixels[pixels[..., 3] >= 8][:, :3].astype(int)
    assert np.abs(seen - (200, 100, 50)).max() <= 6


def test_a_ring_opens_and_a_closed_one_does_not(cuts: dict[tuple[str, str], Picture]) -> None:
    middle = SIDE // 2
    assert cuts["ring", "white"].array()[middle, middle, 3] == 0
    assert cuts["ring", "white"].facts["mask.holes"] == "1"
    whole = cut(composited(*subject("ring"), ground("white")), holes="none")
    assert whole.array()[middle, middle, 3] == 255


def test_highlights_with_a_soft_rim_stay() -> None:
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    far = np.hypot(x - SIDE / 2, y - SIDE / 2)
    glow = np.exp(-((far / 14) ** 2))[..., None]
    colour = glow + (1 - glow) * (0.6, 0.1, 0.1)
    alpha = np.clip(60 - far + 0.5, 0, 1)
    picture = composited(alpha, colour, ground("white"))
    assert cut(picture).array()[SIDE // 2, SIDE // 2, 3] == 255


def test_an_outline_stays_closed_around_a_fill_as_pale_as_the_background() -> None:
    image = Image.new("RGB", (640, 640), "white")
    draw = ImageDraw.Draw(image)
    draw.ellipse((80, 80, 560, 560), fill="#fffbf0", outline="#101010", width=24)
    picture = opaque(np.asarray(image.resize((160, 160), Image.Resampling.LANCZOS)))
    alpha = cut(picture, holes="none").array()[..., 3]
    y, x = np.mgrid[0:160, 0:160]
    assert alpha[np.hypot(x - 79.5, y - 79.5) < 57].min() == 255


def test_own_alpha_is_not_touched() -> None:
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[10:30, 10:30] = (200, 100, 50, 128)
    done = cut(Picture(size=(40, 40), pixels=pixels.tobytes()))
    assert done.pixels == pixels.tobytes()
    assert done.facts["mask.method"] == "alpha"


def test_a_transparent_vector_stays_a_vector() -> None:
    icon = vector('<circle cx="12" cy="12" r="8"/>')
    done = cut(icon)
    assert (done.svg, done.size, done.facts["mask.method"]) == (icon.svg, icon.size, "alpha")
    assert cut(icon, choke=2).svg is None


def test_a_full_bleed_vector_is_keyed_as_pixels() -> None:
    done = cut(
        vector('<rect width="24" height="24" fill="#fff"/><circle cx="12" cy="12" r="8" fill="#a00"/>')
    )
    assert done.svg is None
    assert done.facts["mask.method"] == "key"
    assert done.array()[0, 0, 3] == 0


def pair(alpha: np.ndarray, colour: np.ndarray, shift: int = 0) -> Picture:
    white = composited(alpha, colour, np.ones_like(colour))
    black = composited(np.roll(alpha, shift, 1), np.roll(colour, shift, 1), np.zeros_like(colour))
    return msgspec.structs.replace(white, on_black=black.pixels)


def test_two_renders_give_alpha_within_one_level() -> None:
    alpha, colour = subject("ball")
    glass = alpha * 0.5
    done = cut(pair(glass, colour))
    pixels = done.array()
    assert done.facts["mask.method"] == "difference"
    assert np.abs(pixels[..., 3] / 255 - glass).max() <= 2 / 255
    inside = glass > 0.4
    assert np.abs(pixels[inside][:, :3] / 255 - colour[inside]).max() <= 4 / 255


def test_two_renders_that_differ_are_refused() -> None:
    with pytest.raises(StepFailed, match="MASK-PAIR"):
        cut(pair(*subject("star"), shift=2))


def test_difference_without_a_pair_is_refused() -> None:
    with pytest.raises(StepFailed, match="MASK-NO-PAIR"):
        cut(composited(*subject("star"), ground("white")), method="difference")


@pytest.mark.parametrize(
    ("picture", "keys", "code"),
    [
        (opaque(np.full((60, 60, 3), 255, np.uint8)), {}, "MASK-EMPTY"),
        (opaque(np.full((60, 60, 3), 255, np.uint8)), {"method": "alpha"}, "MASK-OPAQUE"),
        (opaque(np.full((60, 60, 3), 255, np.uint8)), {"key": "#00b140"}, "MASK-NO-KEY"),
        (opaque(np.random.default_rng(1).integers(0, 255, (90, 90, 3), np.uint8)), {}, "MASK-"),
        (opaque(np.zeros((4001, 4000, 3), np.uint8)), {}, "MASK-SIZE"),
        (Picture(size=(40, 40), pixels=bytes(6400)), {}, "MASK-EMPTY"),
    ],
)
def test_implausible_pictures_are_refused(picture: Picture, keys: dict[str, object], code: str) -> None:
    with pytest.raises(StepFailed, match=code) as caught:
        cut(picture, **keys)
    assert caught.value.hint


def test_a_subject_that_runs_out_of_the_frame_is_refused_unless_it_may() -> None:
    rgb = np.full((120, 120, 3), 255, np.uint8)
    rgb[40:, 40:80] = (20, 60, 120)
    with pytest.raises(StepFailed, match="MASK-TOUCHES-FRAME"):
        cut(opaque(rgb))
    assert cut(opaque(rgb), allow_touching=True, min_confidence=0.3).array()[119, 60, 3] == 255


def test_a_subject_that_hardly_differs_is_refused() -> None:
    alpha, _ = subject("ball")
    pale = np.ones((SIDE, SIDE, 3)) * (0.97, 0.975, 0.97)
    with pytest.raises(StepFailed, match=r"MASK-(LOW-CONFIDENCE|EMPTY)"):
        cut(composited(alpha, pale, ground("white"), noise=1.5))


def test_a_known_key_colour_works() -> None:
    alpha, colour = subject("star")
    done = cut(composited(alpha, colour, ground("flat")), key="#00b040")
    assert np.abs(done.array()[..., 3] / 255 - alpha).mean() < 0.003


def test_edge_choke_and_feather() -> None:
    picture = composited(*subject("box"), ground("white"))
    soft, hard = cut(picture).array(), cut(picture, edge="hard").array()
    assert set(np.unique(hard[..., 3])) == {0, 255}
    choked = cut(picture, choke=1.5).array()
    less = int(soft[..., 3].sum()) - int(choked[..., 3].sum())
    rim = (hard[..., 3] > 0).sum() - (hard[1:-1, 1:-1, 3] > 0).sum() + 4 * 0.36 * SIDE * 1.7
    assert 1.0 < less / 255 / rim < 2.0
    feathered = cut(picture, feather=2).array()
    assert len(np.unique(feathered[..., 3])) > 40
    assert feathered[feathered[..., 3] >= 8][:, :3].max() < 230, "white came back in at the rim"


def test_decontaminate_can_be_turned_off() -> None:
    alpha, colour = subject("star")
    picture = composited(alpha, colour, ground("white"))
    done = cut(picture, decontaminate=False).array()
    seen = done[..., 3] > 0
    assert (done[seen][:, :3] == picture.array()[seen][:, :3]).all()


def test_same_picture_same_bytes() -> None:
    picture = composited(*subject("gear"), ground("gradient"), noise=1.0)
    once, twice = cut(picture), cut(picture)
    assert once.pixels == twice.pixels
    hard = cut(composited(*subject("box"), ground("white")), edge="hard").array()[..., 3]
    assert hashlib.sha256(hard.tobytes()).hexdigest()[:16] == "80abb79aa1fcb7f9"


def test_fingerprint_names_what_shapes_the_bytes() -> None:
    assert set(Mask().fingerprint(MaskParams())) == {"numpy", "pillow"}
    assert "onnxruntime" in Mask().fingerprint(MaskParams(method="rembg:u2netp"))
    assert Mask().wants_backgrounds(MaskParams())
    assert not Mask().wants_backgrounds(MaskParams(method="key"))
