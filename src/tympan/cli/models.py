"""`tympan models`: the models that specs are pinned to.

Reads the checkout. Writes nothing but what it prints.
"""

from __future__ import annotations

from pathlib import Path

import click

from tympan.checkout import Checkout, find_root
from tympan.cli.words import assets_of, print_json
from tympan.clock import now
from tympan.recalibrate.pins import Pin, pins

# So many assets are named on a terminal; all of them are in the JSON.
_NAMED = 6


@click.command()
@click.argument("wanted", nargs=-1, metavar="[ASSET]...")
@click.option("--check", is_flag=True, help="Exit 3 if a model has retired or a plugin does not know it.")
@click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
@click.pass_obj
def models(folder: Path, wanted: tuple[str, ...], check: bool, as_json: bool) -> None:
    """Show which models specs are pinned to, what was used in fact, and when they retire.

    Retirements are those that the plugins know of. Assets that are held with a model are named.
    """
    checkout = Checkout(find_root(folder.absolute()))
    found = pins(checkout, assets_of(checkout, wanted or ["*"]), now()[:10])
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(line for pin in found for line in _lines(pin)) or "no asset asks for a model")
    late = any(pin.retired or not pin.known for pin in found)
    raise click.exceptions.Exit(3 if check and late else 0)


def _lines(pin: Pin) -> list[str]:
    count = f"{len(pin.assets)} asset{'s' * (len(pin.assets) != 1)}"
    lines = [f"{pin.generator} {pin.model or '(no model named)':<20}  {count:<10}  {_fate(pin)}"]
    names = ", ".join(pin.assets[:_NAMED])
    more = len(pin.assets) - _NAMED
    lines.append(f"    {names}{f' and {more} more' if more > 0 else ''}")
    if pin.reported and set(pin.reported) != {pin.model}:
        lines.append(f"    reported as {', '.join(pin.reported)}")
    for each in pin.held:
        until = f" until {each.until}" if each.until else ""
        lines.append(f"    held: {each.asset}{until}{f', {each.why}' if each.why else ''} ({each.by})")
    return lines


def _fate(pin: Pin) -> str:
    if not pin.model:
        return "not pinned: the service decides"
    if not pin.known:
        return f"the plugin does not know it; it knows {', '.join(pin.others)}"
    if pin.retired:
        return f"retired on {pin.retires}; it knows {', '.join(pin.others) or 'no other'}"
    return f"retires on {pin.retires}" if pin.retires else "no retirement announced"
