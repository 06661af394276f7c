"""`tympan promote`: another direction of an asset becomes the one that is built.

Reads the checkout. Writes the spec, decisions, locks and masters.
"""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from tympan.asking import keep_facts
from tympan.checkout import Checkout, find_root
from tympan.cli.door import default_jobs
from tympan.cli.session import Session
from tympan.cli.talk import Talk
from tympan.cli.words import one_asset
from tympan.clock import now
from tympan.decisions import ON_CANDIDATES, Decision
from tympan.errors import UsageError
from tympan.spec.promote import promoted
from tympan.spec.request import NAME
from tympan.spec.resolved import Variant


@click.command("promote")
@click.argument("asset")
@click.argument("branch")
@click.option("--as", "former", default="former", help="Name for the direction that was built; former.")
@click.pass_obj
def promote(folder: Path, asset: str, branch: str, former: str) -> None:
    """Make a branch of an asset the direction that is built; what was built becomes a branch."""
    root = find_root(folder.absolute())
    checkout = Checkout(root)
    session = Session(checkout, Talk(), jobs=default_jobs(), arguments={"verb": "promote"})
    session.lock()
    try:
        name = one_asset(checkout, asset)
        steps = _promote(checkout, name, branch, former)
        again = Checkout(root)
        _carry_over(again, name, steps)
        keep_facts(again, [name])
    finally:
        session.close()
    click.echo(f"{name}: {branch} is what is built now; what was is the branch {former}")


def _promote(checkout: Checkout, asset: str, branch: str, former: str) -> dict[str, str]:
    """Rewrite the spec; how its steps are called afterwards, by what they were called."""
    if not NAME.fullmatch(former):
        raise UsageError("--as: a name takes letters, digits, - and _")
    found = next(each for each in checkout.library.assets if each.id == asset)
    text = checkout.files.read(found.file).decode()
    made = promoted(text, branch, former)
    steps = _renamed(found.variants[0], branch, former)
    checkout.files.write(found.file, made.encode(), sync=True)
    return steps


def _renamed(variant: Variant, branch: str, former: str) -> dict[str, str]:
    found = next(each for each in variant.branches if each.name == branch)
    steps = {use.step: f"refine.{found.fork + nth}" for nth, use in enumerate(found.refine, 1)}
    for nth, use in enumerate(variant.refine[found.fork :], 1):
        steps[use.step] = f"{former}.refine.{nth}"
    return steps


def _carry_over(checkout: Checkout, asset: str, steps: dict[str, str]) -> None:
    """Say again of the steps, as they are called now, what people decided on their candidates."""
    decisions = checkout.asked.decisions
    said: list[Decision] = [
        msgspec.structs.replace(each, step=steps[each.step], at=now(), via="promote")
        for each in decisions.of(asset)
        if each.did in ON_CANDIDATES and each.step in steps
    ]
    for each in said:
        decisions.add(asset, each)
