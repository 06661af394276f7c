"""The generator `recraft`: native SVG, brand colours, a seed; one call brings its pictures in its answer.

Reads pictures that the request names. Writes nothing. Routes, fields, sizes and prices are those of Recraft's
API reference (recraft.ai/docs/api-reference: endpoints, appendix, pricing).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from tympan import (
    Answer,
    CallContext,
    Candidate,
    Colour,
    Cost,
    Fault,
    ModelInfo,
    Params,
    Request,
    Service,
    Ticket,
)
from tympan_plugins.generators import one_call
from tympan_plugins.generators.one_call import init_of

SEED_MOST, PICTURE_MOST = 2**32 - 1, 10 * 1000 * 1000
# A thousand API units are one US dollar.
UNIT = 0.001


class Model(NamedTuple):
    """units: API units a picture. sizes: which list. prompt: characters. edits: takes pictures, too."""

    units: int
    sizes: str
    prompt: int = 10_000
    edits: bool = False


MODELS = {
    "recraftv4_1": Model(35, "1k"),
    "recraftv4_1_vector": Model(80, "ratio"),
    "recraftv4_1_pro": Model(210, "2k"),
    "recraftv4_1_pro_vector": Model(300, "ratio"),
    "recraftv4_1_utility": Model(35, "1k"),
    "recraftv4_1_utility_vector": Model(80, "ratio"),
    "recraftv4_1_utility_pro": Model(210, "2k"),
    "recraftv4_1_utility_pro_vector": Model(300, "ratio"),
    "recraftv3": Model(40, "v3", 1000, edits=True),
    "recraftv3_vector": Model(80, "ratio", 1000, edits=True),
}
SIZES = {
    "1k": "1024x1024 1536x768 768x1536 1280x832 832x1280 1216x896 896x1216 1152x896 896x1152 832x1344"
    " 1280x896 896x1280 1344x768 768x1344",
    "2k": "2048x2048 3072x1536 1536x3072 2560x1664 1664x2560 2432x1792 1792x2432 2304x1792 1792x2304"
    " 1664x2688 2560x1792 1792x2560 2688x1536 1536x2688",
    "v3": "1024x1024 2048x1024 1024x2048 1536x1024 1024x1536 1365x1024 1024x1365 1280x1024 1024x1280"
    " 1024x1707 1434x1024 1024x1434 1820x1024 1024x1820",
    "ratio": "1:1 2:1 1:2 3:2 2:3 4:3 3:4 5:4 4:5 6:10 14:10 10:14 16:9 9:16",
}
# Route, and API units where they are not the model's. The last two are told no model, and bring one picture.
ROUTES: dict[str, tuple[str, int | None]] = {
    "": ("generations", None),
    "image-to-image": ("imageToImage", None),
    "inpaint": ("inpaint", None),
    "vary-region": ("inpaint", None),
    "replace-background": ("replaceBackground", None),
    "vectorize": ("vectorize", 10),
    "upscale": ("crispUpscale", 4),
}


class RecraftParams(Params, frozen=True, kw_only=True):
    """Options of `recraft`."""

    colors: Annotated[
        tuple[Colour, ...], Meta(max_length=10, description="Colours to prefer; brand tokens go here.")
    ] = ()
    background: Annotated[
        str, Meta(pattern="^(#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}))?$", description="Colour of the ground.")
    ] = ""
    style_id: Annotated[str, Meta(description="A style made at Recraft, by its id.")] = ""
    distance: Annotated[
        int,
        Meta(ge=0, le=100, description="image-to-image: how far it may go from the chosen picture, in %."),
    ] = 40
    together: Annotated[
        int, Meta(ge=1, le=6, description="Candidates of one call, and so of one seed; else one seed each.")
    ] = 1


def _options(request: Request) -> RecraftParams:
    return msgspec.convert(request.options, RecraftParams)


class Recraft(Service[RecraftParams]):
    """Recraft V4.1 and V3: draws SVG itself, in brand colours."""

    NAME, SYSTEM = "recraft", "Recraft"
    VERSION = "1"
    Params = RecraftParams
    URL = "https://external.api.recraft.ai"
    KEY = "RECRAFT_API_TOKEN"
    CONCURRENT = 5
    # A hundred pictures a minute, and a call may bring six.
    PER_MINUTE = 60

    def check(self, request: Request) -> Iterable[str]:
        """Unknown models, sizes that a model does not draw, fields that only V3 has."""
        model = MODELS.get(request.model)
        if model is None:
            yield f"recraft has no model {request.model!r}, and a spec has to name one: {', '.join(MODELS)}"
        elif request.operation not in ROUTES:
            can = ", ".join(each for each in ROUTES if each)
            yield f"recraft cannot {request.operation!r}: it can {can}"
        else:
            yield from _mistakes(request, model)

    def estimate(self, request: Request) -> Cost:
        """What the price list says; the answer has what was taken."""
        units = ROUTES[request.operation][1] or MODELS[request.model].units
        return Cost(round(units * UNIT * request.candidates, 4), "USD")

    def batches(self, request: Request) -> tuple[Request, ...]:
        """One call a candidate, each with a seed of its own; `together` puts several into one call."""
        return one_call.jobs(request, _options(request).together)

    def models(self) -> Iterable[ModelInfo]:
        """All of them; Recraft promises that a seed repeats, not that bytes do."""
        return tuple(ModelInfo(name=name, deterministic=False) for name in MODELS)

    def submit(self, request: Request, ctx: CallContext) -> Ticket:
        """The whole job; the handle is the first picture's id."""
        route = ROUTES[request.operation][0]
        found = one_call.results(ctx.pay(f"/v1/images/{route}", **_sent(request, ctx)), "Recraft")
        if isinstance(units := found.get("credits"), int | float):
            ctx.report(cost=Cost(round(units * UNIT, 6), "USD"), credits=str(units))
        return Ticket(str(found["data"][0].get("image_id", "")), {"created": str(found.get("created", ""))})

    def collect(self, ticket: Ticket, request: Request, ctx: CallContext) -> tuple[Candidate, ...]:
        """The pictures stand in the answer itself, so that no address can end."""
        brought = one_call.answered(ctx, "Recraft")["data"]
        return tuple(_candidate(index, each, ticket, request) for index, each in enumerate(brought))

    def fault(self, answer: Answer) -> Fault:
        """Its words tell what it will not draw and what an account cannot pay: no status does."""
        fault = super().fault(answer)
        words = fault.message.lower()
        if any(word in words for word in ("nsfw", "moderation", "content policy", "inappropriate")):
            return Fault("blocked", fault.message)
        if "not enough" in words or "insufficient" in words:
            return Fault("quota", fault.message)
        return fault


