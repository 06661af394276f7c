"""What a request sends, and what its key is made of.

Reads what the plugins say. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from tympan.model import Cost, Request, plain, sparse
from tympan.plugin import Generator, Plugin
from tympan.spec.resolved import SourceUse

if TYPE_CHECKING:
    from tympan.plan.graph import Asked, Node


def is_asked(generator: type[Plugin[Any]] | None) -> bool:
    """Whether a generator is asked by a verb only: it costs money, or brings another picture each time."""
    if generator is None or not issubclass(generator, Generator):
        return False
    return generator.PAID or not generator.REPEATABLE


def asked_values(request: Request, use: SourceUse, digests: Mapping[str, str]) -> dict[str, Any]:
    """The values that the key of such a request covers: those that differ from their defaults.

    No version of a plugin or a library is among them: what was paid for stays valid under the next one.
    """
    if use.local:
        return sparse(request)  # type: ignore[no-any-return]
    options = replaced(sparse(use.params), digests)
    values: dict[str, Any] = sparse(msgspec.structs.replace(request, options={}))
    return {**values, "options": options} if options else values


def held(asked: Sequence[tuple[type[Plugin[Any]] | None, Request]]) -> str:
    """What asking generators means, for a person; each with its request."""
    costs: dict[str, float] = {}
    paid = False
    name = " and ".join(dict.fromkeys(request.generator for _, request in asked))
    for generator, request in asked:
        assert generator is not None
        assert issubclass(generator, Generator)
        try:
            cost = generator().estimate(request)
        except Exception as error:
            return f"{request.generator} has to be asked; its price is not known: {error}"
        paid = paid or generator.PAID
        costs[cost.currency] = round(costs.get(cost.currency, 0.0) + cost.amount, 6)
    if not paid:
        return f"{name} brings another picture each time it is asked"
    said = " + ".join(str(Cost(amount, unit)) for unit, amount in sorted(costs.items()) if amount)
    return f"{name} costs money{f' (about {said})' if said else ''}, and a build never spends any"


def with_styles(request: Request, styles: Mapping[str, Node], asked: Asked) -> tuple[Request, str]:
    """The request with the ids of trained styles put in; and what has to be trained first, "" if nothing."""
    loras, missing = [], ""
    for lora in request.lora:
        name = next((id for id in styles if lora.name in (id, id.rpartition("/")[2])), "")
        if not name:
            loras.append(lora)
            continue
        trained = asked.style(name, styles[name].key(""))
        if trained is None:
            missing = f"the style {name} is not trained yet: tympan train {name}"
        else:
            lora = msgspec.structs.replace(lora, id=trained.get("id", ""), trigger=trained.get("trigger", ""))
        loras.append(lora)
    return msgspec.structs.replace(request, lora=tuple(loras)), missing


def with_digests(request: Request, digests: Mapping[str, str]) -> Request:
    """The request with pictures named by digest instead of by path."""
    return msgspec.convert(replaced(plain(request), digests), Request) if digests else request


def replaced(value: Any, digests: Mapping[str, str]) -> Any:
    """A plain value with every text that is a key of `digests` replaced."""
    if isinstance(value, str):
        return digests.get(value, value)
    if isinstance(value, dict):
        return {key: replaced(each, digests) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [replaced(each, digests) for each in value]
    return value
