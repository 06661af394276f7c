"""`tympan recalibrate --tools`: what a new version of a tool makes of the outputs, before a build does.

Reads the checkout. Writes the store and recalibrations/tools/.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from tympan.checkout import Checkout, find_root
from tympan.cli.before import CHANGED, Pair
from tympan.cli.diff import Change, Row, row_of
from tympan.cli.diffpage import page
from tympan.cli.door import default_jobs
from tympan.cli.session import Session
from tympan.cli.talk import Talk
from tympan.cli.words import print_json
from tympan.errors import Damaged
from tympan.plan.pick import pick
from tympan.recalibrate.record import path_of
from tympan.recalibrate.tools import DIFFERS, FAILED, IDENTICAL, PIXELS, Compared, compared, moved
from tympan.worker.pool import Pool

_FILE, _PAGE = "report.json", "report.html"
# So many are named on a terminal, the furthest apart first; all are in the report.
_NAMED = 20
# So many have pictures on the page, the furthest apart first: 60 KB each, and it is to go into a mail.
_SHOWN = 200


def tools(folder: Path, wanted: tuple[str, ...], as_json: bool) -> None:
    """Compare, write the report, and say what it says; exit 1 if something could not be made."""
    checkout = Checkout(find_root(folder.absolute()))
    session = Session(checkout, Talk(), jobs=default_jobs(), arguments={"verb": "recalibrate --tools"})
    nodes = pick(checkout.graph, wanted)
    session.lock()
    try:
        look = _Look(checkout, session.build.pool)
        rows = look.at(list(compared(checkout, session.build, moved(checkout, session.build, nodes))))
        because = Counter(text for row in rows for text in row.because)
        told = {"because": dict(because), "counts": Counter(row.verdict for row in rows), "outputs": rows}
        if rows:
            body = msgspec.json.format(msgspec.json.encode(told, order="deterministic"), indent=2) + b"\n"
            checkout.files.write(path_of("tools", _FILE), body)
            checkout.files.write(path_of("tools", _PAGE), _page(look, rows, because).encode())
    finally:
        session.close()
    if as_json:
        print_json(told)
    else:
        _tell(rows, because)
    raise click.exceptions.Exit(1 if any(row.verdict == FAILED for row in rows) else 0)


def _order(row: Compared) -> tuple[bool, float, str]:
    """What failed, then what cannot be measured, then the furthest apart."""
    far = row.difference.mean if row.difference else 0.0 if row.verdict == IDENTICAL else float("inf")
    return row.verdict != FAILED, -far, row.output


class _Look:
    """Old and new files held against each other, as `tympan diff` does it."""

    def __init__(self, checkout: Checkout, pool: Pool) -> None:
        self._checkout, self._pool = checkout, pool
        self._seen: dict[str, Row] = {}

    def at(self, rows: list[Compared]) -> list[Compared]:
        """With numbers where the bytes differ; what failed first, then the furthest apart."""
        # If not all can have pictures, numbers come first, and tell which.
        shown = sum(row.verdict == DIFFERS for row in rows) <= _SHOWN
        return sorted((self._measured(row, shown) for row in rows), key=_order)

    def _measured(self, row: Compared, shown: bool) -> Compared:
        if row.verdict != DIFFERS:
            return row
        found = self._row(row, shown=shown)
        if shown:
            self._seen[row.output] = found
        told = found.change
        same = told.difference is not None and not told.difference.changed
        return msgspec.structs.replace(
            row,
            verdict=PIXELS if same else DIFFERS,
            difference=told.difference,
            sizes=told.sizes,
            notes=told.notes,
        )

    def pictures(self, rows: list[Compared]) -> Iterator[Row]:
        """Rows for the page: what is not the same to the byte, the first of them with pictures."""
        several = len({row.because for row in rows}) > 1
        for nth, row in enumerate(each for each in rows if each.verdict != IDENTICAL):
            found = self._seen.get(row.output)
            if found is None and nth < _SHOWN and row.verdict != FAILED:
                found = self._row(row, shown=True)
            found = found or Row(_change(row), {})
            notes = (*filter(None, [row.message]), *found.change.notes, *(row.because if several else ()))
            yield found._replace(change=msgspec.structs.replace(found.change, state=row.verdict, notes=notes))

    def _row(self, row: Compared, *, shown: bool) -> Row:
        before = self._checkout.asked.bytes_of(row.before, row.output) if row.before else None
        try:
            after = self._checkout.store.get(row.after)
        except Damaged as error:
            return Row(msgspec.structs.replace(_change(row), notes=(str(error),)), {})
        if before is None:
            notes = ("the old file is not here any more",)
            return Row(msgspec.structs.replace(_change(row), sizes=(-1, len(after)), notes=notes), {})
        sizes = (len(before), len(after))
        pair = Pair(row.task, row.asset, row.output, CHANGED, before, after, sizes)
        return row_of(self._pool, pair, shown=shown)


def _change(row: Compared) -> Change:
    return Change(
        task=row.task,
        asset=row.asset,
        path=row.output,
        state=row.verdict,
        sizes=row.sizes,
        difference=row.difference,
        notes=row.notes,
    )


def _page(look: _Look, rows: list[Compared], because: Counter[str]) -> str:
    shown = list(look.pictures(rows))
    said = [f"{text}: {count} outputs" for text, count in because.most_common()]
    if len(shown) > _SHOWN:
        said.append(f"Pictures of the {_SHOWN} that are furthest apart; numbers of all.")
    return page(shown, "tympan recalibrate --tools", "What new tools change", _counted(rows), said=said)


def _counted(rows: list[Compared]) -> str:
    counts = Counter(row.verdict for row in rows)
    told = {IDENTICAL: IDENTICAL, PIXELS: PIXELS, DIFFERS: "differ", FAILED: FAILED}
    words = [f"{counts[word]} {text}" for word, text in told.items() if counts[word]]
    return f"{len(rows)} outputs: {', '.join(words)}"


def _tell(rows: list[Compared], because: Counter[str]) -> None:
    if not rows:
        click.echo("no output is stale by a version of a tool alone")
        return
    for text, count in because.most_common():
        click.echo(f"{text}: {count} outputs")
    shown = [row for row in rows if row.verdict in (DIFFERS, FAILED)]
    for row in shown[:_NAMED]:
        click.echo(f"  {row.output}: {row.message or _far(row)}")
    if len(shown) > _NAMED:
        click.echo(f"  ... and {len(shown) - _NAMED} more")
    click.echo(_counted(rows))
    click.echo(f"report: {path_of('tools', _PAGE)}; tympan build puts them in place", err=True)


def _far(row: Compared) -> str:
    """How far two files are apart, in words."""
    if (found := row.difference) is None:
        return "; ".join(row.notes) or "not comparable"
    return f"{found.changed:.2%} of pixels, mean dE {found.mean:.2f}, max dE {found.most:.1f}"
