"""`tympan select` and `relock`: which candidate goes on, and the lock written anew.

Reads the checkout. Writes decisions, locks and masters.
"""

from __future__ import annotations

import getpass
import subprocess
from pathlib import Path
from typing import Any

import click

from tympan.asking import keep_facts
from tympan.checkout import Checkout, find_root
from tympan.cli.door import default_jobs
from tympan.cli.session import Session
from tympan.cli.showing import show_candidates
from tympan.cli.talk import Talk
from tympan.cli.words import assets_of, one_asset
from tympan.clock import now
from tympan.decisions import SELECT, Decision
from tympan.errors import UsageError
from tympan.plan.graph import REQUESTS, Node
from tympan.spec.resolved import SourceUse

SHOW = click.option("--show", is_flag=True, help="Show the candidates first, in a terminal that can.")


@click.command()
@click.argument("asset")
@click.argument("number", type=click.IntRange(1), required=False)
@click.option(
    "--step", default="", help="source, refine.1, ..., or a branch; the last with candidates if not given."
)
@click.option("--variant", default="", help="Only for this variant; for all if not given.")
@click.option("--why", default="", help="The reason, in your words.")
@click.option("--by", default="", help="Who chooses; git's user.name if not given.")
@click.option("--internal", is_flag=True, help="Said among ourselves: the client is not shown it.")
@SHOW
@click.pass_obj
def select(
    folder: Path, /, asset: str, number: int | None, step: str, variant: str, show: bool, **said: Any
) -> None:
    """Choose candidate NUMBER of an asset; what comes after it goes on from there."""
    root = find_root(folder.absolute())
    checkout = Checkout(root)
    name = one_asset(checkout, asset)
    if show or number is None:
        show_asset(checkout, name, step, "select", asked=show)
    if number is None:
        return
    said["by"] = said["by"] or person(root)
    session = Session(checkout, Talk(), jobs=default_jobs(), arguments={"verb": "select"})
    session.lock()
    try:
        node, digest = candidate(checkout, name, number, step, variant)
        assert node.use is not None
        decision = Decision(
            did=SELECT,
            step=node.use.step,
            variant=variant,
            digest=digest,
            candidate=number,
            at=now(),
            via="cli",
            **said,
        )
        checkout.asked.decisions.add(name, decision)
        keep_facts(Checkout(root), [name])
    finally:
        session.close()
    click.echo(f"{name}: candidate {number} of {node.use.step} ({digest[:12]}) is selected")


def show_asset(checkout: Checkout, asset: str, step: str, verb: str, *, asked: bool) -> None:
    """Print an asset's candidates as pictures, if this is a terminal that can show some.

    asked: whether that was wanted; UsageError if not, since then a number is missing.
    """
    if not asked:
        raise UsageError(f"which candidate of {asset}?", hint=f"tympan {verb} {asset} --show")
    nodes = [each for each in checkout.graph.nodes.values() if each.asset == asset and each.kind in REQUESTS]
    show_candidates(checkout, [each for each in nodes if each.use and step in ("", each.use.step)])


def candidate(checkout: Checkout, asset: str, number: int, step: str, variant: str) -> tuple[Node, str]:
    """The request and the digest of an asset's candidate; the last step with candidates if none is named."""
    planner = checkout.planner()
    nodes = [
        node
        for node in checkout.graph.nodes.values()
        if node.asset == asset and node.kind in REQUESTS and node.use and _is_meant(node.use, step)
    ]
    with_results = [(node, results) for node in nodes if (results := planner.results(node))]
    if variant:
        with_results = [each for each in with_results if each[0].variant.name == variant] or with_results
    if not with_results:
        raise UsageError(f"{asset} has no candidates yet", hint=f"tympan explore {asset}")
    node, results = with_results[-1]
    if str(number - 1) not in results:
        here = ", ".join(str(int(name) + 1) for name in sorted(filter(str.isdigit, results), key=int))
        raise UsageError(f"{asset} has no candidate {number} there", hint=f"there are {here}")
    return node, results[str(number - 1)]


def _is_meant(use: SourceUse, step: str) -> bool:
    """step: a step, a branch, or "" for any of what is built."""
    return use.step == step or use.branch == step


@click.command()
@click.argument("wanted", nargs=-1, metavar="[ASSET]...")
@click.pass_obj
def relock(folder: Path, wanted: tuple[str, ...]) -> None:
    """Write locks anew from what the ledger of this checkout has."""
    root = find_root(folder.absolute())
    checkout = Checkout(root)
    session = Session(checkout, Talk(), jobs=default_jobs(), arguments={"verb": "relock"})
    session.lock()
    try:
        assets = assets_of(checkout, wanted or ["*"])
        for asset in assets:
            checkout.asked.locks.drop(asset)
        keep_facts(checkout, assets)
    finally:
        session.close()
    click.echo(f"{len(assets)} assets looked through")


def person(root: Path) -> str:
    """Who works here: git's user.name, else the account's name."""
    try:
        said = subprocess.run(
            ["git", "config", "user.name"], cwd=root, capture_output=True, text=True, timeout=10
        ).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        said = ""
    return said or getpass.getuser()