def _mistakes(request: Request, model: Model) -> Iterable[str]:
    route, units = ROUTES[request.operation]
    if not request.prompt and units is None:
        yield "recraft needs a prompt"
    if len(request.prompt) > model.prompt:
        yield f"{request.model} reads {model.prompt} characters of a prompt, not {len(request.prompt)}"
    if route == "generations" and not _size(request, model):
        size = f"{request.size[0]}x{request.size[1]}"
        yield f"{request.model} does not draw {size}: {SIZES[model.sizes]}"
    if request.seed + request.candidates - 1 > SEED_MOST:
        yield f"recraft's seeds end at {SEED_MOST}, one candidate each"
    if units is not None and request.candidates > 1:
        yield f"{request.operation} brings one picture"
    if request.negative_prompt and not model.edits:
        yield f"{request.model} takes no negative_prompt: say it in the prompt"
    if request.operation and not init_of(request):
        yield f'{request.operation} needs a reference with role "init"'
    if request.operation and units is None and not model.edits:
        yield f"{request.model} changes no pictures: recraftv3 and recraftv3_vector do"
    if route == "inpaint" and not request.region:
        yield f"{request.operation} needs a region: a mask that is white where to draw anew"
    others = {each.role for each in request.reference.values()} - {"init"}
    if others or (init_of(request) and not request.operation):
        yield "recraft takes a reference for an operation only: make a style there and name its style_id"
    if request.lora or request.control:
        yield "recraft takes neither lora nor control maps"


def _size(request: Request, model: Model) -> str:
    """The size as Recraft writes it, a shape for SVG; "" for one that the model does not draw."""
    (width, height), drawn = request.size, SIZES[model.sizes].split()
    if model.sizes != "ratio":
        return f"{width}x{height}" if f"{width}x{height}" in drawn else ""
    shapes = {each: each.split(":") for each in drawn}
    return next((each for each, (w, h) in shapes.items() if width * int(h) == height * int(w)), "")


def _told(request: Request) -> dict[str, Any]:
    """What every way of drawing is told."""
    options = _options(request)
    found: dict[str, Any] = {
        "prompt": request.prompt,
        "model": request.model,
        "n": request.candidates,
        "random_seed": request.seed,
        "response_format": "b64_json",
    }
    if request.negative_prompt:
        found["negative_prompt"] = request.negative_prompt
    if options.style_id:
        found["style_id"] = options.style_id
    controls: dict[str, Any] = {}
    if options.colors:
        controls["colors"] = [{"rgb": one_call.rgb(each)} for each in options.colors]
    if options.background:
        controls["background_color"] = {"rgb": one_call.rgb(options.background)}
    return found | ({"controls": controls} if controls else {})


def _sent(request: Request, ctx: CallContext) -> dict[str, Any]:
    """What `ctx.pay` is given beside the path: JSON, or a form where there is a picture to change."""
    init, (route, units) = init_of(request), ROUTES[request.operation]
    if not request.operation or init is None:
        return {"json": _told(request) | {"size": _size(request, MODELS[request.model])}}
    picture = ctx.input(init.image)
    part = one_call.picture_part("image", picture, ctx, PICTURE_MOST)
    if units is not None:
        return {"fields": {"response_format": "b64_json"}, "files": [("file", part)]}
    fields = _told(request)
    # A form has no nesting: Recraft reads brackets, and puts three numbers each together again.
    for name, value in fields.pop("controls", {}).items():
        nested, colours = ("colors][", value) if name == "colors" else (name, [value])
        fields[f"controls[{nested}][rgb][]"] = [n for colour in colours for n in colour["rgb"]]
    if route == "inpaint":
        image, mask = one_call.masked_parts(picture, ctx.input(request.region), ctx, PICTURE_MOST, "white")
        return {"fields": fields, "files": [("image", image), ("mask", mask)]}
    if route == "imageToImage":
        # Recraft counts how far it may go from the picture, a reference's strength how near it stays.
        chosen = "selected" in request.reference
        fields["strength"] = _options(request).distance / 100 if chosen else round(1 - init.strength, 4)
    return {"fields": fields, "files": [("image", part)]}


def _candidate(index: int, result: dict[str, Any], ticket: Ticket, request: Request) -> Candidate:
    route, units = ROUTES[request.operation]
    found = {"image": result.get("image_id"), "prompt": result.get("revised_prompt"), **ticket.data}
    facts = {name: str(value) for name, value in found.items() if value}
    facts |= {"job": ticket.job, "index": str(index), "model": request.model, "route": route}
    data, seed = one_call.inline_picture(result, index), request.seed if units is None else None
    return Candidate(data=data, seed=seed, facts=facts)
