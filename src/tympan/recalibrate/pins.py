"""Which model each request is pinned to, what the service says it used, and what is known of the model.

Reads the checkout, and what the plugins say of their models. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tympan.checkout import Checkout
from tympan.errors import PluginError
from tympan.model import ModelInfo
from tympan.plan.decide import Planner
from tympan.plan.graph import REQUESTS, Node
from tympan.plugin import Generator


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """An asset that a person wants to stay with its model. until: a day, "" for no end."""

    asset: str
    until: str
    why: str
    by: str


class Pin(msgspec.Struct, frozen=True, kw_only=True):
    """One model as specs ask for it. model: "" if the specs name none, so that the service decides.

    reported: what services and pictures say was used. known: whether the plugin lists the model. retires: the
    day it does, "" if none is announced; retired: whether that day has come. assets: who asks for it.
    """

    generator: str
    model: str
    assets: tuple[str, ...]
    reported: tuple[str, ...]
    known: bool
    deterministic: bool
    retires: str
    retired: bool
    description: str
    held: tuple[Held, ...]
    others: tuple[str, ...]


def pins(checkout: Checkout, assets: Iterable[str], today: str) -> list[Pin]:
    """The pins of these assets, by generator and model; generators without models have none."""
    planner, wanted = checkout.planner(), set(assets)
    found: dict[tuple[str, str], list[Node]] = {}
    for node in checkout.graph.nodes.values():
        if node.asset in wanted and node.kind in REQUESTS and node.request is not None:
            found.setdefault((node.request.generator, node.request.model), []).append(node)
    have = {generator for generator, _ in found if models_of(checkout, generator)}
    found = {key: nodes for key, nodes in found.items() if key[0] in have}
    return [_pin(checkout, planner, *key, found[key], today) for key in sorted(found)]


def models_of(checkout: Checkout, generator: str) -> dict[str, ModelInfo]:
    """What a generator says of its models, by name; none if it has none. PluginError if it cannot say."""
    cls = checkout.plugins.find("generator", generator)
    if cls is None or not issubclass(cls, Generator):
        return {}
    try:
        return {info.name: info for info in cls().models()}
    except Exception as error:
        raise PluginError(f"{generator} cannot say which models it has: {error!r}") from error


def retires(info: ModelInfo | None) -> str:
    """The day a model retires, "" if none is announced."""
    return info.retires if info is not None and isinstance(info.retires, str) else ""


def held(checkout: Checkout, asset: str, model: str, today: str) -> Held | None:
    """The hold that keeps an asset with its model today, None if there is none, or if it has ended."""
    decision = checkout.asked.decisions.on_model(asset, model)
    if decision is None or (decision.until and decision.until < today):
        return None
    return Held(asset=asset, until=decision.until, why=decision.why, by=decision.by)


def reported(checkout: Checkout, planner: Planner, node: Node) -> set[str]:
    """The models that made a request's pictures, as the service or the pictures say."""
    key = planner.key(node)
    if key is None:
        return set()
    if not node.asked:
        action = checkout.store.action(key)
        facts = action.facts if action else {}
        return {text for name, text in facts.items() if name.endswith(".model")}
    found = {job.model for job in checkout.asked.ledger.of(key)}
    if (locked := checkout.asked.locked(node.asset, key)) is not None:
        found.add(locked.model)
    return found - {""}


def _pin(
    checkout: Checkout, planner: Planner, generator: str, model: str, nodes: list[Node], today: str
) -> Pin:
    models = models_of(checkout, generator)
    info = models.get(model)
    assets = sorted({node.asset for node in nodes})
    said = set().union(*(reported(checkout, planner, node) for node in nodes))
    holds = (held(checkout, asset, model, today) for asset in assets)
    day = retires(info)
    return Pin(
        generator=generator,
        model=model,
        assets=tuple(assets),
        reported=tuple(sorted(said)),
        known=info is not None or not model,
        deterministic=info is not None and info.deterministic,
        retires=day,
        retired=bool(day) and day <= today,
        description=info.description if info else "",
        held=tuple(each for each in holds if each),
        others=tuple(name for name in models if name != model),
    )
