"""The graph of actions: source -> refine -> prepare -> write.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import msgspec

from tympan.files import digest
from tympan.marks import MarksKeys
from tympan.model import Request, canonical
from tympan.plan.grid import Part
from tympan.spec.resolved import SourceUse, TargetUse, Variant

# Kinds of action that bring candidates.
REQUESTS = ("source", "refine")
# The first candidate that came, whatever its number: a service may have refused some.
FIRST = "first"
# Goes up when intake, rendering or the shape of pictures changes what the same spec builds.
CORE = "3"


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One action. id: doit's task name. kind: "source", "refine", "prepare" or "write".

    reads: everything the key covers but the upstream's result, by name. take: which of the upstream's
    results is read: its name, FIRST for the first there is, or "" if only a person's selection says so;
    selected: the digest that one selected last. use: what the spec says of a request; request: what it
    sends, inputs by digest. untrusted: the files that may not run. asked: a build never makes it, only a
    verb that says so; held: what doing so means; untrained: the style that has to be trained first.
    parts: of a request that is asked once for each cell of a grid.
    """

    id: str
    kind: str
    asset: str
    variant: Variant
    reads: dict[str, Any]
    upstream: str = ""
    take: str = ""
    selected: str = ""
    use: SourceUse | None = None
    request: Request | None = None
    target: TargetUse | None = None
    untrusted: str = ""
    asked: bool = False
    held: str = ""
    untrained: str = ""
    parts: tuple[Part, ...] = ()

    def key(self, upstream: str) -> str:
        """The action key, once the upstream's result is known."""
        return digest(canonical([1, self.kind, self.reads, upstream]))

    @property
    def group(self) -> str:
        """The name that stands for this target of all variants: `icon:home:svg`; a target's own without."""
        assert self.target is not None
        return task_name(self.asset, self.target.target)

    def place(self, name: str) -> tuple[str, ...]:
        """The key in the spec that a dotted name of `reads` comes from, () if from no key."""
        words = tuple(name.split("."))
        if self.kind in REQUESTS:
            assert self.use is not None
            if words[0].startswith("also "):
                return ("explore", "also", words[0].removeprefix("also "), *words[1:])
            if words[1:2] == ("grid",) and words[0] == self.kind:
                return ("explore", *words[1:])
            return (*self.use.key, *words[1:]) if words[0] == self.kind else ()
        if self.kind == "prepare":
            return (*words[:2], *words[3:]) if words[0] == "prep" and words[2:3] == ("params",) else ()
        assert self.target is not None
        if words[0] == "marks":
            return words if words[1] in MarksKeys.__struct_fields__ else ()
        if words[0] == "target":
            return ("target", self.target.target, *words[1:])
        if words[:2] == ("proof", "target") and self.target.proof:
            return ("target", self.target.proof.target, *words[2:])
        if words[0] == "checks" and words[2:3] == ("params",):
            return ("check", words[1], *words[3:])
        return ()

    @property
    def outputs(self) -> dict[str, str]:
        """Part name -> path from the root; empty but for "write"."""
        return self.target.outputs if self.target else {}


class Graph(msgspec.Struct, frozen=True):
    """All actions of a library by id, upstream before downstream."""

    nodes: dict[str, Node]

    def writes(self) -> Iterable[Node]:
        """The actions that end in files: the targets."""
        return (node for node in self.nodes.values() if node.kind == "write")

    def chain(self, node: Node) -> list[Node]:
        """A node and all above it, the source first."""
        chain = [node]
        while chain[0].upstream:
            chain.insert(0, self.nodes[chain[0].upstream])
        return chain


class Asked(Protocol):
    """What the graph needs to know of requests that were made, and of what people chose."""

    def selected(self, asset: str, step: str, variant: str) -> str:
        """Digest of the candidate selected last, "" if none was."""

    def results(self, asset: str, key: str) -> dict[str, str] | None:
        """Candidates that a request has brought, number from 0 -> digest; None if there are none."""

    def style(self, asset: str, key: str) -> dict[str, str] | None:
        """What the training of a style brought ("id", "trigger"), None if it was not trained."""


def task_name(name: str, target: str) -> str:
    """doit's name for a target of an asset or a variant: `icon:home:svg`."""
    folder, _, rest = name.partition("/")
    return f"{folder}:{rest}:{target}" if rest else f"{folder}:{target}"
