"""Which file of the inbox belongs to which job: the strongest claim wins, equal ones are a question.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from tympan.model import Request
from tympan.outside import Claim, Recalled

# Words of a Match.
ASSIGNED, AMBIGUOUS, UNKNOWN, KNOWN, LATE = "assigned", "ambiguous", "unknown", "known", "late"
_OWN_ID, _SURE = 3, 2


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job that a person does.

    open: pictures are still wanted. there: the tool's own ids of pictures that have come already.
    """

    id: str
    generator: str
    asset: str
    request: Request
    open: bool = True
    there: tuple[str, ...] = ()


class Dropped(msgspec.Struct, frozen=True):
    """A file of the inbox: its name, the digest of its bytes, and what its metadata says."""

    name: str
    digest: str
    recalled: Recalled


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """What a file is.

    verdict: assigned (to `job`), late (it is of `job`, which wants no more), ambiguous (of one of `among`),
    unknown, or known (taken in before, for `job`). why: in words.
    """

    file: Dropped
    verdict: str
    why: str
    job: str = ""
    strength: int = 0
    index: int | None = None
    among: tuple[str, ...] = ()


Claimer = Callable[[Dropped, Job], Claim | None]


def match(
    files: Iterable[Dropped], jobs: Sequence[Job], claim: Claimer, taken: Mapping[str, str]
) -> list[Match]:
    """One Match for each file, in their order. taken: digest -> job of what has been taken in."""
    found: list[Match] = []
    seen: dict[str, str] = {}
    for file in files:
        if file.digest in taken:
            found.append(Match(file=file, verdict=KNOWN, why="taken in before", job=taken[file.digest]))
        elif file.digest in seen:
            found.append(Match(file=file, verdict=KNOWN, why=f"the same bytes as {seen[file.digest]}"))
        else:
            seen[file.digest] = file.name
            found.append(_alone(file, jobs, claim))
    opened = {job.id: job.open for job in jobs}
    return [_late(each, opened) for each in _together(found)]


def _alone(file: Dropped, jobs: Sequence[Job], claim: Claimer) -> Match:
    """What a file is by itself."""
    own = file.recalled.job
    claims: list[tuple[Job, Claim]] = []
    for job in jobs:
        if own and own in job.there:
            claims.append(
                (job, Claim(_OWN_ID, f"the same Job ID {own} as pictures taken in", file.recalled.index))
            )
        elif made := claim(file, job):
            claims.append((job, made))
    if not claims:
        return Match(file=file, verdict=UNKNOWN, why=_nothing(file.recalled))
    best = max(made.strength for _, made in claims)
    first, *others = [(job, made) for job, made in claims if made.strength == best]
    if others:
        among = tuple(job.id for job, _ in (first, *others))
        why = f"{len(among)} jobs with equal right: {first[1].why}"
        return Match(file=file, verdict=AMBIGUOUS, why=why, among=among, strength=best)
    job, made = first
    return Match(
        file=file, verdict=ASSIGNED, why=made.why, job=job.id, strength=made.strength, index=made.index
    )


def _nothing(recalled: Recalled) -> str:
    if not recalled.tool:
        return "nothing in it or in its name says how it was made"
    return f"it is of {recalled.tool}, but of no open job" + (
        f" (Job ID {recalled.job})" if recalled.job else ""
    )


def _together(found: list[Match]) -> list[Match]:
    """Files of one job over there are of one job here: what is sure of one is sure of all."""
    sure: dict[str, dict[str, str]] = {}
    for each in found:
        own = each.file.recalled.job
        if own and each.verdict == ASSIGNED and each.strength >= _SURE:
            sure.setdefault(own, {}).setdefault(each.job, each.file.name)
    return [_with_others(each, sure.get(each.file.recalled.job, {})) for each in found]


def _with_others(each: Match, jobs: dict[str, str]) -> Match:
    own = each.file.recalled.job
    if not own or not jobs or each.verdict == KNOWN:
        return each
    if len(jobs) > 1:
        why = f"files with its Job ID {own} are of several jobs by their prompts"
        return Match(file=each.file, verdict=AMBIGUOUS, why=why, among=tuple(sorted(jobs)), strength=_SURE)
    [(job, name)] = jobs.items()
    if each.verdict == ASSIGNED and each.job == job:
        return each
    why = f"the same Job ID {own} as {name}"
    return Match(
        file=each.file, verdict=ASSIGNED, why=why, job=job, strength=_OWN_ID, index=each.file.recalled.index
    )


def _late(each: Match, opened: Mapping[str, bool]) -> Match:
    if each.verdict == ASSIGNED and not opened[each.job]:
        return msgspec.structs.replace(each, verdict=LATE)
    return each
