"""What Leonardo answers: ids of jobs, prices, refusals.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from typing import Any

from tympan import Answer, BadAnswer, CallBlocked, CallFailed, Cost, Fault

_IDS = ("generationId", "id", "userLoraId")
# Words of "API Error Messages" and of refusals by moderation; their codes alone do not tell these apart.
_BLOCKED = ("moderat", "nsfw", "inappropriate", "blocked by", "not safe for work")
_QUOTA = ("not enough", "insufficient", "rate limit", "too many", "token balance", "queue is full")


def body_of(answer: Answer) -> dict[str, Any]:
    """An answer's JSON object. CallFailed or CallBlocked for a refusal: v2 sends some with status 200."""
    try:
        body = answer.json()
    except ValueError:
        raise BadAnswer("Leonardo answered something that is not JSON") from None
    if isinstance(body, list) or (isinstance(body, dict) and {"errors", "extensions", "error"} & set(body)):
        found = fault_of(answer)
        raise (CallBlocked if found.kind == "blocked" else CallFailed)(f"Leonardo refused: {found.message}")
    if not isinstance(body, dict):
        raise BadAnswer("Leonardo answered JSON that is no object")
    return body


def inner(answer: Answer, *names: str) -> dict[str, Any]:
    """The object below the first of these names. BadAnswer if there is none."""
    body = body_of(answer)
    for name in names:
        found = body.get(name)
        if isinstance(found, dict):
            return found
    raise BadAnswer(f"Leonardo's answer has no {names[0]}")


def job_of(answer: Answer) -> tuple[str, Cost | None]:
    """Id and price of a job. v1, v2 and each variation wrap them in another word, some in two spellings."""
    for wrapped in body_of(answer).values():
        if isinstance(wrapped, dict):
            found = next((wrapped[name] for name in _IDS if wrapped.get(name) not in (None, "")), None)
            if found is not None:
                return str(found), _cost(wrapped)
    raise BadAnswer("Leonardo took the job and gave no id for it")


def _cost(job: dict[str, Any]) -> Cost | None:
    """`cost` is {"amount": "0.0147", "unit": "DOLLARS" | "CREDITS"}, or a number of credits."""
    cost = job.get("cost")
    try:
        if isinstance(cost, dict) and cost.get("amount") is not None:
            unit = "USD" if cost.get("unit") == "DOLLARS" else "credits"
            return Cost(float(cost["amount"]), unit)
        number = cost if isinstance(cost, int | float | str) else job.get("apiCreditCost")
        return None if number is None else Cost(float(number), "credits")
    except (TypeError, ValueError):
        return None


def fault_of(answer: Answer) -> Fault:
    """What a refusal means. Two shapes: {error, path, code} and {message, path, locations, extensions}."""
    text = _said(answer)
    low = text.lower()
    if any(word in low for word in _BLOCKED):
        kind = "blocked"
    elif answer.status in (402, 429) or any(word in low for word in _QUOTA):
        kind = "quota"
    else:
        kind = "failed"
    return Fault(kind, text)


def _said(answer: Answer) -> str:
    try:
        body = answer.json()
    except ValueError:
        # The CDN in front of the API answers in HTML.
        return f"{answer.status}: no JSON"
    for _ in range(2):
        body = body[0] if isinstance(body, list) and body else body
        if isinstance(body, dict) and isinstance(body.get("errors"), list):
            body = body["errors"]
    if not isinstance(body, dict):
        return str(answer.status)
    more = _object(body.get("extensions"))
    details = _object(more.get("details"))
    words = (body.get("error"), details.get("message"), body.get("message"))
    text = next((word for word in words if isinstance(word, str) and word), "")
    code = body.get("code") or more.get("code")
    return " ".join(f"{answer.status}: {text}{f' ({code})' if code else ''}".split())


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
