"""The graph as a person sees it: boxes from inputs to outputs with a verdict each, large ones gathered.

Reads the graph and what the planner decides. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

import msgspec

from tympan.plan.decide import (
    COMPUTE,
    FRESH,
    GATED,
    HELD,
    RESTORE,
    STALE,
    UNSELECTED,
    UNTRUSTED,
    WAITS,
    Planner,
)
from tympan.plan.graph import Graph, Node

KINDS = ("input", "source", "prepare", "target", "output")
_PLURALS = dict(zip(KINDS, ("inputs", "sources", "prepared", "targets", "outputs"), strict=True))
# The gravest first: what a box of several shows.
VERDICTS = (COMPUTE, WAITS, RESTORE, UNTRUSTED, UNSELECTED, HELD, GATED, FRESH)
# More boxes than this are no picture any more.
MOST = 200


class Box(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing of the graph, or several that were gathered.

    id: task name, or path from the root. kind: one of KINDS. label: what it is. about: whose it is.
    verdicts: verdict -> how many; empty for inputs. of: how many things this box is.
    """

    id: str
    kind: str
    label: str
    about: str = ""
    asset: str = ""
    target: str = ""
    verdicts: dict[str, int] = {}
    of: int = 1

    @property
    def verdict(self) -> str:
        """The gravest verdict in it, "" for an input."""
        return next((word for word in VERDICTS if word in self.verdicts), "")

    @property
    def standing(self) -> str:
        """The verdict in words, counted if there are several."""
        if len(self.verdicts) < 2:
            return self.verdict
        return ", ".join(f"{self.verdicts[word]} {word}" for word in VERDICTS if word in self.verdicts)


class Arrow(msgspec.Struct, frozen=True, order=True, rename={"start": "from", "end": "to"}):
    """One box is made of another: ids of both."""

    start: str
    end: str


class Chart(msgspec.Struct, frozen=True):
    """Boxes in the order of the graph, arrows between them. note: what was gathered, "" if nothing."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    note: str = ""


def make_chart(planner: Planner, targets: Iterable[Node], *, assets: str, out: str) -> Chart:
    """Everything that some targets are made of. assets, out: folders that labels leave out."""
    targets = list(targets)
    maker = _Maker(planner, targets, assets, out)
    for node in targets:
        maker.add(node)
    return Chart(tuple(map(maker.named, maker.boxes.values())), tuple(maker.arrows))


class _Maker:
    def __init__(self, planner: Planner, targets: list[Node], assets: str, out: str) -> None:
        self.boxes: dict[str, Box] = {}
        self.arrows: dict[Arrow, None] = {}
        self._planner = planner
        self._graph: Graph = planner.graph
        self._assets, self._out = assets, out
        self._once: set[tuple[str, str]] = set()
        self._several: set[tuple[str, str]] = set()
        stale = [node for node in targets if planner.decide(node).verdict in STALE]
        self._runs = {node.id for node in planner.runs(stale)}

    def add(self, node: Node) -> None:
        """A node behind everything it is made of."""
        if node.id in self.boxes:
            return
        if node.upstream:
            self.add(self._graph.nodes[node.upstream])
            self.arrows[Arrow(node.upstream, node.id)] = None
        for path in dict.fromkeys(_inputs(node)):
            id = f"{self._assets}/{path}"
            self.boxes.setdefault(id, Box(id=id, kind="input", label=path))
            self.arrows[Arrow(id, node.id)] = None
        verdict = self._verdict(node)
        self.boxes[node.id] = _box(node, verdict)
        if (node.kind, node.asset) in self._once:
            self._several.add((node.kind, node.asset))
        self._once.add((node.kind, node.asset))
        for path in node.outputs.values():
            label = path.removeprefix(f"{self._out}/")
            box = Box(id=path, kind="output", label=label, asset=node.asset, verdicts={verdict: 1})
            self.boxes[path] = msgspec.structs.replace(box, target=node.target.target if node.target else "")
            self.arrows[Arrow(node.id, path)] = None

    def named(self, box: Box) -> Box:
        """A source or prepared picture that all variants of an asset share bears the asset's name."""
        if (box.kind, box.asset) not in self._several and box.kind in ("source", "prepare"):
            return msgspec.structs.replace(box, about=box.asset)
        return box

    def _verdict(self, node: Node) -> str:
        if node.target:
            return self._planner.decide(node).verdict
        if node.untrusted:
            return UNTRUSTED
        return COMPUTE if node.id in self._runs else FRESH


