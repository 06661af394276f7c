"""The nodes of the fake ComfyUI server, as /object_info gives them, and how they judge a graph.

Reads nothing. Writes nothing. Shapes, names of errors and ranges as ComfyUI 0.3.64 answers them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

CHECKPOINTS = ["flux1-dev.safetensors", "sd_xl_base_1.0.safetensors"]
LORAS = ["icons-v3.safetensors", "paper.safetensors"]
NETS = ["openpose.safetensors", "canny.safetensors"]
SEED = ["INT", {"default": 0, "min": 0, "max": 2**64 - 1, "control_after_generate": True}]
UNIT = ["FLOAT", {"default": 1.0, "min": 0.0, "max": 10.0, "step": 0.01}]


def _side(least: int, most: int = 16_384) -> list[Any]:
    return ["INT", {"default": 512, "min": least, "max": most, "step": 1}]


def _node(required: dict[str, Any], output: Iterable[str] = (), **more: Any) -> dict[str, Any]:
    about = {
        "input": {"required": required},
        "output": list(output),
        "output_node": False,
        "python_module": "nodes",
    }
    return {**about, **more}


INFO: dict[str, dict[str, Any]] = {
    "EmptyImage": _node(
        {
            "width": _side(1), "height": _side(1), "batch_size": _side(1, 4096),
            "color": ["INT", {"default": 0, "min": 0, "max": 0xFFFFFF, "step": 1, "display": "color"}],
        },
        ["IMAGE"],
    ),
    "LoadImage": _node({"image": [["example.png"], {"image_upload": True}]}, ["IMAGE", "MASK"]),
    "LoadImageMask": _node(
        {"image": [["example.png"], {"image_upload": True}], "channel": [["alpha", "red", "green", "blue"]]}, ["MASK"]
    ),
    "ImageInvert": _node({"image": ["IMAGE"]}, ["IMAGE"]),
    "ImageScale": _node(
        {
            "image": ["IMAGE"], "upscale_method": ["COMBO", {"options": ["nearest-exact", "bilinear", "lanczos"]}],
            "width": _side(0), "height": _side(0), "crop": [["disabled", "center"]],
        },
        ["IMAGE"],
    ),
    "SaveImage": _node(
        {"images": ["IMAGE", {}], "filename_prefix": ["STRING", {"default": "ComfyUI"}]}, output_node=True
    ),
    "PreviewImage": _node({"images": ["IMAGE"]}, output_node=True),
    "CheckpointLoaderSimple": _node({"ckpt_name": [CHECKPOINTS, {}]}, ["MODEL", "CLIP", "VAE"]),
    "LoraLoader": _node(
        {
            "model": ["MODEL"], "clip": ["CLIP"], "lora_name": [LORAS, {}],
            "strength_model": ["FLOAT", {"default": 1.0, "min": -100.0, "max": 100.0, "step": 0.01}],
            "strength_clip": ["FLOAT", {"default": 1.0, "min": -100.0, "max": 100.0, "step": 0.01}],
        },
        ["MODEL", "CLIP"],
    ),
    "CLIPTextEncode": _node({"text": ["STRING", {"multiline": True}], "clip": ["CLIP"]}, ["CONDITIONING"]),
    "EmptyLatentImage": _node(
        {"width": _side(16), "height": _side(16), "batch_size": _side(1, 4096)}, ["LATENT"]
    ),
    "ControlNetLoader": _node({"control_net_name": [NETS]}, ["CONTROL_NET"]),
    "ControlNetApplyAdvanced": _node(
        {
            "positive": ["CONDITIONING"], "negative": ["CONDITIONING"], "control_net": ["CONTROL_NET"],
            "image": ["IMAGE"], "strength": UNIT, "start_percent": UNIT, "end_percent": UNIT,
        },
        ["CONDITIONING", "CONDITIONING"],
    ),
    "KSampler": _node(
        {
            "model": ["MODEL"], "seed": SEED,
            "steps": ["INT", {"default": 20, "min": 1, "max": 10_000}],
            "cfg": ["FLOAT", {"default": 8.0, "min": 0.0, "max": 100.0}],
            "sampler_name": [["euler", "dpmpp_2m"]], "scheduler": [["normal", "karras"]],
            "positive": ["CONDITIONING"], "negative": ["CONDITIONING"], "latent_image": ["LATENT"],
            "denoise": ["FLOAT", {"default": 1.0, "min": 0.0, "max": 1.0}],
        },
        ["LATENT"],
    ),
    "VAEDecode": _node({"samples": ["LATENT"], "vae": ["VAE"]}, ["IMAGE"]),
    "BatchImagesNode": _node({"images": ["COMFY_AUTOGROW_V3", {"template": {}}]}, ["IMAGE"]),
    "Grain (Studio)": _node({"image": ["IMAGE"]}, ["IMAGE"], python_module="custom_nodes.comfyui-studio"),
}  # fmt: skip


def error(kind: str, message: str, details: str = "", **extra: Any) -> dict[str, Any]:
    return {"type": kind, "message": message, "details": details, "extra_info": extra}


def missing_node(graph: dict[str, Any]) -> dict[str, Any] | None:
    """The error of the first node that the server does not have; it stops there."""
    for name, node in graph.items():
        if not isinstance(node, dict) or "class_type" not in node:
            return error(
                "invalid_prompt",
                "Cannot execute because a node is missing the class_type property.",
                f"Node ID '#{name}'",
            )
        if node["class_type"] not in INFO:
            text = f"Cannot execute because node {node['class_type']} does not exist."
            return error("invalid_prompt", text, f"Node ID '#{name}'")
    return None


def node_errors(graph: dict[str, Any], files: Iterable[str]) -> dict[str, Any]:
    """What is wrong with the nodes, by id."""
    found = {}
    for name, node in graph.items():
        wrong = [
            each
            for word, kind in INFO[node["class_type"]]["input"]["required"].items()
            for each in _judged(graph, node, word, kind, files)
        ]
        if wrong:
            found[name] = {"errors": wrong, "dependent_outputs": [], "class_type": node["class_type"]}
    return found


def _judged(
    graph: dict[str, Any], node: dict[str, Any], word: str, declared: list[Any], files: Iterable[str]
) -> Iterator[dict[str, Any]]:
    if word not in node["inputs"]:
        yield error("required_input_missing", "Required input is missing", word)
        return
    value, kind = node["inputs"][word], declared[0]
    about = declared[1] if len(declared) > 1 else {}
    if isinstance(value, list):
        yield from _linked(graph, word, kind, value)
    elif kind in ("INT", "FLOAT"):
        if isinstance(value, str | bool) or not isinstance(value, int | float):
            yield error(
                "invalid_input_type",
                f"Failed to convert an input value to a {kind} value",
                f"{word}, {value}",
            )
        elif value < about.get("min", value):
            yield error("value_smaller_than_min", f"Value {value} smaller than min of {about['min']}", word)
        elif value > about.get("max", value):
            yield error("value_bigger_than_max", f"Value {value} bigger than max of {about['max']}", word)
    elif "image_upload" in about:
        if value not in files:
            yield error(
                "custom_validation_failed",
                "Custom validation failed for node",
                f"{word} - Invalid image file: {value}",
            )
    elif isinstance(kind, list) or kind == "COMBO":
        choices = about["options"] if kind == "COMBO" else kind
        if value not in choices:
            yield error("value_not_in_list", "Value not in list", f"{word}: '{value}' not in {choices}")
    elif kind != "STRING":
        yield error(
            "bad_linked_input", "Bad linked input, must be a length-2 list of [node_id, slot_index]", word
        )


def _linked(graph: dict[str, Any], word: str, kind: Any, value: list[Any]) -> Iterator[dict[str, Any]]:
    if len(value) != 2 or str(value[0]) not in graph:
        extra = {"traceback": ['File "/srv/comfy/execution.py", line 1']}
        yield error("exception_during_validation", "Exception when validating node", word, **extra)
        return
    given = INFO[graph[str(value[0])]["class_type"]]["output"]
    if value[1] >= len(given) or given[value[1]] != kind:
        yield error(
            "return_type_mismatch", "Return type mismatch between linked nodes", f"{word}, expected {kind}"
        )
