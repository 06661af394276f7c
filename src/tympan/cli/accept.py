"""`tympan accept` and `tympan rollback`: assets go on with new pictures, or with the old ones.

Reads the checkout, recalibrations, and git. Writes specs, locks, masters, decisions, and outputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import msgspec

from tympan.approval import STALE
from tympan.checkout import Checkout, find_root
from tympan.cli.build import run_session
from tympan.cli.choose import person
from tympan.cli.decide import BY, WHY
from tympan.cli.door import default_jobs
from tympan.cli.git import Revision
from tympan.cli.session import Session, show
from tympan.cli.talk import Talk, make_talk
from tympan.cli.words import assets_of
from tympan.clock import now
from tympan.decisions import Decision
from tympan.errors import UsageError
from tympan.files import digest
from tympan.plan.pick import pick
from tympan.recalibrate.accept import record_of, repin, settle
from tympan.recalibrate.pins import held
from tympan.recalibrate.record import Record, load_all
from tympan.recalibrate.rollback import conclude, record_with, restore
from tympan.recalibrate.tune import value_of

_ASSETS = click.argument("wanted", nargs=-1, required=True, metavar="ASSET...")
_TO = click.option("--to", "model", default="", metavar="MODEL", help="Of which recalibration, if several.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Events as JSON lines on standard output.")


@click.command()
@_ASSETS
@_TO
@click.option("--candidate", type=click.IntRange(1), help="Which of the new pictures; the like one.")
@click.option("--set", "sets", multiple=True, metavar="OPTION=VALUE", help="As tympan tune has tried it.")
@WHY
@BY
@_JSON
@click.pass_obj
def accept(folder: Path, /, wanted: tuple[str, ...], model: str, **said: Any) -> None:
    """Let assets go on with what a recalibration brought: model in the spec, picture, lock, outputs.

    Nothing is asked. An approval is of what was seen, so that it is stale where pixels differ now.
    """
    root = find_root(folder.absolute())
    checkout = Checkout(root)
    assets = _acceptable(checkout, wanted)
    record = record_of(checkout, assets, model)
    options = dict(_pair(each) for each in said["sets"])
    if (said["candidate"] or options) and len(assets) > 1:
        raise UsageError("--candidate and --set are for one asset", hint="accept it by itself")
    with Locked(checkout, Talk(), "accept"):
        record, pinned = repin(checkout, record, assets, now()[:10], {assets[0]: options})
    for asset in pinned:
        click.echo(f"{asset}: inherited its model from one of these, and says it itself now", err=True)
    decision = _said(root, "accept", said["why"], said["by"])
    code = finish(root, record, assets, said["as_json"], candidate=said["candidate"] or 0, said=decision)
    raise click.exceptions.Exit(code)


@click.command()
@_ASSETS
@_TO
@WHY
@BY
@_JSON
@click.pass_obj
def rollback(folder: Path, wanted: tuple[str, ...], model: str, why: str, by: str, as_json: bool) -> None:
    """Let accepted assets be as they were: spec, lock, masters, outputs, from the store or from git.

    Nothing is asked, and nothing spent. What the new model brought stays on record.
    """
    root = find_root(folder.absolute())
    checkout = Checkout(root)
    assets = sorted(assets_of(checkout, wanted))
    record = record_with(checkout, assets, model)
    with Locked(checkout, Talk(), "rollback"):
        restore(checkout, record, assets, _History(root))
    code = finish(root, record, assets, as_json, back=True, said=_said(root, "roll-back", why, by))
    raise click.exceptions.Exit(code)


class Locked:
    """The build lock, for as long as a verb writes."""

    def __init__(self, checkout: Checkout, talk: Talk, verb: str) -> None:
        self.session = Session(checkout, talk, jobs=default_jobs(), arguments={"verb": verb})

    def __enter__(self) -> Session:
        self.session.lock()
        return self.session

    def __exit__(self, *error: object) -> None:
        self.session.close()


class _History:
    """The bytes that git has had at a path, by digest."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __call__(self, path: str, name: str) -> bytes | None:
        with suppress(UsageError):
            head = Revision(self._root, "HEAD")
            ids = [commit.files[path] for commit in head.log([path]) if commit.files.get(path)]
            return next((data for data in head.blobs(ids).values() if digest(data) == name), None)
        return None


def _acceptable(checkout: Checkout, wanted: Iterable[str]) -> list[str]:
    """The assets that are meant; of those of a pattern only what was tried and is not held."""
    named = set(wanted)
    rows = [row for record in load_all(checkout.files) for row in record.tried]
    found = []
    for asset in sorted(assets_of(checkout, wanted)):
        mine = [row for row in rows if row.asset == asset]
        holds = (held(checkout, asset, row.before, now()[:10]) for row in mine)
        hold = next((each for each in holds if each), None)
        if asset not in named and (hold or not mine):
            why = f"held{f' until {hold.until}' if hold.until else ''}" if hold else "not tried"
            click.echo(f"left out: {asset}: {why}", err=True)
        else:
            found.append(asset)
    if not found:
        raise UsageError("none of these can be accepted", hint="tympan recalibrate --to MODEL ASSET")
    return found


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"--set {text}: as stylize=175")
    return name.strip().replace("-", "_"), value_of(value.strip())


def _said(root: Path, did: str, why: str, by: str) -> Decision:
    return Decision(did=did, digest="", by=by or person(root), at=now(), why=why, via="cli")


def finish(
    root: Path,
    record: Record,
    assets: Sequence[str],
    as_json: bool,
    *,
    said: Decision,
    candidate: int = 0,
    back: bool = False,
    whys: Mapping[str, str] | None = None,
) -> int:
    """Decide, with the specs as they are now, and build; the exit code. whys: reasons by asset."""
    checkout = Checkout(root)
    with Locked(checkout, make_talk(as_json=as_json), said.did) as session:
        if back:
            conclude(checkout, record, assets, said)
        else:
            for asset in assets:
                mine = msgspec.structs.replace(said, why=(whys or {}).get(asset, said.why))
                settle(checkout, session.build, record, [asset], mine, candidate)
    checkout = Checkout(root)
    with Locked(checkout, make_talk(as_json=as_json), said.did) as session:
        nodes = pick(checkout.graph, [node.id for node in checkout.graph.writes() if node.asset in assets])
        code = run_session(session, nodes, keep_going=True)
        result = session.result(nodes)
    show(result, as_json=as_json)
    _tell(checkout, record, assets, nodes, as_json, back=back)
    return code


def _tell(
    checkout: Checkout, record: Record, assets: Sequence[str], nodes: list[Any], as_json: bool, *, back: bool
) -> None:
    planner = checkout.planner()
    for asset in assets:
        before = ", ".join(sorted({each.before for each in record.of(asset)}))
        words = f"{record.to} -> {before}, as it was" if back else f"{before} -> {record.to}"
        click.echo(f"{asset}: {words}", err=as_json)
    stale = [
        node.id
        for node in nodes
        if checkout.approvals.word(node.asset, node.target.target, node.variant.name, planner.results(node))
        == STALE
    ]
    if stale:
        click.echo(
            f"approved before, and other pixels now: {', '.join(stale)}: look, then tympan approve", err=True
        )
