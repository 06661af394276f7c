"""What a model drew on the day it was pinned: to be held against what it draws later under the same name.

Reads the checkout. Writes calibration/<model>.json and the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from tympan.checkout import Checkout
from tympan.drift import Measurer, text_of
from tympan.errors import Damaged, FilesError, UsageError
from tympan.files import Files
from tympan.plan.decide import Planner
from tympan.plan.graph import REQUESTS, Node
from tympan.recalibrate.pins import models_of, reported, retires
from tympan.recalibrate.record import name_of
from tympan.recalibrate.redraw import redrawn
from tympan.recalibrate.trial import name_of as request_name
from tympan.worker.pool import Pool

FOLDER = "calibration"


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """One request of a baseline. pictures: digest by seed; measured: digest of their measures, by seed."""

    name: str
    asset: str
    pictures: dict[str, str]
    measured: dict[str, str]


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """What a model drew. reported: what the service said it was; made: the day."""

    version: int = 1
    generator: str
    model: str
    reported: tuple[str, ...]
    deterministic: bool
    made: str
    requests: tuple[Drawn, ...]

    @property
    def path(self) -> str:
        """Where its record lies, from the root."""
        return f"{FOLDER}/{name_of(self.generator, self.model)}.json"

    def blobs(self) -> set[str]:
        """Digests that it needs."""
        return {name for each in self.requests for name in (*each.pictures.values(), *each.measured.values())}


class Shot(msgspec.Struct, frozen=True, kw_only=True):
    """One picture that is wanted: of a request, with a seed."""

    name: str
    seed: int
    node: Node


def shots(
    checkout: Checkout, assets: Iterable[str], seeds: Sequence[int], today: str, occasion: str = ""
) -> dict[tuple[str, str], list[Shot]]:
    """What a baseline of these assets asks, by generator and model; nothing of models that have retired."""
    wanted = set(assets)
    found: dict[tuple[str, str], list[Shot]] = {}
    for node in checkout.graph.nodes.values():
        request = node.request
        if node.asset not in wanted or node.kind not in REQUESTS or request is None or node.untrusted:
            continue
        models = models_of(checkout, request.generator)
        day = retires(models.get(request.model))
        if not models or (day and day <= today) or request.operation == "train":
            continue
        name = request_name(node)
        rows = found.setdefault((request.generator, request.model), [])
        for seed in seeds:
            made = redrawn(
                node, f"{occasion or 'baseline'}.{seed}", seed=seed, candidates=1, occasion=occasion
            )
            rows.append(Shot(name=name, seed=seed, node=made))
    return found


def brought(planner: Planner, shot: Shot) -> str:
    """The digest of a shot's picture, "" if it is not there."""
    results = planner.results(shot.node) or {}
    return next((results[name] for name in sorted(filter(str.isdigit, results), key=int)), "")


def made(checkout: Checkout, pool: Pool, pin: tuple[str, str], taken: Sequence[Shot], today: str) -> Baseline:
    """The baseline of a model from its shots. UsageError if a picture is missing."""
    planner, measurer = checkout.planner(), Measurer(checkout.plugins, checkout.store, pool)
    rows: dict[str, Drawn] = {}
    said: set[str] = set()
    for shot in taken:
        name = brought(planner, shot)
        if not name:
            raise UsageError(
                f"{shot.name}: its picture with seed {shot.seed} has not come", hint="run it again"
            )
        said |= reported(checkout, planner, shot.node)
        assert shot.node.request is not None
        told = measurer.describe(checkout.asked.get(name), text_of(shot.node.request))
        kept = checkout.store.put(msgspec.json.encode(told, order="deterministic"))
        row = rows.setdefault(
            shot.name, Drawn(name=shot.name, asset=shot.node.asset, pictures={}, measured={})
        )
        row.pictures[str(shot.seed)], row.measured[str(shot.seed)] = name, kept
    info = models_of(checkout, pin[0]).get(pin[1])
    return Baseline(
        generator=pin[0],
        model=pin[1],
        reported=tuple(sorted(said)),
        deterministic=info is not None and info.deterministic,
        made=today,
        requests=tuple(rows[name] for name in sorted(rows)),
    )


def save(files: Files, baseline: Baseline) -> None:
    """Put a baseline's record in place."""
    body = msgspec.json.format(msgspec.json.encode(baseline, order="deterministic"), indent=2) + b"\n"
    files.write(baseline.path, body, sync=True)


def load_all(files: Files) -> list[Baseline]:
    """All baselines of a project. Damaged if one cannot be understood."""
    found = []
    for path in files.walk(FOLDER, ".json"):
        try:
            found.append(msgspec.json.decode(files.read(path), type=Baseline, strict=True))
        except (ValueError, RecursionError, FilesError) as error:
            raise Damaged(f"{path} is damaged: {error}", hint=f"git checkout {path}") from None
    return found


def blobs(files: Files) -> set[str]:
    """Digests that the baselines of a project need."""
    found: set[str] = set()
    return found.union(*(each.blobs() for each in load_all(files)))
