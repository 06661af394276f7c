"""`tympan review`: the page served to this machine alone; `tympan review import`: what a client decided.

Reads the checkout and the file. Writes decisions, locks, masters and .tympan/views.
"""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from tympan import limits
from tympan.asking import keep_facts
from tympan.checkout import Checkout, find_root
from tympan.cli.answers import bring_decisions
from tympan.cli.choose import person
from tympan.cli.door import default_jobs
from tympan.cli.session import Session
from tympan.cli.talk import Talk
from tympan.cli.words import assets_of
from tympan.decisions import SELECT, Decision
from tympan.errors import OutOfDate
from tympan.files import Files
from tympan.recalibrate.answers import is_one
from tympan.sheet import answers

_SAID = {
    "select": "selected", "shortlist": "shortlisted", "reject": "rejected", "approve": "approved",
    "request-changes": "to be changed", "withdraw": "open again", "comment": "commented on",
}  # fmt: skip


class Reviews(click.Group):
    """`review` without a verb of its own serves: what is not one of its verbs is an asset."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("-h", "--help")):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Reviews, subcommand_metavar="[ASSET]... | import FILE")
def review() -> None:
    """Look at candidates and built targets in the browser, and decide; or take in what a client decided.

    `tympan review [ASSET]...` serves the page to this machine alone; each decision is on record at once.
    `tympan review import FILE` takes in the decisions file of a page that `tympan sheet` wrote. The name in
    it is marked as claimed: nobody has looked whose it is.
    """


@review.command()
@click.argument("wanted", nargs=-1, metavar="[ASSET]...")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="A free one if not given.")
@click.option("--no-browser", "--print-url", "quiet", is_flag=True, help="Only print the address.")
@click.option(
    "--internal", is_flag=True, help="Said among ourselves: the client is not shown it, and it opens no gate."
)
@click.pass_obj
def serve(folder: Path, wanted: tuple[str, ...], port: int, quiet: bool, internal: bool) -> None:
    """Serve the review page on 127.0.0.1 until Ctrl-C; all assets if none is named."""
    from tympan.review import Desk, Server

    root = find_root(folder.absolute())
    wanted = wanted or ("*",)
    assets_of(Checkout(root), wanted)
    desk = Desk(root, wanted, by=person(root), jobs=default_jobs(), internal=internal)
    with desk, Server(desk, port) as server:
        click.echo(server.address)
        if not quiet:
            webbrowser.open(server.address)
            click.echo("decisions are on record as you make them; Ctrl-C ends this", err=True)
        server.run()


@review.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def bring(folder: Path, file: Path) -> None:
    """Take in a decisions file that came back; importing it twice changes nothing.

    That of a recalibration's report holds assets and accepts them, as `tympan hold` and `tympan accept` do.
    """
    root = find_root(folder.absolute())
    place = file.absolute()
    data = Files(place.parent).read(place.name, limits.DECISIONS_BYTES)
    if is_one(data):
        bring_decisions(root, data, file.name)
        return
    answer = answers.read(data, file.name)
    checkout = Checkout(root)
    session = Session(checkout, Talk(), jobs=default_jobs(), arguments={"verb": "review import"})
    session.lock()
    try:
        found = answers.taken(checkout, answer, via="sheet", claimed=True)
        for asset, decision in found.made:
            checkout.asked.decisions.add(asset, decision)
        if chosen := {asset for asset, decision in found.made if decision.did == SELECT}:
            keep_facts(Checkout(root), chosen)
    finally:
        session.close()
    _show(found, answer.by)


def _show(found: answers.Taken, by: str) -> None:
    for asset, each in found.made:
        of = f"{asset}.{each.variant}" if each.variant else asset
        why = f": {' '.join(each.why.split())}" if each.why else ""
        click.echo(f"{of}: {_what(each)} is {_state(each)}{why}")
    for name in found.stale:
        click.echo(f"stale  {name}: it was shown, and is not what is here now", err=True)
    known = f", {found.known} on record already" if found.known else ""
    click.echo(f"{len(found.made)} decisions of {answers.plain(by, 100)} (claimed){known}", err=True)
    if found.left:
        lines = "\n  ".join(found.left[:20])
        raise OutOfDate(f"{len(found.left)} decisions are left out:\n  {lines}", hint="make a new sheet")


def _what(each: Decision) -> str:
    return each.target or f"candidate {each.candidate or each.digest[:12]} of {each.step}"


def _state(each: Decision) -> str:
    if each.did == "rate":
        return f"rated {each.stars} of 5"
    return _SAID[each.did]
