"""The generator itself: a job is taken, looked after, and brings its pictures or its style.

Reads pictures that the request names. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from tympan import (
    Absent,
    Answer,
    CallContext,
    CallFailed,
    Candidate,
    Cost,
    Fault,
    ModelInfo,
    Pending,
    Request,
    Service,
    Ticket,
)
from tympan_plugins.generators.leonardo import again, body, results, second, training, variations
from tympan_plugins.generators.leonardo.answers import fault_of, job_of
from tympan_plugins.generators.leonardo.mistakes import REDRAWS, mistakes, seed_most
from tympan_plugins.generators.leonardo.models import MODELS, SECOND, first_of, second_of
from tympan_plugins.generators.leonardo.options import LeonardoParams, options_of
from tympan_plugins.generators.leonardo.price import price
from tympan_plugins.generators.leonardo.uploads import V1
from tympan_plugins.generators.leonardo.variations import PATHS

# "Between 1 and 8; if either width or height is over 768, between 1 and 4" (API reference).
_MOST, _MOST_LARGE, _LARGE = 8, 4, 768
# "Canvas Inpainting": 2 above 768 x 1024. How large the picture is, a request does not say.
_MOST_CANVAS = 2


class Leonardo(Service[LeonardoParams]):
    """Leonardo.Ai: a look held by references, control maps and styles trained on your own pictures."""

    NAME = "leonardo"
    SYSTEM = "Leonardo.Ai"
    VERSION = "1"
    Params = LeonardoParams
    URL = "https://cloud.leonardo.ai"
    KEY = "LEONARDO_API_KEY"
    HOSTS = ("cdn.leonardo.ai", ".amazonaws.com")
    # "Concurrency, Queue, and Rate Limit": 10 image jobs at once; 100 POSTs of generations
    # a minute, 2000 calls in all.
    CONCURRENT = 10
    PER_MINUTE = 2000
    PAID_PER_MINUTE = 100

    def check(self, request: Request) -> Iterable[str]:
        """Fields that a model does not take, limits, numbers of references, trigger words left out."""
        return mistakes(request)

    def estimate(self, request: Request) -> Cost:
        """By the published tables, rather too high; the answer to the job has the price."""
        return price(request)

    def batches(self, request: Request) -> tuple[Request, ...]:
        """Jobs of as many pictures as a job may bring, each with a seed of its own."""
        most = _most(request)
        seeds = seed_most(request) + 1
        return tuple(
            msgspec.structs.replace(
                request,
                candidates=min(most, request.candidates - first),
                seed=(request.seed + number) % seeds,
            )
            for number, first in enumerate(range(0, request.candidates, most))
        )

    def models(self) -> Iterable[ModelInfo]:
        """Models by name; none promises the same bytes for the same seed."""
        for name, model in MODELS.items():
            yield ModelInfo(name=name, deterministic=False, description=f"v1, {model.family}, {model.id}")
        for name, other in SECOND.items():
            seed = "with a seed" if other.seed else "no seed"
            yield ModelInfo(name=name, deterministic=False, description=f"v2, {seed}")

    def submit(self, request: Request, ctx: CallContext) -> Ticket:
        """Uploads first, then the one call that is paid."""
        kind, path, sent = _call(request, options_of(request), ctx)
        job, cost = job_of(ctx.pay(path, json=sent))
        if cost is not None:
            ctx.report(cost=cost)
        # So that it is not taken for another job like it, should that one's answer be lost.
        ctx.keep(f"job {job}", ctx.job)
        return Ticket(job, {"kind": kind})

    def collect(self, ticket: Ticket, request: Request, ctx: CallContext) -> Pending | tuple[Candidate, ...]:
        """Pictures, or the one style of a training."""
        return results.collect(ticket, options_of(request), ctx)

    def reconcile(self, request: Request, since: str, ctx: CallContext) -> Ticket | Absent | None:
        """By prompt, seed and model among the account's newest jobs; a training by its name."""
        return again.find(request, since, options_of(request), ctx)

    def fault(self, answer: Answer) -> Fault:
        """What a refusal means, in Leonardo's words."""
        return fault_of(answer)


def _most(request: Request) -> int:
    if request.operation == "train" or request.operation in PATHS:
        return 1
    if request.operation in REDRAWS:
        return _MOST_CANVAS
    if second_of(request.model, options_of(request).slug) is not None:
        return _MOST
    return _MOST_LARGE if max(request.size) > _LARGE else _MOST


def _call(request: Request, options: LeonardoParams, ctx: CallContext) -> tuple[str, str, dict[str, Any]]:
    """Kind of job, path and body of its paid call."""
    if request.operation == "train":
        return "training", training.PATH, training.training(request, options, ctx)
    if request.operation in PATHS:
        return "variation", variations.path(request), variations.variation(request, options, ctx)
    if (other := second_of(request.model, options.slug)) is not None:
        return "generation", second.V2, second.body(request, options, other, ctx)
    model = first_of(request.model, options.family)
    if model is None:
        raise CallFailed(f"leonardo has no model {request.model!r}")
    make = body.inpaint if request.operation in REDRAWS else body.generation
    return "generation", f"{V1}/generations", make(request, options, model, ctx)
