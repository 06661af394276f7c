"""`tympan jobs`: what was asked of services, what became of it, what it cost.

Reads the ledger. Writes nothing but what it prints.
"""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from tympan import ledger as states
from tympan.checkout import Checkout, find_root
from tympan.cli.words import assets_of, print_json
from tympan.errors import UsageError
from tympan.ledger import Job, total


@click.command()
@click.argument("wanted", nargs=-1, metavar="[ASSET]...")
@click.option("--open", "only_open", is_flag=True, help="Only those that are not at their end.")
@click.option(
    "--answer",
    "answer",
    default="",
    metavar="JOB",
    help="Print a job's answer: the one refused, or of the paid call.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
@click.pass_obj
def jobs(folder: Path, wanted: tuple[str, ...], only_open: bool, answer: str, as_json: bool) -> None:
    """List what was asked, what became of it, and what it cost."""
    checkout = Checkout(find_root(folder.absolute()))
    found = checkout.asked.ledger.jobs()
    if answer:
        click.echo(_answer(checkout, found, answer))
        return
    if wanted:
        assets = assets_of(checkout, wanted)
        found = [job for job in found if job.asset in assets]
    if only_open:
        found = [job for job in found if job.did in (*states.OPEN, states.UNKNOWN)]
    if as_json:
        print_json([msgspec.to_builtins(job) for job in found])
        return
    for job in found:
        words = f"{job.generator} {job.model or job.request.get('model', '')}".strip()
        click.echo(f"{job.id[:8]}  {job.begun}  {job.did:<9}  {job.asset:<32} {words:<28} {job.cost}")
        if job.message and job.did in (states.BLOCKED, states.FAILED, states.UNKNOWN):
            click.echo(f"          {job.message}")
    spent = total(job.cost for job in found if job.did in states.SPENT)
    click.echo(f"{len(found)} jobs, {spent} spent")
    if checkout.asked.ledger.damaged:
        click.echo(
            f"{checkout.asked.ledger.damaged} lines of the ledger are damaged; they stay in it", err=True
        )


def _answer(checkout: Checkout, found: list[Job], name: str) -> str:
    named = [job for job in found if job.id.startswith(name)]
    meant = [job for job in named if job.refused or job.answer or job.said is not None]
    if len(meant) != 1:
        raise UsageError(f"{len(meant)} answered jobs begin with {name!r}", hint="tympan jobs lists them")
    digest = meant[0].refused or meant[0].answer
    return checkout.store.get(digest).decode(errors="replace") if digest else meant[0].said or ""
