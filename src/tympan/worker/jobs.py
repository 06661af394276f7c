"""What a worker is asked to do, and how it does it: bytes in, bytes out.

Reads only what the job carries. Writes nothing.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Callable
from typing import Any

import msgspec

from tympan.appearance import appearance
from tympan.clock import monotonic
from tympan.context import JobContext
from tympan.errors import StepFailed, TaskError
from tympan.looks import look
from tympan.marks import Wanted, from_facts, losses, merged, packet, read_marks, to_facts
from tympan.model import Candidate, Picture, Profile, Request
from tympan.plugin import ControlMap, Generator, PrepStep
from tympan.worker.blame import Blame
from tympan.worker.load import Call, load
from tympan.worker.looking import Looking, looked
from tympan.worker.measured import measured
from tympan.worker.writing import checked, files_of, shown

# What several targets may take together before they are answered for.
_MOMENT_SECONDS = 0.2
_MUCH = 4 * 1024 * 1024


class Generate(msgspec.Struct, frozen=True, tag=True):
    """Ask a free, repeatable generator. Results: "0", "0.black", "1", ...; those of `more` requests go on."""

    call: Call
    request: Request
    inputs: dict[str, bytes]
    more: tuple[tuple[Call, Request], ...] = ()


class Prepare(msgspec.Struct, frozen=True, tag=True):
    """Intake a candidate and run the prep steps. Result: "picture", packed."""

    data: bytes
    on_black: bytes
    steps: tuple[Call, ...]
    inputs: dict[str, bytes]
    profiles: dict[str, Profile]


class Write(msgspec.Struct, frozen=True, tag=True):
    """Write a packed picture in a format, and check the files. Results: one for each part.

    proof: the format whose file is to be shown instead of the picture. draft: the mark goes on what is
    written. marks: what the files are to say of themselves, None for nothing; unmarked: why they say nothing.
    """

    picture: bytes
    format: Call
    checks: tuple[Call, ...]
    inputs: dict[str, bytes]
    profiles: dict[str, Profile]
    proof: Call | None = None
    draft: bool = False
    marks: Wanted | None = None
    unmarked: str = ""


class Draw(msgspec.Struct, frozen=True, tag=True):
    """Draw a control map from an input's bytes. Result: "map", a PNG."""

    call: Call
    data: bytes
    inputs: dict[str, bytes]


class Writes(msgspec.Struct, frozen=True, tag=True):
    """Several targets of one packed picture, which is sent once; their own `picture` is empty."""

    picture: bytes
    parts: tuple[Write, ...]


class Take(msgspec.Struct, frozen=True, tag=True):
    """Intake a foreign picture; rendered at `size` if one is given. Result: "picture", packed; or "look"."""

    data: bytes
    size: tuple[int, int] | None = None
    look: bool = False


class See(msgspec.Struct, frozen=True, tag=True):
    """Find out what files show, by part. Facts: a digest for each part, see `tympan.appearance`."""

    files: dict[str, bytes]


class Describe(msgspec.Struct, frozen=True, tag=True):
    """Take a picture in and measure it: see `tympan.worker.measured`."""

    calls: tuple[Call, ...]
    data: bytes
    text: str = ""
    side: int = 0


One = Generate | Prepare | Write | Draw | Take | See | Looking | Describe
Job = One | Writes


class Done(msgspec.Struct, frozen=True, tag=True):
    """What a job brought: bytes by result name, facts, and warnings of checks."""

    results: dict[str, bytes]
    facts: dict[str, str] = {}
    warnings: tuple[str, ...] = ()


class Failed(msgspec.Struct, frozen=True, tag=True):
    """Why a job brought nothing; `kind` is the class of error."""

    kind: str
    message: str
    hint: str = ""


class Several(msgspec.Struct, frozen=True, tag=True):
    """Answers to the first parts of a `Writes`: all, or as many as were done when it was time to answer."""

    answers: tuple[Done | Failed, ...]


Answer = Done | Failed | Several


def pack(picture: Picture) -> bytes:
    """A picture as bytes: equal pictures give equal bytes."""
    return zlib.compress(msgspec.msgpack.encode(picture, order="deterministic"), 1)


def unpack(data: bytes) -> Picture:
    """The picture that `pack` was given."""
    return msgspec.msgpack.decode(zlib.decompress(data), type=Picture)


def perform(job: One, picture: Picture | None = None) -> Done | Failed:
    """Do a job; whatever a plugin raises becomes a Failed that names the plugin.

    picture: what a part of a `Writes` is given instead of its own packed one.
    """
    try:
        # Libraries add filters when they are imported: put back, not taken for a plugin's trace.
        with warnings.catch_warnings():
            if isinstance(job, Generate):
                return _generate(job)
            if isinstance(job, Draw):
                return _draw(job)
            if isinstance(job, Take):
                return _take(job)
            if isinstance(job, See):
                return Done({}, {part: appearance(data) for part, data in job.files.items()})
            if isinstance(job, Looking):
                return Done(looked(job))
            if isinstance(job, Describe):
                return Done(measured(job.calls, job.data, job.text, job.side))
            if isinstance(job, Prepare):
                return _prepare(job)
            return _write(job, picture or unpack(job.picture))
    except TaskError as error:
        return Failed(type(error).__name__, error.message, error.hint)
    except MemoryError:
        return Failed("StepFailed", "out of memory")
    except BaseException as error:
        # BaseException: a plugin that raises KeyboardInterrupt has failed like any other.
        return Failed("StepFailed", f"{type(error).__name__}: {error}")


