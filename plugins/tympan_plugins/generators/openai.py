"""The generator `openai`: the gpt-image models, pinned to a dated snapshot.

Reads pictures that the request names. Writes nothing. Routes, fields and ranges are those of OpenAI's API
reference (platform.openai.com/docs/api-reference/images), sizes and token prices those of its guide to image
generation and its price list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from tympan import (
    Answer,
    CallContext,
    Candidate,
    Cost,
    Fault,
    ModelInfo,
    Params,
    Request,
    Service,
    Ticket,
    Upload,
)
from tympan_plugins.generators import one_call
from tympan_plugins.generators.one_call import init_of

PICTURES_MOST, PICTURE_MOST, PROMPT_MOST, TOGETHER = 16, 50 * 1000 * 1000, 32_000, 10
OPERATIONS = ("", "image-to-image", "inpaint", "vary-region", "replace-background")
_DATED = re.compile(r"(?P<family>.+)-\d{4}-\d{2}-\d{2}")


class Family(NamedTuple):
    """What is known of a family of snapshots. Prices: US dollars for a million tokens."""

    text_in: float
    picture_in: float
    picture_out: float
    transparent: bool
    snapshots: tuple[str, ...]


FAMILIES = {
    "gpt-image-2": Family(5.0, 8.0, 30.0, False, ("gpt-image-2-2026-04-21",)),
}
# Snapshots that came later are asked, too, and reckoned as the family above.
LATER = Family(5.0, 8.0, 30.0, True, ())
# Tokens along the longer side, by quality; `auto` is reckoned as the dearest that it may become.
GRID = {"low": 16, "medium": 48, "high": 96, "auto": 96}
# Pixels of a picture, its longer side, the step of both sides, and longer to shorter side.
PIXELS, SIDE_MOST, STEP, STRETCH = (655_360, 8_294_400), 3_840, 16, 3.0
# Tokens that an input picture is reckoned with, and characters of a token: for the estimate alone.
INPUT_TOKENS, CHARACTERS = 1_500, 4


class OpenaiParams(Params, frozen=True, kw_only=True):
    """Options of `openai`."""

    quality: Annotated[
        Literal["auto", "low", "medium", "high"],
        Meta(description="How thoroughly it draws, and so the price; `auto` leaves that to the model."),
    ] = "high"
    background: Annotated[
        Literal["auto", "opaque", "transparent"],
        Meta(description="Ground of the picture; gpt-image-2 cannot draw a transparent one."),
    ] = "opaque"
    moderation: Annotated[
        Literal["auto", "low"], Meta(description="How strict OpenAI is about what it draws.")
    ] = "auto"
    together: Annotated[int, Meta(ge=1, le=TOGETHER, description="Candidates of one call.")] = 1


def _options(request: Request) -> OpenaiParams:
    return msgspec.convert(request.options, OpenaiParams)


def _family(model: str) -> Family:
    match = _DATED.fullmatch(model)
    return FAMILIES.get(match["family"] if match else "", LATER)


class Openai(Service[OpenaiParams]):
    """OpenAI's gpt-image: follows long prompts and takes up to 16 pictures; no seed."""

    NAME, SYSTEM = "openai", "OpenAI"
    VERSION = "1"
    Params = OpenaiParams
    URL = "https://api.openai.com"
    KEY = "OPENAI_API_KEY"
    CONCURRENT = 4
    PER_MINUTE = 20

    def check(self, request: Request) -> Iterable[str]:
        """Models without a date, sizes that are not drawn, fields that OpenAI does not have."""
        options = _options(request)
        if not _DATED.fullmatch(request.model):
            known = ", ".join(each for family in FAMILIES.values() for each in family.snapshots)
            yield f"openai needs a model with its date, not {request.model!r}: known are {known}"
        if request.operation not in OPERATIONS:
            yield f"openai cannot {request.operation!r}: it can {', '.join(OPERATIONS[1:])}"
        if not request.prompt or len(request.prompt) > PROMPT_MOST:
            yield f"openai needs a prompt of 1 to {PROMPT_MOST} characters"
        if not _is_drawn(*request.size):
            rule = f"sides are multiples of {STEP} up to {SIDE_MOST}, at most 3:1, {PIXELS} pixels in all"
            yield f"openai does not draw {request.size[0]}x{request.size[1]}: {rule}"
        if request.negative_prompt:
            yield "openai has no negative_prompt: say it in the prompt"
        if options.background == "transparent" and not _family(request.model).transparent:
            yield f"{request.model} draws no transparent ground: use the prep step mask"
        yield from _pictures(request)

    def estimate(self, request: Request) -> Cost:
        """Tokens for size and quality, as the guide's calculator has them, prompt and pictures."""
        family, count = _family(request.model), request.candidates
        out = count * tokens(_options(request).quality, *request.size) * family.picture_out
        calls = len(self.batches(request))
        told = calls * (len(request.prompt) / CHARACTERS) * family.text_in
        shown = calls * len(request.reference) * INPUT_TOKENS * family.picture_in
        return Cost(round((out + told + shown) / 1_000_000, 4), "USD")

    def batches(self, request: Request) -> tuple[Request, ...]:
        """One call a candidate: the answer names one price, and a blocked picture blocks its whole call."""
        return one_call.jobs(request, _options(request).together)

    def models(self) -> Iterable[ModelInfo]:
        """The snapshots known; others work, too."""
        names = [each for family in FAMILIES.values() for each in family.snapshots]
        return tuple(ModelInfo(name=name, deterministic=False) for name in names)

    def submit(self, request: Request, ctx: CallContext) -> Ticket:
        """The whole job; the handle is the id that OpenAI gives its answer."""
        fields, files = _told(request), _files(request, ctx)
        if files:
            answer = ctx.pay("/v1/images/edits", fields=fields, files=files)
        else:
            answer = ctx.pay("/v1/images/generations", json=fields)
        found = one_call.results(answer, "OpenAI")
        used = found.get("usage")
        if isinstance(used, dict):
            facts = {name: str(used[name]) for name in ("input_tokens", "output_tokens") if name in used}
            ctx.report(cost=_price(used, _family(request.model)), **facts)
        # The headers of an answer on record are not: then our own id of the job has to do.
        id = answer.headers.get("x-request-id", "")
        return Ticket(id, {"created": str(found.get("created", "")), **({"job": id} if id else {})})

    def collect(self, ticket: Ticket, request: Request, ctx: CallContext) -> tuple[Candidate, ...]:
        """The pictures stand in the answer itself, so that no address can end."""
        found = one_call.answered(ctx, "OpenAI")
        facts = {"model": request.model, "seed": "OpenAI takes no seed", **ticket.data}
        for name in ("size", "quality", "background", "output_format"):
            if isinstance(found.get(name), str):
                facts[name] = found[name]
        return tuple(
            Candidate(data=one_call.inline_picture(each, n), facts={**facts, "index": str(n)})
            for n, each in enumerate(found["data"])
        )

    def fault(self, answer: Answer) -> Fault:
        """`error.code` tells: what moderation stopped, and what an account cannot pay."""
        fault = super().fault(answer)
        try:
            code = str(answer.json()["error"]["code"])
        except (ValueError, TypeError, KeyError):
            code = ""
        if code in ("moderation_blocked", "content_policy_violation"):
            return Fault("blocked", fault.message)
        return Fault("quota", fault.message) if code.startswith(("insufficient_quota", "billing")) else fault