def _box(node: Node, verdict: str) -> Box:
    variant = node.variant
    if node.target:
        target = node.target.target
        label = target if target == node.target.name else f"{target} ({node.target.name})"
    elif node.kind == "source":
        target, label = "", variant.source.name
    else:
        target, label = "", ", ".join(use.name for use in variant.prep) or "as it is"
    kind = "target" if node.target else node.kind
    about = variant.name if node.target and variant.name else variant.id
    return Box(
        id=node.id,
        kind=kind,
        label=label,
        about=about,
        asset=node.asset,
        target=target,
        verdicts={verdict: 1},
    )


def _inputs(node: Node) -> Iterable[str]:
    if node.kind == "source":
        return node.variant.source.inputs
    if node.target is None:
        return [path for use in node.variant.prep for path in use.inputs]
    return [path for use in node.target.uses for path in use.inputs]


def gathered(chart: Chart, most: int = MOST) -> Chart:
    """A chart of at most so many boxes if that can be: variants as one, then a folder's assets."""
    if len(chart.boxes) <= most:
        return chart
    fewer = _gather(chart, lambda box: (box.asset, box.target), "variants of an asset are drawn as one")
    if len(fewer.boxes) > most:
        note = "assets of a folder are drawn as one; name some to see them"
        fewer = _gather(chart, lambda box: (box.asset.rpartition("/")[0], box.target), note)
    if len(fewer.boxes) > most:
        return msgspec.structs.replace(fewer, note=f"{len(fewer.boxes)} boxes: name assets to see fewer")
    return fewer


def _gather(chart: Chart, key: Callable[[Box], Hashable], note: str) -> Chart:
    group: dict[str, Hashable] = {box.id: (box.kind, key(box)) for box in chart.boxes if box.kind != "input"}
    readers: dict[str, set[Hashable]] = {}
    for arrow in chart.arrows:
        readers.setdefault(arrow.start, set()).add(group[arrow.end])
    # Inputs that the same boxes read are one.
    inputs = {id: ("input", frozenset(found)) for id, found in readers.items() if id not in group}
    members: dict[Hashable, list[Box]] = {}
    for box in chart.boxes:
        members.setdefault(group.get(box.id) or inputs[box.id], []).append(box)
    name = {box.id: boxes[0].id for boxes in members.values() for box in boxes}
    arrows = dict.fromkeys(Arrow(name[arrow.start], name[arrow.end]) for arrow in chart.arrows)
    return Chart(tuple(map(_one, members.values())), tuple(arrows), note)


def _one(boxes: list[Box]) -> Box:
    first = boxes[0]
    if len(boxes) == 1:
        return first
    labels = {box.label for box in boxes}
    assets = {box.asset for box in boxes}
    folder = first.asset.rpartition("/")[0]
    several = f"{folder}/*" if folder else "*"
    verdicts: dict[str, int] = {}
    for box in boxes:
        for word, count in box.verdicts.items():
            verdicts[word] = verdicts.get(word, 0) + count
    of = sum(box.of for box in boxes)
    label = first.label if len(labels) == 1 else f"{of} {_PLURALS[first.kind]}"
    about = "" if first.kind == "input" else first.asset if len(assets) == 1 else several
    return msgspec.structs.replace(
        first, label=label, about=about, asset=first.asset, verdicts=verdicts, of=of
    )
