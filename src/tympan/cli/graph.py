"""`tympan graph`: what is made of what, as a picture.

Reads the checkout. Writes nothing but what it prints.
"""

from __future__ import annotations

from pathlib import Path

import click

from tympan.checkout import Checkout, find_root
from tympan.plan import draw, poster
from tympan.plan.chart import gathered, make_chart
from tympan.plan.pick import pick

_FORMATS = {"mermaid": draw.mermaid, "dot": draw.dot, "json": draw.as_json, "svg": poster.svg}


@click.command()
@click.argument("wanted", nargs=-1, metavar="[ASSET|TASK]...")
@click.option(
    "--format", "form", type=click.Choice(list(_FORMATS)), default="mermaid", help="mermaid if not given."
)
@click.pass_obj
def graph(folder: Path, wanted: tuple[str, ...], form: str) -> None:
    """Draw what is made of what, from inputs to outputs, each with what a build would do to it.

    Of a large graph the variants of an asset, then the assets of a folder, are drawn as one; JSON has all.
    """
    checkout = Checkout(find_root(folder.absolute()))
    project = checkout.project
    targets = pick(checkout.graph, wanted)
    chart = make_chart(checkout.planner(), targets, assets=project.assets, out=project.out)
    if form != "json":
        chart = gathered(chart)
    click.echo(_FORMATS[form](chart), nl=False)
    if chart.note:
        click.echo(chart.note, err=True)
