"""`tympan rounds`: how often each person has judged each asset, and what came of it.

Reads the checkout's decisions. Writes nothing but what it prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from tympan.checkout import Checkout, find_root
from tympan.cli.words import assets_of, print_json
from tympan.rounds import Round, rounds_of


@click.command("rounds")
@click.argument("wanted", nargs=-1, metavar="[ASSET]...")
@click.option("--for-client", is_flag=True, help="Leave out internal rounds.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
@click.pass_obj
def rounds(folder: Path, wanted: tuple[str, ...], for_client: bool, as_json: bool) -> None:
    """Count the rounds of review of each asset, by person.

    A round is what somebody said of an asset in one go; the next one begins when they judge another version.
    """
    checkout = Checkout(find_root(folder.absolute()))
    decisions = checkout.asked.decisions
    found = [
        each
        for asset in sorted(assets_of(checkout, wanted or ["*"]))
        for each in rounds_of(asset, decisions.of(asset), for_client=for_client)
    ]
    if as_json:
        print_json(found)
        return
    for line in _lines(found):
        click.echo(line)


def _lines(found: list[Round]) -> Iterator[str]:
    people: dict[tuple[str, str, bool], list[Round]] = {}
    for each in found:
        people.setdefault((each.asset, each.by, each.internal), []).append(each)
    told = ""
    for (asset, by, internal), mine in people.items():
        last = mine[-1]
        who = f"{by} (internal)" if internal else by
        span = " to ".join(dict.fromkeys((mine[0].began[:10], last.ended[:10])))
        head = asset if asset != told else ""
        told = asset
        yield f"{head:<32} {who:<28} {_counted(len(mine), 'round'):<9}  {last.word:<17}  {span}"
        if last.changes and last.why:
            yield f"{'':33}because {'; '.join(last.why)}"
    shown = sum(not each.internal for each in found)
    assets = len({each.asset for each in found if not each.internal})
    more = f", {len(found) - shown} internal" if shown < len(found) else ""
    yield f"{_counted(shown, 'round')} of review on {_counted(assets, 'asset')}{more}"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'s' * (count != 1)}"
