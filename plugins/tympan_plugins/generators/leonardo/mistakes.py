"""Everything that is wrong with a request, before anything is sent.

Reads nothing. Writes nothing. Limits: the API reference and the guides, as `models` has them.
"""

from __future__ import annotations

from collections.abc import Iterator

from tympan import Request
from tympan_plugins.generators.leonardo import training
from tympan_plugins.generators.leonardo.guidance import own_id, preprocessor, public_id
from tympan_plugins.generators.leonardo.models import (
    FAMILIES,
    MODELS,
    REFERENCES,
    SECOND,
    Model,
    Second,
    first_of,
    second_of,
    style_of,
)
from tympan_plugins.generators.leonardo.options import LeonardoParams, options_of
from tympan_plugins.generators.leonardo.second import size_mistake
from tympan_plugins.generators.leonardo.variations import PATHS

REDRAWS = ("inpaint", "vary-region")
STARTS = ("image-to-image", "variation")
OPERATIONS = ("", *STARTS, *REDRAWS, *PATHS, "train")
# "Prompt exceeds 1500 characters" is a refusal of v1.
_PROMPT = 1500
_SIDES, _STEP = (32, 1536), 8
_KINDS = ("style", "content", "character", "pose", "canny", "depth")


def mistakes(request: Request) -> Iterator[str]:
    """One sentence for each mistake."""
    options = options_of(request)
    if request.operation not in OPERATIONS:
        yield f"leonardo cannot {request.operation!r}, only {', '.join(OPERATIONS[1:])}"
    elif request.operation == "train":
        yield from training.mistakes(request, options)
    elif request.operation in PATHS:
        yield from _variation(request, options)
    elif (second := second_of(request.model, options.slug)) is not None:
        yield from _second(request, options, second)
    elif (first := first_of(request.model, options.family)) is not None:
        yield from _first(request, options, first)
    else:
        names = ", ".join((*sorted(MODELS), *sorted(SECOND)))
        yield f"leonardo has no model {request.model!r}: {names}, or the id of another"


def seed_most(request: Request) -> int:
    """The largest seed of a request's model."""
    options = options_of(request)
    if (second := second_of(request.model, options.slug)) is not None:
        return second.seed
    first = first_of(request.model, options.family)
    return FAMILIES[first.family].seed_most if first else request.seed


def _variation(request: Request, options: LeonardoParams) -> Iterator[str]:
    if request.candidates > 1:
        yield f"{request.operation} brings one picture, not {request.candidates}"
    if request.operation != "universal-upscale":
        return
    if options.upscaler and options.ultra_upscaler:
        yield "`upscaler` and `ultra_upscaler` exclude each other"
    if (options.similarity or options.detail) and not options.ultra_upscaler:
        yield "`similarity` and `detail` need an `ultra_upscaler`"


def _both(request: Request, options: LeonardoParams, longest: int, seed: int) -> Iterator[str]:
    """What v1 and v2 have in common."""
    if not request.prompt.strip():
        yield "leonardo needs a prompt"
    if len(request.prompt) > longest:
        yield f"the prompt has {len(request.prompt)} characters, {request.model} takes {longest}"
    if seed and not 0 <= request.seed <= seed:
        yield f"the seed {request.seed} is above {seed}, the largest of {request.model}"
    if options.style and not style_of(options.style):
        yield f"leonardo has no style {options.style!r}"
    if options.enhance_with and not options.enhance:
        yield "`enhance_with` does nothing without `enhance`"
    if options.influence.keys() - {n for n, each in request.reference.items() if each.role == "style"}:
        yield "`influence` names a reference that is no style reference"


def _first(request: Request, options: LeonardoParams, model: Model) -> Iterator[str]:
    family = FAMILIES[model.family]
    yield from _both(request, options, _PROMPT, family.seed_most)
    if request.operation in REDRAWS:
        yield from _canvas(request, model)
        return
    for side, word in zip(request.size, ("width", "height"), strict=True):
        if not _SIDES[0] <= side <= _SIDES[1] or side % _STEP:
            yield f"the {word} {side} is not within {_SIDES[0]} to {_SIDES[1]} or not a multiple of {_STEP}"
    if options.quality or options.mode:
        yield f"{request.model} has no `quality` or `mode`; other models have"
    yield from _fields(request, options, model)
    yield from _alchemy(options, model)
    yield from _guides(request, options, model)
    yield from _triggers(request)


