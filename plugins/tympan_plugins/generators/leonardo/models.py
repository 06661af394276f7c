"""The models of Leonardo.Ai as data: ids, what each takes, limits and list prices.

Reads nothing. Writes nothing.

Ids: "Commonly Used Models" of docs.leonardo.ai and `GET /platformModels`. Limits of v1: the API reference,
"Create a Generation of Images". Limits of v2: the guide page of each model.
"""

from __future__ import annotations

import re

import msgspec

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SEED_FLUX, _SEED = 2147483637, 9999999998
_SEED_31, _SEED_32 = 2**31 - 1, 2**32 - 1


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """What the v1 models of one kind share.

    preprocessors: ids of "Generate Images Using Image Guidance" by kind of guidance. fields: request fields
    that are of these models only. canvas: whether a region can be drawn anew.
    """

    preprocessors: dict[str, int]
    fields: frozenset[str] = frozenset()
    seed_most: int = _SEED
    canvas: bool = False
    content_to: tuple[str, ...] = ("Low", "Mid", "High")


_OLD = frozenset(
    {"guidance_scale", "num_inference_steps", "scheduler", "presetStyle", "photoReal", "promptMagic"}
)
_STYLED = frozenset({"styleUUID", "contrast"})
FAMILIES = {
    "sd15": Family(preprocessors={"canny": 1, "depth": 3, "pose": 7}, fields=_OLD, canvas=True),
    "sd21": Family(preprocessors={"canny": 12, "depth": 13, "pose": 16}, fields=_OLD, canvas=True),
    "sdxl": Family(
        preprocessors={
            "style": 67, "content": 100, "character": 133, "canny": 19, "depth": 20, "pose": 21,
        },
        fields=_OLD | {"styleUUID"},
        canvas=True,
    ),
    "phoenix": Family(preprocessors={"style": 166, "content": 364, "character": 397}, fields=_STYLED),
    "flux-schnell": Family(
        preprocessors={"style": 298, "content": 232}, fields=_STYLED, seed_most=_SEED_FLUX
    ),
    "flux-dev": Family(preprocessors={"style": 299, "content": 233}, fields=_STYLED, seed_most=_SEED_FLUX),
    "lucid": Family(preprocessors={"style": 431, "content": 430}, fields=_STYLED, seed_most=_SEED_31),
}  # fmt: skip
# How many references of a role one job takes ("Image Guidance").
REFERENCES = {"style": 4, "content": 1, "character": 1}


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """One v1 model. credits: of one picture of 1024 x 1024; trains: its name in `POST /elements`."""

    id: str
    family: str
    credits: float = 16.5
    alchemy: bool | None = True
    trains: str = ""
    canvas: bool = True


# Credits: "Plan with the Pricing Calculator", a quarter of its rows for four pictures. What has no row there
# is set at the dearest one or above; what a job costs is in its answer.
MODELS = {
    "lightning-xl": Model(
        id="b24e16ff-06e3-43eb-8d33-4416c2d75876", family="sdxl", credits=10,
        trains="LEONARDO_LIGHTNING_XL", canvas=False,
    ),
    "kino-xl": Model(id="aa77f04e-3eec-4034-9c07-d0f619684628", family="sdxl", trains="KINO_XL"),
    "vision-xl": Model(id="5c232a9e-9061-4777-980a-ddc8e65647c6", family="sdxl", trains="VISION_XL"),
    "diffusion-xl": Model(
        id="1e60896f-3c26-4296-8ecc-53e2afecc132", family="sdxl", trains="LEONARDO_DIFFUSION_XL"
    ),
    "albedobase-xl": Model(id="2067ae52-33fd-4a82-bb92-c2c55e7d2786", family="sdxl", trains="ALBEDO_XL"),
    "anime-xl": Model(id="e71a1c2f-4f80-4800-934f-2c68979d8cc8", family="sdxl", canvas=False),
    "sdxl-1.0": Model(id="16e7060a-803e-4df3-97ee-edcfa5dc9cc8", family="sdxl", trains="SDXL_1_0"),
    "phoenix-1.0": Model(id="de7d3faf-762f-48e0-b3b7-9d0ac3a3fcf3", family="phoenix", credits=24),
    "phoenix-0.9": Model(id="6b645e3a-d64f-4341-a6d8-7a3690fbf042", family="phoenix", credits=24),
    "flux-dev": Model(
        id="b2614463-296c-462a-9586-aafdb8f00e36", family="flux-dev", credits=20, alchemy=None,
        trains="FLUX_DEV",
    ),
    "flux-schnell": Model(
        id="1dd50843-d653-4516-a8e3-f0238ee453ff", family="flux-schnell", credits=10, alchemy=None
    ),
}  # fmt: skip
_BY_ID = {model.id: name for name, model in MODELS.items()}
# Lucid Origin and Realism are reached over v2 (their guides since July 2026); by id also over v1.
_LUCID = {
    "7b592283-e8a7-4c5a-9ba6-d18c31f258b9": Model(id="", family="lucid", credits=24, alchemy=None),
    "05ce0082-2d80-4a2d-8653-4d1c85e2418e": Model(id="", family="lucid", credits=24, alchemy=None),
}


