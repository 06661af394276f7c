"""The generator `comfyui`: a workflow beside the specs, filled with a request, run by a ComfyUI server.

Reads nothing. Writes nothing: all calls go through the context.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from tympan import (
    Absent,
    Answer,
    BadAnswer,
    CallContext,
    CallFailed,
    Candidate,
    Cost,
    Fault,
    InputPath,
    Params,
    Pending,
    Request,
    Service,
    Ticket,
    Upload,
)
from tympan_plugins.generators.comfyui.bind import filled, pictures, place_of, problems
from tympan_plugins.generators.comfyui.progress import Progress
from tympan_plugins.generators.comfyui.results import (
    Image,
    cached_nodes,
    fault_of,
    images_of,
    raise_if_failed,
    refused,
)
from tympan_plugins.generators.comfyui.server import about_models, about_server, entry_of, facts_of, is_queued
from tympan_plugins.generators.comfyui.workflow import (
    Graph,
    Wrong,
    custom_nodes_of,
    faults,
    models_of,
    read_workflow,
    with_prefix,
)

# Seconds to listen before the history is asked again, and to wait: where there was something to hear, and
# where there was nothing.
_LISTEN, _SOON, _WAIT = 1.5, 0.1, 1.0
# Facts that may differ from job to job of one request, where the others are said once.
_OF_EACH = ("comfyui", "pytorch", "devices", "further_pictures")
# First bytes of what LoadImage reads, and the suffix that tells it so.
_SUFFIXES = (
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"RIFF", "webp"),
    (b"II*\x00", "tif"),
    (b"MM\x00*", "tif"),
)


class ComfyParams(Params, frozen=True, kw_only=True):
    """Options of `comfyui`."""

    workflow: Annotated[
        InputPath, Meta(description="The workflow, exported with Workflow > Export (API), below `assets/`.")
    ]
    bind: Annotated[
        dict[str, str],
        Meta(description='Inputs of nodes and the values they get: `"6.inputs.text" = "prompt"`.'),
    ] = msgspec.field(default_factory=dict)
    set: Annotated[
        dict[str, str | int | float | bool],
        Meta(description='Inputs of nodes and fixed values: `"3.inputs.steps" = 30`.'),
    ] = msgspec.field(default_factory=dict)
    output: Annotated[
        str, Meta(description="Id of the node whose pictures are the candidates; all that save if not given.")
    ] = ""


class ComfyUI(Service[ComfyParams]):
    """Pictures of a ComfyUI server: any workflow, with values of the spec bound to inputs of its nodes.

    Free of charge, and never asked by a build. The server is `http://127.0.0.1:8188` unless the project
    names another.
    """

    NAME = "comfyui"
    SYSTEM = "ComfyUI"
    VERSION = "1"
    PAID = False
    REPEATABLE = False
    Params = ComfyParams
    URL = "http://127.0.0.1:8188"
    # The server runs one job at a time and queues the others; a second one keeps it busy.
    CONCURRENT = 2
    PER_MINUTE = 600

    def __init__(self) -> None:
        # What was heard of running jobs: an ornament, which another process begins anew.
        self._heard: dict[str, Progress] = {}

    def check(self, request: Request) -> Iterable[str]:
        """What can be said without the workflow and the server: `submit` looks at these."""
        params = msgspec.convert(request.options, ComfyParams)
        if request.operation == "train":
            yield "comfyui cannot train: name the file of a LoRA in source.lora instead"
        yield from problems(params.bind, request)
        for left in params.set:
            if place_of(left) is None:
                yield f'set: "{left}" is no input of a node, such as "3.inputs.steps"'
            elif left in params.bind:
                yield f'"{left}" is in bind and in set'

    def estimate(self, request: Request) -> Cost:
        """Nothing: it is one's own server."""
        return Cost()

    def batches(self, request: Request) -> tuple[Request, ...]:
        """One job if the workflow makes several pictures at once, else one for each, with the next seed."""
        bind = msgspec.convert(request.options, ComfyParams).bind
        if request.candidates == 1 or "candidates" in bind.values():
            return (request,)
        return tuple(
            msgspec.structs.replace(request, candidates=1, seed=request.seed + n)
            for n in range(request.candidates)
        )

    def submit(self, request: Request, ctx: CallContext) -> Ticket:
        """Hold the workflow against the server, send the pictures, then the job under an id of our own."""
        if (known := ctx.answer()) is not None:
            return _ticket(known, ctx.job)
        params = msgspec.convert(request.options, ComfyParams)
        sent, wrong = _uploads(params, request, ctx)
        made = _made(params, request, {word: f"tympan/{each.name}" for word, each in sent.items()}, ctx)
        info = ctx.get("/object_info").json()
        ours = [place for left in (*params.set, *params.bind) if (place := place_of(left))]
        wrong += faults(made, info, ours)
        if params.output and params.output not in made:
            wrong.append(f"output: the workflow has no node {params.output}")
        if wrong:
            raise CallFailed("; ".join(wrong), hint="nothing was sent")
        facts = about_server(ctx) | about_models(ctx, models_of(made))
        facts |= {"custom_nodes": packs} if (packs := ", ".join(custom_nodes_of(made, info))) else {}
        for upload in {each.name: each for each in sent.values()}.values():
            fields = {"type": "input", "subfolder": "tympan", "overwrite": "true"}
            ctx.post("/upload/image", fields=fields, files=[("image", upload)])
        # The history gives back what comes along with a job: so the record has it, whatever crashes here.
        extra = {"tympan": facts}
        body = {"prompt": made, "prompt_id": ctx.job, "client_id": ctx.job, "extra_data": extra}
        return _ticket(ctx.pay("/prompt", json=body), ctx.job)

    def collect(self, ticket: Ticket, request: Request, ctx: CallContext) -> Pending | tuple[Candidate, ...]:
        """The pictures when the history has the job; until then what the WebSocket says of its progress."""
        entry = entry_of(ctx, ticket.job)
        if entry is None and is_queued(ctx, ticket.job):
            spoke, over = self._follow(ticket.job, request, ctx)
            entry = entry_of(ctx, ticket.job) if over else None
            if entry is None:
                return Pending(_SOON if spoke else _WAIT)
        # It may have ended between the two questions.
        entry = entry or entry_of(ctx, ticket.job)
        if entry is None:
            raise CallFailed(
                "the server does not know the job any more: it was restarted, or its queue was cleared",
                hint="ask again",
            )
        self._heard.pop(ticket.job, None)
        raise_if_failed(entry)
        return _candidates(entry, ticket, request, ctx)

    def _follow(self, job: str, request: Request, ctx: CallContext) -> tuple[bool, bool]:
        """Listen for a while: whether anything was said, and whether the job is over."""
        if job not in self._heard:
            graph = _graph(msgspec.convert(request.options, ComfyParams), ctx)
            self._heard[job] = Progress(job, ((name, node["class_type"]) for name, node in graph.items()))
        heard, spoke = self._heard[job], False
        heard.over = False
        for message in ctx.listen(f"/ws?clientId={job}", _LISTEN):
            spoke = True
            if heard.hear(message):
                ctx.progress(heard.share, heard.text)
            if heard.over:
                break
        return spoke, heard.over

    def reconcile(self, request: Request, since: str, ctx: CallContext) -> Ticket | Absent | None:
        """The job by the id that we gave it: in the queue, or in the history, or surely nowhere."""
        # In this order: a job moves from the queue to the history, never back.
        if is_queued(ctx, ctx.job) or entry_of(ctx, ctx.job) is not None:
            return Ticket(ctx.job)
        return Absent()

    def fault(self, answer: Answer) -> Fault:
        """What the server has against a job, node by node."""
        return fault_of(answer)


