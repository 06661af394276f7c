"""The options of `leonardo`: what is the vendor's own in a request.

Reads nothing. Writes nothing. Ranges and words: the API reference of Leonardo.Ai, v1.0 of May 2026.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tympan import InputPath, Params, Request

Preset = Literal[
    "ANIME", "BOKEH", "CINEMATIC", "CINEMATIC_CLOSEUP", "CREATIVE", "DYNAMIC", "ENVIRONMENT", "FASHION",
    "FILM", "FOOD", "GENERAL", "HDR", "ILLUSTRATION", "LEONARDO", "LONG_EXPOSURE", "MACRO", "MINIMALISTIC",
    "MONOCHROME", "MOODY", "NONE", "NEUTRAL", "PHOTOGRAPHY", "PORTRAIT", "RAYTRACED", "RENDER_3D", "RETRO",
    "SKETCH_BW", "SKETCH_COLOR", "STOCK_PHOTO", "VIBRANT", "UNPROCESSED",
]  # fmt: skip
Scheduler = Literal[
    "", "KLMS", "EULER_ANCESTRAL_DISCRETE", "EULER_DISCRETE", "DDIM", "DPM_SOLVER", "PNDM", "LEONARDO"
]
Contrast = Literal["", "1.0", "1.3", "1.8", "2.5", "3", "3.5", "4", "4.5"]
Family = Literal["", "sd15", "sd21", "sdxl", "phoenix", "flux-schnell", "flux-dev", "lucid"]
Upscaler = Literal["", "GENERAL", "CINEMATIC", "2D ART & ILLUSTRATION", "CG ART & GAME ASSETS"]
Version = Literal["", "v1", "v2"]
Ten = Annotated[int, Meta(ge=0, le=10)]
Share = Annotated[float, Meta(ge=0, le=1)]


class LeonardoParams(Params, frozen=True, kw_only=True):
    """Options of `leonardo`. An empty word, 0 and null leave a field out."""

    style: Annotated[str, Meta(description="Preset style: a name such as `illustration`, or its id.")] = ""
    preset: Annotated[Preset, Meta(description="`presetStyle` of the older models.")] = "NONE"
    alchemy: Annotated[bool | None, Meta(description="Alchemy; null: what the model is made for.")] = None
    ultra: Annotated[bool, Meta(description="Ultra mode, in place of Alchemy.")] = False
    contrast: Annotated[Contrast, Meta(description="Contrast of Phoenix and FLUX.")] = ""
    contrast_ratio: Annotated[Share | None, Meta(description="Contrast ratio of Alchemy.")] = None
    guidance: Annotated[
        float, Meta(description="How closely to follow the prompt (`guidance_scale`).", ge=1, le=20)
    ] = 7.0
    steps: Annotated[int, Meta(description="`num_inference_steps`.", ge=10, le=60)] = 15
    scheduler: Annotated[Scheduler, Meta(description="Sampler.")] = ""
    enhance: Annotated[bool, Meta(description="Let Leonardo rewrite the prompt; it is not told how.")] = False
    enhance_with: Annotated[str, Meta(description="What the rewriting is to do.")] = ""
    tiling: Annotated[bool, Meta(description="Pictures that tile on all sides.")] = False
    transparent: Annotated[bool, Meta(description="Only the foreground, on transparency (PNG).")] = False
    public: Annotated[bool, Meta(description="Show the pictures in the community feed.")] = False
    photo_real: Annotated[Version, Meta(description="PhotoReal and its version.")] = ""
    photo_real_strength: Annotated[
        Literal["", "0.55", "0.5", "0.45"], Meta(description="Depth of field: low, medium, high.")
    ] = ""
    prompt_magic: Annotated[Literal["", "v2", "v3"], Meta(description="Prompt Magic and its version.")] = ""
    prompt_magic_strength: Annotated[
        float, Meta(description="Strength of Prompt Magic, from 0.1.", ge=0, le=1)
    ] = 0.0
    high_contrast: Annotated[bool | None, Meta(description="Prompt Magic: false is RAW mode.")] = None
    high_resolution: Annotated[bool, Meta(description="Prompt Magic: more detail.")] = False
    expanded_domain: Annotated[bool, Meta(description="Alchemy: expanded domain.")] = False
    fantasy_avatar: Annotated[bool, Meta(description="Fantasy Avatar.")] = False
    image_prompts: Annotated[
        tuple[InputPath, ...], Meta(description="Pictures that stand beside the prompt.", max_length=4)
    ] = ()
    image_prompt_weight: Annotated[Share | None, Meta(description="Their weight.")] = None
    upscale_ratio: Annotated[float, Meta(description="Enterprise only: enlarge.", ge=0, le=4)] = 0.0
    unzoom_amount: Annotated[
        float, Meta(description="Show more around the input picture, by so much.", ge=0, le=4)
    ] = 0.0
    init_strength: Annotated[
        float, Meta(description="How much stays of the picture to start from; 0: its `strength`.", ge=0, le=1)
    ] = 0.0
    influence: Annotated[
        dict[str, float], Meta(description="Several style references: how much of each, by its name.")
    ] = msgspec.field(default_factory=dict)
    preprocessors: Annotated[
        dict[str, int],
        Meta(description="Ids in place of those known for style, content, character, pose, canny, depth."),
    ] = msgspec.field(default_factory=dict)
    family: Annotated[Family, Meta(description="What kind of model an id is that tympan does not know.")] = ""
    slug: Annotated[str, Meta(description="A model of v2 by the word the API takes.")] = ""
    quality: Annotated[
        Literal["", "LOW", "MEDIUM", "HIGH", "TURBO", "BALANCED", "QUALITY"],
        Meta(description="Quality of GPT Image and Ideogram."),
    ] = ""
    mode: Annotated[Literal["", "FAST", "ULTRA"], Meta(description="Mode of Lucid.")] = ""
    multiplier: Annotated[float, Meta(description="`universal-upscale`: how much larger.", ge=1, le=2)] = 1.5
    creativity: Annotated[int, Meta(description="`universal-upscale`: freedom.", ge=1, le=10)] = 5
    upscaler: Annotated[Upscaler, Meta(description="`universal-upscale`: its style.")] = ""
    ultra_upscaler: Annotated[
        Literal["", "ARTISTIC", "REALISTIC"], Meta(description="`universal-upscale`: its Ultra style.")
    ] = ""
    similarity: Annotated[Ten, Meta(description="Ultra upscaler: likeness, 1 to 10.")] = 0
    detail: Annotated[Ten, Meta(description="Ultra upscaler: contrast of details, 1 to 10.")] = 0
    focus: Annotated[
        Literal["General", "Character", "Style", "Object"], Meta(description="`[train]`: what is learned.")
    ] = "Style"
    epochs: Annotated[int, Meta(description="`[train]`: rounds; 0: Leonardo's default.", ge=0, le=250)] = 0
    learning_rate: Annotated[float, Meta(description="`[train]`: 0: Leonardo's default.", ge=0, le=0.001)] = (
        0.0
    )
    train_text_encoder: Annotated[bool, Meta(description="`[train]`: learn the trigger word, too.")] = True
    keep_flagged: Annotated[bool, Meta(description="Take pictures that Leonardo marks as nsfw.")] = False


def options_of(request: Request) -> LeonardoParams:
    """The options, typed."""
    return msgspec.convert(request.options, LeonardoParams)
