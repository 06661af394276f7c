"""The generator itself: one call brings its pictures, whose addresses end soon.

Reads pictures that the request names. Writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tympan import (
    Answer,
    BadAnswer,
    CallBlocked,
    CallContext,
    CallFailed,
    Candidate,
    Cost,
    Fault,
    ModelInfo,
    Request,
    Service,
    Ticket,
    Unreachable,
)
from tympan_plugins.generators.ideogram.form import (
    options_of,
    path_of,
    route_of,
)
from tympan_plugins.generators.ideogram.mistakes import mistakes
from tympan_plugins.generators.ideogram.options import (
    PRICES,
    UPSCALE_PRICE,
    IdeogramParams,
)
from tympan_plugins.generators.ideogram.sending import form_of
from tympan_plugins.generators.one_call import answered, jobs, results

# What the store of results answers once an address has ended.
_ENDED = (403, 404, 410)


class Ideogram(Service[IdeogramParams]):
    """Ideogram 3.0 and 4.0: good at words in pictures. One call, no job to come back to."""

    NAME = "ideogram"
    SYSTEM = "Ideogram"
    VERSION = "1"
    Params = IdeogramParams
    URL = "https://api.ideogram.ai"
    KEY = "IDEOGRAM_API_KEY"
    KEY_HEADER = ("api-key", "{key}")
    HOSTS = ("ideogram.ai", ".ideogram.ai")
    # Ten calls in flight are Ideogram's default; it publishes no number a minute.
    CONCURRENT = 8
    PER_MINUTE = 60

    def check(self, request: Request) -> Iterable[str]:
        """Fields that a route does not take, sizes that a model does not draw, pictures that are missing."""
        return mistakes(request)

    def remarks(self, request: Request) -> Iterable[str]:
        """What 4.0 has not."""
        if request.model == "4.0":
            yield "4.0 takes no seed: it draws another picture each time"

    def estimate(self, request: Request) -> Cost:
        """Ideogram's list price; its answers name none."""
        options = options_of(request)
        if route_of(request) == "upscale":
            each = UPSCALE_PRICE
        else:
            each = PRICES["character" if request.images("character") else request.model][options.speed]
        if options.upscale_factor != "X1":
            each += UPSCALE_PRICE
        return Cost(round(each * request.candidates, 4), "USD")

    def batches(self, request: Request) -> tuple[Request, ...]:
        """One call a candidate, each with a seed of its own; `together` puts several into one call."""
        return jobs(request, options_of(request).together)

    def models(self) -> Iterable[ModelInfo]:
        """Both; a seed of 3.0 brings a like picture, not the same bytes; 4.0 takes no seed."""
        return (
            ModelInfo(name="3.0", deterministic=False, description="references, edits, seeds"),
            ModelInfo(name="4.0", deterministic=False, description="exact words in boxes, no seed"),
        )

    def submit(self, request: Request, ctx: CallContext) -> Ticket:
        """The whole job; the handle is the first picture's id, or the time if there is no picture."""
        fields, files = form_of(request, ctx)
        found = results(ctx.pay(path_of(request), fields=fields, files=files), "Ideogram")
        created = str(found.get("created", ""))
        ids = [_image_id(each["url"]) for each in found["data"] if each.get("url")]
        return Ticket((ids or [created])[0], {"created": created})

    def collect(self, ticket: Ticket, request: Request, ctx: CallContext) -> tuple[Candidate, ...]:
        """The pictures that passed Ideogram's own check; CallBlocked if none did."""
        brought = answered(ctx, "Ideogram")["data"]
        safe = [(index, each) for index, each in enumerate(brought) if each.get("is_image_safe")]
        if not safe:
            raise CallBlocked("Ideogram drew this and holds it back as unsafe", hint="change the prompt")
        if len(safe) < len(brought):
            ctx.report(blocked=str(len(brought) - len(safe)))
        return tuple(self._candidate(index, each, ticket, request, ctx) for index, each in safe)

    def _candidate(
        self, index: int, result: dict[str, Any], ticket: Ticket, request: Request, ctx: CallContext
    ) -> Candidate:
        url = result.get("url")
        if not isinstance(url, str) or not url:
            raise BadAnswer("Ideogram calls a picture safe and gives no address for it")
        try:
            data = ctx.download(url)
        except Unreachable as error:
            # What may pass stays as it is: the job remains open, and resuming fetches again.
            raise _gone(url, ticket, error, ctx) if error.status in _ENDED else error from None
        facts = {
            "job": ticket.job,
            "image": _image_id(url),
            "index": str(index),
            "created": ticket.data.get("created", ""),
            "model": f"ideogram-{request.model}",
            "route": path_of(request),
        }
        for name in ("prompt", "resolution", "upscaled_resolution", "style_type"):
            if isinstance(result.get(name), str):
                facts[name] = result[name]
        seed = result.get("seed")
        if request.model == "4.0":
            facts["seed"] = f"Ideogram 4.0 takes no seed; it says that it used {seed}"
            return Candidate(data=data, facts=facts)
        return Candidate(data=data, seed=seed if isinstance(seed, int) else None, facts=facts)

    def fault(self, answer: Answer) -> Fault:
        """422 is the safety check's, of the prompt or of a picture."""
        fault = super().fault(answer)
        return Fault("blocked", fault.message) if answer.status == 422 else fault


def _image_id(url: str) -> str:
    """The name in `/api/images/ephemeral/<id>.png?exp=...&sig=...`."""
    return re.sub(r"\.\w+$", "", urlsplit(url).path.rsplit("/", 1)[-1])


def _gone(url: str, ticket: Ticket, error: CallFailed, ctx: CallContext) -> CallFailed:
    """What is left to say when an address does not bring its picture. The address itself is a secret."""
    until = (parse_qs(urlsplit(url).query).get("exp") or ["?"])[0]
    ctx.report(lost=_image_id(url), expires=until)
    return CallFailed(
        f"Ideogram's picture {_image_id(url)} of job {ticket.job} ({ticket.data.get('created', '')})"
        f" cannot be fetched: {error.message}; its address ends at Unix time {until} and there is no other",
        hint="it was paid for and is not asked for again by itself: ask Ideogram, or explore anew",
    )
