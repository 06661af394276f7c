"""`tympan baseline` and `tympan drift`: what a model drew when it was pinned, and whether it still does.

Reads the checkout. Writes the ledger, the store, and calibration/.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from tympan.asking import Errand
from tympan.cli.errands import Run
from tympan.cli.words import assets_of, print_json
from tympan.clock import now
from tympan.errors import UsageError
from tympan.recalibrate.baseline import Baseline, Shot, load_all, made, save, shots
from tympan.recalibrate.compare import gates_of
from tympan.recalibrate.probe import Probed, probed, probes
from tympan.switch import VERSION

_BUDGET = click.option("--budget", multiple=True, metavar="AMOUNT", help='What it may cost, as "2.00 USD".')
_DRY = click.option("-n", "--dry-run", is_flag=True, help="Only show what would be asked, and the prices.")
_JSON = click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
# The service draws otherwise than it did: exit-codes.md.
DRIFTED = 8


@click.command()
@click.argument("wanted", nargs=-1, metavar="[ASSET]...")
@_BUDGET
@_DRY
@_JSON
@click.pass_obj
def baseline(
    folder: Path, wanted: tuple[str, ...], budget: tuple[str, ...], dry_run: bool, as_json: bool
) -> None:
    """Draw the calibration set with fixed seeds, and keep it: what `tympan drift` compares with.

    Make it on the day a model is pinned: when the model has gone, nobody can draw it any more. The set and
    the seeds stand in [drift] of the project file; the record goes into calibration/, to be committed.
    """
    with Run(folder, as_json) as run:
        keys = run.checkout.project.drift
        if not (wanted or keys.assets):
            raise UsageError(
                "no calibration set", hint='[drift] assets = ["illustration/*"] in the project file'
            )
        assets, today = assets_of(run.checkout, wanted or keys.assets), now()[:10]
        found = shots(run.checkout, assets, keys.seeds, today)
        if not found:
            raise UsageError("no asset of the calibration set asks for a model", hint="tympan models")
        _bring(run, [shot for each in found.values() for shot in each], budget, dry_run)
        if dry_run:
            return
        _keep(
            run, [made(run.checkout, run.session.build.pool, *each, today) for each in found.items()], as_json
        )


def _keep(run: Run, baselines: list[Baseline], as_json: bool) -> None:
    for each in baselines:
        save(run.checkout.files, each)
    if as_json:
        print_json(baselines)
        return
    for each in baselines:
        count = sum(len(row.pictures) for row in each.requests)
        click.echo(
            f"{each.path}: {each.generator} {each.model}, {len(each.requests)} requests, {count} pictures"
        )


def _bring(run: Run, taken: Sequence[Shot], budget: tuple[str, ...], dry_run: bool) -> list[Errand]:
    """Draw what is free and ask for the rest; or only show the prices."""
    errands = run.errands(shot.node for shot in taken if shot.node.asked)
    if dry_run:
        run.prices(errands)
        click.echo(f"{sum(not shot.node.asked for shot in taken)} pictures drawn for nothing", err=True)
        return errands
    for shot in taken:
        if not shot.node.asked:
            run.session.build.perform(shot.node)
    if errands:
        run.ask(errands, budget)
    return errands


@click.command()
@click.option("--occasion", default="", metavar="WORD", help="Asked once for each; the day if not given.")
@_BUDGET
@_DRY
@_JSON
@click.pass_obj
def drift(folder: Path, occasion: str, budget: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Ask a few requests once more, and tell whether the models draw as on the day of their baseline.

    Exit 8 if one does not. Meant for a weekly job: it asks the same [drift] probes each time, and within one
    day, or one --occasion, nothing twice.
    """
    with Run(folder, as_json) as run:
        baselines = load_all(run.checkout.files)
        if not baselines:
            raise UsageError("there is no baseline", hint="tympan baseline")
        keys, today = run.checkout.project.drift, now()[:10]
        taken = [probes(run.checkout, each, keys.probes, today, occasion or today) for each in baselines]
        _bring(run, [shot for each in taken for shot in each], budget, dry_run)
        if dry_run:
            return
        pool = run.session.build.pool
        found = [
            probed(run.checkout, pool, each, mine, gates_of(run.checkout))
            for each, mine in zip(baselines, taken, strict=True)
            if mine
        ]
        _tell(found, as_json)
    if any(each.drifted for each in found):
        raise click.exceptions.Exit(DRIFTED)


def _tell(found: list[Probed], as_json: bool) -> None:
    if as_json:
        print_json({"v": VERSION, "drifted": any(each.drifted for each in found), "models": found})
        return
    for each in found:
        click.echo(f"{each.generator} {each.model or '(no model named)'}: {each.verdict}: {each.sentence}")
        rows: list[Any] = [*(f"{name}: another picture" for name in each.differing), *each.notes]
        for line in rows:
            click.echo(f"    {line}")
    if not found:
        click.echo("no spec asks for a model that has a baseline")
