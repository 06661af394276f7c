"""`tympan why`: what a target is made of, value by value, and what of it has changed.

Reads the checkout. Writes nothing but what it prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from tympan.checkout import Checkout, find_root
from tympan.cli.losses import losses_of
from tympan.plan.decide import Decision
from tympan.plan.graph import Node
from tympan.plan.pick import pick
from tympan.plan.reasons import Change, changes, flat, label, shown
from tympan.spec.resolved import Use
from tympan.state import Known

_COUNT = re.compile(r"#\d+(?=\.|$)")
_EMPTY: tuple[Any, ...] = ("", [], {}, ())
_CORE, _MARKS = "tympan", "marks"


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """One value that an action reads.

    group: heading under which a person looks for it. name: dotted, as the action has it. key: the same as
    the spec writes it, "" if no key of a spec says it. where: file:line:column of that key. written: whether
    a spec says it; else it is a default, or a version.
    """

    group: str
    name: str
    key: str
    value: str
    where: str
    written: bool


@click.command()
@click.argument("wanted", nargs=-1, required=True, metavar="ASSET|TASK...")
@click.option("--all", "everything", is_flag=True, help="Also the values that are defaults.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
@click.pass_obj
def why(folder: Path, wanted: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Explain what a target is made of, value by value, and why it is stale if it is."""
    checkout = Checkout(find_root(folder.absolute()))
    planner = checkout.planner()
    nodes = pick(checkout.graph, wanted)
    if as_json:
        rows = [_row(checkout, node, planner.decide(node)) for node in nodes]
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
        return
    told: dict[str, str] = {}
    for asset, sentence in losses_of(checkout, planner, nodes):
        click.echo(f"{asset}: warning: {sentence}")
    for node in nodes:
        click.echo("\n".join(_lines(checkout, node, planner.decide(node), told, everything)))


def _row(checkout: Checkout, node: Node, decision: Decision) -> dict[str, Any]:
    return {
        "task": node.id,
        "asset": node.asset,
        "verdict": decision.verdict,
        "reasons": decision.reasons,
        "outputs": list(node.outputs.values()),
        "changes": [
            {
                "name": change.name,
                "before": change.before,
                "after": change.after,
                "where": _place(checkout, at, change.name),
            }
            for at, change in _changes(checkout, node)
        ],
        "reads": [read for at in checkout.graph.chain(node) for read in _reads(checkout, at)],
    }


def _changes(checkout: Checkout, node: Node) -> Iterator[tuple[Node, Change]]:
    """What differs from when the target was built last, upstream first; one library's version once."""
    memory = Known(checkout.state, checkout.store, checkout.asked)
    told: set[str] = set()
    for at in checkout.graph.chain(node):
        record = memory.record(at.id)
        old = memory.reads(record.key) if record else None
        for change in changes(old, at.reads) if old is not None else ():
            if not change.label or str(change) not in told:
                told.add(str(change))
                yield at, change


def _reads(checkout: Checkout, node: Node) -> Iterator[Read]:
    paths = {checkout.input_digest(path): path for path in _inputs(node)}
    for name, value in flat(node.reads).items():
        if value in _EMPTY:
            continue
        key = _key(node, name)
        text = (
            f"{paths[value]} ({shown(value)})" if isinstance(value, str) and value in paths else shown(value)
        )
        yield Read(
            group=_group(node, name),
            name=name,
            key=".".join(key),
            value=text,
            where=checkout.where(node.asset, key),
            written=bool(key) and checkout.origins.is_written(node.asset, key),
        )


def _inputs(node: Node) -> list[str]:
    uses: tuple[Use, ...] = node.variant.prep if node.kind == "prepare" else (node.variant.source,)
    if node.target:
        uses = node.target.uses
    return [path for use in uses for path in use.inputs]


def _key(node: Node, name: str) -> tuple[str, ...]:
    if name == "prep.steps":
        return ("prep", "steps")
    return node.place(_COUNT.sub("", name))


def _place(checkout: Checkout, node: Node, name: str) -> str:
    """Where a value is written, and the design tokens it comes from with theirs."""
    key = _key(node, name)
    if not key:
        return ""
    found = [checkout.where(node.asset, key)]
    for token in checkout.origins.tokens(node.asset, key):
        found.append(f"token {'.'.join(token)}, {checkout.where(node.asset, ('token', *token))}")
    return "; ".join(found)


def _group(node: Node, name: str) -> str:
    words = _COUNT.sub("", name).split(".")
    if name == "prep.steps":
        return "prep"
    if words[0] == "core":
        return _CORE
    if words[0] == _MARKS:
        return _MARKS
    if node.kind == "prepare" or words[0] == "checks":
        return " ".join(("check" if words[0] == "checks" else "prep", *words[1:2]))
    return f"target {node.target.target}" if node.target else "source"


def _lines(
    checkout: Checkout, node: Node, decision: Decision, told: dict[str, str], everything: bool
) -> Iterator[str]:
    yield f"{node.id}: {decision.verdict}"
    changed = list(_changes(checkout, node))
    said = {str(change) for _, change in changed}
    for reason in decision.reasons:
        if reason not in said:
            yield f"  because {reason}"
    for at, change in changed:
        place = _place(checkout, at, change.name)
        name = ".".join(_key(at, change.name))
        text = f"{name}: {change.step}" if name and not change.label else str(change)
        yield f"  because {text}" + (f"   ({place})" if place else "")
    chain = checkout.graph.chain(node)
    known = [at for at in chain if at.id in told and at is not node]
    if known:
        words = " and ".join({"source": "source", "prepare": "prep"}[at.kind] for at in known)
        yield f"  {words} as for {told[known[-1].id]}"
    for at in chain:
        if at not in known:
            told[at.id] = node.id
            yield from _grouped(checkout, at, everything)


def _grouped(checkout: Checkout, node: Node, everything: bool) -> Iterator[str]:
    groups: dict[str, list[Read]] = {}
    for read in _reads(checkout, node):
        if read.group != _CORE or (everything and node.target):
            groups.setdefault(read.group, []).append(read)
    for group, reads in groups.items():
        versions = [read for read in reads if label(read.name, node.reads)]
        names = [f"{label(read.name, node.reads)} {read.value}" for read in versions]
        yield f"  {group}" + (f"   ({', '.join(names)})" if names else "")
        for read in reads:
            unnamed = not read.key and group not in (_CORE, _MARKS) and not read.name.startswith("profiles")
            if read in versions or unnamed:
                continue
            if read.written or everything or not read.key or group == _MARKS:
                # Of marks that no spec says, the project file or the generator does.
                known = read.written or (read.key and group != _MARKS)
                place = f"   ({read.where if read.written else 'default'})" if known else ""
                yield f"    {_short(read, group)} = {read.value}{place}"


def _short(read: Read, group: str) -> str:
    """The key without what its heading says already."""
    return (read.key or read.name).removeprefix(f"{group.replace(' ', '.')}.")
