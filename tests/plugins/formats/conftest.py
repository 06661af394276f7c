"""One context with the shipped profiles, pictures to write, and a short way to write them."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

import tympan_plugins.formats as room
from tympan import File, Picture
from tympan.context import JobContext
from tympan.render import raster
from tympan.svg import clean_svg, svg_size

FORMATS = {kind.NAME: kind for kind in room.tympan_formats()}
SCENE = """<path d="M200 20a180 180 0 1 1 0 360a180 180 0 1 1 0-360zm0 60a120 120 0 1 0 0 240a120 120 0 1 0 0-240z"
 fill="#d83a2e" fill-rule="evenodd"/><circle cx="200" cy="200" r="70" fill="#f2b134"/>
 <rect x="180" y="180" width="40" height="120" rx="12" fill="#22577a"/><path d="M60 330l60-110 60 110z" fill="#2a9d8f"/>"""


@pytest.fixture(scope="session")
def ctx() -> JobContext:
    return JobContext(profiles={profile.name: profile for profile in room.tympan_profiles()})


@pytest.fixture
def write(ctx: JobContext) -> Any:
    def run(name: str, picture: Picture, **params: Any) -> list[File]:
        kind = FORMATS[name]
        return list(kind().write(picture, msgspec.convert(params, kind.Params), ctx))

    return run


def drawing(body: str, attributes: str = 'viewBox="0 0 400 400"') -> Picture:
    svg = clean_svg(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{body}</svg>')
    return Picture(size=svg_size(svg), svg=svg)


def pixels_of(picture: Picture, size: tuple[int, int] | None = None) -> Picture:
    """The same without its SVG."""
    flat = raster(picture, size)
    return Picture(size=flat.size, pixels=flat.pixels)


def plain(colour: tuple[int, ...], size: tuple[int, int] = (16, 16)) -> Picture:
    rgba = (*colour, 255) if len(colour) == 3 else colour
    return Picture(size=size, pixels=bytes(rgba) * (size[0] * size[1]))


def premultiplied(picture: Picture) -> np.ndarray[Any, np.dtype[np.float64]]:
    values = picture.array().astype(float)
    return values * (values[..., 3:] / 255)