def _ticket(answer: Answer, job: str) -> Ticket:
    found = answer.json()
    name = found.get("prompt_id") if isinstance(found, dict) else None
    if not isinstance(name, str):
        raise BadAnswer("the server took the job and gave it no id")
    if left_out := refused(answer):
        # It runs what else there is, such as a preview of a reference: no candidate of anybody.
        raise CallFailed(left_out)
    return Ticket(name)


def _graph(params: ComfyParams, ctx: CallContext) -> Graph:
    try:
        return read_workflow(ctx.input(params.workflow))
    except Wrong as error:
        raise CallFailed(str(error), hint="nothing was sent") from None


def _made(params: ComfyParams, request: Request, files: Mapping[str, str], ctx: CallContext) -> Graph:
    graph = filled(_graph(params, ctx), params.bind, params.set, request, files)
    return with_prefix(graph, f"tympan-{ctx.job}")


def _uploads(params: ComfyParams, request: Request, ctx: CallContext) -> tuple[dict[str, Upload], list[str]]:
    """The pictures to send, by the word that binds them, and what is wrong with them.

    They are sent for each job: a server's input folder may be emptied at any time, and their names are
    their digests, so that the same picture is one file there.
    """
    found, wrong = {}, []
    for word, digest in pictures(params.bind, request).items():
        data = ctx.input(digest)
        suffix = next((suffix for magic, suffix in _SUFFIXES if data.startswith(magic)), "")
        if not suffix:
            wrong.append(f"{word} is no PNG, JPEG, WebP or TIFF, and ComfyUI loads nothing else")
        found[word] = Upload(f"{digest[:40]}.{suffix}", data)
    return found, wrong


def _candidates(
    entry: Mapping[str, Any], ticket: Ticket, request: Request, ctx: CallContext
) -> tuple[Candidate, ...]:
    params = msgspec.convert(request.options, ComfyParams)
    images, cached = images_of(entry, params.output), cached_nodes(entry)
    if not images:
        where = f"node {params.output}" if params.output else "the workflow"
        raise CallFailed(
            f"the job ended well, but {where} brought no picture", hint="does it have a SaveImage?"
        )
    facts = facts_of(entry)
    if len(images) > request.candidates:
        facts["further_pictures"] = str(len(images) - request.candidates)
    ctx.report(cost=Cost(), model=_main_model(facts), **facts)
    return tuple(
        Candidate(
            data=_downloaded(image, ctx, cached=image["node"] in cached),
            seed=request.seed if "seed" in params.bind.values() else None,
            facts={"job": ticket.job, **image, **{name: facts[name] for name in _OF_EACH if name in facts}},
        )
        for image in images[: request.candidates]
    )


def _main_model(facts: Mapping[str, str]) -> str:
    folders = ("model checkpoints/", "model diffusion_models/")
    return ", ".join(name.partition("/")[2] for name in sorted(facts) if name.startswith(folders))


def _downloaded(image: Image, ctx: CallContext, *, cached: bool) -> bytes:
    try:
        return ctx.download(image.path)
    except CallFailed as error:
        if not cached or type(error) is not CallFailed:
            raise
        raise CallFailed(
            f"the server answered from its cache, and {image['filename']} is gone from its disk",
            hint="ask again: the next job has a name of its own, and is saved anew",
        ) from error
