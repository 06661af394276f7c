"""`tympan vary`: a new spec that asks for the same as an old one, in other words.

Reads the checkout, and the repository if a revision is named. Writes a spec; nothing is asked.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from tympan import limits
from tympan.asking.bring import braced
from tympan.checkout import Checkout, find_root
from tympan.cli.choose import person
from tympan.cli.git import exported
from tympan.cli.pinned import pinned, plain, row, spec_path
from tympan.cli.region import Wish, vary_region
from tympan.cli.session import Session
from tympan.cli.talk import Talk
from tympan.errors import SpecErrors, TympanError, UsageError
from tympan.files import Files
from tympan.lock import toml_value
from tympan.spec.resolved import Asset
from tympan.worker.pool import Pool


@click.command("vary")
@click.argument("wanted", metavar="ASSET[@REV]")
@click.option("--as", "name", required=True, metavar="ASSET", help="Id of the new asset, such as hero-green.")
@click.option("-m", "words", required=True, metavar="WORDS", help="What is added to the prompt.")
@click.option(
    "--region",
    type=click.Path(path_type=Path),
    metavar="MASK",
    help="Draw only this part of the chosen picture anew: a PNG, white there, as large as the picture.",
)
@click.option("--generator", default="", metavar="NAME", help="Who draws the region; as before if not given.")
@click.option("--model", default="", metavar="NAME", help="With what model.")
@click.pass_obj
def vary(folder: Path, /, wanted: str, name: str, words: str, region: Path | None, **drawn_by: str) -> None:
    """Write a spec that asks for the same picture with other words; model, seed and references are pinned.

    With @REV what that revision of git asked for is pinned. With --region the new asset starts from the
    picture that was chosen, and a refinement draws one part of it anew, by the words alone. Nothing is asked,
    and nothing spent.
    """
    checkout = Checkout(find_root(folder.absolute()))
    asset, _, revision = wanted.partition("@")
    if region is None and any(drawn_by.values()):
        raise UsageError("--generator and --model say who draws a region", hint="name one with --region")
    with opened(checkout, revision) as then:
        old = asset_of(then, asset)
        asset_of(checkout, asset)  # what it extends must be there today
        if region is None:
            path = write(checkout, name, asset, wanted, pinned(old, seed_of(then, old), words))
        else:
            by = person(checkout.files.root)
            wish = Wish(asset, wanted, name, words, _mask(region), by=by, **drawn_by)
            path = _in_region(checkout, then, old, wish)
    click.echo(f"{path}: {words}")
    verb = "explore" if region is None else "refine"
    click.echo(f"next: tympan {verb} {name} -n shows the price", err=True)


def _mask(path: Path) -> bytes:
    place = path.absolute()
    return Files(place.parent).read(place.name, limits.PICTURE_BYTES)


def _in_region(checkout: Checkout, then: Checkout, old: Asset, wish: Wish) -> str:
    session = Session(checkout, Talk(), jobs=1, arguments={"verb": "vary"})
    session.lock()
    try:
        with Pool(1) as pool:
            return vary_region(checkout, then, old, wish, pool)
    finally:
        session.close()


@contextmanager
def opened(checkout: Checkout, revision: str) -> Iterator[Checkout]:
    """The checkout as a revision of git has it, in a temporary folder; itself if the revision is ""."""
    if not revision:
        yield checkout
        return
    with tempfile.TemporaryDirectory(prefix="tympan-") as folder:
        exported(checkout.files.root, revision, Path(folder))
        then = Checkout(find_root(Path(folder)), local_code=checkout.trusted)
        # Candidates of that revision may be in the store here.
        then.store = checkout.store
        yield then


def asset_of(checkout: Checkout, name: str) -> Asset:
    """The asset of this id. UsageError if there is none."""
    found = next((each for each in checkout.library.assets if each.id == name), None)
    if found is None:
        raise UsageError(f"no asset is called {name!r}", hint="tympan list names them all")
    return found


def seed_of(checkout: Checkout, asset: Asset) -> int | None:
    """The seed of the candidate that was chosen, None if that is on no record."""
    chosen = checkout.asked.selected(asset.id, "source", asset.variants[0].name)
    for request in checkout.asked.locks.of(asset.id).request:
        for candidate in request.candidate:
            if candidate.digest == chosen and candidate.facts.get("seed", "").isdigit():
                return int(candidate.facts["seed"])
    return None


def write(checkout: Checkout, name: str, base: str, wanted: str, values: dict[str, Any]) -> str:
    """Write the spec, and see that it asks for just that; its path. Nothing stays if it does not."""
    path = spec_path(checkout, name)
    lines = [f"# {wanted} in other words. The values are pinned: they stay when {base} changes."]
    lines += [f"extends = {toml_value(base)}", "", "[source]"]
    lines += [f"{key} = {toml_value(braced(plain(each)))}" for key, each in values.items()]
    checkout.files.write(path, ("\n".join(lines) + "\n").encode())
    try:
        after = Checkout(checkout.files.root)
        if problems := [each for each in after.specs.problems if each.where.file == path]:
            raise SpecErrors(problems)
        _compare(asset_of(after, name), values)
    except TympanError:
        checkout.files.remove(path)
        raise
    return path


def _compare(made: Asset, values: dict[str, Any]) -> None:
    """UsageError if the new spec inherits something that the old request had not."""
    for variant in made.variants:
        asked = row(variant, None, "")
        asked["prompt"] = asked["prompt"].removesuffix(", ")
        for key in dict.fromkeys([*values, *asked]):
            value = values.get(key)
            if (
                isinstance(value, dict)
                and set(value) >= set(variant.cell.values())
                and len(variant.cell) == 1
            ):
                value = value[next(iter(variant.cell.values()))]
            if plain(value) != plain(asked.get(key)):
                hint = "that revision differs too much from today's: copy its spec instead"
                raise UsageError(f"{made.id}: it would ask for another {key}", hint=hint)
