"""`tympan todo`: what is to be done by hand.

Reads the checkout. Writes the page, when asked.
"""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from tympan.asking.byhand import ByHand
from tympan.checkout import Checkout, find_root
from tympan.cli.words import assets_of, print_json
from tympan.files import Files
from tympan.todo import page, sheet


@click.command()
@click.argument("wanted", nargs=-1, metavar="[ASSET]...")
@click.option("--html", "html", type=click.Path(path_type=Path), help="Write one page with copy buttons.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
@click.pass_obj
def todo(folder: Path, wanted: tuple[str, ...], html: Path | None, as_json: bool) -> None:
    """Show what people have to do by hand: prompts to copy, and what belongs beside them.

    Jobs are opened by `tympan explore` and `tympan refine`; their pictures come in with `tympan inbox`.
    """
    checkout = Checkout(find_root(folder.absolute()))
    todos = ByHand(checkout).todos(assets_of(checkout, wanted or ["*"]))
    if as_json:
        print_json([msgspec.to_builtins(each) for each in todos])
    elif html is not None:
        place = html.absolute()
        Files(place.parent).write(place.name, page(todos, checkout.files.root.name).encode())
        click.echo(f"{html}: {len(todos)} jobs")
    else:
        click.echo(sheet(todos))
