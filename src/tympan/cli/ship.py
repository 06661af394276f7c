"""`tympan ship`: approved outputs into a folder that leaves the house, and such a folder checked.

Reads the checkout. Writes the folder, and decisions: what was shipped is part of the story.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from tympan.approval import files_digest
from tympan.checkout import Checkout, find_root
from tympan.cli.choose import person
from tympan.cli.door import default_jobs
from tympan.cli.session import Session
from tympan.cli.talk import Talk
from tympan.cli.words import print_json
from tympan.clock import now
from tympan.decisions import SHIP, Decision
from tympan.errors import Damaged, Unapproved, UsageError
from tympan.plan.decide import Planner
from tympan.plan.graph import Node
from tympan.plan.pick import pick
from tympan.ship import Goods, Shipment, checked, goods, refused, source
from tympan.ship.folder import places, same
from tympan.ship.manifest import digests, manifest_of
from tympan.ship.notices import notices
from tympan.ship.sign import Signer
from tympan.versions import version_of
from tympan.worker.pool import Pool


class Order(NamedTuple):
    """What a person wants shipped, and how. See the options of `tympan ship`."""

    folder: Path
    wanted: tuple[str, ...]
    ungated: bool
    leave_out: bool
    why: str
    by: str
    sign: bool


@click.command("ship")
@click.argument("to", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("wanted", nargs=-1, metavar="[ASSET|TASK]...")
@click.option("--check", is_flag=True, help="Only compare DIR with its manifest; needs no project.")
@click.option("--ungated", is_flag=True, help="Take along what nobody judged and no spec wants approved.")
@click.option("--leave-out", is_flag=True, help="Leave out what is not approved instead of refusing all.")
@click.option("-m", "why", default="", metavar="WORDS", help="What it is shipped for; goes on record.")
@click.option("--by", default="", help="Who ships; git's user.name if not given.")
@click.option("--sign", is_flag=True, help="Sign each file (C2PA); needs the extra c2pa and a certificate.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.pass_obj
def ship(folder: Path, /, to: Path, wanted: tuple[str, ...], check: bool, as_json: bool, **how: Any) -> None:
    """Make DIR hold the approved outputs, a manifest of them, and the notices that licences ask for.

    Files are compared with their digests on the way. What is not approved as it is now is refused, exit 7.
    """
    told = _check(to) if check else _ship(find_root(folder.absolute()), Order(to.absolute(), wanted, **how))
    if as_json:
        print_json(told)
        return
    for line in told["lines"]:
        click.echo(line)


def _check(folder: Path) -> dict[str, Any]:
    wrong = checked(folder.absolute())
    if wrong:
        told = "".join(f"\n  {word}: {path}" for path, word in wrong)
        raise Damaged(f"{folder} is not what was shipped; ship it again{told}")
    return {"folder": str(folder), "wrong": [], "lines": [f"{folder} is as it was shipped"]}


def _ship(root: Path, order: Order) -> dict[str, Any]:
    checkout = Checkout(root)
    signer = Signer(os.environ, root) if order.sign else None
    _check_place(checkout, order.folder)
    session = Session(checkout, Talk(), jobs=default_jobs(), arguments={"verb": "ship"})
    session.lock()
    try:
        planner = checkout.planner()
        nodes, left = _allowed(checkout, planner, order)
        shipment = Shipment(order.folder)
        with Pool(1) as pool:
            found = goods(checkout, planner, nodes, pool)
            if signer is not None:
                found = _signed(signer, shipment, found, lambda node: source(checkout, planner, node, pool))
        entries = [each.entry for each in found]
        fresh = [each for each in found if not same(shipment.before.get(each.entry.path), each.entry)]
        manifest = manifest_of(entries, version_of("tympan"))
        data = {each.entry.path: each.data for each in found}
        written = shipment.put(manifest, data, notices(entries, checkout.plugins.profile))
        _tell_decisions(checkout, planner, fresh, order)
    finally:
        session.close()
    lines = [f"{places(entries)} in {order.folder}, {len(written)} of them written"]
    lines += [f"left out: {task} ({word})" for task, word in left.items()]
    if signer is not None:
        lines += [f"not signed, C2PA has no place in it: {each.path}" for each in entries if not each.signer]
    return {"folder": str(order.folder), "files": entries, "written": written, "left": left, "lines": lines}


def _signed(
    signer: Signer, shipment: Shipment, found: Iterable[Goods], source_of: Callable[[Node], tuple[bytes, str]]
) -> list[Goods]:
    """The files with their signatures; what lies there signed by the same certificate stays as it is."""
    done = []
    for each in found:
        if not signer.can(each.kind):
            done.append(each)
            continue
        old = shipment.before.get(each.entry.path)
        kept = shipment.kept(each.entry.path)
        same_as = (each.entry.blake3, signer.fingerprint)
        if old is None or kept is None or (old.unsigned, old.signer) != same_as:
            kept = signer.sign(each.data, each.entry, each.kind, source_of(each.node))
        entry = msgspec.structs.replace(
            each.entry, **digests(kept), unsigned=each.entry.blake3, signer=signer.fingerprint
        )
        done.append(each._replace(data=kept, entry=entry))
    return done


def _check_place(checkout: Checkout, folder: Path) -> None:
    """UsageError for a folder in which files of the project would be taken for shipped ones."""
    root, project = checkout.files.root, checkout.project
    own = (project.specs, project.assets, project.plugins, ".tympan", ".git")
    to = folder.resolve()
    if root.is_relative_to(to) or any(to.is_relative_to(root / each) for each in own):
        raise UsageError(f"{folder} belongs to the project", hint="name a folder of its own, such as dist")


def _allowed(checkout: Checkout, planner: Planner, order: Order) -> tuple[list[Node], dict[str, str]]:
    """The targets to ship, and those left out. Unapproved if that is not wanted, or nothing is left."""
    nodes = pick(checkout.graph, order.wanted)
    not_yet = refused(checkout, planner, nodes, ungated=order.ungated)
    if not_yet and (not order.leave_out or len(not_yet) == len(nodes)):
        told = "".join(f"\n  {task}: {word}" for task, word in not_yet.items())
        hint = "tympan approve says yes to what is built, --leave-out ships the others"
        count = f"{len(not_yet)} of {len(nodes)} targets may not be"
        raise Unapproved(f"nothing was shipped, {count}; {hint}{told}")
    return [node for node in nodes if node.id not in not_yet], not_yet


def _tell_decisions(checkout: Checkout, planner: Planner, fresh: Iterable[Goods], order: Order) -> None:
    """A line beside the spec for each target of which anything new left."""
    at, by = now(), order.by or person(checkout.files.root)
    for node in {each.node.id: each.node for each in fresh}.values():
        assert node.target is not None
        results = dict(planner.results(node) or {})
        line = Decision(
            did=SHIP,
            digest=checkout.approvals.seen(results),
            files=files_digest(results),
            target=node.target.target,
            variant=node.variant.name,
            by=by,
            at=at,
            why=order.why,
            via="cli",
        )
        checkout.asked.decisions.add(node.asset, line)