def _fields(request: Request, options: LeonardoParams, model: Model) -> Iterator[str]:
    """Options of other kinds of models."""
    fields = FAMILIES[model.family].fields
    given = {
        "style": (options.style, "styleUUID"),
        "preset": (options.preset != "NONE", "presetStyle"),
        "contrast": (options.contrast, "contrast"),
        "scheduler": (options.scheduler, "scheduler"),
        "photo_real": (options.photo_real, "photoReal"),
        "prompt_magic": (options.prompt_magic, "promptMagic"),
    }
    for name, (value, field) in given.items():
        if value and field not in fields:
            yield f"{request.model} has no `{name}`"
    guided = request.control or any(each.role != "init" for each in request.reference.values())
    if options.style and guided:
        yield "`style` does not go together with references or control maps"
    if options.unzoom_amount and not request.images("init"):
        yield "`unzoom_amount` needs a picture to start from (a reference with role `init`)"


def _alchemy(options: LeonardoParams, model: Model) -> Iterator[str]:
    on = not options.ultra and (model.alchemy if options.alchemy is None else options.alchemy)
    if options.ultra and options.alchemy:
        yield "`ultra` and `alchemy` exclude each other"
    if options.alchemy and model.alchemy is None:
        yield "this model has no Alchemy"
    if options.photo_real and not on:
        yield "`photo_real` needs Alchemy"
    if model.family == "phoenix" and on and options.contrast and float(options.contrast) < 2.5:
        yield "Phoenix with Alchemy needs a contrast of 2.5 or more"


def _guides(request: Request, options: LeonardoParams, model: Model) -> Iterator[str]:
    """References and control maps: whether this model has them, and how many."""
    if unknown := options.preprocessors.keys() - set(_KINDS):
        yield f"`preprocessors` are of {', '.join(_KINDS)}, not of {', '.join(sorted(unknown))}"
    for role, most in REFERENCES.items():
        count = len(request.images(role))
        if count and preprocessor(role, model, options) is None:
            yield f"{request.model} takes no {role} reference"
        elif count > most:
            yield f"leonardo takes {most} {role} reference{'s' * (most > 1)}, not {count}"
    for name, control in sorted(request.control.items()):
        if preprocessor(control.kind, model, options) is None:
            yield f"{request.model} takes no {control.kind} (control.{name}); models of the SDXL family do"
    if len(request.images("init")) > 1:
        yield "a request starts from one picture only"
    others = len(request.control) + len(request.images("content"))
    guides = len(request.control) + len(request.reference) - len(request.images("init"))
    # "Image to Image with multiple ControlNets is incompatible", but for style and character references.
    if request.images("init") and others and guides > 1:
        yield "a picture to start from goes with style and character references, or with one other guide"


def _triggers(request: Request) -> Iterator[str]:
    for lora in request.lora:
        if lora.trigger and lora.trigger.lower() not in request.prompt.lower():
            yield f"the prompt does not have {lora.trigger!r}, the word that {lora.name} was trained with"
        if lora.id and own_id(lora) is None and not public_id(lora):
            yield f"{lora.id!r} is no id of an element"


def _canvas(request: Request, model: Model) -> Iterator[str]:
    """ "Canvas Inpainting": parameters other than those listed are not compatible."""
    if not model.canvas or not FAMILIES[model.family].canvas:
        yield f"{request.model} does not draw regions anew; models of the SDXL family do, kino-xl among them"
    if not request.region:
        yield f"{request.operation} needs a `region`: a mask, white where to draw anew"
    if request.control or request.lora or any(each.role != "init" for each in request.reference.values()):
        yield f"{request.operation} takes no references, control maps or trained styles"
    if request.negative_prompt:
        yield f"{request.operation} takes no negative prompt"


def _second(request: Request, options: LeonardoParams, model: Second) -> Iterator[str]:
    yield from _both(request, options, model.prompt, model.seed)
    if request.operation in REDRAWS or request.region:
        yield f"{request.model} does not draw regions anew"
    if why := size_mistake(request.size, model):
        yield f"{request.model} does not draw {request.size[0]}x{request.size[1]}: {why}"
    given = {
        "negative prompt": request.negative_prompt and not model.negative,
        "control maps": request.control,
        "trained styles": request.lora,
        "`style`": options.style and not model.styles,
        "`transparent`": options.transparent,
        "`tiling`": options.tiling,
        "`enhance_with`": options.enhance_with,
    }
    yield from (f"{request.model} takes no {word}" for word, value in given.items() if value)
    for word, value, words in (
        ("quality", options.quality, model.quality),
        ("mode", options.mode, model.mode),
    ):
        if value and not options.slug and value not in words:
            yield f"`{word}` of {request.model} is {' or '.join(words) or 'not to be set'}, not {value}"
    kinds = model.references
    for role in sorted({each.role for each in request.reference.values()}):
        most = kinds.get("image", kinds.get(role, 0))
        count = len(request.reference) if "image" in kinds else len(request.images(role))
        if count > most:
            yield f"{request.model} takes {most or 'no'} {role} references, not {count}"
