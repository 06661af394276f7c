"""What Ideogram can: keys of `[source.options]`, routes with their fields, sizes and prices.

Reads nothing. Writes nothing. Routes, fields, ranges and sizes are those of Ideogram's API reference
(developer.ideogram.ai, 3.0 and 4.0), prices those of ideogram.ai/features/api-pricing.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from tympan import Colour, InputPath, Params

MODELS = ("3.0", "4.0")
# A seed is 31 bits; pictures and masks have 10 MB; a palette has eight colours.
SEED_MOST = 2**31 - 1
PICTURE_MOST = 10 * 1000 * 1000

_Code = Annotated[str, Meta(pattern="^[0-9a-fA-F]{8}$")]
_Weight = Annotated[float, Meta(ge=0.05, le=1)]
_Point = Annotated[int, Meta(ge=0, le=1000)]
_Percent = Annotated[int, Meta(ge=1, le=100)]


def _words(text: str) -> list[str]:
    return text.split()


PRESETS = _words(
    """
    80S_ILLUSTRATION 90S_NOSTALGIA ABSTRACT_ORGANIC ANALOG_NOSTALGIA ART_BRUT ART_DECO ART_POSTER
    AURA AVANT_GARDE BAUHAUS BLUEPRINT BLURRY_MOTION BRIGHT_ART C4D_CARTOON CHILDRENS_BOOK COLLAGE
    COLORING_BOOK_I COLORING_BOOK_II CUBISM DARK_AURA DOODLE DOUBLE_EXPOSURE DRAMATIC_CINEMA
    EDITORIAL EMOTIONAL_MINIMAL ETHEREAL_PARTY EXPIRED_FILM FLAT_ART FLAT_VECTOR FOREST_REVERIE
    GEO_MINIMALIST GLASS_PRISM GOLDEN_HOUR GRAFFITI_I GRAFFITI_II HALFTONE_PRINT HIGH_CONTRAST
    HIPPIE_ERA ICONIC JAPANDI_FUSION JAZZY LONG_EXPOSURE MAGAZINE_EDITORIAL MINIMAL_ILLUSTRATION
    MIXED_MEDIA MONOCHROME NIGHTLIFE OIL_PAINTING OLD_CARTOONS PAINT_GESTURE POP_ART RETRO_ETCHING
    RIVIERA_POP SPOTLIGHT_80S STYLIZED_RED SURREAL_COLLAGE TRAVEL_POSTER VINTAGE_GEO VINTAGE_POSTER
    WATERCOLOR WEIRD WOODBLOCK_PRINT
    """
)
RATIOS = _words("1x3 3x1 1x2 2x1 9x16 16x9 10x16 16x10 2x3 3x2 3x4 4x3 4x5 5x4 1x1")


class Element(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing on a 4.0 picture: an object, or words if it has a `text`.

    bbox: y and x of its upper left corner, y and x of its lower right one, in thousandths of the picture.
    """

    desc: Annotated[str, Meta(min_length=1)]
    text: str = ""
    bbox: Annotated[tuple[_Point, ...], Meta(max_length=4)] = ()


class IdeogramParams(Params, frozen=True, kw_only=True):
    """Options of `ideogram`."""

    speed: Annotated[
        Literal["FLASH", "TURBO", "BALANCED", "DEFAULT", "QUALITY"],
        Meta(description="How thoroughly it draws, and so the price; 4.0 has TURBO, DEFAULT and QUALITY."),
    ] = "DEFAULT"
    magic_prompt: Annotated[
        Literal["AUTO", "ON", "OFF"],
        Meta(description="3.0: whether Ideogram may rewrite the prompt; what it made of it is recorded."),
    ] = "OFF"
    together: Annotated[
        int,
        Meta(ge=1, le=8, description="3.0: candidates of one call, and so of one seed; else one seed each."),
    ] = 1
    aspect_ratio: Annotated[
        str,
        Meta(
            pattern=f"^({'|'.join(RATIOS)})?$", description="3.0: shape, such as `16x9`, in place of `size`."
        ),
    ] = ""
    style_type: Annotated[
        Literal["", "AUTO", "GENERAL", "REALISTIC", "DESIGN", "CUSTOM", "FICTION", "STYLIZED"],
        Meta(description="3.0: kind of style; Ideogram's own default is GENERAL."),
    ] = ""
    style_preset: Annotated[
        str, Meta(pattern=f"^({'|'.join(PRESETS)})?$", description="3.0: a style by name, such as `BAUHAUS`.")
    ] = ""
    style_codes: Annotated[
        tuple[_Code, ...], Meta(description="3.0: styles by code, 8 hexadecimal digits each.")
    ] = ()
    palette: Annotated[
        tuple[Colour, ...], Meta(max_length=8, description="3.0: colours to draw with; tokens go here.")
    ] = ()
    palette_weights: Annotated[
        tuple[_Weight, ...], Meta(max_length=8, description="How much of each colour of `palette`.")
    ] = ()
    palette_name: Annotated[
        Literal["", "EMBER", "FRESH", "JUNGLE", "MAGIC", "MELON", "MOSAIC", "PASTEL", "ULTRAMARINE"],
        Meta(description="3.0: one of Ideogram's own palettes, in place of `palette`."),
    ] = ""
    character_mask: Annotated[
        InputPath, Meta(description="3.0: which part of the character reference is the character.")
    ] = ""
    custom_model: Annotated[
        str, Meta(pattern="^(model/[^/]+/version/[^/]+)?$", description="3.0: a model trained at Ideogram.")
    ] = ""
    transparent: Annotated[bool, Meta(description="3.0: a picture on a transparent ground.")] = False
    upscale_factor: Annotated[
        Literal["X1", "X2", "X4"], Meta(description="How much a transparent picture is enlarged.")
    ] = "X1"
    image_weight: Annotated[
        _Percent,
        Meta(description="remix: how much the chosen picture counts; other references have a strength."),
    ] = 60
    resemblance: Annotated[_Percent, Meta(description="upscale: how near to the input it stays.")] = 50
    detail: Annotated[_Percent, Meta(description="upscale: how much detail is added.")] = 50
    elements: Annotated[
        tuple[Element, ...],
        Meta(description="4.0: what is to be seen where: tables of `desc`, exact `text` and `bbox`."),
    ] = ()
    background: Annotated[str, Meta(description="4.0: what is behind `elements`.")] = ""
    style: Annotated[
        dict[Literal["aesthetics", "art_style", "lighting", "medium", "photo"], str],
        Meta(description="4.0: aesthetics, art_style, lighting, medium, photo."),
    ] = msgspec.field(default_factory=dict)
    json_prompt: Annotated[
        dict[str, Any], Meta(description="4.0: a whole JSON prompt, sent as it is, in place of `elements`.")
    ] = msgspec.field(default_factory=dict)
    copyright_detection: Annotated[
        bool, Meta(description="4.0: have the picture compared with protected works.")
    ] = False