class Second(msgspec.Struct, frozen=True, kw_only=True):
    """One model behind v2.

    sides: least and most of width and of height; step: what both are multiples of; pixels: least and most of
    both together; pairs: the only sizes, of a scale of 1; references: how many pictures of which guidance;
    strengths: whether these take one. seed: the largest, 0 if it takes none. credits: of 1 000 000 px, by
    quality if there are such.
    """

    width: tuple[int, int] = (256, 4096)
    height: tuple[int, int] = (256, 4096)
    step: int = 8
    pixels: tuple[int, int] = (0, 0)
    pairs: tuple[tuple[int, int], ...] = ()
    scales: tuple[int, ...] = (1,)
    references: dict[str, int] = {}
    strengths: bool = True
    seed: int = _SEED_31
    styles: bool = True
    negative: bool = False
    enhance: bool = True
    quality: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    prompt: int = 2000
    credits: dict[str, float] = {}


_LOW = ("LOW", "MEDIUM", "HIGH")
_TURBO = ("TURBO", "BALANCED", "QUALITY")
_BANANA = (
    (1024, 1024), (848, 1264), (1264, 848), (896, 1200), (1200, 896), (928, 1152), (1152, 928), (768, 1376),
    (1376, 768), (1584, 672),
)  # fmt: skip
_LUCID_REFERENCES = {"content": 1, "style": 1}
# Credits of FLUX.2 Pro: its guide, "Cost". Others: their makers' list prices at 500 credits a dollar and up.
SECOND = {
    "flux-pro-2.0": Second(
        width=(256, 1440), height=(256, 1440), step=2, references={"image": 4}, seed=_SEED_32,
        credits={"": 27.0},
    ),
    "gpt-image-2": Second(
        width=(256, 3824), height=(256, 3824), step=16, pixels=(655_360, 8_294_400), references={"image": 6},
        strengths=False, seed=0, styles=False, quality=_LOW,
        credits={"LOW": 10.0, "MEDIUM": 40.0, "HIGH": 130.0},
    ),
    "gpt-image-1.5": Second(
        references={"image": 6}, seed=_SEED_32, styles=False, quality=_LOW,
        credits={"LOW": 10.0, "MEDIUM": 40.0, "HIGH": 130.0},
    ),
    "ideogram-v3.0": Second(
        quality=(*_TURBO, *_LOW),
        credits={"TURBO": 18.0, "BALANCED": 36.0, "QUALITY": 54.0, "LOW": 18.0, "MEDIUM": 36.0, "HIGH": 54.0},
    ),
    "nano-banana-2": Second(pairs=_BANANA, scales=(1, 2, 4), references={"image": 6}, credits={"": 60.0}),
    "nano-banana-2-lite": Second(pairs=_BANANA, references={"image": 6}, credits={"": 30.0}),
    "gemini-image-2": Second(pairs=_BANANA, scales=(1, 2, 4), references={"image": 6}, credits={"": 90.0}),
    "gemini-2.5-flash-image": Second(references={"image": 6}, credits={"": 30.0}),
    "seedream-4.0": Second(references={"image": 6}, credits={"": 25.0}),
    "seedream-4.5": Second(references={"image": 6}, credits={"": 25.0}),
    # The slugs of Recraft are not confirmed: `slug` in the options replaces them.
    "recraft-v4": Second(seed=0, styles=False, credits={"": 30.0}),
    "recraft-v4-pro": Second(seed=0, styles=False, credits={"": 60.0}),
    "lucid-origin": Second(
        width=(16, 3840), height=(16, 3616), references=_LUCID_REFERENCES, mode=("FAST", "ULTRA"),
        credits={"": 24.0},
    ),
    "lucid-realism": Second(
        width=(16, 2496), height=(16, 2496), references=_LUCID_REFERENCES, mode=("FAST", "ULTRA"),
        credits={"": 24.0},
    ),
}  # fmt: skip

