"""`tympan shortlist`, `reject`, `approve` and `request-changes`: decisions on the record.

Reads the checkout. Writes decisions.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from tympan import decisions as words
from tympan.approval import files_digest
from tympan.checkout import Checkout, find_root
from tympan.cli.choose import SHOW, candidate, person, show_asset
from tympan.cli.door import default_jobs
from tympan.cli.session import Session
from tympan.cli.talk import Talk
from tympan.cli.words import one_asset
from tympan.clock import now
from tympan.decisions import Decision
from tympan.errors import UsageError
from tympan.plan.graph import Node
from tympan.plan.pick import pick

WHY = click.option("--why", default="", help="The reason, in your words.")
BY = click.option("--by", default="", help="Who decides; git's user.name if not given.")
INTERNAL = click.option(
    "--internal", is_flag=True, help="Said among ourselves: the client is not shown it, and it opens no gate."
)
STEP = click.option(
    "--step", default="", help="source, refine.1, ..., or a branch; the last with candidates if not given."
)
WANTED = click.argument("wanted", nargs=-1, required=True, metavar="ASSET|TASK...")


def _on_candidates(did: str, state: str, doc: str) -> click.Command:
    @click.command(did, help=doc)
    @click.argument("asset")
    @click.argument("numbers", nargs=-1, type=click.IntRange(1), metavar="NUMBER...")
    @STEP
    @click.option("--variant", default="", help="Only for this variant; for all if not given.")
    @WHY
    @BY
    @INTERNAL
    @SHOW
    @click.pass_obj
    def command(
        folder: Path, /, asset: str, numbers: tuple[int, ...], step: str, show: bool, **said: Any
    ) -> None:
        if show or not numbers:
            checkout = Checkout(find_root(folder.absolute()))
            show_asset(checkout, one_asset(checkout, asset), step, did, asked=show)

        def take(checkout: Checkout, decision: Decision) -> list[tuple[str, Decision]]:
            name = one_asset(checkout, asset)
            found = [
                (number, *candidate(checkout, name, number, step, said["variant"])) for number in numbers
            ]
            return [
                (name, msgspec.structs.replace(decision, step=_step(node), digest=digest, candidate=number))
                for number, node, digest in found
            ]

        for name, made in taken(folder, take, did=did, **said):
            what = f"candidate {made.candidate} of {made.step} ({made.digest[:12]})"
            click.echo(f"{name}: {what} is {state}")

    return command


def _step(node: Node) -> str:
    assert node.use is not None
    return node.use.step


shortlist = _on_candidates(
    words.SHORTLIST, "shortlisted", "Keep candidates of an asset in the running; nothing is chosen yet."
)
reject = _on_candidates(
    words.REJECT, "rejected", "Put candidates of an asset aside; a selected one is selected no more."
)


def _on_outputs(did: str, state: str, doc: str) -> click.Command:
    @click.command(did, help=doc)
    @WANTED
    @WHY
    @BY
    @INTERNAL
    @click.pass_obj
    def command(folder: Path, /, wanted: tuple[str, ...], **said: Any) -> None:
        decide_outputs(folder, wanted, did, state, **said)

    return command


def decide_outputs(folder: Path, wanted: tuple[str, ...], did: str, state: str, **said: Any) -> None:
    """Take a decision on outputs down, and say so."""

    def take(checkout: Checkout, decision: Decision) -> list[tuple[str, Decision]]:
        planner = checkout.planner()
        found = [(node, planner.results(node) or {}) for node in pick(checkout.graph, wanted)]
        # Who holds or releases means the target, whatever its files are.
        if did in (words.APPROVE, words.REQUEST_CHANGES):
            _check_built(node.id for node, results in found if not results)
        return [(node.asset, _about(checkout, decision, node, results)) for node, results in found]

    for name, made in taken(folder, take, did=did, **said):
        of = f"{name}.{made.variant}" if made.variant else name
        shown = f" ({made.digest[:12]})" if made.digest else ""
        click.echo(f"{of}: {made.target}{shown} is {state}")


def _check_built(missing: Any) -> None:
    if names := ", ".join(missing):
        raise UsageError(
            f"not built as the specs want it now: {names}", hint="tympan build, look, then decide"
        )


def _about(checkout: Checkout, decision: Decision, node: Node, results: Any) -> Decision:
    assert node.target is not None
    return msgspec.structs.replace(
        decision,
        target=node.target.target,
        variant=node.variant.name,
        digest=checkout.approvals.seen(results) if results else "",
        files=files_digest(results) if results else "",
    )


approve = _on_outputs(words.APPROVE, "approved", "Say yes to outputs as they are built now.")
request_changes = _on_outputs(
    words.REQUEST_CHANGES, "to be changed", "Say no to outputs as they are built now, and what has to change."
)


def taken(
    folder: Path, take: Callable[[Checkout, Decision], list[tuple[str, Decision]]], *, by: str, **said: Any
) -> list[tuple[str, Decision]]:
    """Take decisions down, all or none; each with the asset it is about."""
    root = find_root(folder.absolute())
    checkout = Checkout(root)
    session = Session(checkout, Talk(), jobs=default_jobs(), arguments={"verb": said["did"]})
    session.lock()
    try:
        common = Decision(digest="", by=by or person(root), at=now(), via="cli", **said)
        made = take(checkout, common)
        for asset, decision in made:
            checkout.asked.decisions.add(asset, decision)
    finally:
        session.close()
    return made