# What each way of asking 3.0 may be told beside picture, mask, seed, speed and number of pictures.
_STYLE = {"style_preset", "color_palette", "style_codes", "style_reference_images"}
_WHOLE = _STYLE | {
    "style_type", "custom_model_uri", "character_reference_images", "character_reference_images_mask",
    "magic_prompt",
}  # fmt: skip
_SHAPE = {"resolution", "aspect_ratio"}
ACCEPTS: dict[str, set[str]] = {
    "generate": _WHOLE | _SHAPE | {"negative_prompt"},
    "generate-transparent": {
        "aspect_ratio", "magic_prompt", "negative_prompt", "custom_model_uri", "upscale_factor",
    },
    "remix": _WHOLE | _SHAPE | {"negative_prompt", "image_weight"},
    "inpaint": _WHOLE,
    "reframe": _STYLE | {"resolution"},
    "replace-background": _STYLE | {"magic_prompt"},
    "upscale": {"magic_prompt"},
}  # fmt: skip
# Operation of a spec -> last word of the route.
ROUTES = {
    "": "generate",
    "image-to-image": "remix",
    "remix": "remix",
    "inpaint": "inpaint",
    "vary-region": "inpaint",
    "reframe": "reframe",
    "replace-background": "replace-background",
    "upscale": "upscale",
}
OPERATIONS = {"3.0": tuple(ROUTES), "4.0": ("", "image-to-image", "remix")}
SPEEDS = {"3.0": ("FLASH", "TURBO", "BALANCED", "DEFAULT", "QUALITY"), "4.0": ("TURBO", "DEFAULT", "QUALITY")}

_TALL_3 = _words(
    """
    512x1536 576x1408 576x1472 576x1536 640x1344 640x1408 640x1472 640x1536 704x1152 704x1216
    704x1280 704x1344 704x1408 704x1472 736x1312 768x1088 768x1216 768x1280 768x1344 800x1280
    832x960 832x1024 832x1088 832x1152 832x1216 832x1248 864x1152 896x960 896x1024 896x1088 896x1120
    896x1152 960x1024 960x1088
    """
)
_TALL_4 = _words(
    """
    1440x2880 1664x2496 1792x2240 1440x2560 1600x2560 1728x2304 1296x3168 1152x2944 1248x3328
    1280x3072 1024x3072
    """
)


def _both(square: str, tall: list[str]) -> frozenset[str]:
    return frozenset([square, *tall, *("x".join(reversed(each.split("x"))) for each in tall)])


SIZES = {"3.0": _both("1024x1024", _TALL_3), "4.0": _both("2048x2048", _TALL_4)}

# US dollars a picture. A reference with a character costs more; an upscale has one price.
PRICES = {
    "3.0": {"FLASH": 0.03, "TURBO": 0.03, "BALANCED": 0.06, "DEFAULT": 0.06, "QUALITY": 0.09},
    "4.0": {"TURBO": 0.03, "DEFAULT": 0.06, "QUALITY": 0.10},
    "character": {"FLASH": 0.10, "TURBO": 0.10, "BALANCED": 0.15, "DEFAULT": 0.15, "QUALITY": 0.20},
}
UPSCALE_PRICE = 0.06
