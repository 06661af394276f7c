"""`tympan vary --region`: the picture that was chosen, with one part of it drawn anew.

Reads the checkout, a mask, and the revision that is varied. Writes a spec, the mask, and the facts and
decisions that make the new asset start from the same candidates; nothing is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec

from tympan.asking import keep_facts
from tympan.asking.bring import braced
from tympan.checkout import Checkout
from tympan.cli.pinned import plain, row_of, spec_path
from tympan.clock import now
from tympan.decisions import SELECT, Decision
from tympan.errors import Damaged, SpecErrors, TaskError, UsageError
from tympan.gauge import Gauge
from tympan.lock import Lock, LockedRequest, toml_value
from tympan.plan.decide import Planner
from tympan.plan.graph import Node
from tympan.spec.resolved import Asset, Variant
from tympan.worker.jobs import Take, unpack
from tympan.worker.looking import Measure
from tympan.worker.pool import Pool


class Wish(NamedTuple):
    """What a person wants: `base` as `wanted` names it, as a new asset `name`, with `words` in a region.

    generator, model: who draws it; "" for who made the picture. by: who says so.
    """

    base: str
    wanted: str
    name: str
    words: str
    mask: bytes
    generator: str
    model: str
    by: str


class Step(NamedTuple):
    """One step of a variant's chain: its node then, its key, the digest that was chosen, and its number."""

    node: Node
    key: str
    chosen: str
    number: int


def vary_region(checkout: Checkout, then: Checkout, old: Asset, wish: Wish, pool: Pool) -> str:
    """Write the new asset; the path of its spec. Nothing stays if it would not start from the same pictures.

    UsageError if nothing was chosen, the mask does not fit the picture, or the generator cannot do it.
    """
    planner = then.planner()
    chains = {each.name: list(_chain(then, planner, old, each)) for each in old.variants}
    picture = _picture(then, next(iter(chains.values()))[-1])
    size = _fits(pool, wish.mask, picture)
    path = spec_path(checkout, wish.name)
    mask = f"masks/{wish.name}.png"
    with _undone(checkout, path, checkout.input_path(mask)) as written:
        written(path, _spec(old, wish, mask, size))
        written(checkout.input_path(mask), wish.mask)
        for step in {each.chosen: each for chain in chains.values() for each in chain}.values():
            if step.node.asked:
                master = f"{checkout.project.assets}/masters/{wish.name}.{step.chosen[:8]}"
                written(master, then.asked.get(step.chosen))
        lock = Lock(request=tuple(_locked(checkout, then, old, chains, wish)))
        if lock.request:
            checkout.asked.locks.write(wish.name, lock)
        _check(checkout, chains, wish, path)
        for decision in _decisions(chains, wish):
            checkout.asked.decisions.add(wish.name, decision)
        keep_facts(Checkout(checkout.files.root), [wish.name])
    return path


def _chain(then: Checkout, planner: Planner, old: Asset, variant: Variant) -> Iterator[Step]:
    chain = then.graph.chain(_prepared(then, old.id, variant.name))
    for node, below in pairwise(chain):
        results, taken, key = planner.results(node), planner.taken(below), planner.key(node)
        if not results or taken is None or key is None:
            hint = f"tympan explore, then tympan select {old.id}"
            raise UsageError(f"{variant.id}: no picture of {_step(node)} is chosen", hint=hint)
        yield Step(node, key, results[taken], int(taken) + 1)


def _prepared(checkout: Checkout, asset: str, variant: str) -> Node:
    """What the targets of a variant read; it may stand under the name of another asset with an equal one."""
    mine = (each for each in checkout.graph.writes() if (each.asset, each.variant.name) == (asset, variant))
    target = next(mine, None)
    if target is None:
        raise UsageError(f"{asset} has no targets", hint="give it one")
    return checkout.graph.nodes[target.upstream]


def _step(node: Node) -> str:
    assert node.use is not None
    return node.use.step


def _picture(then: Checkout, step: Step) -> bytes:
    try:
        return then.asked.get(step.chosen)
    except Damaged as error:
        raise UsageError(f"the picture to be varied is gone: {error.message}", hint=error.hint) from None


def _fits(pool: Pool, mask: bytes, picture: bytes) -> tuple[int, int]:
    """The size of picture and mask in px; UsageError if they differ, or the mask marks nothing or all."""
    results = pool.ask(Measure({"mask": mask, "picture": picture})).results
    found = {name: msgspec.json.decode(each, type=Gauge) for name, each in results.items()}
    if found["mask"].kind != "png":
        raise UsageError("the mask is no PNG", hint="white where to draw anew, black elsewhere")
    sizes = {name: (int(each.width), int(each.height)) for name, each in found.items()}
    if sizes["mask"] != sizes["picture"]:
        told = {name: f"{width} x {height}" for name, (width, height) in sizes.items()}
        message = f"the mask is {told['mask']} px, the picture that was chosen {told['picture']}"
        raise UsageError(message, hint="draw it over the candidate itself, not over an output")
    try:
        pixels = unpack(pool.ask(Take(mask)).results["picture"]).array().astype(float)
    except TaskError as error:
        raise UsageError(f"the mask cannot be read: {error.message}", hint=error.hint) from None
    white = (pixels[..., :3].mean(axis=2) * pixels[..., 3] / 255) >= 128
    if not white.any() or white.all():
        what = "all of the picture" if white.all() else "nothing"
        raise UsageError(f"the mask marks {what}", hint="white where to draw anew, black elsewhere")
    return sizes["picture"]


