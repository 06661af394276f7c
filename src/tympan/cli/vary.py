"""`tympan vary`: a new spec that asks for the same as an old one, in other words.

Reads the checkout, and the repository if a revision is named. Writes a spec; nothing is asked.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from tympan.asking.bring import braced
from tympan.checkout import Checkout, find_root
from tympan.cli.git import exported
from tympan.errors import PathRefused, SpecErrors, TympanError, UsageError
from tympan.files import RelPath
from tympan.lock import toml_key, toml_value
from tympan.model import sparse
from tympan.spec.resolved import Asset, Variant

# Keys of [source] in the order in which they are written; the generator's own follow as `options.*`.
_KEYS = ("generator", "model", "prompt", "negative_prompt", "size", "candidates", "seed", "lora")
_TABLES = ("reference", "control")


@click.command("vary")
@click.argument("wanted", metavar="ASSET[@REV]")
@click.option("--as", "name", required=True, metavar="ASSET", help="Id of the new asset, such as hero-green.")
@click.option("-m", "words", required=True, metavar="WORDS", help="What is added to the prompt.")
@click.pass_obj
def vary(folder: Path, wanted: str, name: str, words: str) -> None:
    """Write a spec that asks for the same picture with other words; model, seed and references are pinned.

    With @REV what that revision of git asked for is pinned. Nothing is asked, and nothing spent.
    """
    checkout = Checkout(find_root(folder.absolute()))
    asset, _, revision = wanted.partition("@")
    with opened(checkout, revision) as then:
        old = asset_of(then, asset)
        asset_of(checkout, asset)  # what it extends must be there today
        values = pinned(old, seed_of(then, old), words)
    path = write(checkout, name, asset, wanted, values)
    click.echo(f"{path}: {words}")
    click.echo(f"next: tympan explore {name} -n shows the price", err=True)


@contextmanager
def opened(checkout: Checkout, revision: str) -> Iterator[Checkout]:
    """The checkout as a revision of git has it, in a temporary folder; itself if the revision is ""."""
    if not revision:
        yield checkout
        return
    with tempfile.TemporaryDirectory(prefix="tympan-") as folder:
        exported(checkout.files.root, revision, Path(folder))
        yield Checkout(find_root(Path(folder)), local_code=checkout.trusted)


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


def pinned(asset: Asset, seed: int | None, words: str) -> dict[str, Any]:
    """Values by dotted key below [source]. UsageError if there is no prompt, or no way to write them."""
    if asset.is_style or not asset.variants[0].source.request.prompt:
        raise UsageError(f"{asset.id} is not made from a prompt", hint="give it another source in a new spec")
    rows = [_row(variant, seed, words) for variant in asset.variants]
    keys = dict.fromkeys(key for row in rows for key in row)
    return {key: _one(asset, key, [row.get(key) for row in rows]) for key in keys}


def _row(variant: Variant, seed: int | None, words: str) -> dict[str, Any]:
    use = variant.source
    request = use.request
    row: dict[str, Any] = {key: getattr(request, key) for key in _KEYS}
    row["prompt"] = f"{request.prompt.rstrip().rstrip(',')}, {words.strip()}"
    row["seed"] = request.seed if seed is None else seed
    row["lora"] = [sparse(each) for each in request.lora]
    for table in _TABLES:
        row |= {f"{table}.{toml_key(name)}": sparse(each) for name, each in getattr(request, table).items()}
    options = use.params if isinstance(use.params, Mapping) else sparse(use.params)
    row |= {f"options.{toml_key(name)}": each for name, each in options.items()}
    return {key: each for key, each in row.items() if each not in ("", [], (), None)}


def _one(asset: Asset, key: str, values: Sequence[Any]) -> Any:
    """One value for all variants, or a table of them by the value of the matrix' one axis."""
    if all(each == values[0] for each in values):
        return values[0]
    axes = list(asset.variants[0].cell)
    if len(axes) == 1 and None not in values:
        return {variant.cell[axes[0]]: each for variant, each in zip(asset.variants, values, strict=True)}
    raise UsageError(f"{asset.id}: its variants ask for several {key}", hint="copy its spec, and change that")


def write(checkout: Checkout, name: str, base: str, wanted: str, values: dict[str, Any]) -> str:
    """Write the spec, and see that it asks for just that; its path. Nothing stays if it does not."""
    path = RelPath.parse(f"{checkout.project.specs}/{name}.toml")
    if "." in name or any(part.startswith("_") for part in name.split("/")):
        raise PathRefused(f"{name!r} is no asset id", hint="letters, digits, - and _, folders with /")
    if checkout.files.sign(path) is not None:
        raise UsageError(f"{path} is already there", hint="give it another name")
    lines = [f"# {wanted} in other words. The values are pinned: they stay when {base} changes."]
    lines += [f"extends = {toml_value(base)}", "", "[source]"]
    lines += [f"{key} = {toml_value(braced(_plain(each)))}" for key, each in values.items()]
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
        row = _row(variant, None, "")
        row["prompt"] = row["prompt"].removesuffix(", ")
        for key in dict.fromkeys([*values, *row]):
            value = values.get(key)
            if (
                isinstance(value, dict)
                and set(value) >= set(variant.cell.values())
                and len(variant.cell) == 1
            ):
                value = value[next(iter(variant.cell.values()))]
            if _plain(value) != _plain(row.get(key)):
                hint = "that revision differs too much from today's: copy its spec instead"
                raise UsageError(f"{made.id}: it would ask for another {key}", hint=hint)


def _plain(value: Any) -> Any:
    """As TOML has it: arrays are arrays."""
    return msgspec.json.decode(msgspec.json.encode(value))
