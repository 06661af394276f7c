"""Pictures of ComfyUI: the graph that made them, walked from the sampler to its inputs.

Reads nothing. Writes nothing. Source: ComfyUI's `nodes.py`: SaveImage writes `prompt`, the API graph:
node id -> class_type and inputs; an input is a value, or [node id, output].
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from tympan import Params, Recalled, Recaller

# Nodes on the way from a sampler to what is looked for.
_MOST = 400
_LOADERS = ("ckpt_name", "unet_name", "model_name")
_TEXTS = ("text", "text_g", "t5xxl", "prompt", "string", "value", "clip_l")
_SETTINGS = (
    ("steps", "steps"),
    ("cfg", "cfg"),
    ("sampler_name", "sampler"),
    ("scheduler", "scheduler"),
    ("denoise", "denoise"),
)

Graph = Mapping[str, Mapping[str, Any]]


class ComfyUI(Recaller[Params]):
    """`prompt` of a PNG: an API graph."""

    NAME = "comfyui"
    ORDER = 20

    def recall(self, chunks: Mapping[str, str], name: str) -> Recalled | None:
        """Prompts, seed, size, model, LoRAs and sampler settings of the last sampler."""
        graph = _graph(chunks.get("prompt", "") or chunks.get("exif.Model", "").removeprefix("prompt:"))
        if not graph:
            return None
        sampler = _sampler(graph)
        if sampler is None:
            return Recalled(tool="comfyui")
        inputs = graph[sampler]["inputs"]
        options = {to: _value(graph, inputs.get(key)) for key, to in _SETTINGS}
        loras = list(_loras(graph, inputs.get("model")))
        return Recalled(
            tool="comfyui",
            prompt=_text(graph, inputs.get("positive")),
            negative_prompt=_text(graph, inputs.get("negative")),
            model=_model(graph, inputs.get("model")),
            seed=_seed(graph, inputs),
            size=_size(graph, inputs.get("latent_image")),
            options={k: v for k, v in options.items() if v is not None} | ({"lora": loras} if loras else {}),
        )


def _graph(text: str) -> Graph:
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        key: node
        for key, node in found.items()
        if isinstance(node, dict)
        and isinstance(node.get("inputs"), dict)
        and isinstance(node.get("class_type"), str)
    }


def _sampler(graph: Graph) -> str | None:
    """The sampler that no other sampler takes its picture from: the last one."""
    samplers = [
        key for key, node in graph.items() if {"positive", "negative", "latent_image"} <= set(node["inputs"])
    ]
    before = {key for each in samplers for key in _upstream(graph, graph[each]["inputs"]["latent_image"])}
    last = [key for key in samplers if key not in before]
    return next(iter(last or samplers), None)


def _upstream(graph: Graph, value: Any) -> Iterable[str]:
    """Node ids that a value comes from, nearest first, each once."""
    waiting, seen = [value], set[str]()
    while waiting and len(seen) < _MOST:
        each = waiting.pop(0)
        key = _link(graph, each)
        if key is not None and key not in seen:
            seen.add(key)
            yield key
            waiting += graph[key]["inputs"].values()


def _link(graph: Graph, value: Any) -> str | None:
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | int):
        return str(value[0]) if str(value[0]) in graph else None
    return None


def _value(graph: Graph, value: Any) -> Any:
    """A number or a text, looked up through nodes that hold one, such as PrimitiveInt."""
    for _ in range(8):
        key = _link(graph, value)
        if key is None:
            return value if isinstance(value, str | int | float) and not isinstance(value, bool) else None
        inputs = graph[key]["inputs"]
        value = next(
            (inputs[name] for name in ("value", "seed", "noise_seed", "int", "text") if name in inputs), None
        )
    return None


def _text(graph: Graph, value: Any) -> str:
    for key in _upstream(graph, value):
        inputs = graph[key]["inputs"]
        for name in _TEXTS:
            found = _value(graph, inputs.get(name))
            if isinstance(found, str) and found.strip():
                return found.strip()
        if graph[key]["class_type"] == "ConditioningZeroOut":
            return ""
    return ""


def _model(graph: Graph, value: Any) -> str:
    for key in _upstream(graph, value):
        for name in _LOADERS:
            found = graph[key]["inputs"].get(name)
            if isinstance(found, str):
                return found
    return ""


def _loras(graph: Graph, value: Any) -> Iterable[dict[str, Any]]:
    for key in _upstream(graph, value):
        inputs = graph[key]["inputs"]
        weight = inputs.get("strength_model", 1.0)
        if isinstance(inputs.get("lora_name"), str) and isinstance(weight, int | float):
            yield {"name": inputs["lora_name"], "weight": float(weight)}


def _seed(graph: Graph, inputs: Mapping[str, Any]) -> int | None:
    for name in ("seed", "noise_seed", "noise"):
        found = _value(graph, inputs.get(name))
        if isinstance(found, int):
            return found
    return None


def _size(graph: Graph, value: Any) -> tuple[int, int] | None:
    for key in _upstream(graph, value):
        inputs = graph[key]["inputs"]
        width, height = _value(graph, inputs.get("width")), _value(graph, inputs.get("height"))
        if isinstance(width, int) and isinstance(height, int):
            return width, height
    return None
