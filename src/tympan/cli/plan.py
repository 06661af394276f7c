"""`tympan plan` and `status`: what a build would do, without doing it.

Reads the checkout. Writes nothing but what it prints.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from tympan.checkout import Checkout, find_root
from tympan.cli.words import print_json
from tympan.plan.decide import COMPUTE, FRESH, GATED, RESTORE, STALE, WAITS, Decision, Planner
from tympan.plan.graph import Node
from tympan.plan.pick import pick
from tympan.standing import Standings

# Rows on a terminal; all of them are in the JSON.
_SHOWN = 200
_WANTED = click.argument("wanted", nargs=-1, metavar="[ASSET|TASK]...")
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")


def _open(folder: Path) -> Checkout:
    return Checkout(find_root(folder.absolute()))


def _row(node: Node, decision: Decision) -> dict[str, Any]:
    return {
        "task": node.id,
        "asset": node.asset,
        "verdict": decision.verdict,
        "reasons": list(decision.reasons),
        "outputs": list(node.outputs.values()),
    }


@click.command()
@_WANTED
@_JSON
@click.option(
    "--check",
    "must_be_fresh",
    is_flag=True,
    help="Exit 3 if anything is not fresh, 7 if only approvals are missing.",
)
@click.pass_obj
def plan(folder: Path, wanted: tuple[str, ...], as_json: bool, must_be_fresh: bool) -> None:
    """Show what a build would do, and why."""
    checkout = _open(folder)
    planner = checkout.planner()
    nodes = pick(checkout.graph, wanted)
    decided = [(node, planner.decide(node)) for node in nodes]
    stale = [(node, decision) for node, decision in decided if decision.verdict != FRESH]
    needs = planner.runs(node for node, decision in stale if decision.verdict in STALE)
    if as_json:
        first = [{"task": node.id, "asset": node.asset, "verdict": COMPUTE} for node in needs]
        counts = Counter(decision.verdict for _, decision in decided)
        print_json({"actions": first, "targets": [_row(*each) for each in stale], "counts": counts})
    else:
        _print_plan(planner, decided, needs)
    code = 3 if any(decision.verdict != GATED for _, decision in stale) else 7
    raise click.exceptions.Exit(code if must_be_fresh and stale else 0)


def _print_plan(planner: Planner, decided: list[tuple[Node, Decision]], needs: list[Node]) -> None:
    blocks = [[f"compute  {node.id}"] for node in needs]
    for node, decision in decided:
        if decision.verdict != FRESH:
            first = f"{decision.verdict:<8} {node.id} -> {', '.join(node.outputs.values())}"
            blocks.append([first, *(f"           {reason}" for reason in decision.reasons)])
    _print_some(blocks)
    counts = Counter(decision.verdict for _, decision in decided)
    parts = [f"{counts[word]} {word}" for word in (FRESH, RESTORE, COMPUTE, WAITS) if counts[word]]
    parts += [f"{n} {word}" for word, n in sorted(counts.items()) if word not in (FRESH, *STALE)]
    click.echo(f"{len(decided)} targets: {', '.join(parts) or 'none'}; {len(needs)} actions before them")


def _print_some(blocks: Iterable[list[str]]) -> None:
    """Print blocks of lines, but no more than a person would read."""
    blocks = list(blocks)
    for block in blocks[:_SHOWN]:
        click.echo("\n".join(block))
    if len(blocks) > _SHOWN:
        click.echo(f"... and {len(blocks) - _SHOWN} more (--json has all)")


@click.command()
@_WANTED
@_JSON
@click.pass_obj
def status(folder: Path, wanted: tuple[str, ...], as_json: bool) -> None:
    """Show how each asset stands."""
    checkout = _open(folder)
    planner = checkout.planner()
    assets: dict[str, Counter[str]] = {}
    for node in pick(checkout.graph, wanted):
        assets.setdefault(node.asset, Counter())[planner.decide(node).verdict] += 1
    standings = Standings(checkout, planner)
    states = {asset: word for asset in assets if (word := standings.of(asset))}
    if as_json:
        print_json({"assets": assets, "states": states})
        return
    stale = {asset: counts for asset, counts in assets.items() if set(counts) != {FRESH}}
    _print_some(
        [
            f"{asset:<36} {', '.join(f'{n} {word}' for word, n in sorted(counts.items()))}"
            + (f"; {states[asset]}" if asset in states else "")
        ]
        for asset, counts in assets.items()
        if asset in stale or asset in states
    )
    click.echo(f"{len(assets) - len(stale)} of {len(assets)} assets are fresh")
