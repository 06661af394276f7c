"""A catalogue of small real plugins, and a project on disk to read specs from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from tympan import (
    Check,
    Colour,
    Format,
    Generator,
    InputPath,
    Params,
    PrepStep,
    ProfileName,
    Request,
)
from tympan.files import Files
from tympan.plugin import Plugin
from tympan.spec.library import read_library
from tympan.spec.project import load_project
from tympan.spec.resolved import Library


class PaintParams(Params):
    palette: Annotated[tuple[Colour, ...], Meta(description="Colours to paint with.")] = ()
    detail: Annotated[float, Meta(ge=0, le=1, description="How fine the lines are.")] = 0.5
    style: Annotated[str, Meta(pattern="^(flat|line)$", description="Manner.")] = "flat"


class Paint(Generator[PaintParams]):
    NAME = "paint"
    Params = PaintParams
    REPEATABLE = True

    def check(self, request: Request) -> Iterable[str]:
        if request.model not in ("", "paint-1", "paint-2"):
            yield f'unknown model "{request.model}"'


class PhotoParams(Params):
    path: Annotated[InputPath, Meta(description="The picture.")]


class Photo(Generator[PhotoParams]):
    NAME = "photo"
    Params = PhotoParams
    REPEATABLE = True


class Grumpy(Generator[Params]):
    NAME = "grumpy"

    def check(self, request: Request) -> Iterable[str]:
        raise OSError("no canvas")


class CutParams(Params):
    method: Annotated[Literal["auto", "alpha", "flat"], Meta(description="How the ground is found.")] = "auto"
    engine: Annotated[str, Meta(pattern="^(fast|fine|net:[a-z0-9]+)$", description="What cuts.")] = "fast"
    ground: Annotated[str, Meta(pattern="^[0-9]+%$", description="How much ground is left.")] = "0%"
    mask: Annotated[InputPath, Meta(description="A mask to use instead.")] = ""


class Cut(PrepStep[CutParams]):
    NAME = "cut"
    Params = CutParams


class TintParams(Params):
    map: Annotated[dict[str, Colour], Meta(description="Colour names to colours.")] = {}  # noqa: RUF012
    amount: Annotated[int, Meta(ge=0, le=100, description="Percent.")] = 100


class Tint(PrepStep[TintParams]):
    NAME = "tint"
    Params = TintParams


class VectorParams(Params):
    viewbox: Annotated[int, Meta(ge=1, description="Side of the view box.")] = 24


class Vector(Format[VectorParams]):
    NAME = "vector"
    SUFFIX = "svg"
    Params = VectorParams


class WebParams(Params):
    sizes: Annotated[tuple[Annotated[int, Meta(ge=1)], ...], Meta(description="Widths in px.")] = ()
    quality: Annotated[int, Meta(ge=1, le=100, description="Of the encoder.")] = 82
    lossless: Annotated[bool, Meta(description="Keep every pixel.")] = False


class Web(Format[WebParams]):
    NAME = "web"
    SUFFIX = "webp"
    Params = WebParams


class PressParams(Params):
    size_mm: Annotated[tuple[float, float], Meta(description="Trimmed size.")]
    profile: Annotated[ProfileName, Meta(description="Of the press.")] = "coated"
    overlays: Annotated[tuple[InputPath, ...], Meta(description="Printed on top.")] = ()


class Press(Format[PressParams]):
    NAME = "press"
    SUFFIX = "tif"
    Params = PressParams


class WeightParams(Params):
    max_bytes: Annotated[int, Meta(ge=1, description="Most bytes.")] = 1000


class Weight(Check[WeightParams]):
    NAME = "weight"
    Params = WeightParams


class InkParams(Params):
    limit: Annotated[float, Meta(ge=0, le=400, description="Most ink, percent.")] = 300


class Ink(Check[InkParams]):
    NAME = "ink"
    FORMATS: ClassVar[tuple[str, ...]] = ("press",)
    Params = InkParams


class Shelf:
    """A catalogue of the classes above."""

    def __init__(self) -> None:
        self.plugins: dict[str, dict[str, type[Plugin[Any]]]] = {
            "generator": {"paint": Paint, "photo": Photo, "grumpy": Grumpy},
            "prep_step": {"cut": Cut, "tint": Tint},
            "format": {"vector": Vector, "web": Web, "press": Press},
            "check": {"weight": Weight, "ink": Ink},
            "map": {},
        }
        self.local = {
            ("generator", "loom"): "plugins/loom.py",
            ("prep_step", "halftone"): "plugins/halftone.py",
            ("format", "stamp"): "plugins/stamp.py",
            ("check", "taste"): "plugins/taste.py",
        }

    def find(self, kind: str, name: str) -> type[Plugin[Any]] | None:
        return self.plugins[kind].get(name)

    def names(self, kind: str) -> Iterable[str]:
        return self.plugins[kind]

    def untrusted(self, kind: str, name: str) -> str | None:
        return self.local.get((kind, name))

    def has_profile(self, name: str) -> bool:
        return name in self.profile_names()

    def profile_names(self) -> tuple[str, ...]:
        return ("coated", "uncoated")


class Tree:
    """A project below a folder: files are written as text, the library is read anew each time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = Files(root)

    def write(self, texts: dict[str, str | bytes]) -> Tree:
        for name, text in texts.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self

    def read(self, only: Iterable[str] | None = None) -> Library:
        return read_library(
            self.files, load_project(self.files), Shelf(), None if only is None else list(only)
        )

    def problems(self) -> list[str]:
        return [str(problem) for problem in self.read().problems]
