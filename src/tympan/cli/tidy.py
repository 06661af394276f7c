"""`tympan gc` and `tympan verify`.

Reads the store. Writes by deleting what nothing needs, and by putting aside what is damaged.
"""

from __future__ import annotations

import re
from pathlib import Path

import click
import msgspec

from tympan import tidy
from tympan.checkout import Checkout, find_root
from tympan.cli.door import default_jobs
from tympan.cli.session import Session
from tympan.cli.talk import Talk
from tympan.recalibrate import baseline
from tympan.recalibrate.record import blobs
from tympan.sheet.shelf import clear

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


def _bytes(ctx: click.Context, option: click.Parameter, text: str) -> int:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?)b?", text.strip().lower())
    if not found:
        raise click.BadParameter("a size such as 500MB or 2GB")
    return int(float(found[1]) * _UNITS[found[2]])


def _share(ctx: click.Context, option: click.Parameter, text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)%", text.strip())
    if not found or not 0 < float(found[1]) <= 100:
        raise click.BadParameter("a share such as 5%")
    return float(found[1]) / 100


@click.command()
@click.option("--keep", "budget", default="1GB", callback=_bytes, help="Stop at this size; 1GB.")
@click.option("-n", "--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.pass_obj
def gc(folder: Path, budget: int, dry_run: bool, as_json: bool) -> None:
    """Give back disk space of the store, least recently used first.

    What this checkout's outputs were made of always stays, and so does what services brought and what
    recalibrations compared. Views of pictures all go: the next sheet makes its own.
    """
    checkout = Checkout(find_root(folder.absolute()))
    session = Session(checkout, Talk(), jobs=default_jobs())
    session.lock()
    try:
        records = [checkout.state.record(node) for node in checkout.state.nodes()]
        pinned = {record.key for record in records if record is not None}
        paid = checkout.asked.blobs(asset.id for asset in checkout.library.assets)
        never = paid | blobs(checkout.files) | baseline.blobs(checkout.files)
        freed = tidy.collect(checkout.store, pinned, budget, never=never, dry_run=dry_run)
        views = clear(checkout.files, dry_run=dry_run)
    finally:
        session.close()
    if as_json:
        click.echo(msgspec.json.encode(freed).decode())
        return
    words = f"{'would go' if dry_run else 'gone'}: {freed.freed / 1e6:.1f} MB; {freed.kept / 1e6:.1f} MB stay"
    more = f"; {views / 1e6:.1f} MB of views" if views else ""
    click.echo(f"{freed.actions} actions and {freed.blobs} blobs {words}{more}")


@click.command()
@click.option(
    "--read-data-subset", "share", default="100%", callback=_share, help="Read only a share, such as 5%."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.pass_obj
def verify(folder: Path, share: float, as_json: bool) -> None:
    """Read the store and compare every byte with its digest; exit 4 if any is damaged.

    What is damaged is put aside, and made again by the next build that needs it.
    """
    checkout = Checkout(find_root(folder.absolute()))
    session = Session(checkout, Talk(), jobs=default_jobs())
    session.lock()
    try:
        found = tidy.verify(checkout.store, share)
    finally:
        session.close()
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
    else:
        click.echo(f"{found.read} of {found.blobs} blobs read, {len(found.damaged)} damaged")
        for name in found.damaged:
            click.echo(f"damaged {name}, put aside", err=True)
    raise click.exceptions.Exit(4 if found.damaged else 0)
