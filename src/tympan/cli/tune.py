"""`tympan tune`: options swept for assets that a new model draws otherwise.

Reads the checkout and the record. Writes the ledger, the store, and the record.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import msgspec

from tympan.cli.errands import Run
from tympan.cli.words import assets_of, print_json
from tympan.errors import TympanError, UsageError
from tympan.recalibrate import record as records
from tympan.recalibrate.accept import node_of, record_of
from tympan.recalibrate.compare import gates_of, judged, read_verdict
from tympan.recalibrate.page import write_page
from tympan.recalibrate.record import Record, Tuned
from tympan.recalibrate.tune import Point, points, tuned, values_of


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("asset")
@click.argument("sweep", nargs=-1, type=click.UNPROCESSED, metavar="--OPTION VALUES...")
@click.option("--to", "model", default="", metavar="MODEL", help="Of which recalibration, if several.")
@click.option("--budget", multiple=True, metavar="AMOUNT", help='What it may cost, as "2.00 USD".')
@click.option("-n", "--dry-run", is_flag=True, help="Only show the prices.")
@click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
@click.pass_obj
def tune(folder: Path, /, asset: str, sweep: tuple[str, ...], model: str, **options: Any) -> None:
    """Try options of the generator for an asset that drifted; which come nearest to the old pictures?

    VALUES are FROM..TO/STEP, as --stylize 150..250/25, or several with commas between them. Two pictures are
    drawn of each. The report of the recalibration shows them, value by value, beside the old ones; what is
    accepted there, or by `tympan accept ASSET --set OPTION=VALUE`, goes into the spec.
    """
    with Run(folder, options["as_json"]) as run:
        (name,) = assets_of(run.checkout, [asset])
        record = record_of(run.checkout, [name], model)
        rows = [(row, node_of(run.checkout, row)) for row in record.of(name)]
        found = points(run.checkout, rows, record.to, _swept(sweep))
        errands = run.errands(each.node for each in found if each.node.asked)
        if options["dry_run"]:
            run.prices(errands)
            return
        for each in found:
            if not each.node.asked:
                _draw(run, each.node)
        if errands:
            run.ask(errands, options["budget"])
        _judge(run, name, record, found, options["as_json"])


def _swept(words: tuple[str, ...]) -> dict[str, list[Any]]:
    """`--stylize 150..250/25 --chaos=1,2` as values by option."""
    pairs: list[str] = []
    for word in words:
        pairs += word.split("=", 1) if word.startswith("--") else [word]
    names, values = pairs[::2], pairs[1::2]
    if not pairs or len(names) != len(values) or any(not each.startswith("--") for each in names):
        raise click.UsageError("say what to try, as --stylize 150..250/25")
    return {name[2:].replace("-", "_"): values_of(text) for name, text in zip(names, values, strict=True)}


def _draw(run: Run, node: Any) -> None:
    try:
        run.session.build.perform(node)
    except TympanError as error:
        raise UsageError(f"{node.id} could not be drawn: {error}") from None


def _judge(run: Run, asset: str, record: Record, found: Iterable[Point], as_json: bool) -> None:
    """Say how near the points come, and put them on record and into the report."""
    checkout, pool, gates = run.checkout, run.session.build.pool, gates_of(run.checkout)
    made, lost = tuned(checkout, pool, found, gates)
    record = _with(record, made)
    records.save(checkout.files, record)
    for digest, why in lost.items():
        click.echo(f"{digest[:12]}: {why}", err=True)
    drift = read_verdict(checkout.files, record.name) or judged(checkout, pool, record.tried, gates)[0]
    html = write_page(checkout, pool, record, drift)
    _tell(asset, record, made, as_json)
    click.echo(f"side by side: {html}", err=True)


def _with(record: Record, made: Iterable[Tuned]) -> Record:
    """The record with these points, in place of older ones of the same values."""
    rows = {(each.name, msgspec.json.encode(each.options)): each for each in (*record.tuned, *made)}
    return msgspec.structs.replace(record, tuned=tuple(rows.values()))


def _tell(asset: str, record: Record, made: list[Tuned], as_json: bool) -> None:
    if as_json:
        print_json(made)
        return
    lines = [(each.name, _words(record, each), _far(each)) for each in made]
    wide = [max(len(line[n]) for line in lines) for n in (0, 1)] if lines else [0, 0]
    for name, words, far in lines:
        click.echo(f"{name:<{wide[0]}}  {words:<{wide[1]}}  {far}")
    if made:
        said = "".join(f" --set {shlex.quote(f'{key}={value}')}" for key, value in made[0].options.items())
        click.echo(f"nearest first: tympan accept {asset}{said}", err=True)


def _words(record: Record, each: Tuned) -> str:
    return ", ".join(f"{key} = {value}" for key, value in each.options.items()) or f"{record.to} by itself"


def _far(each: Tuned) -> str:
    return f"{each.apart:.2f} gates apart in {each.aspect}" if each.aspect else "not measured"
