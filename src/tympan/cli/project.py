"""`tympan init` and `tympan new`.

Reads what is there. Writes the files of a new project or spec; never over an existing one.
"""

from __future__ import annotations

from pathlib import Path

import click

from tympan.checkout import PROJECT_FILES, Checkout, find_root
from tympan.errors import PathRefused, UsageError
from tympan.files import Files, RelPath

_PROJECT = """# Keys: docs/reference/spec-language.md
tokens = ["tokens/brand.tokens.json"]
"""
_DODO = '''"""doit's door to tympan: `doit` builds every asset, `doit list` names them all."""

from tympan.cli.dodo import DOIT_CONFIG, task_assets  # noqa: F401
'''
_TOKENS = """{
  "color": {
    "$type": "color",
    "brand": { "$value": "#1f4fd8" },
    "ink": { "$value": "#14213d" },
    "paper": { "$value": "#fbf7ef" },
    "accent": { "$value": "#f4a259" }
  }
}
"""
_DEFAULTS = """#:schema ../.tympan/spec.schema.json
[source]
generator = "sketch"
model = "sketch-1"
prompt = "{subject}"
size = [1200, 800]
options.palette = ["{token.color.brand}", "{token.color.accent}", "{token.color.ink}", "{token.color.paper}"]

[target.svg]
[target.webp]
sizes = [600, 1200]
"""
_HELLO = """#:schema ../../.tympan/spec.schema.json
subject = "a lighthouse by the sea, morning"
"""
_IGNORE = "/.tympan/\n/assets/out/\n/assets/out-draft/\n"
# Decisions of two branches are both kept; a lock has the same bytes on every system.
_ATTRIBUTES = "*.decisions.jsonl text eol=lf merge=union\n*.lock text eol=lf\n"
_FILES = {
    "dodo.py": _DODO,
    "tokens/brand.tokens.json": _TOKENS,
    "specs/_defaults.toml": _DEFAULTS,
    "specs/illustration/hello.toml": _HELLO,
    ".gitattributes": _ATTRIBUTES,
    ".gitignore": _IGNORE,
}


@click.command()
@click.pass_obj
def init(folder: Path) -> None:
    """Make a project in this folder: a project file, tokens, one asset. Nothing that is there is changed."""
    files = Files(folder)
    wanted = dict(_FILES)
    if all(files.sign(name) is None for name in PROJECT_FILES):
        wanted["tympan.toml"] = _PROJECT
    elif files.sign("tympan.toml") is None and b"[tool.tympan]" not in files.read("pyproject.toml"):
        files.append("pyproject.toml", f"\n[tool.tympan]\n{_PROJECT}".encode())
        click.echo("added [tool.tympan] to pyproject.toml")
    for name, text in sorted(wanted.items()):
        if files.sign(name) is None:
            files.write(name, text.encode())
            click.echo(f"wrote {name}")
        else:
            click.echo(f"kept  {name}")
    click.echo("next: tympan build", err=True)


@click.command()
@click.argument("asset")
@click.option("--subject", default="", help="What the picture shows.")
@click.option("--generator", default="", help="Where the picture comes from; the folder's default if empty.")
@click.option("--path", "source", default="", help="For the generator `file`: the picture, below assets/.")
@click.pass_obj
def new(folder: Path, asset: str, subject: str, generator: str, source: str) -> None:
    """Write the spec of a new asset, such as icon/home."""
    checkout = Checkout(find_root(folder.absolute()))
    name = RelPath.parse(f"{checkout.project.specs}/{asset}.toml")
    if "." in asset or any(part.startswith("_") for part in asset.split("/")):
        raise PathRefused(f"{asset!r} is no asset id", hint="letters, digits, - and _, folders with /")
    if checkout.files.sign(name) is not None:
        raise UsageError(f"{name} is already there")
    lines = [
        f"#:schema {'../' * name.count('/')}.tympan/spec.schema.json",
        f"subject = {_quoted(subject or asset)}",
    ]
    if generator or source:
        lines += ["", "[source]", f"generator = {_quoted(generator or 'file')}"]
    if source:
        lines.append(f"options.path = {_quoted(source)}")
    checkout.files.write(name, ("\n".join(lines) + "\n").encode())
    click.echo(name)


def _quoted(text: str) -> str:
    import msgspec

    # A JSON string is a TOML string.
    return msgspec.json.encode(text).decode()
