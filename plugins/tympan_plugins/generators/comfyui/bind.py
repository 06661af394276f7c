"""`bind`: which value of a request goes into which input of which node.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from tympan import Request
from tympan_plugins.generators.comfyui.workflow import Graph

_PLAIN: dict[str, Callable[[Request], Any]] = {
    "prompt": lambda request: request.prompt,
    "negative_prompt": lambda request: request.negative_prompt,
    "seed": lambda request: request.seed,
    "width": lambda request: request.size[0],
    "height": lambda request: request.size[1],
    "candidates": lambda request: request.candidates,
    "model": lambda request: request.model,
    "region": lambda request: request.region,
}
_PLACE = re.compile(r"(?P<node>.+?)\.inputs\.(?P<word>.+)")
_NAMED = re.compile(r"(reference|control|lora)\.(.+?)(\.strength|\.weight)?")
_NUMBER = {"reference": ".strength", "control": ".strength", "lora": ".weight"}
_FORMS = tuple(f"{kind}.NAME{part}" for kind, number in _NUMBER.items() for part in ("", number))


class Place(NamedTuple):
    """An input of a node."""

    node: str
    word: str


class Bound(NamedTuple):
    """A value of a request: its kind ("prompt", "reference", ...), the name behind it, and ".strength"."""

    kind: str
    name: str = ""
    part: str = ""


def place_of(text: str) -> Place | None:
    """`6.inputs.text` as a place, None if it is none."""
    found = _PLACE.fullmatch(text)
    return Place(found["node"], found["word"]) if found else None


def bound_of(text: str) -> Bound | None:
    """A word of the right side of `bind`, None if it is none."""
    if text in _PLAIN:
        return Bound(text)
    found = _NAMED.fullmatch(text)
    if not found or (found[3] or "") not in ("", _NUMBER[found[1]]):
        return None
    return Bound(found[1], found[2], found[3] or "")


def problems(bind: Mapping[str, str], request: Request) -> Iterator[str]:
    """What is wrong with `bind` for a request: unknown words, values nobody gave, values nobody takes."""
    taken = set()
    for left, right in bind.items():
        if place_of(left) is None:
            yield f'bind: "{left}" is no input of a node, such as "6.inputs.text"'
        bound = bound_of(right)
        if bound is None:
            near = difflib.get_close_matches(right, _PLAIN, 1)
            known = f'did you mean "{near[0]}"?' if near else f"known are {', '.join((*_PLAIN, *_FORMS))}"
            yield f'bind: "{left}" is given "{right}", which is no value of a request: {known}'
            continue
        taken.add(bound)
        if bound.name and bound.name not in _given(request)[bound.kind]:
            table = "source.lora" if bound.kind == "lora" else f"source.{bound.kind}"
            yield f'bind: "{left}" wants {right}, but {table} has no "{bound.name}"'
        elif not bound.name and bound.kind in ("model", "region") and not getattr(request, bound.kind):
            yield f'bind: "{left}" wants the {right}, but source.{right} is not given'
    yield from _idle(taken, request)


def _idle(taken: set[Bound], request: Request) -> Iterator[str]:
    # What a spec says and nobody sends would be on record as if it had shaped the picture. A refinement is
    # handed on prompt, model and size of what it refines, which its own workflow may have no use for.
    handed_on = "selected" in request.reference
    for kind in ("region",) if handed_on else ("prompt", "negative_prompt", "model", "region"):
        if getattr(request, kind) and Bound(kind) not in taken:
            yield f"source.{kind} is given, but bind gives it to no node"
    for kind, names in _given(request).items():
        for name in names:
            if Bound(kind, name) not in taken:
                yield f'source.{kind} "{name}" is given, but bind gives it to no node ("{kind}.{name}")'
    own_size = request.size != Request(generator="").size and not handed_on
    if own_size and not {Bound("width"), Bound("height")} <= taken:
        yield "source.size is given, but bind does not give width and height to a node"
    if request.candidates > 1 and not {Bound("seed"), Bound("candidates")} & taken:
        yield "several candidates are wanted, but bind gives neither seed nor candidates to a node"


def _given(request: Request) -> dict[str, list[str]]:
    return {
        "reference": sorted(request.reference),
        "control": sorted(request.control),
        "lora": [lora.name for lora in request.lora],
    }


def pictures(bind: Mapping[str, str], request: Request) -> dict[str, str]:
    """The digests of all pictures that a job needs, by the word that binds them; in a fixed order."""
    found = {}
    for right in sorted(set(bind.values())):
        bound = bound_of(right)
        if bound and not bound.part and bound.kind in ("reference", "control", "region"):
            found[right] = request.region if bound.kind == "region" else _named(bound, request).image
    return found


def filled(
    graph: Graph,
    bind: Mapping[str, str],
    values: Mapping[str, Any],
    request: Request,
    files: Mapping[str, str],
) -> Graph:
    """The workflow with a request's values and fixed `values` in it; places that it does not have stay out.

    files: what the server calls each picture, by the word that binds it.
    """
    made = copy.deepcopy(graph)
    for left, fixed in values.items():
        _put(made, left, fixed)
    for left, right in bind.items():
        _put(made, left, files[right] if right in files else _value(right, request))
    return made


def _put(graph: Graph, left: str, value: Any) -> None:
    place = place_of(left)
    if place is not None and place.node in graph:
        graph[place.node]["inputs"][place.word] = value


def _value(right: str, request: Request) -> Any:
    bound = bound_of(right)
    assert bound is not None
    if not bound.name:
        return _PLAIN[bound.kind](request)
    named = _named(bound, request)
    if bound.part:
        return named.weight if bound.kind == "lora" else named.strength
    # The service's own name of a style that was trained, else the file's as the spec has it.
    return named.id or named.name


def _named(bound: Bound, request: Request) -> Any:
    if bound.kind == "lora":
        return next(lora for lora in request.lora if lora.name == bound.name)
    return getattr(request, bound.kind)[bound.name]
