"""The bodies of v1 requests, from what a spec says.

Reads pictures through the context. Writes nothing.

Every field that changes a picture is sent, also where it is Leonardo's default: a default may change.
"""

from __future__ import annotations

from typing import Any

from tympan import CallContext, CallFailed, Request
from tympan_plugins.generators.leonardo.guidance import controlnets, elements
from tympan_plugins.generators.leonardo.models import FAMILIES, Model, style_of
from tympan_plugins.generators.leonardo.options import LeonardoParams
from tympan_plugins.generators.leonardo.uploads import There, canvas, picture

# `init_strength`: a float between 0.1 and 0.9 (API reference).
_INIT = (0.1, 0.9)
# The guides of Phoenix and FLUX call contrast required; this is their "Medium".
_CONTRAST = "3.5"
# "Max inpaint strength is init_strength 0.8".
_CANVAS = (0.0, 0.8)


def selected(request: Request) -> str:
    """The picture that a request starts from. CallFailed if there is none."""
    found = request.images("init")
    if not found:
        raise CallFailed(f"{request.operation or 'image-to-image'} needs a picture to start from")
    return request.reference["selected"].image if "selected" in request.reference else found[0].image


def generation(request: Request, options: LeonardoParams, model: Model, ctx: CallContext) -> dict[str, Any]:
    """The body of `POST /generations`."""
    body = {
        "modelId": model.id,
        "prompt": request.prompt,
        "width": request.size[0],
        "height": request.size[1],
        "num_images": request.candidates,
        "seed": request.seed,
        "public": options.public,
        "tiling": options.tiling,
        "enhancePrompt": options.enhance,
        "transparency": "foreground_only" if options.transparent else "disabled",
        **_words(request, options),
        **_look(options, model),
        **_magic(options),
        **elements(request, ctx),
    }
    if options.photo_real == "v1":
        # "Requires enabling alchemy and unspecifying modelId".
        del body["modelId"]
    if nets := controlnets(request, options, model, ctx):
        body["controlnets"] = nets
    return body | _start(request, options, ctx)


def _words(request: Request, options: LeonardoParams) -> dict[str, Any]:
    found: dict[str, Any] = {"negative_prompt": request.negative_prompt} if request.negative_prompt else {}
    if options.enhance and options.enhance_with:
        found["enhancePromptInstruction"] = options.enhance_with
    return found


def _look(options: LeonardoParams, model: Model) -> dict[str, Any]:
    """Fields that shape the look, as far as this kind of model has them."""
    fields = FAMILIES[model.family].fields
    found: dict[str, Any] = {}
    alchemy = model.alchemy if options.alchemy is None else options.alchemy
    if options.ultra:
        found |= {"ultra": True, "alchemy": False}
    elif alchemy is not None:
        found["alchemy"] = alchemy
    if "guidance_scale" in fields:
        found |= {"guidance_scale": options.guidance, "num_inference_steps": options.steps}
    if "presetStyle" in fields and not options.style:
        found["presetStyle"] = options.preset
    if options.scheduler:
        found["scheduler"] = options.scheduler
    if options.style:
        found["styleUUID"] = style_of(options.style)
    if "contrast" in fields:
        found["contrast"] = float(options.contrast or _CONTRAST)
    if options.contrast_ratio is not None:
        found["contrastRatio"] = options.contrast_ratio
    if options.expanded_domain:
        found["expandedDomain"] = True
    if options.fantasy_avatar:
        found["fantasyAvatar"] = True
    return found


def _magic(options: LeonardoParams) -> dict[str, Any]:
    """PhotoReal and Prompt Magic."""
    found: dict[str, Any] = {}
    if options.photo_real:
        found |= {"photoReal": True, "photoRealVersion": options.photo_real}
        if options.photo_real_strength:
            found["photoRealStrength"] = float(options.photo_real_strength)
    if options.prompt_magic:
        found |= {"promptMagic": True, "promptMagicVersion": options.prompt_magic}
        if options.prompt_magic_strength:
            found["promptMagicStrength"] = options.prompt_magic_strength
        if options.high_contrast is not None:
            found["highContrast"] = options.high_contrast
        if options.high_resolution:
            found["highResolution"] = True
    return found


def _start(request: Request, options: LeonardoParams, ctx: CallContext) -> dict[str, Any]:
    """Pictures that a generation starts from, and those that stand beside its prompt."""
    found: dict[str, Any] = {}
    if request.operation or request.images("init"):
        name = selected(request)
        found |= _init(picture(name, ctx))
        found["init_strength"] = _within(_strength(request, options, name), _INIT)
        if options.unzoom_amount:
            found |= {"unzoom": True, "unzoomAmount": options.unzoom_amount}
    if options.image_prompts:
        found["imagePrompts"] = [picture(name, ctx).id for name in options.image_prompts]
        if options.image_prompt_weight is not None:
            found["imagePromptWeight"] = options.image_prompt_weight
    if options.upscale_ratio:
        found["upscaleRatio"] = options.upscale_ratio
    return found


def _init(there: There) -> dict[str, Any]:
    name = "init_generation_image_id" if there.type == "GENERATED" else "init_image_id"
    return {name: there.id}


def inpaint(request: Request, options: LeonardoParams, model: Model, ctx: CallContext) -> dict[str, Any]:
    """The body of an inpainting: "Generate Images Using Canvas Inpainting" takes no fields but these.

    seed and public are the exceptions: without the one no job is found again, without the other all see it.
    """
    name = selected(request)
    image, mask = canvas(name, request.region, ctx)
    return {
        "modelId": model.id,
        "prompt": request.prompt,
        "num_images": request.candidates,
        "seed": request.seed,
        "public": options.public,
        "guidance_scale": options.guidance,
        "init_strength": _within(_strength(request, options, name), _CANVAS),
        "canvasRequest": True,
        "canvasRequestType": "INPAINT",
        "canvasInitId": image,
        "canvasMaskId": mask,
    }


def _strength(request: Request, options: LeonardoParams, name: str) -> float:
    """A refinement's picture comes without a strength of the spec's own: the option says it."""
    given = next(each.strength for each in request.images("init") if each.image == name)
    return options.init_strength or given


def _within(strength: float, limits: tuple[float, float]) -> float:
    return round(min(max(strength, limits[0]), limits[1]), 3)
