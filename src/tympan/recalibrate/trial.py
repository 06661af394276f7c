"""What a recalibration asks: for each request as many pictures of the old model as of the new one.

Reads the checkout, and what the plugins say of requests. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from tympan.checkout import Checkout
from tympan.errors import PluginError, UsageError
from tympan.plan.decide import Planner
from tympan.plan.graph import REQUESTS, Node
from tympan.plugin import Generator
from tympan.recalibrate.pins import held, models_of, retires
from tympan.recalibrate.redraw import redrawn
from tympan.spec.guess import did_you_mean

# Pictures of a side that tell whether the library drifted, and whether one asset did: with 8 of each the
# smallest p of an asset is 2/12 870, small enough among 40 assets.
PROBE, TOP_UP = 2, 8


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One request under two models. old, new: the actions that bring its pictures, in order."""

    name: str
    node: Node
    old: tuple[Node, ...]
    new: tuple[Node, ...]
    wanted: int
    remarks: tuple[str, ...]


class Trials(msgspec.Struct, frozen=True, kw_only=True):
    """All of them. left_out: why a request is not among them, by name."""

    generator: str
    to: str
    all: tuple[Trial, ...]
    left_out: dict[str, str]


def name_of(node: Node) -> str:
    """How a request is called: its variant, and its step if it is a refinement."""
    assert node.use is not None
    return node.variant.id if node.use.step == "source" else f"{node.variant.id}:{node.use.step}"


def target(checkout: Checkout, to: str) -> tuple[str, str]:
    """The generator and the model that a person means by MODEL or GENERATOR:MODEL. UsageError if none."""
    used = {node.request.generator for node in _requests(checkout)}  # type: ignore[union-attr]
    head, _, rest = to.partition(":")
    if rest and head in used:
        return head, rest
    known = {generator: models_of(checkout, generator) for generator in sorted(used)}
    having = [generator for generator, models in known.items() if to in models]
    if len(having) == 1:
        return having[0], to
    if having:
        names = " or ".join(f"{generator}:{to}" for generator in having)
        raise UsageError(f"several generators have a model {to!r}", hint=f"say {names}")
    all_names = [name for models in known.values() for name in models]
    hint = (
        did_you_mean(to, all_names) or "tympan models; GENERATOR:MODEL for one that the plugin does not list"
    )
    raise UsageError(f"no generator of these specs has a model {to!r}", hint=hint)


def trials(
    checkout: Checkout,
    planner: Planner,
    assets: Iterable[str],
    generator: str,
    to: str,
    wanted: Mapping[str, int],
    today: str,
    *,
    least: int = PROBE,
) -> Trials:
    """The trials of these assets. wanted: pictures of a side by name of request, if more than `least`."""
    asked, left_out, found = set(assets), {}, []
    for node in _requests(checkout):
        assert node.request is not None
        if node.asset not in asked or node.request.generator != generator or node.request.model == to:
            continue
        name = name_of(node)
        why = _why_not(checkout, planner, node, today)
        if not why:
            made = _trial(checkout, planner, node, to, max(least, wanted.get(name, 0)), today)
            if isinstance(made, Trial):
                found.append(made)
                continue
            why = made
        left_out[name] = why
    return Trials(generator=generator, to=to, all=tuple(found), left_out=left_out)


def _requests(checkout: Checkout) -> list[Node]:
    return [
        node
        for node in checkout.graph.nodes.values()
        if node.kind in REQUESTS and node.request is not None and node.request.operation != "train"
    ]


def _why_not(checkout: Checkout, planner: Planner, node: Node, today: str) -> str:
    assert node.request is not None
    if hold := held(checkout, node.asset, node.request.model, today):
        until = f" until {hold.until}" if hold.until else ""
        return f"held with {node.request.model}{until}{f': {hold.why}' if hold.why else ''}"
    if node.untrusted or node.untrained:
        return node.untrusted or node.untrained
    if planner.key(node) is None:
        return f"what it starts from is not selected yet: tympan select {node.asset} NUMBER"
    if node.asked and not planner.results(node):
        return "it has no candidates yet: there is nothing to compare with"
    return ""


def _trial(checkout: Checkout, planner: Planner, node: Node, to: str, wanted: int, today: str) -> Trial | str:
    """The trial of a request, or why the new model would refuse it."""
    assert node.request is not None
    cls = checkout.plugins.found("generator", node.request.generator).cls
    assert issubclass(cls, Generator)
    plugin = cls()
    taken = _taken(checkout, planner, node)
    # Free pictures are drawn as far as the chosen one, so that it is compared with its like.
    first = PROBE if node.asked else max(PROBE, taken + 1)
    counts = dict.fromkeys((first, node.request.candidates, 4))
    new = {count: redrawn(node, f"new.{to}", model=to, candidates=count) for count in counts}
    faults = {count: _said(plugin, "check", each) for count, each in new.items()}
    # A service may bring pictures in fours only.
    count = next((each for each in counts if not faults[each]), 0)
    if not count:
        return f"{to} would refuse it: {'; '.join(faults[first])}"
    more = _more(node, f"new.{to}", count, max(wanted, taken + 1), model=to)
    return Trial(
        name=name_of(node),
        node=node,
        old=_old(checkout, planner, node, wanted, today),
        new=(new[count], *more),
        wanted=wanted,
        remarks=_said(plugin, "remarks", new[count]),
    )


def _old(checkout: Checkout, planner: Planner, node: Node, wanted: int, today: str) -> tuple[Node, ...]:
    assert node.request is not None
    have = len([name for name in planner.results(node) or {} if name.isdigit()]) or node.request.candidates
    day = retires(models_of(checkout, node.request.generator).get(node.request.model))
    if day and day <= today:
        return (node,)  # what there is; no more can be had
    return (node, *_more(node, "old", have, wanted))


def _more(node: Node, name: str, have: int, wanted: int, **changes: Any) -> list[Node]:
    """The action that brings what is missing; its seeds follow those there are."""
    assert node.request is not None
    if wanted <= have:
        return []
    seed = node.request.seed + have
    return [redrawn(node, f"{name}.{have}", seed=seed, candidates=wanted - have, **changes)]


def _taken(checkout: Checkout, planner: Planner, node: Node) -> int:
    """The number of the candidate that goes on now, from 0; 0 if nobody knows."""
    for reader in checkout.graph.nodes.values():
        if reader.upstream == node.id and (name := planner.taken(reader)) and name.isdigit():
            return int(name)
        if reader.upstream == node.id and reader.take.isdigit():
            return int(reader.take)
    return 0


def _said(plugin: Generator[Any], what: str, node: Node) -> tuple[str, ...]:
    try:
        return tuple(getattr(plugin, what)(node.request))
    except Exception as error:
        raise PluginError(f"{plugin.NAME}: {what} raised {error!r}") from error


def canary(names: Mapping[str, Iterable[str]], count: int) -> list[str]:
    """So many assets of these, as evenly over their first tags as there are assets; the same each time.

    names: asset -> its tags. An asset without tags counts with its folder.
    """
    strata: dict[str, list[str]] = {}
    for asset, tags in sorted(names.items()):
        strata.setdefault(next(iter(tags), asset.rpartition("/")[0]), []).append(asset)
    chosen: list[str] = []
    while len(chosen) < count and any(strata.values()):
        for tag in sorted(strata):
            if strata[tag] and len(chosen) < count:
                # From the middle outwards: neighbours in the alphabet are often alike.
                chosen.append(strata[tag].pop(len(strata[tag]) // 2))
    return sorted(chosen)
