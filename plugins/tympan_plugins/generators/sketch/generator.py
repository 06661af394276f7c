"""The generator itself: checks a request, reads its pictures, hands out candidates.

Reads pictures that the request names. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Literal
from zlib import crc32

import msgspec
from msgspec import Meta

from tympan import (
    Candidate,
    Colour,
    Context,
    Generator,
    ModelInfo,
    Params,
    Request,
    StepFailed,
    Ticket,
    version_of,
)
from tympan_plugins.generators.sketch import scene, style
from tympan_plugins.generators.sketch.dice import Dice
from tympan_plugins.generators.sketch.palette import PALETTES, Palette, from_colours
from tympan_plugins.generators.sketch.stage import Guide
from tympan_plugins.generators.sketch.words import understand

if TYPE_CHECKING:
    from tympan_plugins.generators.sketch.raster import Pixels

OPERATIONS = ("", "variation", "remaster", "image-to-image", "vary-region", "inpaint")
REDRAWS = ("vary-region", "inpaint")
# "black on white" is an order for line art.
_INK_ONLY = {"paper": "#ffffff", "ink": "#111111"}
_LINES = {"outline": 3.4, "empty": 1.0, "mono": 1.0, "hatch": 0.0, "offset": 0.0, "dots": 0.0}


class SketchParams(Params, frozen=True, kw_only=True):
    """Options of `sketch`."""

    palette: Annotated[
        tuple[Colour, ...], Meta(description="Colours to draw with, in place of the model's own.")
    ] = ()
    background: Annotated[
        str,
        Meta(
            pattern="^(scene|none|#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}))$",
            description="`scene` paints sky and wall, `none` leaves them out, a colour fills them.",
        ),
    ] = "scene"
    text: Annotated[
        str, Meta(description="A headline, drawn as outlines; \\n breaks lines.", max_length=200)
    ] = ""
    vector: Annotated[bool, Meta(description="SVG candidates; false gives PNG, as services do.")] = True
    kind: Annotated[
        Literal["auto", "icon", "scene", "poster", "pattern"],
        Meta(description="What to draw; `auto` takes it from the prompt."),
    ] = "auto"
    soft: Annotated[float, Meta(ge=0, le=24, description="Added to corner radii; `sketch-2` ignores it.")] = (
        0.0
    )


def _options(request: Request) -> SketchParams:
    return msgspec.convert(request.options, SketchParams)


class Sketch(Generator[SketchParams]):
    """Draws from the words of a prompt: free, offline, the same bytes for the same request."""

    NAME = "sketch"
    SOURCE_TYPE = "algorithmicMedia"
    VERSION = "1"
    PAID = False
    REPEATABLE = True
    BACKGROUNDS = True
    Params = SketchParams

    def fingerprint(self, params: SketchParams) -> Mapping[str, str]:
        """What shapes the bytes: outlines come from fontTools, pixels from resvg, numpy and Pillow."""
        return {name: version_of(name) for name in ("fonttools", "resvg-py", "numpy", "pillow")}

    def check(self, request: Request) -> Iterable[str]:
        """Unknown models, packs and operations, and pictures that an operation lacks."""
        if request.model and request.model not in style.MODELS:
            yield f"sketch has no model {request.model!r}: it has {_listed(style.MODELS)}"
        for pack in request.lora:
            if pack.name not in style.PACKS:
                yield f"sketch has no style pack {pack.name!r}: it has {_listed(style.PACKS)}"
        if request.operation not in OPERATIONS:
            yield f"sketch cannot {request.operation!r}: it can {_listed(o for o in OPERATIONS if o)}"
        elif request.operation in ("image-to-image", *REDRAWS) and not _init(request):
            yield f'{request.operation} needs a reference with role "init"'
        if request.operation in REDRAWS and not request.region:
            yield f"{request.operation} needs a region: a mask that is white where to draw anew"
        if request.candidates < 1 or min(request.size) < 8:
            yield "sketch draws at least one candidate of at least 8 x 8 px"

    def remarks(self, request: Request) -> Iterable[str]:
        """What `sketch-2` makes nothing of."""
        if request.model == "sketch-2" and _options(request).soft:
            yield "sketch-2 ignores options.soft: its hand rounds corners as it likes"

    def models(self) -> Iterable[ModelInfo]:
        """Both models; neither retires."""
        return tuple(info for info, _ in style.MODELS.values())

    def submit(self, request: Request, ctx: Context) -> Ticket:
        """Nothing runs elsewhere: the handle is a digest of the request."""
        text = msgspec.json.encode(request, order="deterministic")
        return Ticket(blake2b(text, digest_size=16).hexdigest())

    def collect(self, ticket: Ticket, request: Request, ctx: Context) -> tuple[Candidate, ...]:
        """All candidates; number i is drawn with seed + i."""
        problems = list(self.check(request))
        if problems:
            raise StepFailed(problems[0])
        return tuple(self._draw(request, request.seed + i, ctx) for i in range(request.candidates))

    def _draw(self, request: Request, seed: int, ctx: Context) -> Candidate:
        options = _options(request)
        brief = _brief(request, options, seed, ctx)
        facts = {
            "model": request.model or style.DEFAULT_MODEL,
            "seed": str(seed),
            "drawn": " ".join(s.noun for s in brief.wish.subjects),
        }
        if request.operation in REDRAWS:
            return Candidate(data=_redrawn(request, brief, ctx), seed=seed, facts=facts)
        if options.vector:
            return Candidate(data=scene.draw(brief).encode(), seed=seed, facts=facts)
        from tympan_plugins.generators.sketch.raster import png, render

        if request.background == "both":
            svg = scene.draw(msgspec.structs.replace(brief, back="none"))
            white, black = (png(render(svg, request.size, ctx, ground)) for ground in ("#ffffff", "#000000"))
            return Candidate(data=white, on_black=black, seed=seed, facts=facts)
        return Candidate(data=png(render(scene.draw(brief), request.size, ctx)), seed=seed, facts=facts)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _init(request: Request) -> str:
    return next((r.image for r in request.reference.values() if r.role == "init"), "")


def _brief(request: Request, options: SketchParams, seed: int, ctx: Context) -> scene.Brief:
    """Everything that one drawing needs, gathered from the request and its pictures."""
    look = style.style_of(request.model, request.lora)
    wish = understand(request.prompt, request.negative_prompt)
    if options.text:
        wish = msgspec.structs.replace(wish, text=options.text)
    if wish.ink_only:
        look = msgspec.structs.replace(look, **_LINES)
    if options.soft and request.model != "sketch-2":
        look = msgspec.structs.replace(look, soft=look.soft + options.soft)
    if request.operation == "image-to-image":
        seed ^= crc32(_init(request).encode())
    return scene.Brief(
        wish=wish,
        style=look,
        palette=style.dress(_palette(request, options, look, seed, wish.ink_only, ctx), look),
        size=request.size,
        seed=seed,
        kind=options.kind,
        back=options.background if options.background != "scene" else "",
        guide=_guide(request, ctx),
    )


def _palette(
    request: Request, options: SketchParams, look: style.Style, seed: int, ink_only: bool, ctx: Context
) -> Palette:
    """The options' palette, else that of a style or init picture, else one of the model's."""
    base = Dice(seed, "palette").pick(PALETTES[look.palettes])
    if options.palette:
        return from_colours(options.palette, base)
    if ink_only:
        return msgspec.structs.replace(base, **_INK_ONLY)
    wanted = ("init",) if request.operation in ("image-to-image", *REDRAWS) else ()
    for reference in request.reference.values():
        if reference.role in ("style", *wanted) and reference.strength > 0:
            from tympan_plugins.generators.sketch.raster import colours_of

            colours = colours_of(_pixels(reference.image, ctx))
            if len(colours) > 1:
                return from_colours(colours, base)
    return base


def _pixels(name: str, ctx: Context, size: tuple[int, int] | None = None) -> Pixels:
    """An input as RGBA pixels, shape (height, width, 4); of `size` if it is given."""
    return ctx.raster(ctx.intake(ctx.input(name)), size).array()


def _guide(request: Request, ctx: Context) -> Guide:
    used = [control for control in request.control.values() if control.strength > 0]
    if not used:
        return Guide()
    from tympan_plugins.generators.sketch.control import guide_of

    return guide_of([(control.kind, _pixels(control.image, ctx)) for control in used])


def _redrawn(request: Request, brief: scene.Brief, ctx: Context) -> bytes:
    """The input picture, drawn anew inside the region; a PNG of the input's own size."""
    from tympan_plugins.generators.sketch.raster import box_of, inside, png, render

    picture = _pixels(_init(request), ctx)
    region = _pixels(request.region, ctx, (picture.shape[1], picture.shape[0]))
    x0, y0, x1, y1 = box_of(region)
    size = (x1 - x0, y1 - y0)
    drawing = picture.copy()
    drawing[y0:y1, x0:x1] = render(scene.draw(msgspec.structs.replace(brief, size=size)), size, ctx)
    return png(inside(picture, drawing, region))
