"""The values that travel down the one-way street, all frozen.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image


class Params(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of a plugin's keys: TOML keys, their check, their documentation and part of the action key."""


# A path below assets/; the core reads the file, the plugin gets its bytes from `ctx.input(path)`.
InputPath = Annotated[str, Meta(extra={"tympan": "input"}, description="A path below `assets/`.")]
# The name of an ICC profile; the core finds it, the plugin gets it from `ctx.profile(name)`.
ProfileName = Annotated[str, Meta(extra={"tympan": "profile"}, description="An ICC profile by name.")]
# A colour as #rgb or #rrggbb.
Colour = Annotated[str, Meta(pattern=r"^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")]


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One picture inside tympan: sRGB pixels, or an SVG, or an SVG with nothing rendered yet.

    size: width, height in px; of an SVG, its nominal size.
    pixels: RGBA, 8 bit, straight alpha, row by row, `4 * width * height` bytes; None for a bare SVG.
    svg: cleaned SVG text (`tympan.intake`); steps that only know pixels drop it.
    on_black: RGB-exact twin of `pixels` rendered on black where `pixels` is on white; else None.
    ppi: density that the source declared, pixels per inch.
    facts: what earlier steps found out, such as {"mask.method": "alpha"}.
    """

    size: tuple[int, int]
    pixels: bytes | None = None
    svg: str | None = None
    on_black: bytes | None = None
    ppi: float | None = None
    facts: dict[str, str] = {}

    def image(self) -> Image:
        """The pixels as a Pillow image of mode RGBA; raises ValueError for a bare SVG."""
        from PIL import Image

        if self.pixels is None:
            raise ValueError("a picture without pixels: ask ctx.raster(picture) first")
        return Image.frombytes("RGBA", self.size, self.pixels)

    def array(self) -> NDArray[np.uint8]:
        """The pixels as uint8, shape (height, width, 4), read only; raises ValueError for a bare SVG."""
        import numpy as np

        if self.pixels is None:
            raise ValueError("a picture without pixels: ask ctx.raster(picture) first")
        return np.frombuffer(self.pixels, np.uint8).reshape(self.size[1], self.size[0], 4)

    def with_image(self, image: Image, **facts: str) -> Picture:
        """This picture with other pixels: no SVG, no twin, the same density, more facts."""
        rgba = image if image.mode == "RGBA" else image.convert("RGBA")
        return Picture(size=rgba.size, pixels=rgba.tobytes(), ppi=self.ppi, facts={**self.facts, **facts})

    def with_array(self, pixels: NDArray[np.uint8], **facts: str) -> Picture:
        """As `with_image`, from uint8 of shape (height, width, 4)."""
        height, width = pixels.shape[:2]
        return Picture(
            size=(width, height), pixels=pixels.tobytes(), ppi=self.ppi, facts={**self.facts, **facts}
        )

    def with_svg(self, svg: str, size: tuple[int, int] | None = None, **facts: str) -> Picture:
        """This picture as another SVG: no pixels, the same density, more facts."""
        return Picture(size=size or self.size, svg=svg, ppi=self.ppi, facts={**self.facts, **facts})


class Profile(msgspec.Struct, frozen=True):
    """An ICC profile with a name, its bytes and the licence it is shipped under.

    notice: the licence's own text, where it asks to be handed on.
    """

    name: str
    data: bytes
    licence: str
    description: str = ""
    notice: str = ""


class File(msgspec.Struct, frozen=True):
    """What a format wrote: one file of a target. `part` is one of `Format.parts(params)`."""

    data: bytes
    part: str = ""
    facts: dict[str, str] = {}


class Finding(msgspec.Struct, frozen=True):
    """What a check found. severity: "error" fails the target, "warning" is only reported."""

    message: str
    severity: str = "error"
    hint: str = ""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One aspect of one picture, as a descriptor measured it.

    vector: what distances are taken between; always as long for one descriptor, () if there is nothing.
    named: figures in units that people know. curves: rows of numbers, such as a histogram, for pictures and
    sentences. text: words, such as what was read in the picture.
    """

    vector: tuple[float, ...]
    named: dict[str, float] = {}
    curves: dict[str, tuple[float, ...]] = {}
    text: str = ""


class Reference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A picture that guides a generation. `image`: in a spec a path below assets/, in a request a digest."""

    role: Annotated[str, Meta(pattern="^(style|character|content|init)$")]
    image: InputPath
    strength: Annotated[float, Meta(ge=0, le=1)] = 0.6


class Control(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A control map: the structure a generation must follow. `image` as in Reference.

    map: name of the plugin that draws the map from `image`, with its own keys in `options`; "" if `image`
    is the map itself.
    """

    kind: Annotated[str, Meta(pattern="^(pose|canny|depth)$")]
    image: InputPath
    strength: Annotated[float, Meta(ge=0, le=1)] = 0.7
    map: str = ""
    options: dict[str, Any] = {}


