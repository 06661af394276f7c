"""A workflow in ComfyUI's API format, and what a server's /object_info says against it.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

Graph = dict[str, dict[str, Any]]
# Inputs that name a file of a model, as ComfyUI's own loaders call them (nodes.py), and the folder of each.
MODEL_INPUTS = {
    "ckpt_name": "checkpoints", "unet_name": "diffusion_models", "vae_name": "vae", "lora_name": "loras",
    "control_net_name": "controlnet", "clip_name": "text_encoders", "clip_name1": "text_encoders",
    "clip_name2": "text_encoders", "clip_name3": "text_encoders", "style_model_name": "style_models",
    "gligen_name": "gligen", "model_name": "upscale_models", "ipadapter_file": "ipadapter",
}  # fmt: skip
_NUMBERS: dict[str, tuple[type, ...]] = {"INT": (int,), "FLOAT": (int, float)}
_PLAIN: dict[str, tuple[type, ...]] = {**_NUMBERS, "STRING": (str,), "BOOLEAN": (bool,)}
_WORDS = {"INT": "an integer", "FLOAT": "a number", "STRING": "a string", "BOOLEAN": "true or false"}


class Wrong(ValueError):
    """A workflow that is none; the message is for people."""


def read_workflow(data: bytes) -> Graph:
    """The nodes by id; raises Wrong for what is no workflow in API format."""
    try:
        found = msgspec.json.decode(data)
    except (ValueError, RecursionError) as error:
        raise Wrong(f"the workflow is no JSON: {error}") from None
    if isinstance(found, dict) and isinstance(found.get("nodes"), list) and "links" in found:
        raise Wrong("the workflow is in the editor's format: export it with Workflow > Export (API)")
    if isinstance(found, dict) and isinstance(found.get("prompt"), dict):
        found = found["prompt"]
    if not isinstance(found, dict) or not found:
        raise Wrong("the workflow is no table of nodes: export it with Workflow > Export (API)")
    for name, node in found.items():
        right = isinstance(node, dict) and isinstance(node.get("class_type"), str)
        if not right or not isinstance(node.get("inputs"), dict):
            raise Wrong(f"node {name} of the workflow has no class_type and inputs")
    return found


def faults(graph: Graph, info: Mapping[str, Any], ours: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Everything a server cannot do with a workflow, one sentence each.

    ours: (node, input) of the values that a spec puts in. These are held against type, range and choices;
    values of the workflow's own the server judges itself, since nodes may judge them by code.
    """
    for name, node in graph.items():
        if node["class_type"] not in info:
            hint = _near(node["class_type"], info) or ": is its custom node installed?"
            yield f'node {name}: this server has no "{node["class_type"]}"{hint}'
            continue
        about, start = info[node["class_type"]], f"node {name} ({node['class_type']})"
        for word in about.get("input", {}).get("required") or ():
            # Inputs that grow are there as "images.image0", "images.image1", ...
            if (
                not any(each.partition(".")[0] == word for each in node["inputs"])
                and word not in node["inputs"]
            ):
                yield f'{start}: the input "{word}" is missing'
        known = dict(_inputs(about))
        for word, value in node["inputs"].items():
            if _is_link(value) and word in known and str(value[0]) not in graph:
                yield f'{start}: "{word}" leads to node {value[0]}, which is not there'
    if not any(info.get(node["class_type"], {}).get("output_node") for node in graph.values()):
        yield "no node of the workflow gives a picture out: it needs a SaveImage"
    for name, word in ours:
        yield from _value_faults(name, word, graph, info)


def _value_faults(name: str, word: str, graph: Graph, info: Mapping[str, Any]) -> Iterator[str]:
    node = graph.get(name)
    if node is None:
        yield f'"{name}.inputs.{word}": the workflow has no node {name}'
    if node is None or node["class_type"] not in info:
        return
    known, value = dict(_inputs(info[node["class_type"]])), node["inputs"][word]
    start = f'node {name} ({node["class_type"]}), input "{word}"'
    if word not in known and word.partition(".")[0] in known:
        return
    if word not in known:
        yield f"{start}: there is no such input{_near(word, known)}"
        return
    kind, about = _kind(known[word])
    if isinstance(kind, list):
        # Files that were just sent are not in the list that was asked for.
        if kind and value not in kind and not any(str(key).endswith("_upload") for key in about):
            yield f'{start}: this server has no "{value}"{_near(str(value), map(str, kind))}'
    elif kind in _PLAIN:
        right = isinstance(value, _PLAIN[kind]) and (kind == "BOOLEAN" or not isinstance(value, bool))
        if not right:
            yield f"{start}: expects {_WORDS[kind]}, gets {value!r}"
        elif kind in _NUMBERS and not about.get("min", -math.inf) <= value <= about.get("max", math.inf):
            yield f"{start}: {value} is not within {about.get('min')} and {about.get('max')}"


def _near(word: str, known: Iterable[str]) -> str:
    """A question that names the one that may be meant; "" if none is like it."""
    known = list(known)
    # Files are often named without their folder or suffix.
    stems = [each for each in known if re.split(r"[/\\]", each)[-1].rpartition(".")[0] == word]
    near = stems or difflib.get_close_matches(word, known, 1)
    return f', did you mean "{near[0]}"?' if near else ""


def _inputs(about: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for group in ("required", "optional"):
        yield from (about.get("input", {}).get(group) or {}).items()


def _kind(declared: Any) -> tuple[Any, dict[str, Any]]:
    """The type of an input, or its choices, and what else is said of it; "" if it is said in another way."""
    if not isinstance(declared, list) or not declared:
        return "", {}
    about = declared[1] if len(declared) > 1 and isinstance(declared[1], dict) else {}
    if declared[0] == "COMBO":
        return list(about.get("options") or ()), about
    return declared[0], about


def _is_link(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[1], int)


def with_prefix(graph: Graph, prefix: str) -> Graph:
    """The workflow with this prefix in every node that names its files itself.

    A server that has run the same graph before answers with the old names of files, which may be gone.
    """
    return {
        name: {**node, "inputs": {**node["inputs"], "filename_prefix": prefix}}
        if isinstance(node["inputs"].get("filename_prefix"), str)
        else node
        for name, node in graph.items()
    }


def models_of(graph: Graph) -> list[tuple[str, str]]:
    """Folder and name of every model file that a workflow names, sorted."""
    found = {
        (MODEL_INPUTS[word], value)
        for node in graph.values()
        for word, value in node["inputs"].items()
        if word in MODEL_INPUTS and isinstance(value, str)
    }
    return sorted(found)


def custom_nodes_of(graph: Graph, info: Mapping[str, Any]) -> list[str]:
    """The packs of custom nodes that a workflow needs, sorted."""
    modules = {str(info.get(node["class_type"], {}).get("python_module", "")) for node in graph.values()}
    return sorted(name.removeprefix("custom_nodes.") for name in modules if name.startswith("custom_nodes."))
