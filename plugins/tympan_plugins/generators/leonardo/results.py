"""Polling a job and taking its pictures.

Reads Leonardo's answers through the context. Writes nothing.
"""

from __future__ import annotations

from typing import Any

from tympan import BadAnswer, CallBlocked, CallContext, CallFailed, Candidate, Pending, Ticket
from tympan_plugins.generators.leonardo import training
from tympan_plugins.generators.leonardo.answers import body_of
from tympan_plugins.generators.leonardo.options import LeonardoParams
from tympan_plugins.generators.leonardo.uploads import V1, There, remember

# Seconds between two looks: a picture takes some ten seconds, a training most of an hour. Ten jobs at once
# make 300 calls a minute so, of 2000.
_PICTURE, _TRAINING = 2.0, 60.0
# What the record keeps of a generation, by Leonardo's words.
_FACTS = (
    "modelId", "sdVersion", "prompt", "negativePrompt", "presetStyle", "scheduler", "guidanceScale",
    "inferenceSteps", "initStrength", "imageWidth", "imageHeight", "createdAt", "ultra", "photoReal",
)  # fmt: skip


def collect(ticket: Ticket, options: LeonardoParams, ctx: CallContext) -> Pending | tuple[Candidate, ...]:
    """What a job has brought. CallFailed if it failed over there, CallBlocked if moderation stopped it."""
    kind = ticket.data.get("kind")
    if kind == "training":
        return _training(ticket.job, ctx)
    return (_variation if kind == "variation" else _generation)(ticket.job, options, ctx)


def _training(job: str, ctx: CallContext) -> Pending | tuple[Candidate, ...]:
    row = body_of(ctx.get(f"{V1}/elements/{job}")).get("user_loras_by_pk")
    if (found := _done(row, "training")) is None:
        return Pending(_TRAINING)
    made = training.style(found, job)
    ctx.report(model=made.facts["base_model"])
    return (made,)


def _done(found: Any, what: str) -> dict[str, Any] | None:
    """A job's row once it says COMPLETE; a row may come some seconds after its job was taken."""
    if not isinstance(found, dict):
        return None
    if found.get("status") == "FAILED":
        if _was_moderated(found):
            raise CallBlocked(f"Leonardo's moderation stopped this {what}", hint="change the prompt")
        raise CallFailed(f"the {what} failed at Leonardo")
    return found if found.get("status") == "COMPLETE" else None


def _was_moderated(found: dict[str, Any]) -> bool:
    said = found.get("prompt_moderations")
    return isinstance(said, list) and any(
        isinstance(each, dict) and each.get("moderationClassification") for each in said
    )


def _generation(job: str, options: LeonardoParams, ctx: CallContext) -> Pending | tuple[Candidate, ...]:
    path = f"{V1}/generations/{job}"
    row = body_of(ctx.get(path)).get("generations_by_pk")
    if (found := _done(row, "generation")) is None:
        return Pending(_PICTURE)
    pictures = found.get("generated_images") or []
    if not pictures:
        raise CallFailed("Leonardo calls the generation complete and shows no picture of it")
    kept = [
        (index, each) for index, each in enumerate(pictures) if options.keep_flagged or not each.get("nsfw")
    ]
    if not kept:
        raise CallBlocked("Leonardo marks all pictures of this job as nsfw", hint="change the prompt")
    if len(kept) < len(pictures):
        ctx.report(blocked=str(len(pictures) - len(kept)))
    ctx.report(model=str(found.get("modelId") or ""), generation=job)
    facts = {name: _text(found[name]) for name in _FACTS if found.get(name) not in (None, "")}
    return tuple(_candidate(index, each, facts, found, path, ctx) for index, each in kept)


def _candidate(
    index: int,
    each: dict[str, Any],
    facts: dict[str, str],
    found: dict[str, Any],
    path: str,
    ctx: CallContext,
) -> Candidate:
    def again() -> str:
        fresh = body_of(ctx.get(path)).get("generations_by_pk") or {}
        return _url(
            next((one for one in fresh.get("generated_images", ()) if one.get("id") == each["id"]), {})
        )

    image = str(each.get("id") or "")
    data = _bytes(_url(each), again, ctx)
    remember(data, There(image, "GENERATED"), ctx)
    seed = found.get("seed")
    flagged = {"nsfw": "true"} if each.get("nsfw") else {}
    return Candidate(
        data=data,
        # One seed a job: the pictures of it differ by their index only.
        seed=seed if isinstance(seed, int) else None,
        facts={**facts, "generation": str(found["id"]), "image": image, "index": str(index), **flagged},
    )


def _variation(job: str, options: LeonardoParams, ctx: CallContext) -> Pending | tuple[Candidate, ...]:
    path = f"{V1}/variations/{job}"
    found = _done(_first_of(ctx, path), "variation")
    if found is None or not found.get("url"):
        return Pending(_PICTURE)
    data = _bytes(_url(found), lambda: _url(_first_of(ctx, path)), ctx)
    remember(data, There(job, "VARIATION"), ctx)
    facts = {"variation": job, "transform": _text(found.get("transformType") or "")}
    return (Candidate(data=data, facts=facts),)


def _first_of(ctx: CallContext, path: str) -> dict[str, Any]:
    rows = body_of(ctx.get(path)).get("generated_image_variation_generic")
    return rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}


def _url(found: dict[str, Any]) -> str:
    url = found.get("url")
    if not isinstance(url, str) or not url:
        raise CallFailed("Leonardo gives no address for a picture of this job")
    return url


def _bytes(url: str, again: Any, ctx: CallContext) -> bytes:
    """A picture; if its address has ended, by a fresh one of the same job."""
    try:
        return ctx.download(url)
    except BadAnswer:
        raise
    except CallFailed:
        return ctx.download(again())


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
