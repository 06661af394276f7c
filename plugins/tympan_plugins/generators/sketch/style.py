"""How a picture is drawn: the versioned models, and the style packs that stand in for LoRAs.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tympan import Lora, ModelInfo
from tympan_plugins.generators.sketch.palette import Palette, lightness, mix


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a pen asks before it draws.

    outline: width of ink lines; wobble: drift of the hand; offset: colour printed beside its line; hatch:
    0 shades with a darker tone, 1 with strokes; empty: 1 leaves shapes unfilled; soft: added to corner radii
    (all lengths in units of a picture whose short side is 600). warm, mono: change of palette, 0 to 1.
    """

    palettes: str
    outline: float = 0.0
    wobble: float = 0.0
    offset: float = 0.0
    hatch: float = 0.0
    dots: float = 0.0
    empty: float = 0.0
    soft: float = 0.0
    warm: float = 0.0
    mono: float = 0.0
    duo: float = 0.0


MODELS: dict[str, tuple[ModelInfo, Style]] = {
    "sketch-1": (
        ModelInfo(
            name="sketch-1", deterministic=True, description="Flat colour, soft two-tone shading, no lines."
        ),
        Style(palettes="flat"),
    ),
    "sketch-2": (
        ModelInfo(
            name="sketch-2",
            deterministic=True,
            description="Hand-drawn ink, hatching, colour slightly off-register.",
        ),
        Style(palettes="ink", outline=2.7, wobble=1.5, offset=3.2, hatch=1.0, dots=0.5),
    ),
}
DEFAULT_MODEL = "sketch-1"

PACKS: dict[str, tuple[str, dict[str, float]]] = {
    "brand-line": (
        "One even line, hardly any colour.",
        {"outline": 3.4, "empty": 0.96, "wobble": 0.0, "offset": 0.0, "hatch": 0.0, "dots": 0.0},
    ),
    "brand-illustration": (
        "Softer, warmer, rounder.",
        {"soft": 9.0, "warm": 1.0, "outline": 0.0, "wobble": 0.0, "hatch": 0.0, "offset": 0.0},
    ),
    "riso": (
        "Two inks, dots and a colour plate that slipped.",
        {"duo": 1.0, "dots": 1.0, "hatch": 1.0, "offset": 5.0, "outline": 1.6, "wobble": 1.0},
    ),
    "mono": ("Tints of a single ink.", {"mono": 1.0}),
}


# What one red and one blue ink give on cream paper, alone and as tints.
_TWO_INKS = {
    "paper": "#f8f1e4",
    "ink": "#23307a",
    "a": "#ff5f57",
    "b": "#3a6fd8",
    "c": "#ffb3a0",
    "d": "#7fa3e8",
    "day": "#c3d3f2",
    "dusk": "#8a62b8",
    "deep": "#1f2a6b",
}


def style_of(model: str, lora: Iterable[Lora]) -> Style:
    """The style of a model with packs laid over it, each by its weight (clamped to 0..1)."""
    style = MODELS[model or DEFAULT_MODEL][1]
    for pack in lora:
        weight = min(max(pack.weight, 0.0), 1.0)
        goals = PACKS[pack.name][1]
        now = {key: getattr(style, key) for key in goals}
        style = msgspec.structs.replace(
            style, **{key: now[key] + (goal - now[key]) * weight for key, goal in goals.items()}
        )
    return style


def dress(palette: Palette, style: Style) -> Palette:
    """The palette as the style wants it: warmed, brought down to two inks, or to tints of one."""
    roles = {
        role: getattr(palette, role) for role in ("paper", "ink", "a", "b", "c", "d", "day", "dusk", "deep")
    }
    skins = list(palette.skins)
    if style.warm:
        strength = {"paper": 0.06, "ink": 0.06, "deep": 0.04}
        roles = {k: mix(v, "#ff9f52", strength.get(k, 0.16) * style.warm) for k, v in roles.items()}
    if style.duo:
        roles = {k: mix(v, _TWO_INKS[k], style.duo) for k, v in roles.items()}
        skins = [mix(s, t, style.duo) for s, t in zip(skins, ("#ffd9cc", "#ff9e8f", "#8f6f9f"), strict=False)]
    if style.mono:
        ink, paper = roles["ink"], roles["paper"]
        hue = mix(ink, roles["b"], 0.7)
        roles = {k: mix(v, _tint(v, ink, hue, paper), style.mono) for k, v in roles.items()}
        skins = [mix(s, _tint(s, ink, hue, paper), style.mono) for s in skins]
    return Palette(**roles, skins=tuple(skins))


def _tint(colour: str, ink: str, hue: str, paper: str) -> str:
    low, high = lightness(ink), lightness(paper)
    share = min(max((lightness(colour) - low) / (high - low or 1.0), 0.0), 1.0)
    # Through the hue, or the middle tones would be grey.
    return mix(mix(ink, hue, min(1.0, 1.6 * share)), paper, share)
