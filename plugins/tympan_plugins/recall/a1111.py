"""Pictures of AUTOMATIC1111's web UI and those who write as it does (Forge, SD.Next, Civitai).

Reads nothing. Writes nothing. Source: its `modules/infotext_utils.py`: prompt, `Negative prompt: ...`, and a
last line of `Key: value` pairs, values with commas in JSON quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from tympan import Params, Recalled, Recaller

_PAIR = re.compile(r'\s*(\w[\w \-/]{0,40}):\s*("(?:\\.|[^\\"])*"|[^,]*)(?:,|$)')
_LINE = re.compile(r"^Steps: \d+,", re.MULTILINE)
_NEGATIVE = "Negative prompt:"
# Their key -> the key of the recalled options, and its type.
_KEYS = {
    "Steps": ("steps", int),
    "Sampler": ("sampler", str),
    "Schedule type": ("scheduler", str),
    "CFG scale": ("cfg", float),
    "Model hash": ("model_hash", str),
    "VAE": ("vae", str),
    "Clip skip": ("clip_skip", int),
    "Denoising strength": ("denoise", float),
    "Lora hashes": ("lora_hashes", str),
    "Version": ("tool_version", str),
}


class A1111(Recaller[Params]):
    """`parameters` of a PNG, or the EXIF user comment of a JPEG or WebP."""

    NAME = "a1111"
    ORDER = 20

    def recall(self, chunks: Mapping[str, str], name: str) -> Recalled | None:
        """Prompt, negative prompt, seed, size, model, and the other settings as options."""
        for chunk in ("parameters", "exif.UserComment", "xmp.parameters"):
            text = chunks.get(chunk, "")
            if lines := list(_LINE.finditer(text)):
                return _recalled(text[: lines[-1].start()], text[lines[-1].start() :].split("\n")[0])
        return None


def _recalled(prompts: str, line: str) -> Recalled:
    prompt, _, negative = prompts.partition(_NEGATIVE)
    pairs = {key.strip(): _unquoted(value.strip()) for key, value in _PAIR.findall(line[:16_000])}
    options: dict[str, Any] = {}
    for key, (option, kind) in _KEYS.items():
        if key in pairs and (value := _as(kind, pairs[key])) is not None:
            options[option] = value
    size = re.fullmatch(r"(\d{1,5})x(\d{1,5})", pairs.get("Size", ""))
    return Recalled(
        tool="a1111",
        prompt=prompt.strip(),
        negative_prompt=negative.strip(),
        model=pairs.get("Model", ""),
        seed=_as(int, pairs.get("Seed", "")),
        size=(int(size[1]), int(size[2])) if size else None,
        options=options,
    )


def _unquoted(value: str) -> str:
    if value.startswith('"'):
        try:
            return msgspec.json.decode(value, type=str)
        except msgspec.DecodeError:
            return value.strip('"')
    return value


def _as(kind: Any, text: str) -> Any:
    if kind is str:
        return text or None
    if not re.fullmatch(r"\d{1,20}" if kind is int else r"\d{1,9}(\.\d{1,9})?", text):
        return None
    return kind(text)
