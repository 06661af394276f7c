"""`tympan recalibrate`: what another model makes of the library, beside what the present one made.

Reads the checkout. Writes the ledger, the store, and recalibrations/<model>/; no spec, no lock.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from tympan.asking import Errand
from tympan.cli.errands import Run
from tympan.cli.tools import tools
from tympan.cli.words import assets_of, print_json
from tympan.clock import now
from tympan.drift import Drift
from tympan.errors import TympanError, UsageError
from tympan.ledger import is_spent, total
from tympan.recalibrate import record as records
from tympan.recalibrate.compare import REPORT, gates_of, judged, read_verdict, top_up, tried
from tympan.recalibrate.page import write_page
from tympan.recalibrate.record import Record
from tympan.recalibrate.trial import TOP_UP, Trials, canary, target, trials
from tympan.switch import VERSION


@click.command()
@click.argument("wanted", nargs=-1, metavar="[ASSET]...")
@click.option("--to", "model", default="", metavar="MODEL", help="MODEL, or GENERATOR:MODEL.")
@click.option(
    "--tools", "of_tools", is_flag=True, help="Of outputs, after an update of tools, not of a model."
)
@click.option("--canary", type=click.IntRange(1), metavar="N", help="Only so many assets, evenly over tags.")
@click.option("--top-up", "more", is_flag=True, help="More pictures, only where a drift is undecided.")
@click.option("--budget", multiple=True, metavar="AMOUNT", help='What it may cost, as "2.00 USD".')
@click.option("--pay-again", multiple=True, metavar="JOB", help="Ask anew for a job that may have arrived.")
@click.option("-n", "--dry-run", is_flag=True, help="Only show what would be asked, and the prices.")
@click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
@click.pass_obj
def recalibrate(folder: Path, /, wanted: tuple[str, ...], model: str, **options: Any) -> None:
    """Ask another model for the pictures of these assets, and tell how they differ from the present ones.

    First two pictures of each request tell whether the library drifts, and in what; --top-up brings more
    where it is not sure which assets did. Run it again to go on after a kill: nothing is asked twice. No spec
    and no lock changes until `tympan accept`. The report is in recalibrations/.

    With --tools: what a new version of tympan, a plugin, a library or a profile makes of the outputs that are
    here. Nothing goes in place until `tympan build`.
    """
    if options["of_tools"] == bool(model):
        raise click.UsageError("say --to MODEL, or --tools")
    if options["of_tools"]:
        tools(folder, wanted, options["as_json"])
    with Run(folder, options["as_json"]) as run:
        work = _Recalibration(run, wanted, model, options)
        if options["dry_run"]:
            work.plan(options["as_json"])
            return
        work.ask(options["budget"], options["pay_again"])
        work.tell(options["as_json"])


class _Recalibration:
    """One run of the verb."""

    def __init__(self, run: Run, wanted: tuple[str, ...], model: str, options: dict[str, Any]) -> None:
        self._run, self._checkout = run, run.checkout
        self._json = options["as_json"]
        generator, to = target(self._checkout, model)
        self._name = records.name_of(generator, to)
        self._before = records.load(self._checkout.files, self._name)
        counts = {each.name: each.wanted for each in self._before.tried} if self._before else {}
        if options["more"]:
            counts |= self._top_up(to)
        assets = assets_of(self._checkout, wanted or ["*"])
        if options["more"] and not wanted and self._before:
            assets = {each.asset for each in self._before.tried}
        self._planner = self._checkout.planner()
        self.trials = self._found(assets, generator, to, counts)
        whole = len(self.trials.all)
        if options["canary"]:
            self.trials = self._some(options["canary"])
        self._rest = whole - len(self.trials.all)
        if not self.trials.all:
            why = "; ".join(f"{name}: {why}" for name, why in self.trials.left_out.items())
            raise UsageError(
                f"nothing to recalibrate to {to}", hint=why or "no request asks for another model"
            )
        nodes = [node for each in self.trials.all for node in (*each.old, *each.new)]
        self._free = [node for node in nodes if not node.asked]
        self._errands: list[Errand] = run.errands(node for node in nodes if node.asked)

    def _found(self, assets: set[str], generator: str, to: str, counts: dict[str, int]) -> Trials:
        return trials(self._checkout, self._planner, assets, generator, to, counts, now()[:10])

    def _top_up(self, to: str) -> dict[str, int]:
        verdict = read_verdict(self._checkout.files, self._name)
        if verdict is None:
            raise UsageError("there is no report to top up", hint=f"first: tympan recalibrate --to {to}")
        return top_up(verdict, TOP_UP)

    def _some(self, count: int) -> Trials:
        tags = {each.id: each.tags for each in self._checkout.library.assets}
        chosen = canary({each.node.asset: tags[each.node.asset] for each in self.trials.all}, count)
        some = tuple(each for each in self.trials.all if each.node.asset in chosen)
        return msgspec.structs.replace(self.trials, all=some)

    def plan(self, as_json: bool) -> None:
        """Show what would be asked, and the prices."""
        rows = [self._row(each) for each in self.trials.all]
        price = self._run.price(self._errands)
        if as_json:
            left_out = self.trials.left_out
            to = {"generator": self.trials.generator, "to": self.trials.to}
            print_json({**to, "requests": rows, "left_out": left_out, "price": price})
            return
        for row in rows:
            head = f"{row['name']:<36} {row['before'] or '(no model)'} -> {self.trials.to}"
            click.echo(f"{head:<64} {row['old']:>2} old, {row['new']:>2} new  {_price(row['price'])}")
            for each in row["remarks"]:
                click.echo(f"    {each}")
        _tell_left_out(self.trials.left_out)
        count, jobs = sum(row["new"] for row in rows), self._run.to_ask(self._errands)
        click.echo(f"{len(rows)} requests, {count} new pictures, {jobs} jobs to ask, {_price(price)}")

    def _row(self, trial: Any) -> dict[str, Any]:
        keys = {self._planner.key(node) for node in (*trial.old, *trial.new)}
        mine = [each for each in self._errands if each.key in keys]
        sides = [sum(node.request.candidates for node in nodes) for nodes in (trial.old, trial.new)]
        return {
            "name": trial.name,
            "asset": trial.node.asset,
            "before": trial.node.request.model,
            "old": sides[0],
            "new": sides[1],
            "price": self._run.price(mine),
            "remarks": list(trial.remarks),
        }

    def ask(self, budget: tuple[str, ...], pay_again: tuple[str, ...]) -> None:
        """Draw what is free, ask for what is not, and keep the record at each step."""
        # Before anything is asked: after a kill this says what it was for.
        records.save(self._checkout.files, tried(self._checkout, self.trials, self._before))
        build = self._run.session.build
        self._run.session.talk.start(len(self._free))
        for node in self._free:
            try:
                build.perform(node)
            except TympanError as error:
                click.echo(f"{node.id}: {error}", err=True)
        if self._errands:
            self._run.ask(self._errands, budget, pay_again=pay_again)

    def tell(self, as_json: bool) -> None:
        """Judge what has come, write the report, and say what it says."""
        files = self._checkout.files
        record = tried(self._checkout, self.trials, self._before)
        record = msgspec.structs.replace(record, cost=self._cost() or record.cost)
        records.save(files, record)
        pool = self._run.session.build.pool
        count = sum(len(each.old) + len(each.new) for each in record.tried)
        click.echo(f"comparing {count} pictures", err=True)
        drift, lost = judged(self._checkout, pool, record.tried, gates_of(self._checkout))
        path = records.path_of(self._name, REPORT)
        files.write(path, drift.encoded())
        html = write_page(self._checkout, pool, record, drift)
        for name, why in lost.items():
            click.echo(f"{name[:12]}: {why}", err=True)
        if as_json:
            told = {"v": VERSION, "did": "recalibrated", "report": html, "record": record, "drift": drift}
            click.echo(msgspec.json.encode(told).decode())
            return
        _tell(record, drift)
        if self._rest:
            to = f"tympan recalibrate --to {record.to}"
            click.echo(f"canaries only; {self._rest} more requests: {to}", err=True)
        elif drift.undecided and drift.fired:
            to = f"tympan recalibrate --to {record.to} --top-up"
            click.echo(f"{len(drift.undecided)} undecided: {to}", err=True)
        click.echo(f"report: {html}", err=True)

    def _cost(self) -> str:
        """What this has cost so far, by the ledger of this checkout; "" if that knows of nothing."""
        own = {self._planner.key(each.node) for each in self.trials.all}
        keys = {each.key for each in self._errands} - own
        jobs = [job for key in sorted(keys) for job in self._checkout.asked.ledger.of(key) if is_spent(job)]
        return total(job.cost for job in jobs) if jobs else ""


def _price(text: str) -> str:
    return "free" if text == total(()) else text


def _tell(record: Record, drift: Drift) -> None:
    click.echo(drift.sentence)
    for name, found in drift.aspects.items():
        if found.verdict != "none":
            click.echo(f"  {name:<12} {found.verdict:<10} effect {found.effect:.2f}  {found.sentence}")
    for row in record.tried:
        for each in row.remarks:
            click.echo(f"{row.name}: {each}")
    _tell_left_out(record.left_out)


def _tell_left_out(left_out: dict[str, str]) -> None:
    for name, why in left_out.items():
        click.echo(f"left out: {name}: {why}")
