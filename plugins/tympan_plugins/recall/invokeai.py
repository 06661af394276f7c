"""Pictures of InvokeAI: its metadata as JSON.

Reads nothing. Writes nothing. Source: InvokeAI's `invokeai_metadata` (3.0 and later) and `sd-metadata` (2.x).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from tympan import Params, Recalled, Recaller

_SETTINGS = (
    ("steps", "steps"),
    ("cfg_scale", "cfg"),
    ("scheduler", "scheduler"),
    ("strength", "denoise"),
    ("app_version", "tool_version"),
)


class InvokeAI(Recaller[Params]):
    """`invokeai_metadata` or `sd-metadata` of a PNG."""

    NAME = "invokeai"
    ORDER = 20

    def recall(self, chunks: Mapping[str, str], name: str) -> Recalled | None:
        """Prompts, seed, size, model with its hash, LoRAs and sampler settings."""
        found = _object(chunks.get("invokeai_metadata", ""))
        if found:
            return _recalled(found)
        old = _object(chunks.get("sd-metadata", ""))
        image = old.get("image")
        if not isinstance(image, dict):
            return None
        prompt = image.get("prompt")
        if isinstance(prompt, list) and prompt and isinstance(prompt[0], dict):
            prompt = prompt[0].get("prompt")
        return _recalled({**image, "positive_prompt": prompt, "model": old.get("model_weights")})


def _object(text: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _recalled(found: Mapping[str, Any]) -> Recalled:
    model = found.get("model")
    options = {to: found[key] for key, to in _SETTINGS if isinstance(found.get(key), str | int | float)}
    if isinstance(model, dict):
        if isinstance(model.get("hash"), str):
            options["model_hash"] = model["hash"]
        model = model.get("name") or model.get("model_name")
    if loras := list(_loras(found.get("loras"))):
        options["lora"] = loras
    width, height, seed = found.get("width"), found.get("height"), found.get("seed")
    return Recalled(
        tool="invokeai",
        prompt=_text(found.get("positive_prompt")),
        negative_prompt=_text(found.get("negative_prompt")),
        model=_text(model),
        seed=seed if isinstance(seed, int) else None,
        size=(width, height) if isinstance(width, int) and isinstance(height, int) else None,
        options=options,
    )


def _loras(found: Any) -> list[dict[str, Any]]:
    kept = []
    for each in found if isinstance(found, list) else ():
        model = each.get("model") or each.get("lora") if isinstance(each, dict) else None
        name = model.get("name") or model.get("model_name") if isinstance(model, dict) else None
        weight = each.get("weight", 1.0) if isinstance(each, dict) else None
        if isinstance(name, str) and isinstance(weight, int | float):
            kept.append({"name": name, "weight": float(weight)})
    return kept


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
