"""Midjourney's parameters and versions, as data.

Reads nothing. Writes nothing. Sources: Midjourney's documentation, articles Parameter List, Version, Aspect
Ratio, Quality, Omni Reference, Style Reference, Character Reference, Image Prompts, GPU Speed, Editor. Where
these and what users report disagree, a version has a parameter as `unsure`: remarked on, not refused.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec


class Parameter(NamedTuple):
    """One parameter.

    kind: flag, number, choice, ratio, words (up to the next parameter), word, codes (or nothing: `--p`),
    references. low, high: inclusive bounds of a number. whole: no fractions.
    """

    kind: str
    aliases: tuple[str, ...] = ()
    low: float = 0
    high: float = 0
    whole: bool = True
    choices: tuple[str, ...] = ()


SEED_END = 2**32

# In the order that a prompt is written in.
PARAMETERS = {
    "ar": Parameter("ratio", ("aspect",)),
    "stylize": Parameter("number", ("s",), 0, 1000),
    "chaos": Parameter("number", ("c",), 0, 100),
    "weird": Parameter("number", ("w",), 0, 3000),
    "exp": Parameter("number", (), 0, 100),
    "quality": Parameter("choice", ("q",), choices=(".25", ".5", "1", "2", "4")),
    "style": Parameter("choice", choices=("raw", "cute", "expressive", "original", "scenic")),
    "raw": Parameter("flag"),
    "tile": Parameter("flag"),
    "draft": Parameter("flag"),
    "hd": Parameter("flag"),
    "sd": Parameter("flag"),
    "stop": Parameter("number", (), 10, 100),
    "iw": Parameter("number", (), 0, 3, whole=False),
    "sref": Parameter("references"),
    "sw": Parameter("number", (), 0, 1000),
    "sv": Parameter("number", (), 1, 7),
    "oref": Parameter("references"),
    "ow": Parameter("number", (), 1, 1000),
    "cref": Parameter("references"),
    "cw": Parameter("number", (), 0, 100),
    "profile": Parameter("codes", ("p",)),
    "no": Parameter("words"),
    "repeat": Parameter("number", ("r",), 2, 40),
    "fast": Parameter("flag"),
    "relax": Parameter("flag"),
    "turbo": Parameter("flag"),
    "stealth": Parameter("flag"),
    "public": Parameter("flag"),
    "seed": Parameter("number", (), 0, SEED_END - 1),
    "niji": Parameter("word"),
    "version": Parameter("word", ("v",)),
}
NAMES = {alias: name for name, each in PARAMETERS.items() for alias in (name, *each.aliases)}
# How it is paid for and who may see it: no part of what is drawn.
ASIDE = ("fast", "relax", "turbo", "stealth", "public", "repeat")
# What a version does if nothing is said (article Parameter List): saying so draws nothing else.
DEFAULTS = {
    "stylize": "100", "chaos": "0", "weird": "0", "exp": "0", "quality": "1", "stop": "100", "ar": "1:1",
    "iw": "1", "sw": "100", "ow": "100", "cw": "100", "sd": "",
}  # fmt: skip
# A weight, and what it weighs: alone it does nothing.
WEIGHTS = {"iw": "an image prompt", "sw": "--sref", "sv": "--sref", "ow": "--oref", "cw": "--cref"}


class Version(msgspec.Struct, frozen=True):
    """One model. without: what it has not, with what to do instead; unsure: what it may not have; narrower:
    other bounds; choices: other choices. widest: the most extreme aspect ratio, (of --hd) if it differs."""

    without: dict[str, str]
    unsure: tuple[str, ...] = ()
    narrower: dict[str, tuple[float, float]] = {}
    choices: dict[str, tuple[str, ...]] = {}
    widest: int = 0
    widest_hd: int = 0
    parts: bool = True


_NO_HD = {"hd": "it came with V8", "sd": "it came with V8"}
_NO_OREF = {"oref": "use --cref", "ow": "use --cw"}
_OLD_CREF = {"cref": "it is called --oref there", "cw": "it is called --ow there"}
_NO_CREF = {"cref": "describe the character", "cw": "describe the character", "stop": "it ended with V6"}
_V8_NOT = {
    "quality": "leave it out, or use --hd",
    "oref": 'Midjourney would run this on V7: say model = "7"',
    "ow": 'omni references are V7: say model = "7"',
    "cref": 'character references are V6, and --oref in V7: say model = "7"',
    "cw": 'character references are V6, and --oref in V7: say model = "7"',
    "draft": "drafts are a mode of the website there, no parameter",
    "stop": "it ended with V6",
    "turbo": "there is no turbo mode for it",
}
VERSIONS = {
    "6.1": Version(
        {**_NO_HD, **_NO_OREF, "draft": "it came with V7", "exp": "it came with V7"},
        choices={"quality": (".5", "1", "2")},
    ),
    "7": Version(
        {**_NO_HD, **_OLD_CREF, "stop": "it ended with V6"},
        choices={"quality": ("1", "2", "4")},
        parts=False,
    ),
    "8.1": Version(_V8_NOT, unsure=("weird", "tile", "sv"), widest=14, widest_hd=4, parts=False),
    "niji 6": Version(
        {**_NO_HD, **_NO_OREF, "draft": "it came with V7", "exp": "it came with V7"},
        choices={"quality": (".5", "1", "2")},
    ),
    "niji 7": Version(
        {**_NO_HD, **_NO_CREF, "oref": "describe the character", "ow": "describe the character"},
        unsure=("draft", "weird", "exp"),
        narrower={"iw": (0, 2)},
        parts=False,
    ),
}  # fmt: skip


# Follow-ups: operation -> the button, and the version that it runs on instead of the picture's own if that is
# V8 (article Editor: edits of V8 pictures run on V6.1 until V8 has an editor of its own).
class FollowUp(NamedTuple):
    """One thing that can be done to a picture at Midjourney."""

    button: str
    on_v8: str = ""
    brings: int = 4
    region: bool = False


FOLLOW_UPS = {
    "vary-subtle": FollowUp("Vary (Subtle)"),
    "vary-strong": FollowUp("Vary (Strong)"),
    "vary-region": FollowUp("Editor: erase the region, then Submit Edit", "6.1", region=True),
    "remaster": FollowUp("Remaster"),
    "upscale-subtle": FollowUp("Upscale (Subtle)", brings=1),
    "upscale-creative": FollowUp("Upscale (Creative)", brings=1),
    "pan": FollowUp("Editor: move the frame, then Submit Edit", "6.1"),
    "zoom": FollowUp("Editor: scale the picture down, then Submit Edit", "6.1"),
    "retexture": FollowUp("Editor: Retexture", "6.1"),
}
# Words that other generators use for the same.
SAME = {"variation": "vary-subtle", "inpaint": "vary-region", "upscale": "upscale-subtle"}

# GPU minutes of one job in fast mode (article GPU Speed), and the factors of what changes it.
MINUTES = {"6.1": 1.0, "7": 1.0, "8.1": 0.8}
MINUTES_HD = 1.3
FACTORS = {"draft": 0.5, "oref": 2.0, "turbo": 2.0, "relax": 0.0}
# More GPU time costs 4 USD an hour.
MINUTE_USD = 4 / 60
# Pictures of one job: the grid.
GRID = 4
# So many jobs of one request, because a spec may ask for 256 candidates.
MOST_JOBS = 64
