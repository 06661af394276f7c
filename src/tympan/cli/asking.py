"""`tympan explore`, `refine`, `train` and `resume`: the only verbs that ask what costs money.

Reads the checkout. Writes the ledger, the store, locks and masters.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from tympan import ledger as states
from tympan.asking import Errand
from tympan.checkout import Checkout
from tympan.cli.errands import Run, is_manual
from tympan.cli.showing import show_candidates
from tympan.errors import UsageError
from tympan.ledger import Job
from tympan.model import Cost
from tympan.plan.graph import Node

_BUDGET = click.option(
    "--budget",
    multiple=True,
    metavar="AMOUNT",
    help='What the run may cost, as "2.00 USD"; repeatable.',
)
_DRY = click.option("-n", "--dry-run", is_flag=True, help="Only show the prices.")
_Words = tuple[str, ...]
_JSON = click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
# A call may have arrived, and nobody can say.
_UNSURE = (states.SENDING, states.UNKNOWN)
_ASSETS = click.argument("wanted", nargs=-1, required=True, metavar="ASSET...")


@click.command()
@_ASSETS
@_BUDGET
@_DRY
@_JSON
@click.pass_obj
def explore(
    folder: Path, wanted: tuple[str, ...], budget: tuple[str, ...], dry_run: bool, as_json: bool
) -> None:
    """Ask generators for the candidates of [source].

    What has been asked is never asked again; free generators draw here, too.
    """
    _ask(folder, wanted, budget, dry_run, as_json, lambda node: node.kind == "source")


@click.command()
@_ASSETS
@click.option("--step", type=click.IntRange(1), help="Only the refinement of this number, from 1.")
@click.option("--branch", default="", help="The refinements of this branch, not those of what is built.")
@_BUDGET
@_DRY
@_JSON
@click.pass_obj
def refine(
    folder: Path,
    wanted: tuple[str, ...],
    step: int | None,
    branch: str,
    budget: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Ask for the next [[refine]] step of what was selected."""
    name = f"{branch}.refine.{step}".lstrip(".") if step else ""

    def is_meant(node: Node) -> bool:
        return node.kind == "refine" and node.use is not None and node.use.branch == branch

    _ask(folder, wanted, budget, dry_run, as_json, is_meant, step=name)


@click.command()
@_ASSETS
@_BUDGET
@_DRY
@_JSON
@click.pass_obj
def train(
    folder: Path, wanted: tuple[str, ...], budget: tuple[str, ...], dry_run: bool, as_json: bool
) -> None:
    """Train the styles of [train], each once for its pictures and keys."""
    _ask(folder, wanted, budget, dry_run, as_json, lambda node: node.kind == "source", styles=True)


@click.command()
@click.argument("wanted", nargs=-1, metavar="[ASSET]...")
@click.option("--pay-again", multiple=True, metavar="JOB", help="Ask anew for a job that may have arrived.")
@click.option("--give-up", multiple=True, metavar="JOB", help="Wait no more for a job.")
@_BUDGET
@_JSON
@click.pass_obj
def resume(
    folder: Path,
    wanted: tuple[str, ...],
    pay_again: tuple[str, ...],
    give_up: tuple[str, ...],
    budget: tuple[str, ...],
    as_json: bool,
) -> None:
    """Go on with jobs that were broken off: fetch what is ready, ask after what is not known.

    Nothing new is begun, and nothing is paid, except for jobs that --pay-again names.
    """
    with Run(folder, as_json) as run:
        jobs = run.checkout.asked.ledger.jobs()
        for job in _named(jobs, give_up, (*_UNSURE, states.SUBMITTED)):
            # What a person was to do by hand and did not has cost nothing.
            cost = Cost(0.0, job.cost.currency) if is_manual(run.checkout, job) else None
            run.checkout.asked.ledger.add(job, states.LOST, message="given up", cost=cost)
        again = tuple(job.id for job in _named(jobs, pay_again, (*_UNSURE, states.FAILED)))
        open_jobs = [job for job in jobs if job.did in (*states.OPEN, states.UNKNOWN) or job.id in again]
        meant = {node.asset for node in run.nodes(wanted)} if wanted else {job.asset for job in open_jobs}
        keys = {job.key for job in open_jobs if job.asset in meant}
        errands = [each for each in run.open_errands(meant) if each.key in keys]
        _check_found(jobs, again, errands)
        run.ask(errands, budget, pay_again=again, only_open=True)
        run.show(errands)


def _check_found(jobs: list[Job], again: tuple[str, ...], errands: list[Errand]) -> None:
    """UsageError if a job that is to be paid again is of no request that the specs have."""
    keys = {errand.key for errand in errands}
    for job in jobs:
        if job.id in again and job.key not in keys:
            raise UsageError(
                f"no spec asks for job {job.id[:8]}",
                hint=f"if a recalibration did: tympan recalibrate --to MODEL --pay-again {job.id[:8]}",
            )


def _ask(
    folder: Path,
    wanted: tuple[str, ...],
    budget: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
    kind: Callable[[Node], bool],
    *,
    step: str = "",
    styles: bool = False,
) -> None:
    with Run(folder, as_json) as run:
        styled = {asset.id for asset in run.checkout.library.assets if asset.is_style}
        nodes = [node for node in run.nodes(wanted) if kind(node) and (node.asset in styled) == styles]
        nodes = [node for node in nodes if node.use and (not step or node.use.step == step)]
        if not nodes:
            raise UsageError(
                f"{', '.join(wanted)}: nothing to ask there", hint="tympan list names the assets"
            )
        if kind(nodes[0]) and nodes[0].kind == "refine" and not step:
            nodes = run.next_steps(nodes)
        if not dry_run:
            run.draw([node for node in nodes if not node.asked])
        errands = run.errands(node for node in nodes if node.asked)
        if dry_run:
            run.prices(errands)
        elif errands:
            run.ask(errands, budget)
            run.show(errands)
    if not (dry_run or as_json or styles):
        show_candidates(Checkout(run.checkout.files.root), nodes)


def _named(jobs: list[Job], names: tuple[str, ...], states_meant: tuple[str, ...]) -> list[Job]:
    found = []
    for name in names:
        meant = [job for job in jobs if job.did in states_meant and job.id.startswith(name)]
        if len(meant) != 1:
            words = " or ".join(states_meant)
            raise UsageError(f"{len(meant)} jobs that are {words} begin with {name!r}", hint="tympan jobs")
        found += meant
    return found
