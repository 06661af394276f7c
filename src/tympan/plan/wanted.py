"""What the files of a variant are to say of themselves, as far as specs and generators know it.

Reads what the plugins say. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from tympan.files import digest
from tympan.marks import Wanted
from tympan.model import canonical, sparse
from tympan.plan.requests import is_asked
from tympan.plugin import Generator
from tympan.plugins import Plugins
from tympan.spec.resolved import SourceUse, TargetUse, Variant

if TYPE_CHECKING:
    from tympan.plan.graph import Node

_TRAINED, _COMPOSITE = "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"


def wanted(plugins: Plugins, variant: Variant, requests: Sequence[Node]) -> dict[str, Any]:
    """The marks of a variant's targets, as part of what they read; requests: its chain, the source first."""
    keys = variant.marks
    made = [(use, cls) for use in variant.requests if (cls := _generator(plugins, use))]
    said = Wanted(
        source_type=keys.source_type,
        system=keys.system or _joined(cls.SYSTEM for _, cls in made),
        system_version=keys.system_version or _joined(use.request.model for use, cls in made if cls.SYSTEM),
        prompt=_prompts(made) if keys.prompt else "",
        data_mining=keys.data_mining,
        creator=keys.creator,
        credit=keys.credit,
        rights=keys.rights,
        usage_terms=keys.usage_terms,
        asset=variant.asset,
        variant=variant.name,
        request=_request(requests),
        made=_source_type(made),
        carry=keys.carry,
        with_prompt=keys.prompt,
    )
    found: dict[str, Any] = sparse(said)
    return found


def is_marked(plugins: Plugins, variant: Variant, target: TargetUse) -> bool:
    """Whether the files of a target say what they are: asked for, and their format can."""
    if not (variant.marks.xmp and target.marks):
        return False
    return bool(getattr(plugins.find("format", target.name), "MARKS", False))


def _generator(plugins: Plugins, use: SourceUse) -> type[Generator[Any]] | None:
    cls = plugins.find("generator", use.name)
    return cls if cls and issubclass(cls, Generator) else None


def _source_type(made: Sequence[tuple[SourceUse, type[Generator[Any]]]]) -> str:
    """What comes of a chain of requests: what generative AI changed was a picture of another kind before."""
    kind = None
    for use, cls in made:
        changes = kind is not None or any(each.role == "init" for each in use.request.reference.values())
        if cls.SOURCE_TYPE == _TRAINED and changes and kind != _TRAINED:
            kind = _COMPOSITE
        elif kind is None or cls.SOURCE_TYPE == _TRAINED:
            kind = cls.SOURCE_TYPE
    return kind or ""


def _prompts(made: Sequence[tuple[SourceUse, type[Generator[Any]]]]) -> str:
    told = [use.request.prompt for use, cls in made if cls.SOURCE_TYPE or is_asked(cls)]
    return "\n".join(dict.fromkeys(filter(None, told)))


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, texts)))


def _request(requests: Sequence[Node]) -> str:
    """The key of the last request of the chain that a lock has and whose key is known by now."""
    found = ""
    for node in requests:
        if node.upstream and not node.selected:
            break
        if node.asked:
            upstream = digest(canonical([node.selected, ""])) if node.upstream else ""
            # Of a grid each cell is a request: which of them it was, the picture chosen tells, not the spec.
            found = "" if node.parts else node.key(upstream)
    return found


def marks_of(node: Node) -> tuple[Wanted | None, str]:
    """The marks that a target is to have; if it has none, None and the reason in a few words."""
    assert node.target is not None
    if "marks" in node.reads:
        return msgspec.convert(node.reads["marks"], Wanted), ""
    if not node.variant.marks.xmp:
        return None, "[marks] xmp = false"
    if not node.target.marks:
        return None, f"target.{node.target.target}.marks = false"
    return None, f"the format {node.target.name} has no place for them"
