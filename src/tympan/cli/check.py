"""`tympan check`, `plugins`, `schema`, `trust` and `doctor`.

Reads the checkout and the machine. Writes the schema and the list of trusted folders, when asked.
"""

from __future__ import annotations

import platform
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import msgspec

from tympan.checkout import Checkout, find_root
from tympan.cli.losses import losses_of
from tympan.errors import Problem, SpecErrors, TympanError
from tympan.trees import STATE
from tympan.trust import trust, trusted
from tympan.versions import version_of

# Where the `#:schema` line of a spec points.
SCHEMA_PATH = ".tympan/spec.schema.json"
_LIBRARIES = (
    "doit", "pluggy", "pillow", "vtracer", "resvg-py", "tomli", "msgspec", "blake3", "numpy", "fonttools",
)  # fmt: skip


def _json(value: Any) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.pass_obj
def check(folder: Path, as_json: bool) -> None:
    """Find the mistakes in all specs, tokens and the project file; warn of marks that builds lose."""
    checkout = Checkout(find_root(folder.absolute()))
    library = checkout.specs
    problems = [*library.problems, *_of_gates(checkout)]
    lost = _lost(checkout) if not problems else []
    if as_json:
        _json({"assets": len(library.assets), "problems": sorted(set(problems)), "warnings": lost})
        raise click.exceptions.Exit(2 if problems else 0)
    if problems:
        raise SpecErrors(problems)
    click.echo(f"{len(library.assets)} specs are right")
    for sentence in lost:
        click.echo(f"warning: {sentence}", err=True)


def _of_gates(checkout: Checkout) -> list[Problem]:
    if not checkout.project.drift.gates:
        return []
    from tympan.recalibrate.compare import gate_problems

    return gate_problems(checkout)


def _lost(checkout: Checkout) -> list[str]:
    """Marks of sources that builds lost, once an asset; that a lock is damaged, others say."""
    if checkout.files.sign(STATE) is None:
        return []  # nothing was built here, and a check leaves nothing behind
    try:
        found = losses_of(checkout, checkout.planner(), checkout.graph.writes())
        return [f"{asset}: {sentence}" for asset, sentence in found]
    except TympanError:
        return []


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
@click.pass_obj
def plugins(folder: Path, as_json: bool) -> None:
    """Show all plugins and who brings them."""
    loaded = Checkout(find_root(folder.absolute())).plugins
    rows = [
        {"kind": each.kind, "name": each.cls.NAME, "version": each.cls.VERSION, "from": each.origin}
        for each in loaded.all()
    ]
    rows += [
        {"kind": "profile", "name": name, "version": "", "from": loaded.profile_origin(name)}
        for name in loaded.profile_names()
    ]
    rows += [
        {"kind": kind, "name": name, "version": "", "from": f"{file} (not trusted)"}
        for (kind, name), file in loaded.all_untrusted()
    ]
    if as_json:
        _json(rows)
        return
    for row in rows:
        click.echo(f"{row['kind']:<10} {row['name']:<16} {row['version']:<4} {row['from']}")


@click.command()
@click.option("--write", is_flag=True, help=f"Write it to {SCHEMA_PATH}, where specs look for it.")
@click.pass_obj
def schema(folder: Path, write: bool) -> None:
    """Print the JSON Schema of specs, made from the installed plugins."""
    from tympan.spec.schema import spec_schema

    checkout = Checkout(find_root(folder.absolute()))
    text = msgspec.json.format(msgspec.json.encode(spec_schema(checkout.plugins)), indent=2)
    if write:
        checkout.files.write(SCHEMA_PATH, text + b"\n")
        click.echo(SCHEMA_PATH)
    else:
        click.echo(text.decode())


@click.command("trust")
@click.option("--revoke", is_flag=True, help="Take trust back.")
@click.pass_obj
def trust_folder(folder: Path, revoke: bool) -> None:
    """Let this project's plugins/*.py run on this machine. Read them first."""
    root = find_root(folder.absolute())
    trust(root, revoke=revoke)
    click.echo(f"{root} is {'no longer' if revoke else 'now'} trusted")


@click.command()
@click.pass_obj
def doctor(folder: Path) -> None:
    """Show what this machine has and lacks; a missing extra says what it would bring."""
    click.echo(f"python      {platform.python_version()} on {platform.system()} {platform.machine()}")
    for name in _LIBRARIES:
        click.echo(f"{name:<11} {version_of(name) or 'MISSING'}")
    for module, extra, brings in (
        ("rembg", "rembg", 'neural cut-outs: mask.method = "rembg:<model>"'),
        ("onnxruntime", "rembg", "what rembg computes with"),
        ("cv2", "maps", 'edges of a picture: source.control.*.map = "canny"'),
        ("lcms2", "lcms", 'a second CMYK engine: target.*.engine = "lcms"'),
    ):
        there = find_spec(module) or (module == "lcms2" and find_spec("pylcms2"))
        click.echo(f"{module:<11} {'there' if there else f'not there (extra {extra!r}: {brings})'}")
    try:
        root = find_root(folder.absolute())
        click.echo(f"project     {root} ({'trusted' if trusted(root) else 'local plugins not trusted'})")
        problems = Checkout(root).specs.problems
        click.echo(f"specs       {f'{len(problems)} problems: tympan check' if problems else 'right'}")
    except TympanError as error:
        click.echo(f"project     {error}")