def perform_all(job: Writes, may_go_on: Callable[[], bool]) -> Several:
    """Do parts of a job, at least one, until it is time to answer.

    That is when they took a moment or brought much, so that a kill or a limit costs little; or when
    `may_go_on` says no, because a plugin has marked this process.
    """
    began, size = monotonic(), 0
    answers: list[Done | Failed] = []
    picture = unpack(job.picture)
    for part in job.parts:
        own = msgspec.structs.replace(picture, facts=dict(picture.facts))
        answer = perform(part, own)
        answers.append(answer)
        size += sum(map(len, answer.results.values())) if isinstance(answer, Done) else 0
        if size > _MUCH or monotonic() - began > _MOMENT_SECONDS or not may_go_on():
            break
    return Several(tuple(answers))


def _generate(job: Generate) -> Done:
    ctx = JobContext(job.inputs)
    candidates: list[Candidate] = []
    for call, request in ((job.call, job.request), *job.more):
        generator = load(call, Generator)
        with Blame(call.name):
            if wrong := list(generator.check(request)):
                raise StepFailed("; ".join(wrong))
            candidates += _candidates(generator, request, ctx)
    results: dict[str, bytes] = {}
    facts: dict[str, str] = {}
    for n, candidate in enumerate(candidates):
        results[str(n)] = candidate.data
        if candidate.on_black is not None:
            results[f"{n}.black"] = candidate.on_black
        if candidate.seed is not None:
            facts[f"{n}.seed"] = str(candidate.seed)
        facts.update({f"{n}.{name}": text for name, text in candidate.facts.items()})
    return Done(results, facts)


def _candidates(generator: Generator[Any], request: Request, ctx: JobContext) -> tuple[Candidate, ...]:
    brought = generator.collect(generator.submit(request, ctx), request, ctx)
    if not isinstance(brought, tuple) or not all(isinstance(each, Candidate) for each in brought):
        raise StepFailed(f"gave {type(brought).__name__} where a tuple of Candidates was due")
    if len(brought) != request.candidates:
        raise StepFailed(f"gave {len(brought)} candidates, {request.candidates} were asked for")
    return brought


def _draw(job: Draw) -> Done:
    plugin = load(job.call, ControlMap)
    with Blame(job.call.name):
        params = msgspec.convert(job.call.params, type(plugin).Params)
        data = plugin.draw(job.data, params, JobContext(job.inputs))
        if not isinstance(data, bytes) or not data.startswith(b"\x89PNG\r\n\x1a\n"):
            raise StepFailed("gave something else where the bytes of a PNG were due")
    return Done({"map": data})


def _take(job: Take) -> Done:
    ctx = JobContext()
    with Blame("intake"):
        picture = ctx.intake(job.data)
        if job.size is not None:
            picture = ctx.raster(picture, job.size)
        if job.look:
            return Done({"look": msgspec.msgpack.encode(look(ctx.raster(picture)))}, picture.facts)
    return Done({"picture": pack(picture)}, picture.facts)


def _prepare(job: Prepare) -> Done:
    ctx = JobContext(job.inputs, job.profiles)
    with Blame("intake"):
        picture = ctx.intake(job.data)
        if job.on_black:
            twin = ctx.intake(job.on_black)
            if twin.size != picture.size:
                raise StepFailed("the renderings on white and on black have two sizes")
            picture = msgspec.structs.replace(picture, on_black=twin.pixels)
    for call in job.steps:
        step = load(call, PrepStep)
        with Blame(call.name):
            picture = step.run(picture, msgspec.convert(call.params, type(step).Params), ctx)
            if not isinstance(picture, Picture):
                raise StepFailed(f"gave {type(picture).__name__} where a Picture was due")
    # Last, so that no step can lose what the source says of itself.
    picture = msgspec.structs.replace(picture, facts={**picture.facts, **to_facts(read_marks(job.data))})
    return Done({"picture": pack(picture)}, picture.facts)


def _write(job: Write, picture: Picture) -> Done:
    said = from_facts(picture.facts)
    ctx = JobContext(job.inputs, job.profiles, packet(merged(job.marks, said.marks)) if job.marks else b"")
    if job.proof:
        picture = shown(files_of(job.proof, picture, ctx), job.proof.name, ctx)
    files = files_of(job.format, picture, ctx, draft=job.draft)
    facts = {f"{each.part}.{name}".lstrip("."): text for each in files for name, text in each.facts.items()}
    lost = losses(said, job.marks, job.unmarked)
    return Done({each.part: each.data for each in files}, facts, (*lost, *checked(job.checks, files, ctx)))
