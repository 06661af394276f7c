"""`tympan hold` and `release`: outputs whose approval does not count, assets that stay with their model.

Reads the checkout. Writes decisions.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from tympan import decisions as words
from tympan.checkout import Checkout
from tympan.cli.decide import BY, INTERNAL, WANTED, WHY, decide_outputs, taken
from tympan.cli.words import assets_of
from tympan.decisions import Decision
from tympan.errors import UsageError
from tympan.plan.graph import REQUESTS

_MODEL = click.option(
    "--model",
    default="",
    metavar="MODEL",
    help="About this model of the assets, not about outputs.",
)


def _day(ctx: click.Context, option: click.Parameter, text: str) -> str:
    if not text:
        return ""
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise click.BadParameter("a day such as 2027-03-01") from None


@click.command()
@WANTED
@_MODEL
@click.option("--until", default="", callback=_day, metavar="DATE", help="With --model: the last day of it.")
@WHY
@BY
@INTERNAL
@click.pass_obj
def hold(folder: Path, /, wanted: tuple[str, ...], model: str, until: str, **said: Any) -> None:
    """Let no approval of outputs count until they are released; or let assets stay with a model.

    With --model, `tympan recalibrate` leaves the assets out and `tympan accept` refuses them until then.
    """
    if until and not model:
        raise click.UsageError("--until goes with --model")
    if not model:
        decide_outputs(folder, wanted, words.HOLD, "on hold", **said)
        return
    for name, _ in _on_model(folder, wanted, words.HOLD, model, until=until, **said):
        click.echo(f"{name}: stays with {model}{f' until {until}' if until else ''}")


@click.command()
@WANTED
@_MODEL
@WHY
@BY
@INTERNAL
@click.pass_obj
def release(folder: Path, /, wanted: tuple[str, ...], model: str, **said: Any) -> None:
    """End a hold; approvals of what is still the same count again."""
    if not model:
        decide_outputs(folder, wanted, words.RELEASE, "released", **said)
        return
    for name, _ in _on_model(folder, wanted, words.RELEASE, model, **said):
        click.echo(f"{name}: may leave {model}")


def _on_model(
    folder: Path, wanted: tuple[str, ...], did: str, model: str, **said: Any
) -> list[tuple[str, Decision]]:
    def take(checkout: Checkout, decision: Decision) -> list[tuple[str, Decision]]:
        assets = sorted(assets_of(checkout, wanted))
        for asset in assets:
            asked = asked_models(checkout, asset)
            if model not in asked and did == words.HOLD:
                known = ", ".join(sorted(asked)) or "none"
                raise UsageError(f"{asset} does not ask for the model {model!r}", hint=f"it asks for {known}")
        return [(asset, msgspec.structs.replace(decision, model=model)) for asset in assets]

    return taken(folder, take, did=did, **said)


def asked_models(checkout: Checkout, asset: str) -> set[str]:
    """The models that the requests of an asset name."""
    nodes = [each for each in checkout.graph.nodes.values() if each.asset == asset and each.kind in REQUESTS]
    return {node.request.model for node in nodes if node.request is not None and node.request.model}