# Preset styles by name: the lists of style ids in the guides.
STYLES = {
    "3d-render": "debdf72a-91a4-467b-bf61-cc02bdeb69c6",
    "acrylic": "3cbb655a-7ca4-463f-b697-8a03ad67327c",
    "cinematic": "a5632c7c-ddbb-4e2f-ba34-8456ab3ac436",
    "creative": "6fedbf1f-4a17-45ec-84fb-92fe524a29ef",
    "dynamic": "111dc692-d470-4eec-b791-3475abac4c46",
    "fashion": "594c4a08-a522-4e0e-b7ff-e4dac4b6b622",
    "game-concept": "09d2b5b5-d7c5-4c02-905d-9f84051640f4",
    "graphic-design-2d": "703d6fe5-7f1c-4a9e-8da0-5331f214d5cf",
    "graphic-design-3d": "7d7c2bc5-4b12-4ac3-81a9-630057e9e89f",
    "illustration": "645e4195-f63d-4715-a3f2-3fb1e6eb8c70",
    "none": "556c1ee5-ec38-42e8-955a-1e82dad0ffa1",
    "portrait": "ab5a4220-7c42-41e5-a578-eddb9fed3d75",
    "ray-traced": "b504f83c-3326-4947-82e1-7fe9e839ec0f",
    "stock-photo": "5bdc3f2a-1be6-4d1c-8e77-992a30824a2c",
    "vibrant": "dee282d3-891f-4f73-ba02-7f8131e5541b",
    "watercolor": "1db308ce-c7ad-4d10-96fd-592fa6b75cc4",
}
# Public elements by name ("Generate Images Using Transparency"); any other by its akUUID.
ELEMENTS = {"simple-flat-illustration": "5f3e58d8-7af3-4d5b-92e3-a3d04b9a3414"}
# "Plan with the Pricing Calculator", fixed costs; the last two from its calculator at 4 MP and at 1024 px.
OPERATION_CREDITS = {"upscale": 15, "unzoom": 15, "no-background": 5, "universal-upscale": 60, "train": 1500}
# 49 USD for 25 000 credits, the rate of the API's former standard plan; pay-as-you-go bills in dollars.
USD_A_CREDIT = 0.002


def first_of(name: str, family: str = "") -> Model | None:
    """The v1 model of a name or id; an id that is not in the table is of `family`. None for other words."""
    if (found := MODELS.get(_BY_ID.get(name, name))) is not None:
        return found
    if not UUID.fullmatch(name):
        return None
    known = _LUCID.get(name, Model(id="", family="sdxl"))
    alchemy = known.alchemy if not family or FAMILIES[family].canvas else None
    return msgspec.structs.replace(known, id=name, family=family or known.family, alchemy=alchemy)


def second_of(name: str, slug: str = "") -> Second | None:
    """The v2 model of a name; of `slug`, an unknown one that takes anything. None for other words."""
    return SECOND.get(name) or (Second(step=1, references={"image": 6}) if slug else None)


def style_of(word: str) -> str:
    """The id of a preset style, by its name or itself; "" if it is neither."""
    return word if UUID.fullmatch(word) else STYLES.get(word, "")
