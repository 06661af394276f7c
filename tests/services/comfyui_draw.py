"""What the fake ComfyUI server draws: plain nodes for what they are, nodes with weights as a plain colour.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

Graph = dict[str, dict[str, Any]]


def below(graph: Graph, node: str) -> list[str]:
    """A node and all that it reads, itself first."""
    found = [node]
    for value in graph[node]["inputs"].values():
        if isinstance(value, list) and str(value[0]) in graph:
            found += below(graph, str(value[0]))
    return found


def key_of(graph: Graph, node: str, *, drop: tuple[str, ...] = ()) -> str:
    """The server's cache key: class and inputs of a node and all below it."""
    found = {}
    for name in below(graph, node):
        inputs = graph[name]["inputs"]
        found[name] = [
            graph[name]["class_type"],
            {word: each for word, each in inputs.items() if word not in drop},
        ]
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def batch(graph: Graph, node: str) -> int:
    """How many pictures a node has in hand."""
    return max(int(graph[each]["inputs"].get("batch_size", 1)) for each in below(graph, node))


def png(graph: Graph, node: str, index: int, load: Callable[[str], bytes]) -> bytes:
    """The picture that an output node writes, with the graph in it as the server does."""
    stream, info = io.BytesIO(), PngInfo()
    info.add_text("prompt", json.dumps(graph))
    _drawn(graph, node, index, load).save(stream, "PNG", pnginfo=info)
    return stream.getvalue()


def _drawn(graph: Graph, node: str, index: int, load: Callable[[str], bytes]) -> Image.Image:
    kind, inputs = graph[node]["class_type"], graph[node]["inputs"]

    def above(word: str) -> Image.Image:
        return _drawn(graph, str(inputs[word][0]), index, load)

    if kind in ("SaveImage", "PreviewImage"):
        return above("images")
    if kind == "ImageInvert":
        return ImageOps.invert(above("image"))
    if kind == "ImageScale":
        return above("image").resize((inputs["width"], inputs["height"]))
    if kind == "LoadImage":
        return Image.open(io.BytesIO(load(inputs["image"]))).convert("RGB")
    if kind == "EmptyImage":
        colour = inputs["color"] + index
        return Image.new(
            "RGB", (inputs["width"], inputs["height"]), (colour >> 16 & 255, colour >> 8 & 255, colour & 255)
        )
    sizes = [graph[each]["inputs"] for each in below(graph, node) if "width" in graph[each]["inputs"]]
    red, green, blue = bytes.fromhex(key_of(graph, node))[:3]
    return Image.new("RGB", (sizes[0]["width"], sizes[0]["height"]), (red, green, (blue + index) % 256))
