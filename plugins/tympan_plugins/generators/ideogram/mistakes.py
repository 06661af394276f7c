"""What is wrong with a request to Ideogram, before it is sent.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from tympan import Request
from tympan_plugins.generators.ideogram.form import asked_for, json_prompt, options_of, route_of
from tympan_plugins.generators.ideogram.options import ACCEPTS, MODELS, OPERATIONS, SEED_MOST, SIZES, SPEEDS
from tympan_plugins.generators.one_call import init_of


def mistakes(request: Request) -> Iterable[str]:
    """One sentence each."""
    if request.model not in MODELS:
        yield f"ideogram has no model {request.model!r}: it has 3.0 and 4.0, and a spec has to name one"
        return
    if request.operation not in OPERATIONS[request.model]:
        can = ", ".join(each for each in OPERATIONS[request.model] if each)
        yield f"ideogram {request.model} cannot {request.operation!r}: it can {can}"
        return
    yield from _whatever_model(request)
    yield from _three(request) if request.model == "3.0" else _four(request)


def _whatever_model(request: Request) -> Iterable[str]:
    options, route = options_of(request), route_of(request)
    if not request.prompt and route not in ("reframe", "upscale"):
        yield "ideogram needs a prompt"
    if request.operation and not init_of(request):
        yield f'{request.operation} needs a reference with role "init"'
    if not request.operation and init_of(request):
        yield 'a reference with role "init" needs an operation, such as "remix"'
    if request.control:
        yield "ideogram takes no control maps: comfyui and leonardo do"
    if request.images("content"):
        yield 'ideogram has no references with role "content": "style", "character" and "init" only'
    if request.lora:
        yield "ideogram takes no lora: name a model trained there with options.custom_model"
    if options.speed not in SPEEDS[request.model]:
        yield f"ideogram {request.model} has no speed {options.speed}: {', '.join(SPEEDS[request.model])}"
    if request.seed + request.candidates - 1 > SEED_MOST:
        yield f"ideogram's seeds end at {SEED_MOST}, one candidate each"
    size = f"{request.size[0]}x{request.size[1]}"
    sized = route in ("generate", "remix", "reframe") and not options.aspect_ratio
    if sized and size not in SIZES[request.model]:
        yield f"ideogram {request.model} does not draw {size}: nearest are {', '.join(_near(request))}"


def _near(request: Request) -> list[str]:
    def far(size: str) -> float:
        width, height = (int(side) for side in size.split("x"))
        return abs(width / height - request.size[0] / request.size[1])

    return sorted(SIZES[request.model], key=lambda size: (far(size), size))[:3]


def _three(request: Request) -> Iterable[str]:
    options, route, asked = options_of(request), route_of(request), asked_for(request)
    for name in sorted(set(asked) - ACCEPTS[route]):
        undo = ', which came from before: negative_prompt = ""' if name == "negative_prompt" else ""
        yield f"ideogram's {route} does not take {name}{undo}"
    for name in ("elements", "background", "style", "json_prompt", "copyright_detection"):
        if getattr(options, name):
            yield f"options.{name} is for ideogram 4.0"
    if "style_codes" in asked and {"style_type", "style_reference_images"} & set(asked):
        yield "style_codes go neither with style_type nor with references of role style"
    if options.palette and options.palette_name:
        yield "palette and palette_name exclude each other"
    if options.palette_weights and len(options.palette_weights) != len(options.palette):
        yield "palette_weights needs one weight for each colour of palette"
    if len(request.images("character")) > 1:
        yield "ideogram takes one character reference"
    if options.character_mask and not request.images("character"):
        yield 'character_mask needs a reference with role "character"'
    if options.transparent and request.operation:
        yield f"{request.operation} cannot bring a transparent ground: use the prep step mask"
    if route == "inpaint" and not request.region:
        yield f"{request.operation} needs a region: a mask that is white where to draw anew"


def _four(request: Request) -> Iterable[str]:
    options = options_of(request)
    for name in sorted(asked_for(request)):
        yield f"ideogram 4.0 does not take {name}: 3.0 does"
    for name, plain in (("together", 1), ("transparent", False), ("magic_prompt", "OFF")):
        if getattr(options, name) != plain:
            yield f"options.{name} is for ideogram 3.0"
    if options.json_prompt and (options.elements or options.background or options.style):
        yield "json_prompt is sent as it is: elements, background and style would be lost"
    if (options.background or options.style) and not options.elements:
        yield "background and style belong to elements: plain text goes into the prompt"
    if options.elements and not options.background:
        yield "elements need a background: what is behind them"
    if any(len(each.bbox) not in (0, 4) for each in options.elements):
        yield "a bbox has four numbers: top, left, bottom, right, in thousandths"
    if any(each.bbox and (each.bbox[0] >= each.bbox[2] or each.bbox[1] >= each.bbox[3])
           for each in options.elements if len(each.bbox) == 4):  # fmt: skip
        yield "a bbox goes from its upper left to its lower right corner: top, left, bottom, right"
    if options.json_prompt and "compositional_deconstruction" not in options.json_prompt:
        yield "json_prompt needs a compositional_deconstruction"
    if request.operation and json_prompt(request):
        yield f"{request.operation} takes a plain prompt, neither elements nor json_prompt"
