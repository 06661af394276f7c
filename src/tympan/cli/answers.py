"""Taking in the decisions file of a recalibration's report: holds and acceptances, as the verbs do them.

Reads the file and the records. Writes what `tympan hold` and `tympan accept` write.
"""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from tympan.checkout import Checkout
from tympan.cli.accept import Locked, finish
from tympan.cli.talk import Talk
from tympan.clock import now
from tympan.decisions import ACCEPT, HOLD, Decision
from tympan.errors import OutOfDate
from tympan.recalibrate.accept import repin
from tympan.recalibrate.answers import Taken, taken
from tympan.sheet.answers import plain


def bring_decisions(root: Path, data: bytes, name: str) -> None:
    """Hold and accept what a file says; the name in it is claimed."""
    checkout = Checkout(root)
    found = taken(checkout.files, data, name)
    by = plain(found.by, 100).replace("\n", " ").strip() or "somebody"
    said = Decision(did=ACCEPT, digest="", by=by, at=now(), via="sheet", claimed=True)
    with Locked(checkout, Talk(), "review import"):
        _hold(checkout, found, said)
        record, pinned = repin(checkout, found.record, sorted(found.accept), now()[:10], found.options)
    for asset in pinned:
        click.echo(f"{asset}: inherited its model from one of these, and says it itself now", err=True)
    for asset, why in found.tune.items():
        click.echo(f"{asset}: to be tuned{f': {why}' if why else ''}: tympan tune {asset} --OPTION VALUES")
    if found.accept:
        code = finish(root, record, sorted(found.accept), False, said=said, whys=found.accept)
        if code:
            raise click.exceptions.Exit(code)
    if found.left:
        lines = "\n  ".join(found.left[:20])
        raise OutOfDate(f"{len(found.left)} decisions are left out:\n  {lines}", hint="look at a new report")


def _hold(checkout: Checkout, found: Taken, said: Decision) -> None:
    for asset, why in sorted(found.hold.items()):
        for model in sorted({row.before for row in found.record.of(asset)}):
            if model and checkout.asked.decisions.on_model(asset, model) is None:
                made = msgspec.structs.replace(said, did=HOLD, model=model, why=plain(why))
                checkout.asked.decisions.add(asset, made)
            click.echo(f"{asset}: stays with {model or 'no model named'}{f': {why}' if why else ''}")
