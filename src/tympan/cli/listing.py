"""`tympan list`: the assets, by name, tag, and what has changed since a revision of git.

Reads the checkout, and git if asked. Writes nothing but what it prints.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import click
import msgspec

from tympan.checkout import Checkout, find_root
from tympan.spec.resolved import Asset
from tympan.standing import Standings

_KEYS = ("id", "file", "title", "tags")


@click.command("list")
@click.argument("wanted", nargs=-1, metavar="[PATTERN]...")
@click.option("--tag", "tags", multiple=True, help="Only assets with this tag.")
@click.option("--changed-since", "revision", metavar="REV", help="Only assets that differ from git's REV.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
@click.pass_obj
def list_assets(
    folder: Path, wanted: tuple[str, ...], tags: tuple[str, ...], revision: str | None, as_json: bool
) -> None:
    """List assets and their outputs."""
    checkout = Checkout(find_root(folder.absolute()))
    assets = [asset for asset in checkout.library.assets if _is_meant(asset, wanted, tags)]
    because: dict[str, list[str]] = {}
    if revision is not None:
        from tympan.cli.since import changed_since

        because = changed_since(checkout, revision, assets)
        assets = [asset for asset in assets if because[asset.id]]
    states = _states(checkout, assets)
    if as_json:
        rows = [
            {key: getattr(asset, key) for key in _KEYS} | {"outputs": _outputs(asset)} for asset in assets
        ]
        for row in rows:
            row["state"] = states.get(str(row["id"]), "")
        for row in rows if revision is not None else ():
            row["because"] = because[str(row["id"])]
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
        return
    for asset in assets:
        state = f"  ({states[asset.id]})" if asset.id in states else ""
        click.echo(f"{asset.id:<36} {len(_outputs(asset)):>3} outputs   {asset.title}{state}".rstrip())
        for reason in because.get(asset.id, ()):
            click.echo(f"    {reason}")


def _states(checkout: Checkout, assets: list[Asset]) -> dict[str, str]:
    """The words of the assets that have one. Planning takes time: not if nobody had anything to decide."""
    asked = checkout.asked
    if not any(
        asked.decisions.of(asset.id)
        or asked.locks.of(asset.id).request
        or _has_choice(asset)
        or any(target.requires for variant in asset.variants for target in variant.targets)
        for asset in assets
    ):
        return {}
    standings = Standings(checkout, checkout.planner())
    return {asset.id: word for asset in assets if (word := standings.of(asset.id))}


def _has_choice(asset: Asset) -> bool:
    return any(use.count > 1 for variant in asset.variants for use in variant.requests)


def _is_meant(asset: Asset, wanted: tuple[str, ...], tags: tuple[str, ...]) -> bool:
    if wanted and not any(fnmatchcase(asset.id, word) for word in wanted):
        return False
    return set(tags) <= set(asset.tags)


def _outputs(asset: Asset) -> list[str]:
    return [path for each in asset.variants for target in each.targets for path in target.outputs.values()]
