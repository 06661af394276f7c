"""`tympan recalibrate --tools`: what a new version of a tool makes of the outputs, before a build does.

Reads the checkout. Writes the store and recalibrations/tools/.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click
import msgspec

from tympan.checkout import Checkout, find_root
from tympan.cli.door import default_jobs
from tympan.cli.session import Session
from tympan.cli.talk import Talk
from tympan.cli.words import print_json
from tympan.plan.pick import pick
from tympan.recalibrate.record import path_of
from tympan.recalibrate.tools import DIFFERS, FAILED, IDENTICAL, PIXELS, Compared, compared, moved

_FILE = "report.json"
# So many are named on a terminal, the furthest apart first; all are in the report.
_NAMED = 20


def tools(folder: Path, wanted: tuple[str, ...], as_json: bool) -> None:
    """Compare, write the report, and say what it says; exit 1 if something could not be made."""
    checkout = Checkout(find_root(folder.absolute()))
    session = Session(checkout, Talk(), jobs=default_jobs(), arguments={"verb": "recalibrate --tools"})
    nodes = pick(checkout.graph, wanted)
    session.lock()
    try:
        found = moved(checkout, session.build, nodes)
        rows = list(compared(checkout, session.build, session.build.pool, found))
        rows.sort(key=lambda each: (-abs(each.apart), each.output))
        because = Counter(text for row in rows for text in row.because)
        told = {"because": dict(because), "counts": Counter(row.verdict for row in rows), "outputs": rows}
        body = msgspec.json.format(msgspec.json.encode(told, order="deterministic"), indent=2) + b"\n"
        path = path_of("tools", _FILE)
        if rows:
            checkout.files.write(path, body)
    finally:
        session.close()
    if as_json:
        print_json(told)
    else:
        _tell(rows, because, path)
    raise click.exceptions.Exit(1 if any(row.verdict == FAILED for row in rows) else 0)


def _tell(rows: list[Compared], because: Counter[str], path: str) -> None:
    if not rows:
        click.echo("no output is stale by a version of a tool alone")
        return
    for text, count in because.most_common():
        click.echo(f"{text}: {count} outputs")
    shown = [row for row in rows if row.verdict in (DIFFERS, FAILED)]
    for row in shown[:_NAMED]:
        far = f"{row.apart:.2f} of 255 apart" if row.apart >= 0 else "not comparable"
        click.echo(f"  {row.output}: {row.message or far}")
    if len(shown) > _NAMED:
        click.echo(f"  ... and {len(shown) - _NAMED} more")
    counts = Counter(row.verdict for row in rows)
    words = [f"{counts[word]} {word}" for word in (IDENTICAL, PIXELS, DIFFERS, FAILED) if counts[word]]
    click.echo(f"{len(rows)} outputs: {', '.join(words)}")
    click.echo(f"report: {path}; tympan build puts them in place", err=True)
