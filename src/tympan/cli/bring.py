"""`tympan import`: an asset of a picture that exists already.

Reads the picture and the checkout. Writes a spec, the ledger, the store, decisions, a lock and a master.
"""

from __future__ import annotations

from pathlib import Path

import click

from tympan.asking.bring import bring as bring_in
from tympan.asking.foreign import look
from tympan.checkout import Checkout, find_root
from tympan.cli.choose import person
from tympan.cli.door import default_jobs
from tympan.cli.session import Session
from tympan.cli.talk import Talk
from tympan.files import Files


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "asset", required=True, metavar="ASSET", help="Id of the new asset, such as logo/fox.")
@click.option("--by", default="", help="Who imports; git's user.name if not given.")
@click.pass_obj
def bring(folder: Path, file: Path, asset: str, by: str) -> None:
    """Make an asset of a picture that exists already, with what it says of how it was made.

    Known are files of AUTOMATIC1111, ComfyUI, InvokeAI and Midjourney, and XMP and C2PA metadata.
    """
    root = find_root(folder.absolute())
    checkout = Checkout(root)
    place = file.absolute()
    dropped, data = look(checkout.plugins, Files(place.parent), place.name)
    session = Session(checkout, Talk(), jobs=default_jobs(), arguments={"verb": "import"})
    session.lock()
    try:
        session.try_on(data)
        path = bring_in(checkout, asset, dropped, data, by or person(root))
    finally:
        session.close()
    made = dropped.recalled
    told = [
        word
        for word in ("prompt", "negative_prompt", "model", "seed", "size", "options")
        if getattr(made, word)
    ]
    click.echo(f"{path}: {made.tool or 'nothing says how it was made'}{': ' * bool(told)}{', '.join(told)}")
