"""`tympan who`: from any file back to the asset.

Reads files and the checkout. Writes the index of looks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tympan import limits
from tympan.checkout import Checkout, find_root
from tympan.cli.door import default_jobs
from tympan.cli.words import print_json
from tympan.errors import TaskError
from tympan.files import Files
from tympan.seen import Found, Near, Seen
from tympan.worker.pool import Pool

_UNSURE = ("unknown", "contradiction")


@click.command("who")
@click.argument("wanted", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
@click.pass_obj
def who(folder: Path, wanted: tuple[Path, ...], as_json: bool) -> None:
    """Tell which asset files belong to, though they were renamed, recompressed or resized.

    A file that says so itself is believed as far as it looks like it. `tympan marks` shows all that it says.
    Without a FILE it only takes in what the outputs look like now, so that they are known later.
    """
    with Pool(default_jobs()) as pool:
        checkout = Checkout(find_root(folder.absolute()))
        seen = Seen(checkout, pool)
        known = seen.refresh()
        rows = [_row(seen, file) for file in wanted]
        rows = [row | _shipped(checkout, row["assets"]) for row in rows]
        seen.close()
    if as_json:
        print_json(rows)
    for row in rows if not as_json else ():
        click.echo(_line(row))
    if not wanted and not as_json:
        click.echo(f"{known} views of pictures are known; {seen.skipped} new files cannot be looked at")
    raise click.exceptions.Exit(1 if any(row["verdict"] in _UNSURE for row in rows) else 0)


def _row(seen: Seen, file: Path) -> dict[str, Any]:
    place = file.absolute()
    data = Files(place.parent).read(place.name, limits.PICTURE_BYTES)
    problem = ""
    try:
        found = seen.who(data)
    except TaskError as error:
        found, problem = Found("unknown", ()), error.message
    near = [_near(each) for each in found.near]
    sure = found.verdict not in _UNSURE
    row = {
        "file": str(file),
        "verdict": found.verdict,
        "assets": [each.place.asset for each in found.near] if sure else [],
        "says": found.says,
        "near": near,
    }
    return row | ({"problem": problem} if problem else {})


def _shipped(checkout: Checkout, assets: list[str]) -> dict[str, Any]:
    """When files of these assets were shipped last, by whom, and what for; nothing if they never were."""
    last = [each[-1] for asset in assets if (each := checkout.asked.decisions.shipped(asset))]
    told = [{"at": each.at, "by": each.by, "why": each.why} for each in last]
    return {"shipped": told} if told else {}


def _near(near: Near) -> dict[str, Any]:
    return {
        "asset": near.place.asset,
        "what": near.place.what,
        "bits": near.bits,
        "distance": near.distance,
    }


def _line(row: dict[str, Any]) -> str:
    told = [
        f"last shipped {each['at'][:10]} by {each['by']}" + (f", {each['why']}" if each["why"] else "")
        for each in row.get("shipped", ())
    ]
    return "; ".join([_found(row), *told])


def _found(row: dict[str, Any]) -> str:
    near, says = row["near"], row["says"]
    if row["verdict"] == "same bytes":
        told = ", ".join(f"{each['asset']} ({each['what']})" for each in near)
        own = "" if not says or says in row["assets"] else f", though it says {says}"
        return f"{row['file']}: {told}; same bytes{own}"
    if row["verdict"] == "same picture":
        (each,) = near
        apart = f"{each['bits']} of 64 bits and {each['distance']} of 255 apart"
        return f"{row['file']}: {each['asset']} ({each['what']}); same picture, {apart}"
    if row["verdict"] == "marked":
        (each,) = near
        looks = "its looks cannot be compared" if each["distance"] < 0 else f"{each['distance']} of 255 apart"
        return f"{row['file']}: {each['asset']} ({each['what']}); it says so itself, {looks}"
    if row["verdict"] == "contradiction":
        (each,) = near
        like = f"{each['asset']} ({each['what']}), {each['distance']} of 255 apart"
        return f"{row['file']}: says {says}, looks like {like}"
    hint = "; ".join(f"{each['asset']} is {each['distance']} of 255 away" for each in near)
    said = f": {row['problem']}" if "problem" in row else f" ({hint})" if hint else ""
    own = f"; it says {says}, and looks like no picture of that" if says else ""
    return f"{row['file']}: unknown{said}{own}"
