"""`tympan marks`: what files say of themselves, in words.

Reads files. Writes nothing but what it prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from tympan import limits
from tympan.cli.words import print_json
from tympan.files import Files
from tympan.marks import SOURCE_TYPES, Said, read_marks

_MINING = {
    "unspecified": "not said",
    "allowed": "allowed",
    "prohibited": "prohibited",
    "prohibited-aimltraining": "prohibited for training AI",
    "prohibited-genaimltraining": "prohibited for training generative AI",
    "prohibited-exceptsearchengineindexing": "prohibited, but for search engines",
}


@click.command("marks")
@click.argument("wanted", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
def marks(wanted: tuple[Path, ...], as_json: bool) -> None:
    """Show what files say of themselves: how they were made, by which AI, whose they are, which asset.

    Whoever wrote it, and in whatever way: XMP, IPTC, EXIF or C2PA. No signature is verified.
    """
    rows = [(file, read_marks(_bytes(file))) for file in wanted]
    if as_json:
        print_json([_row(file, said) for file, said in rows])
        return
    for file, said in rows:
        lines = list(_lines(said))
        click.echo(f"{file}{'' if lines else ': says nothing of itself'}")
        for word, text in lines:
            click.echo(f"  {word:<15} {text}")


def _bytes(file: Path) -> bytes:
    place = file.absolute()
    return Files(place.parent).read(place.name, limits.PICTURE_BYTES)


def _row(file: Path, said: Said) -> dict[str, Any]:
    row: dict[str, Any] = {"file": str(file), **msgspec.to_builtins(said.marks)}
    return row | {"signed": said.signed, "texts": list(said.texts), "others": said.others}


def _lines(said: Said) -> Iterator[tuple[str, str]]:
    made = said.marks
    kind = SOURCE_TYPES.get(made.source_type, "")
    pairs = (
        ("how it was made", f"{kind} [{made.source_type}]" if kind else made.source_type),
        ("AI used", f"{made.system} {made.system_version}".strip()),
        ("prompt", made.prompt),
        ("creator", made.creator),
        ("credit", made.credit),
        ("rights", made.rights),
        ("usage terms", made.usage_terms),
        ("data mining", _MINING.get(made.data_mining, made.data_mining)),
        ("asset", made.asset + (f", variant {made.variant}" if made.variant else "")),
        ("request", made.request),
        ("signed", f"C2PA manifest of {said.signed}, not verified" if said.signed else ""),
        ("other texts", ", ".join(said.texts)),
        *((name, text) for name, text in sorted(said.others.items())),
    )
    for word, text in pairs:
        if text:
            # One line each: a foreign text must not look like a line of ours.
            yield word, " ".join(text.split())[:300]
