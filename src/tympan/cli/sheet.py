"""`tympan sheet`: one page with candidates and built targets, to look at, decide and send back.

Reads the checkout. Writes the page, .tympan/views and .tympan/sheets.
"""

from __future__ import annotations

from pathlib import Path

import click

from tympan.checkout import Checkout, find_root
from tympan.cli.door import default_jobs
from tympan.cli.words import assets_of
from tympan.errors import UsageError
from tympan.files import Files
from tympan.sheet import gather, html
from tympan.sheet.easel import Easel
from tympan.sheet.gather import KINDS
from tympan.sheet.issued import remember
from tympan.sheet.shelf import budget

_MEGABYTE = 1_000_000


@click.command()
@click.argument("wanted", nargs=-1, required=True, metavar="ASSET...")
@click.option("-o", "out", type=click.Path(path_type=Path), help="The page; sheet-ID.html if not given.")
@click.option("--title", default="", help="What stands above it; the assets' titles if not given.")
@click.option("--note", default="", help="A few words to whoever looks at it.")
@click.option("--only", type=click.Choice(KINDS), help="Leave out the rest.")
@click.option("--inside", is_flag=True, help="With prompts and with what was said before: not for clients.")
@click.option(
    "--max-mb", type=click.FloatRange(0.5, 200), default=15.0, help="Size of the page at most, 15 MB."
)
@click.pass_obj
def sheet(
    folder: Path, wanted: tuple[str, ...], out: Path | None, title: str, note: str, only: str | None,
    inside: bool, max_mb: float,
) -> None:  # fmt: skip
    """Write one page that a client can open, decide on and answer, without any server.

    Nobody's earlier words are on it, nor any prompt, unless --inside asks for them. The file it gives back
    goes into `tympan review import`.
    """
    checkout = Checkout(find_root(folder.absolute()))
    gathered = gather(
        checkout, assets_of(checkout, wanted), title=title, note=note, only=only or "", inside=inside
    )
    if not gathered.parts:
        raise UsageError(
            "nothing to show there yet", hint="tympan explore brings candidates, tympan build files"
        )
    with Easel(
        checkout, gathered, budget(max_mb * _MEGABYTE, len(gathered.pictures)), default_jobs()
    ) as easel:
        text = html(easel.sheet, easel.shelf, easel.bytes_of).encode()
    place = out.absolute() if out else Path.cwd() / f"sheet-{gathered.id}.html"
    Files(place.parent).write(place.name, text)
    remember(checkout, gathered)
    for name, why in easel.shelf.troubles.items():
        click.echo(f"{name[:12]} cannot be shown: {why}", err=True)
    click.echo(f"{out or place.name}: {len(gathered.pictures)} pictures, {len(text) / _MEGABYTE:.1f} MB")
    click.echo("send it; then: tympan review import FILE", err=True)
