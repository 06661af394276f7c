"""`tympan maps`: the control maps of assets as pictures to look at.

Reads the checkout. Writes .tympan/maps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click

from tympan.checkout import Checkout, find_root
from tympan.errors import TaskError, Untrusted
from tympan.maps import Maps
from tympan.model import Control
from tympan.plan.graph import Node
from tympan.plan.pick import pick
from tympan.worker.pool import Pool


@click.command()
@click.argument("wanted", nargs=-1, metavar="[ASSET]...")
@click.pass_obj
def maps(folder: Path, wanted: tuple[str, ...]) -> None:
    """Draw control maps into .tympan/maps, to look at them before they are sent anywhere."""
    checkout = Checkout(find_root(folder.absolute()))
    nodes = pick(checkout.graph, wanted)
    failed = 0
    with Pool(1) as pool:
        drawing = Maps(checkout.plugins, checkout.store, pool, _reader(checkout, nodes))
        for name, control in _controls(checkout, nodes):
            path = f".tympan/maps/{name}.png"
            try:
                checkout.files.write(path, drawing.preview(control))
                click.echo(path)
            except TaskError as error:
                failed = 1
                click.echo(f"{name}: {error}", err=True)
    raise click.exceptions.Exit(failed)


def _controls(checkout: Checkout, nodes: Iterable[Node]) -> Iterator[tuple[str, Control]]:
    """Each control that is drawn, as `variant-control`, its inputs named by digest."""
    for variant, requests in {node.variant.id: _requests(checkout, node) for node in nodes}.items():
        for node in requests:
            if node.untrusted:
                raise Untrusted(f"{variant}: {node.untrusted}", hint="read it, then say tympan trust")
            step = "" if node.kind == "source" or node.use is None else f"{node.use.step}-"
            for name, control in node.request.control.items() if node.request else ():
                if control.map:
                    yield f"{variant}-{step}{name}", control


def _requests(checkout: Checkout, node: Node) -> list[Node]:
    """The source and the refinements that a target is made of."""
    found: list[Node] = []
    while node.upstream:
        node = checkout.graph.nodes[node.upstream]
        found[:0] = [node] if node.request else []
    return found


def _reader(checkout: Checkout, nodes: Iterable[Node]) -> Callable[[str], bytes]:
    uses = [each.use for node in nodes for each in _requests(checkout, node) if each.use]
    paths = {checkout.input_digest(path): path for use in uses for path in use.inputs}
    return lambda name: checkout.files.read(checkout.input_path(paths[name]))