def tokens(quality: str, width: int, height: int) -> int:
    """Tokens of one drawn picture: a grid along both sides, times a share that grows with the area.

    As OpenAI's calculator has it; its community has written the formula down (topic 1382699).
    """
    grid = GRID[quality]
    longer, shorter = max(width, height), min(width, height)
    across = (2 * grid * shorter + longer) // (2 * longer)
    return -(-grid * across * (2_000_000 + width * height) // 4_000_000)


def _price(used: dict[str, Any], family: Family) -> Cost:
    """What the tokens of an answer cost; input that is not told apart counts as pictures."""
    details = used.get("input_tokens_details") or {}
    text = details.get("text_tokens", 0)
    pictures = details.get("image_tokens", used.get("input_tokens", 0) - text)
    whole = text * family.text_in + pictures * family.picture_in
    return Cost(round((whole + used.get("output_tokens", 0) * family.picture_out) / 1_000_000, 6), "USD")


def _is_drawn(width: int, height: int) -> bool:
    longer, shorter = max(width, height), min(width, height)
    is_even = not width % STEP and not height % STEP
    return (
        is_even and longer <= min(SIDE_MOST, STRETCH * shorter) and PIXELS[0] <= width * height <= PIXELS[1]
    )


def _pictures(request: Request) -> Iterable[str]:
    if request.operation and not init_of(request):
        yield f'{request.operation} needs a reference with role "init"'
    if request.operation in ("inpaint", "vary-region") and not request.region:
        yield f"{request.operation} needs a region: a mask that is white where to draw anew"
    if init_of(request) and not request.operation:
        yield 'a reference with role "init" needs an operation, such as "image-to-image"'
    if len(request.reference) > PICTURES_MOST:
        yield f"openai takes {PICTURES_MOST} pictures, not {len(request.reference)}"
    if request.reference and _options(request).moderation != "auto":
        yield "moderation is for drawing without pictures"
    if request.lora or request.control:
        yield "openai takes neither lora nor control maps"


def _told(request: Request) -> dict[str, Any]:
    options = _options(request)
    found: dict[str, Any] = {
        "model": request.model,
        "prompt": request.prompt,
        "n": request.candidates,
        "size": f"{request.size[0]}x{request.size[1]}",
        "quality": options.quality,
        "background": options.background,
        # Loses nothing; a format of the target may.
        "output_format": "png",
    }
    if options.moderation != "auto":
        found["moderation"] = options.moderation
    return found


def _files(request: Request, ctx: CallContext) -> list[tuple[str, Upload]]:
    """The pictures, the one to be changed first, as a mask belongs to the first."""
    init = init_of(request)
    others = [each for _, each in sorted(request.reference.items()) if each is not init]
    files: list[tuple[str, Upload]] = []
    mask: list[tuple[str, Upload]] = []
    if init and request.region:
        picture, drawn = ctx.input(init.image), ctx.input(request.region)
        image, clear = one_call.masked_parts(picture, drawn, ctx, PICTURE_MOST, "clear")
        files, mask = [("image[]", image)], [("mask", clear)]
    elif init:
        others.insert(0, init)
    for n, each in enumerate(others):
        part = one_call.picture_part(f"image-{n}", ctx.input(each.image), ctx, PICTURE_MOST)
        files.append(("image[]", part))
    return files + mask