class Lora(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trained style by name, with its weight.

    id, trigger: what the service calls it, and the word that a prompt must hold; filled in by tympan where
    the name is that of a style asset which `[train]` has made.
    """

    name: Annotated[str, Meta(min_length=1)]
    weight: Annotated[float, Meta(ge=-2, le=2)] = 1.0
    id: str = ""
    trigger: str = ""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """All that a generator is sent. Pictures are named by digest: `ctx.input(digest)` has the bytes.

    size: width, height in px. candidates: how many pictures are wanted. operation and region are for
    requests whose input is a picture (`reference` with role "init"; a refinement's input has the name
    "selected"). background: "", or "both" when the mask step wants every picture twice, on white and on
    black. dataset: what to train on, for the operation "train", which brings one candidate: a JSON object
    with "id" and "trigger".
    """

    generator: str
    model: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    size: tuple[int, int] = (1024, 1024)
    candidates: int = 1
    seed: int = 0
    lora: tuple[Lora, ...] = ()
    reference: dict[str, Reference] = {}
    control: dict[str, Control] = {}
    operation: str = ""
    region: str = ""
    background: str = ""
    dataset: tuple[str, ...] = ()
    options: dict[str, Any] = {}

    def images(self, role: str) -> list[Reference]:
        """The references of a role, sorted by name."""
        return [self.reference[name] for name in sorted(self.reference) if self.reference[name].role == role]


def with_selected(request: Request, digest: str) -> Request:
    """A refinement's request with the candidate that it starts from put in, as the reference "selected"."""
    reference = {**request.reference, "selected": Reference(role="init", image=digest)}
    return msgspec.structs.replace(request, reference=reference)


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One picture a request brought: the file's bytes as they came, and what is known of it.

    data: an SVG, PNG, JPEG, WebP or TIFF file. on_black: the same picture rendered on black, when the
    request's background is "both" and `data` is the one on white.
    """

    data: bytes
    seed: int | None = None
    on_black: bytes | None = None
    facts: dict[str, str] = {}


class Ticket(msgspec.Struct, frozen=True):
    """A service's handle on a running job; `data` is what `collect` needs beside it. Kept in the ledger."""

    job: str
    data: dict[str, str] = {}


class Pending(msgspec.Struct, frozen=True):
    """The job is not done: ask again after so many seconds."""

    after: float = 1.0


class Cost(msgspec.Struct, frozen=True):
    """What a request costs; 0 of anything is free. currency: three letters, or "credits"."""

    amount: float = 0.0
    currency: str = "EUR"

    def __str__(self) -> str:
        """`0.50 EUR`; as many digits as the amount has, two of money at least."""
        text = f"{self.amount:.4f}".rstrip("0")
        whole, _, rest = text.partition(".")
        if self.currency == "credits":
            return f"{whole}{'.' + rest if rest else ''} credits"
        return f"{whole}.{rest.ljust(2, '0')} {self.currency}"


_COST = re.compile(r"(\d{1,9}(?:\.\d{1,4})?)\s*([A-Za-z]{3}|credits)")


def read_cost(text: str) -> Cost:
    """A cost as people write it: "0.50 EUR", "100 credits". ValueError for anything else."""
    found = _COST.fullmatch(text.strip())
    if not found:
        raise ValueError(f'{text!r} is no amount such as "0.50 EUR" or "100 credits"')
    unit = found[2]
    return Cost(float(found[1]), "credits" if unit.lower() == "credits" else unit.upper())


class ModelInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A model a generator offers: its pinned name, and whether the same request brings the same bytes."""

    name: str
    deterministic: bool
    retires: str | UnsetType = UNSET
    description: str = ""


def sparse(value: Any) -> Any:
    """A Struct as built-in types, without the fields that have their default, at any depth.

    Request keys are made of this, so that a field added later changes none of them.
    """
    if isinstance(value, msgspec.Struct):
        found = {}
        for name, encoded, default in _defaults(type(value)):
            here = getattr(value, name)
            if default is msgspec.NODEFAULT or here != default:
                found[encoded] = sparse(here)
        return found
    if isinstance(value, dict):
        return {key: sparse(each) for key, each in value.items()}
    return [sparse(each) for each in value] if isinstance(value, list | tuple) else plain(value)


@cache
def _defaults(kind: type[msgspec.Struct]) -> tuple[tuple[str, str, Any], ...]:
    """Name, encoded name and default of each field; msgspec looks annotations up anew each time."""
    found = []
    for field in msgspec.structs.fields(kind):
        made = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
        found.append((field.name, field.encode_name, made))
    return tuple(found)


def canonical(value: Any) -> bytes:
    """The one encoding that digests and keys are made of: JSON, keys sorted, no spaces, UTF-8."""
    return msgspec.json.encode(value, order="deterministic")


def plain(value: Any) -> Any:
    """A value as built-in types only, as `canonical` would write it."""
    return msgspec.to_builtins(value, order="deterministic")


Fingerprint = Mapping[str, str]
