"""`tympan diff`: what became of each file since a revision of git, in numbers, in words, and as a page.

Reads the checkout, its store, and the repository. Writes the page, to a folder that is named.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import click
import msgspec

from tympan.checkout import Checkout, find_root
from tympan.cli.before import CHANGED, SAME, Pair, Then
from tympan.cli.diffpage import page
from tympan.cli.door import default_jobs
from tympan.cli.words import print_json
from tympan.compare import Difference
from tympan.errors import TaskError
from tympan.files import Files
from tympan.gauge import Gauge
from tympan.worker.looking import Compare, Measure
from tympan.worker.pool import Pool

_SHOWN = 200
_NOTHING = Gauge()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One file, before and after. sizes: in bytes, -1 for none; difference: None if it cannot be measured."""

    task: str
    asset: str
    path: str
    state: str
    sizes: tuple[int, int] = (-1, -1)
    before: Gauge = _NOTHING
    after: Gauge = _NOTHING
    difference: Difference | None = None
    notes: tuple[str, ...] = ()


class Row(NamedTuple):
    """A change, and for a page its pictures: "before", "after" and "heat" as WebP."""

    change: Change
    pictures: dict[str, bytes]


@click.command("diff")
@click.argument("wanted", nargs=-1, metavar="[ASSET|TASK]...")
@click.option("--since", default="HEAD", metavar="REV", help="The revision of git to compare with; HEAD.")
@click.option("--html", type=click.Path(path_type=Path), metavar="DIR", help="Write a page to DIR.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
@click.pass_obj
def diff(folder: Path, wanted: tuple[str, ...], since: str, html: Path | None, as_json: bool) -> None:
    """Compare the files of targets with what they were at a revision of git.

    Before comes out of git, out of the store, or is made again; no service is asked. The colour difference is
    CIEDE2000, of which 1 is about what an eye can just tell.
    """
    checkout = Checkout(find_root(folder.absolute()))
    with tempfile.TemporaryDirectory(prefix="tympan-") as place, Pool(default_jobs()) as pool:
        pairs = Then(checkout, since, Path(place), pool).pairs(wanted)
        rows = [row_of(pool, pair, shown=html is not None) for pair in pairs]
    changes = [row.change for row in rows]
    if html is not None:
        shown = [row for row in rows if row.change.state != SAME]
        text = page(shown, "tympan diff", "What changed since", _counted(changes), code=since)
        Files(html.absolute().parent).make_folder(html.name)
        Files(html).write("index.html", text.encode())
    if as_json:
        print_json(changes)
        return
    click.echo("\n".join([*_table(changes), f"{_counted(changes)}, since {since}"]))
    if html is not None:
        click.echo(f"{html / 'index.html'}")


def row_of(pool: Pool, pair: Pair, *, shown: bool) -> Row:
    """What became of a file; with its pictures if they are to be shown."""
    notes, difference, pictures = list(pair.notes), None, {}
    files = {name: data for name in ("before", "after") if (data := getattr(pair, name)) is not None}
    seen = {name: msgspec.json.decode(each, type=Gauge) for name, each in _measured(pool, files).items()}
    before, after = pair.before or pair.after, pair.after or pair.before
    if before is not None and after is not None and (pair.state == CHANGED or shown):
        try:
            found = pool.ask(Compare(before, after, shown)).results
            if pair.state == CHANGED:
                difference = msgspec.json.decode(found.pop("difference"), type=Difference)
                notes += msgspec.json.decode(found.pop("notes"), type=list[str])
            pictures = {name: data for name, data in found.items() if name in files or len(files) == 2}
        except TaskError as error:
            notes.append(f"only the bytes were compared: {error.message}")
    if pair.state == CHANGED:
        notes += _words(seen["before"], seen["after"])
    change = Change(
        task=pair.task,
        asset=pair.asset,
        path=pair.path,
        state=pair.state,
        sizes=pair.sizes,
        before=seen.get("before", _NOTHING),
        after=seen.get("after", _NOTHING),
        difference=difference,
        notes=tuple(notes),
    )
    return Row(change, {name: data for name, data in pictures.items() if name != "difference"})


def _measured(pool: Pool, files: dict[str, bytes]) -> dict[str, bytes]:
    return dict(pool.ask(Measure(files)).results) if files else {}


def _words(before: Gauge, after: Gauge) -> Iterator[str]:
    """What else changed, in words."""
    if (before.width, before.height) != (after.width, after.height):
        yield f"size: {before.width:g} x {before.height:g} -> {after.width:g} x {after.height:g}"
    if before.profile_digest != after.profile_digest:
        yield f"profile: {before.profile or 'none'} -> {after.profile or 'none'}"
    if before.mode != after.mode:
        yield f"colours: {before.mode} -> {after.mode}"
    if before.ppi != after.ppi:
        yield f"density: {before.ppi:g} -> {after.ppi:g} ppi"


def _counted(changes: Iterable[Change]) -> str:
    counts = Counter(each.state for each in changes)
    words = [
        f"{count} {word}" for word, count in sorted(counts.items(), key=lambda each: (each[0] == SAME, each))
    ]
    return ", ".join(words) or "no files"


def _table(changes: Iterable[Change]) -> Iterator[str]:
    told = [each for each in changes if each.state != SAME or each.notes]
    if told:
        wide = max(len(each.path) for each in told[:_SHOWN])
        yield f"{'':<{wide}}  {'pixels':>7}  {'mean dE':>7}  {'max dE':>6}  {'SSIM':>6}  bytes"
    for each in told[:_SHOWN]:
        numbers = f"{each.state:<32}"
        if (found := each.difference) is not None:
            numbers = f"{found.changed:>7.2%}  {found.mean:>7.2f}  {found.most:>6.1f}  {found.ssim:>6.4f}"
        yield f"{each.path:<{wide}}  {numbers}  {_bytes(each.sizes)}"
        yield from (f"  {note}" for note in each.notes)
    if len(told) > _SHOWN:
        yield f"... and {len(told) - _SHOWN} more (--json has all)"


def _bytes(sizes: tuple[int, int]) -> str:
    before, after = (str(each) if each >= 0 else "" for each in sizes)
    return f"{before} -> {after}" if before and after and before != after else after or before
