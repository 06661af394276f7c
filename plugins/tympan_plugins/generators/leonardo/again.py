"""After a crash: whether a job arrived at Leonardo.

Reads the account's newest jobs through the context. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from tympan import Absent, Answer, CallContext, Request, Ticket
from tympan_plugins.generators.leonardo.answers import body_of
from tympan_plugins.generators.leonardo.mistakes import REDRAWS, seed_most
from tympan_plugins.generators.leonardo.models import first_of
from tympan_plugins.generators.leonardo.options import LeonardoParams
from tympan_plugins.generators.leonardo.training import name_of
from tympan_plugins.generators.leonardo.uploads import V1
from tympan_plugins.generators.leonardo.variations import PATHS

_PAGE, _PAGES = 50, 20
# Clocks differ, and a row may come some seconds after its job.
_SLACK = timedelta(minutes=1)


def find(request: Request, since: str, options: LeonardoParams, ctx: CallContext) -> Ticket | Absent | None:
    """The job of a request among those made since then; None if the listing cannot tell."""
    if request.operation in PATHS:
        # A variation is listed below its picture, without a time.
        return None
    user = _user(ctx)
    if user is None:
        return None
    after = _time(since)
    if request.operation == "train":
        return _training(user, after, ctx)
    rows, clock, is_whole = _generations(user, after, ctx)
    # Rows of jobs whose answers did arrive are theirs, also where prompt and model are the same.
    others = [row for row in rows if ctx.recall(f"job {row['id']}") in (None, ctx.job)]
    found = [row for row in others if _is_it(row, request, options)]
    if len(found) == 1:
        return Ticket(str(found[0]["id"]), {"kind": "generation"})
    # A prompt that Leonardo rewrites may be listed as rewritten.
    sure = not found and is_whole and not options.enhance
    return Absent() if sure and clock - after > _SLACK else None


def _user(ctx: CallContext) -> str | None:
    rows = body_of(ctx.get(f"{V1}/me")).get("user_details") or [{}]
    user = rows[0].get("user") or {}
    return user.get("id")


def _generations(user: str, after: datetime, ctx: CallContext) -> tuple[list[dict[str, Any]], datetime, bool]:
    """Rows made since then, newest first; the server's clock; whether these are all there are."""
    rows: list[dict[str, Any]] = []
    clock = datetime.min.replace(tzinfo=UTC)
    for page in range(_PAGES):
        query = {"offset": page * _PAGE, "limit": _PAGE}
        answer = ctx.get(f"{V1}/generations/user/{user}", query=query)
        listed = body_of(answer).get("generations") or []
        clock = max(
            clock, _clock(answer), *(_time(row["createdAt"]) for row in listed if row.get("createdAt"))
        )
        rows += [row for row in listed if _time(row.get("createdAt") or "") >= after - _SLACK]
        if len(listed) < _PAGE or _time(listed[-1].get("createdAt") or "") < after - _SLACK:
            return rows, clock, True
    return rows, clock, False


def _is_it(row: dict[str, Any], request: Request, options: LeonardoParams) -> bool:
    """Whether a row has the request's prompt, seed and model; what a row does not say does not count."""
    # Line breaks and spaces at the ends may not survive the way.
    if str(row.get("prompt") or "").split() != request.prompt.split():
        return False
    model = first_of(request.model, options.family)
    # Where a seed is not taken, the one that is listed is the service's own.
    seedless = not seed_most(request) or request.operation in REDRAWS
    asked = {
        "seed": None if seedless else request.seed,
        "modelId": model.id if model and options.photo_real != "v1" else None,
    }
    return all(value is None or row.get(name) in (None, value) for name, value in asked.items())


def _training(user: str, after: datetime, ctx: CallContext) -> Ticket | Absent | None:
    """A training is named after our job: no other can be taken for it."""
    answer = ctx.get(f"{V1}/elements/user/{user}")
    rows: Iterator[dict[str, Any]] = iter(body_of(answer).get("user_loras") or ())
    found = next((row for row in rows if row.get("name") == name_of(ctx)), None)
    if found is not None:
        return Ticket(str(found["id"]), {"kind": "training"})
    return Absent() if _clock(answer) - after > _SLACK else None


def _clock(answer: Answer) -> datetime:
    """The server's time, as its `date` header has it."""
    try:
        found = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _time(text: str) -> datetime:
    """A time in RFC 3339; Leonardo's come without a zone, in UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