def _spec(old: Asset, wish: Wish, mask: str, size: tuple[int, int]) -> bytes:
    last = old.variants[0].requests[-1]
    generator = wish.generator or last.name
    same = generator == last.name
    anew: dict[str, Any] = {"generator": generator}
    if model := wish.model or (last.request.model if same else ""):
        anew["model"] = model
    anew |= {"operation": "inpaint", "region": mask, "prompt": wish.words.strip(), "size": list(size)}
    anew["candidates"] = old.variants[0].source.request.candidates
    lines = [f"# {wish.wanted} with one part drawn anew. The values are pinned: they stay when it changes."]
    lines += [f"extends = {toml_value(wish.base)}", "", "[source]"]
    lines += _lines(_one(old, [each.source for each in old.variants]))
    for nth in range(len(old.variants[0].refine)):
        lines += ["", "[[refine]]", *_lines(_one(old, [each.refine[nth] for each in old.variants]))]
    return ("\n".join([*lines, "", "[[refine]]", *_lines(anew)]) + "\n").encode()


def _one(old: Asset, uses: list[Any]) -> dict[str, Any]:
    rows = [row_of(use) for use in uses]
    if any(row != rows[0] for row in rows):
        hint = "copy its spec, and add a [[refine]]"
        raise UsageError(f"{old.id}: its variants are drawn apart", hint=hint)
    return rows[0]


def _lines(row: dict[str, Any]) -> list[str]:
    return [f"{key} = {toml_value(braced(plain(each)))}" for key, each in row.items()]


def _locked(
    checkout: Checkout, then: Checkout, old: Asset, chains: dict[str, list[Step]], wish: Wish
) -> Iterator[LockedRequest]:
    """What the lock of the old asset says of the requests that were asked, for the new one."""
    for key in dict.fromkeys(each.key for chain in chains.values() for each in chain if each.node.asked):
        steps = [each for chain in chains.values() for each in chain if each.key == key]
        known = then.asked.locked(old.id, key)
        if known is None:
            step = _step(steps[0].node)
            raise UsageError(f"{old.id}: its lock says nothing of {step}", hint="tympan relock")
        place = f"{checkout.project.assets}/masters/{wish.name}"
        masters = {each.chosen: f"{place}.{each.chosen[:8]}" for each in steps}
        several = [
            msgspec.structs.replace(each, master=masters.get(each.digest, "")) for each in known.candidate
        ]
        yield msgspec.structs.replace(known, candidate=tuple(several))


def _decisions(chains: dict[str, list[Step]], wish: Wish) -> Iterator[Decision]:
    for variant, chain in chains.items():
        for step in chain:
            yield Decision(
                did=SELECT,
                digest=step.chosen,
                step=_step(step.node),
                variant=variant,
                candidate=step.number,
                by=wish.by,
                at=now(),
                why=f"as in {wish.wanted}",
                via="vary",
            )


def _check(checkout: Checkout, chains: dict[str, list[Step]], wish: Wish, path: str) -> None:
    """UsageError or SpecErrors if the new asset would not ask for the same pictures as the old one."""
    after = Checkout(checkout.files.root, local_code=checkout.trusted)
    if problems := [each for each in after.specs.problems if each.where.file == path]:
        raise SpecErrors(problems)
    for variant, chain in chains.items():
        if after.graph.chain(_prepared(after, wish.name, variant))[0].key("") != chain[0].key:
            raise UsageError(
                f"{wish.name} would ask for another picture than {wish.wanted}",
                hint="that revision differs too much from today's: copy its spec instead",
            )


@contextmanager
def _undone(checkout: Checkout, *paths: str) -> Iterator[Any]:
    """A way to write files that are taken away again if anything fails. UsageError if one is there."""
    done: list[str] = []
    asset = paths[0].removeprefix(f"{checkout.project.specs}/").removesuffix(".toml")
    facts = (checkout.asked.locks.file(asset), checkout.asked.decisions.file(asset))
    for path in (*paths, *facts):
        if checkout.files.sign(path) is not None:
            raise UsageError(f"{path} is already there", hint="give the new asset another name")

    def written(path: str, data: bytes) -> None:
        done.append(path)
        checkout.files.write(path, data)

    try:
        yield written
    except BaseException:
        for path in (*done, *facts):
            checkout.files.remove(path)
        raise
