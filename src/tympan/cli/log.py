"""`tympan log`: everything that happened to an asset, in order of time.

Reads the checkout and the repository. Writes nothing but what it prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from tympan.checkout import Checkout, find_root
from tympan.cli.history import History, Wish, begun
from tympan.cli.words import assets_of, print_json
from tympan.decisions import SHIP
from tympan.errors import TympanError, UsageError
from tympan.ledger import total
from tympan.plan.graph import REQUESTS
from tympan.plan.reasons import shown

_WIDTH = 76


class Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened. did: "request", "refinement", "training", "decision", "shipment" or "commit".

    at: RFC 3339, "" for what a built-in generator draws again at any time. candidates: how many came;
    candidate: the number of the one that was decided on; target: whose files were. outcome: what became of
    jobs that brought nothing. cell: the request's place in a grid.
    """

    at: str
    did: str
    step: str = ""
    target: str = ""
    variants: tuple[str, ...] = ()
    generator: str = ""
    model: str = ""
    prompt: str = ""
    seed: int | None = None
    cell: dict[str, Any] = {}
    candidates: int = 0
    cost: str = ""
    key: str = ""
    outcome: str = ""
    candidate: int = 0
    digest: str = ""
    by: str = ""
    why: str = ""
    via: str = ""
    internal: bool = False
    commit: str = ""
    files: tuple[str, ...] = ()


@click.command("log")
@click.argument("asset")
@click.option("--for-client", is_flag=True, help="Only decisions, without internal ones.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
@click.pass_obj
def log(folder: Path, asset: str, for_client: bool, as_json: bool) -> None:
    """Tell what happened to an asset: requests, candidates, decisions, refinements, cost, commits."""
    checkout = Checkout(find_root(folder.absolute()))
    told = story(checkout, asset)
    if for_client:
        told = [each for each in told if each.did == "decision" and not each.internal]
    if as_json:
        print_json(told)
        return
    for each in told:
        click.echo("\n".join(_lines(each)))
    if for_client:
        return
    spent = total(cost for wish in History(checkout).wishes([asset]) for _, cost in wish.spent())
    click.echo(f"{asset}: {spent} spent")


def story(checkout: Checkout, asset: str) -> list[Told]:
    """What happened to an asset, the oldest first. UsageError if nobody ever heard of it."""
    history = History(checkout)
    asked = checkout.asked
    paths = [f"{checkout.project.specs}/{asset}.toml", asked.locks.file(asset), asked.decisions.file(asset)]
    found = [*_drawn(checkout, asset), *map(_wish, history.wishes([asset])), *_decisions(checkout, asset)]
    for commit in reversed(history.commits(paths)):
        found.append(
            Told(
                at=commit.at,
                did="commit",
                by=commit.by,
                why=commit.subject,
                commit=commit.id,
                files=tuple(sorted(commit.files)),
            )
        )
    if not found:
        assets_of(checkout, [asset])
        if all(each.id != asset for each in checkout.library.assets):
            raise UsageError(f"{asset!r} is a pattern", hint="tympan log tells of one asset")
    return sorted(found, key=lambda each: (each.at, _turn(each)))


def _turn(told: Told) -> int:
    """What happened within one second stands in the order in which it must have happened."""
    if told.did == "commit":
        return 1_000
    number = told.step.rpartition(".")[2]
    return 2 * int(number if number.isdigit() else 0) + (told.did in ("decision", "shipment"))


def _drawn(checkout: Checkout, asset: str) -> Iterator[Told]:
    """What built-in generators draw; it costs nothing, and is on no record but the state's."""
    try:
        planner, nodes = checkout.planner(), checkout.graph.nodes.values()
    except TympanError:
        return  # the specs are in pieces; what is on record can be told all the same
    for node in nodes:
        if node.asset != asset or node.asked or node.kind not in REQUESTS or node.request is None:
            continue
        results = planner.results(node)
        yield Told(
            at="",
            did="request" if node.kind == "source" else "refinement",
            step=node.use.step if node.use else "source",
            variants=(node.variant.name,) if node.variant.name else (),
            generator=node.request.generator,
            model=node.request.model,
            prompt=node.request.prompt,
            seed=node.request.seed,
            candidates=sum(map(str.isdigit, results or ())),
            key=planner.key(node) or "",
            outcome="" if results else "not drawn yet",
        )


def _wish(wish: Wish) -> Told:
    first, locked = (wish.jobs[0] if wish.jobs else None), wish.locked
    asked = first.request if first else locked.asked if locked else {}
    step = locked.step if locked else first.node.partition(":")[0].lstrip("_") if first else ""
    came = {digest for job in wish.jobs for name, digest in job.results.items() if name.isdigit()}
    came |= {each.digest for each in locked.candidate} if locked else set()
    failed = [f"{job.did}: {job.message}".rstrip(": ") for job in wish.jobs if job.did != "received"]
    models = [job.model for job in wish.jobs if job.model] + ([locked.model] if locked else [])
    trains = asked.get("operation") == "train"
    return Told(
        at=begun(wish),
        did="training" if trains else "refinement" if "refine" in step.split(".") else "request",
        step=step,
        variants=locked.variants if locked else (),
        generator=wish.generator,
        model=next(filter(None, models), "") or str(asked.get("model", "")),
        prompt=str(asked.get("prompt", "")),
        seed=asked.get("seed"),
        cell=locked.cell if locked else {},
        candidates=len(came),
        cost=total(cost for _, cost in wish.spent()),
        key=wish.key,
        outcome="; ".join(dict.fromkeys(failed)),
    )


def _decisions(checkout: Checkout, asset: str) -> Iterator[Told]:
    for each in checkout.asked.decisions.of(asset):
        yield Told(
            at=each.at,
            did="shipment" if each.did == SHIP else "decision",
            step=each.step,
            target=each.target,
            variants=(each.variant,) if each.variant else (),
            outcome=each.did,
            candidate=each.candidate,
            digest=each.digest,
            by=each.by,
            why=each.why,
            via=each.via,
            internal=each.internal,
        )


def _lines(told: Told) -> Iterator[str]:
    head = f"{told.at or 'at any time':<20}  {told.did:<10}  "
    where = " ".join(filter(None, (told.step or told.target, *told.variants)))
    if told.did == "commit":
        yield f"{head}{told.commit[:10]} {told.why}   ({told.by}; {', '.join(_ends(told))})"
    elif told.did in ("decision", "shipment"):
        which = f"candidate {told.candidate} of " if told.candidate else ""
        outcome = "shipped" if told.did == "shipment" else told.outcome
        who = f"{told.by} (internal)" if told.internal else told.by
        yield f"{head}{outcome} {which}{where} ({told.digest[:12]})   by {who}"
        if told.why:
            yield f"{'':34}because {told.why}"
    else:
        who = " ".join(filter(None, (told.generator, told.model)))
        count = f"{told.candidates} candidate{'s' * (told.candidates != 1)}"
        cell = ", ".join(f"{axis} {shown(value)}" for axis, value in told.cell.items())
        where += f" ({cell})" if cell else ""
        yield f"{head}{where}: {who}, {count}, {told.cost or 'for nothing'}   ({told.key[:12]})"
        if told.prompt:
            text = " ".join(told.prompt.split())
            yield f"{'':34}{text[:_WIDTH]}{'...' * (len(text) > _WIDTH)}"
        if told.outcome:
            yield f"{'':34}{told.outcome}"


def _ends(told: Told) -> list[str]:
    words = {".toml": "spec", ".lock": "lock", ".jsonl": "decisions"}
    return [words[path[path.rindex(".") :]] for path in told.files]
