"""The generator comfyui against a server on a real socket.

Reads and writes sockets of this machine.
"""

from __future__ import annotations

import copy
import io
import json
import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from tests.services.comfyui import ComfyFake
from tests.services.comfyui_context import Ctx, collected
from tests.services.comfyui_nodes import INFO
from tests.services.fake import Reply

from tympan import Absent, BadAnswer, CallFailed, Control, Lora, Pending, Reference, Request, Ticket
from tympan.errors import CallUnknown
from tympan.files import digest
from tympan_plugins.generators.comfyui.bind import Place, place_of
from tympan_plugins.generators.comfyui.generator import ComfyUI
from tympan_plugins.generators.comfyui.progress import Progress
from tympan_plugins.generators.comfyui.workflow import faults


def png(colour: str, size: tuple[int, int] = (8, 8)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "PNG")
    return stream.getvalue()


def node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs, "_meta": {"title": kind}}


# No node of these needs weights: the real server runs them too.
PLAIN = {
    "1": node("EmptyImage", width=64, height=64, batch_size=1, color=0),
    "2": node("ImageInvert", image=["1", 0]),
    "9": node("SaveImage", images=["2", 0], filename_prefix="ComfyUI"),
}
PLAIN_BIND = {"1.inputs.color": "seed", "1.inputs.width": "width", "1.inputs.height": "height"}
FULL = {
    "3": node(
        "KSampler", model=["10", 0], seed=1, steps=20, cfg=7, sampler_name="euler", scheduler="normal",
        positive=["13", 0], negative=["13", 1], latent_image=["5", 0], denoise=1.0,
    ),
    "4": node("CheckpointLoaderSimple", ckpt_name="flux1-dev.safetensors"),
    "5": node("EmptyLatentImage", width=512, height=512, batch_size=1),
    "6": node("CLIPTextEncode", text="", clip=["10", 1]),
    "7": node("CLIPTextEncode", text="", clip=["10", 1]),
    "8": node("VAEDecode", samples=["3", 0], vae=["4", 2]),
    "9": node("SaveImage", images=["14", 0], filename_prefix="ComfyUI"),
    "10": node("LoraLoader", model=["4", 0], clip=["4", 1], lora_name="paper.safetensors", strength_model=1.0, strength_clip=1.0),
    "11": node("ControlNetLoader", control_net_name="openpose.safetensors"),
    "12": node("LoadImage", image="example.png"),
    "13": node(
        "ControlNetApplyAdvanced", positive=["6", 0], negative=["7", 0], control_net=["11", 0], image=["12", 0],
        strength=1.0, start_percent=0.0, end_percent=1.0,
    ),
    "14": node("Grain (Studio)", image=["8", 0]),
    "15": node("LoadImage", image="example.png"),
    "16": node("PreviewImage", images=["15", 0]),
    "17": node("LoadImageMask", image="example.png", channel="red"),
}  # fmt: skip
FULL_BIND = {
    "6.inputs.text": "prompt",
    "7.inputs.text": "negative_prompt",
    "3.inputs.seed": "seed",
    "4.inputs.ckpt_name": "model",
    "5.inputs.width": "width",
    "5.inputs.height": "height",
    "12.inputs.image": "control.pose",
    "13.inputs.strength": "control.pose.strength",
    "10.inputs.lora_name": "lora.icons-v3",
    "10.inputs.strength_model": "lora.icons-v3.weight",
    "10.inputs.strength_clip": "lora.icons-v3.weight",
    "15.inputs.image": "reference.mood",
    "3.inputs.denoise": "reference.mood.strength",
    "17.inputs.image": "region",
}
INPUTS = {digest(data): data for data in (png("red"), png("white", (64, 96)), png("black"))}
MOOD, POSE, MASK = INPUTS


def asking(
    fake: ComfyFake,
    graph: Any = PLAIN,
    bind: dict[str, str] | None = None,
    *,
    job: str = "",
    paid: Any = None,
    **keys: Any,
) -> tuple[Request, Ctx]:
    """A request for a workflow, and the context of a job for it."""
    workflow = graph if isinstance(graph, bytes) else json.dumps(graph).encode()
    options = {
        "workflow": digest(workflow),
        "bind": PLAIN_BIND if bind is None else bind,
        **keys.pop("options", {}),
    }
    request = Request(generator="comfyui", options=options, **keys)
    return request, Ctx(ComfyUI(), fake, {**INPUTS, digest(workflow): workflow}, job=job, paid=paid)


def full(fake: ComfyFake, **changes: Any) -> tuple[Request, Ctx]:
    keys: dict[str, Any] = {
        "prompt": "a house",
        "negative_prompt": "text",
        "seed": 7,
        "model": "sd_xl_base_1.0.safetensors",
        "size": (640, 960),
        "control": {"pose": Control(kind="pose", image=POSE, strength=0.8)},
        "lora": (Lora(name="icons-v3", weight=0.6, id="icons-v3.safetensors"),),
        "reference": {"mood": Reference(role="init", image=MOOD, strength=0.35)},
        "region": MASK,
        "options": {"set": {"3.inputs.steps": 12, "3.inputs.scheduler": "karras"}},
    }
    return asking(fake, FULL, FULL_BIND, **{**keys, **changes})


@pytest.fixture
def fake() -> Iterator[ComfyFake]:
    with ComfyFake() as fake:
        yield fake


def sent(fake: ComfyFake) -> dict[str, Any]:
    (call,) = [seen for seen in fake.seen if seen.path == "/prompt"]
    return call.json()  # type: ignore[no-any-return]


def test_a_job_brings_its_picture(fake: ComfyFake) -> None:
    request, ctx = asking(fake, seed=0x336699, size=(96, 48))
    assert list(ComfyUI().check(request)) == []
    assert ComfyUI().estimate(request).amount == 0
    ticket = ComfyUI().submit(request, ctx)
    assert ticket.job == ctx.job
    (candidate,) = collected(ctx, ticket, request)
    assert Image.open(io.BytesIO(candidate.data)).size == (96, 48)
    assert candidate.seed == 0x336699
    assert candidate.facts == {
        "job": ctx.job, "node": "9", "index": "0", "filename": f"tympan-{ctx.job}_00001_.png",
        "type": "output", "comfyui": "0.3.64", "pytorch": "2.9.0+cu128",
        "devices": "cuda:0 NVIDIA RTX 4090 : native",
    }  # fmt: skip
    assert len(fake.bill) == 1
    assert "secret-host" not in str(candidate.facts)


def test_every_field_of_a_request_reaches_its_node(fake: ComfyFake) -> None:
    request, ctx = full(fake)
    assert list(ComfyUI().check(request)) == []
    ticket = ComfyUI().submit(request, ctx)
    body = sent(fake)
    assert (body["prompt_id"], body["client_id"]) == (ctx.job, ctx.job)
    got = {name: each["inputs"] for name, each in body["prompt"].items()}
    assert (got["6"]["text"], got["7"]["text"]) == ("a house", "text")
    assert (got["3"]["seed"], got["3"]["denoise"], got["3"]["steps"], got["3"]["scheduler"]) == (
        7,
        0.35,
        12,
        "karras",
    )
    assert (got["5"]["width"], got["5"]["height"], got["4"]["ckpt_name"]) == (
        640,
        960,
        "sd_xl_base_1.0.safetensors",
    )
    assert (got["10"]["lora_name"], got["10"]["strength_model"], got["10"]["strength_clip"]) == (
        "icons-v3.safetensors",
        0.6,
        0.6,
    )
    assert (got["12"]["image"], got["13"]["strength"]) == (f"tympan/{POSE[:40]}.png", 0.8)
    assert (got["15"]["image"], got["17"]["image"]) == (f"tympan/{MOOD[:40]}.png", f"tympan/{MASK[:40]}.png")
    assert got["9"]["filename_prefix"] == f"tympan-{ctx.job}"
    # What nothing is bound to is as the workflow has it, and the workflow itself is.
    assert (got["3"]["cfg"], got["11"]) == (7, FULL["11"]["inputs"])
    assert {data for (kind, folder, _), data in fake.files.items() if folder == "tympan"} == set(
        INPUTS.values()
    )
    assert collected(ctx, ticket, request)
    facts = {name: text for name, text in ctx.reported.items() if name.startswith(("model ", "custom"))}
    header = facts.pop("model loras/icons-v3.safetensors")
    assert re.fullmatch("header sha256:[0-9a-f]{64}", header)
    assert facts == {
        "model checkpoints/sd_xl_base_1.0.safetensors": "0x31e3", "model controlnet/openpose.safetensors": "unknown",
        "custom_nodes": "comfyui-studio",
    }  # fmt: skip
    assert ctx.reported["model"] == "sd_xl_base_1.0.safetensors"


def test_a_name_of_a_lora_that_no_training_made_is_the_file(fake: ComfyFake) -> None:
    lora = Lora(name="paper.safetensors", weight=-0.5)
    bind = {word: right.replace("icons-v3", "paper.safetensors") for word, right in FULL_BIND.items()}
    request, ctx = full(fake, lora=(lora,))
    request.options["bind"] = bind
    assert list(ComfyUI().check(request)) == []
    ComfyUI().submit(request, ctx)
    assert sent(fake)["prompt"]["10"]["inputs"]["lora_name"] == "paper.safetensors"
    assert sent(fake)["prompt"]["10"]["inputs"]["strength_clip"] == -0.5


def test_candidates_are_jobs_with_seeds_of_their_own_or_one_batch(fake: ComfyFake) -> None:
    request, _ = asking(fake, seed=5, candidates=3)
    jobs = ComfyUI().batches(request)
    assert [(job.seed, job.candidates) for job in jobs] == [(5, 1), (6, 1), (7, 1)]
    bind = {**PLAIN_BIND, "1.inputs.batch_size": "candidates"}
    request, ctx = asking(fake, bind=bind, seed=5, candidates=3)
    assert ComfyUI().batches(request) == (request,)
    found = collected(ctx, ComfyUI().submit(request, ctx), request)
    assert len({candidate.data for candidate in found}) == 3
    assert [candidate.facts["index"] for candidate in found] == ["0", "1", "2"]


def test_further_pictures_are_left_and_said(fake: ComfyFake) -> None:
    graph = copy.deepcopy(PLAIN)
    graph["1"]["inputs"]["batch_size"] = 4
    graph["12"] = node("PreviewImage", images=["1", 0])
    request, ctx = asking(fake, graph)
    (candidate,) = collected(ctx, ComfyUI().submit(request, ctx), request)
    assert (candidate.facts["node"], candidate.facts["further_pictures"]) == ("9", "3")
    request, ctx = asking(fake, graph, options={"output": "12"}, candidates=2, seed=3)
    found = collected(ctx, ComfyUI().submit(request, ctx), request)
    assert [(each.facts["node"], each.facts["type"]) for each in found] == [("12", "temp")] * 2


CHECKS: list[tuple[dict[str, Any], str]] = [
    ({"bind": {"6.text": "prompt"}, "prompt": "x"}, 'bind: "6.text" is no input of a node, such as "6.inputs.text"'),
    ({"bind": {"6.inputs.text": "promt"}}, 'is given "promt", which is no value of a request: did you mean "prompt"?'),
    ({"bind": {"6.inputs.text": "xyz"}}, "known are prompt, negative_prompt"),
    ({"bind": {"6.inputs.text": "reference.mood.weight"}}, 'is given "reference.mood.weight", which is no value of a request'),
    ({"bind": {"6.inputs.image": "control.pose"}}, 'wants control.pose, but source.control has no "pose"'),
    ({"bind": {"6.inputs.name": "lora.a.b.safetensors"}}, 'but source.lora has no "a.b.safetensors"'),
    ({"bind": {"4.inputs.ckpt_name": "model"}}, "wants the model, but source.model is not given"),
    ({"bind": {}, "prompt": "x"}, "source.prompt is given, but bind gives it to no node"),
    ({"bind": {}, "negative_prompt": "x"}, "source.negative_prompt is given"),
    ({"bind": {}, "model": "x"}, "source.model is given"),
    ({"bind": {}, "region": "x"}, "source.region is given"),
    ({"bind": {}, "size": (64, 64)}, "source.size is given"),
    ({"bind": {}, "candidates": 2}, "several candidates are wanted"),
    ({"bind": {}, "lora": (Lora(name="a"),)}, 'source.lora "a" is given, but bind gives it to no node ("lora.a")'),
    ({"bind": {}, "reference": {"selected": Reference(role="init", image="x")}}, 'source.reference "selected" is given'),
    ({"bind": {"a.inputs.b": "control.p.strength"}, "control": {"p": Control(kind="pose", image="x")}}, 'source.control "p" is given'),
    ({"bind": {}, "operation": "train"}, "comfyui cannot train"),
    ({"bind": {}, "options": {"set": {"3.steps": 1}}}, 'set: "3.steps" is no input of a node'),
    ({"options": {"set": {"1.inputs.color": 1}}}, '"1.inputs.color" is in bind and in set'),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "problem"), CHECKS, ids=[problem[:40] for _, problem in CHECKS])
def test_what_a_spec_says_wrongly_is_said_before_anything_is_sent(
    fake: ComfyFake, keys: dict[str, Any], problem: str
) -> None:
    request, _ = asking(fake, **keys)
    assert any(problem in sentence for sentence in ComfyUI().check(request)), list(ComfyUI().check(request))
    assert not fake.seen


def test_all_that_a_server_lacks_is_said_at_once_and_nothing_is_sent(fake: ComfyFake) -> None:
    graph = copy.deepcopy(FULL)
    graph["14"]["class_type"] = "Grain (Studo)"
    graph["21"] = node("Unheard", x=1)
    graph["8"]["inputs"]["samples"] = ["99", 0]
    del graph["11"]["inputs"]["control_net_name"]
    bind = {**FULL_BIND, "3.inputs.sed": "seed", "77.inputs.text": "prompt", "4.inputs.ckpt_name": "prompt"}
    request, ctx = asking(fake, graph, bind, prompt="sd_xl_base_1.0.safetensor", seed=2**64, size=(8, 640), control={"pose": Control(kind="pose", image=POSE)}, lora=(Lora(name="icons-v3"),), reference={"mood": Reference(role="init", image=digest(b"svg"))}, region=MASK, options={"set": {"3.inputs.steps": 0.5, "3.inputs.cfg": True, "3.inputs.sampler_name": "eulr"}, "output": "55"})  # fmt: skip
    ctx._inputs[digest(b"svg")] = b"<svg/>"  # type: ignore[index]
    with pytest.raises(CallFailed) as caught:
        ComfyUI().submit(request, ctx)
    assert caught.value.hint == "nothing was sent"
    said = caught.value.message.split("; ")
    expected = [
        "reference.mood is no PNG, JPEG, WebP or TIFF, and ComfyUI loads nothing else",
        'node 8 (VAEDecode): "samples" leads to node 99, which is not there',
        'node 11 (ControlNetLoader): the input "control_net_name" is missing',
        'node 14: this server has no "Grain (Studo)", did you mean "Grain (Studio)"?',
        'node 21: this server has no "Unheard": is its custom node installed?',
        'node 3 (KSampler), input "steps": expects an integer, gets 0.5',
        'node 3 (KSampler), input "cfg": expects a number, gets True',
        'node 3 (KSampler), input "sampler_name": this server has no "eulr", did you mean "euler"?',
        f'node 3 (KSampler), input "seed": {2**64} is not within 0 and {2**64 - 1}',
        'node 3 (KSampler), input "sed": there is no such input, did you mean "seed"?',
        '"77.inputs.text": the workflow has no node 77',
        'node 4 (CheckpointLoaderSimple), input "ckpt_name": this server has no "sd_xl_base_1.0.safetensor", did you mean "sd_xl_base_1.0.safetensors"?',
        'node 5 (EmptyLatentImage), input "width": 8 is not within 16 and 16384',
        'node 10 (LoraLoader), input "lora_name": this server has no "icons-v3", did you mean "icons-v3.safetensors"?',
        "output: the workflow has no node 55",
    ]  # fmt: skip
    assert sorted(said) == sorted(expected)
    assert fake.count("POST", ".") == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "is no JSON"),
        (b"[" * 90_000, "is no JSON"),
        (b"[]", "is no table of nodes"),
        (b"{}", "is no table of nodes"),
        (b'{"nodes": [], "links": []}', "is in the editor's format: export it with Workflow > Export (API)"),
        (b'{"1": {"class_type": "X"}}', "node 1 of the workflow has no class_type and inputs"),
        (b'{"1": 5}', "node 1 of the workflow has no class_type and inputs"),
        (
            json.dumps({"1": PLAIN["1"]}).encode(),
            "no node of the workflow gives a picture out: it needs a SaveImage",
        ),
    ],
)
def test_what_is_no_workflow_is_refused(fake: ComfyFake, data: bytes, message: str) -> None:
    request, ctx = asking(fake, data)
    with pytest.raises(CallFailed, match=re.escape(message)):
        ComfyUI().submit(request, ctx)
    assert fake.count("POST", ".") == 0


def test_inputs_that_grow_are_bound_by_their_whole_names() -> None:
    graph = {"5": node("BatchImagesNode", **{"images.image0": ["1", 0], "images.image1": 3}), **PLAIN}
    assert place_of("5.inputs.images.image1") == ("5", "images.image1")
    assert list(faults(graph, INFO, [Place("5", "images.image1")])) == []
    del graph["5"]["inputs"]["images.image0"], graph["5"]["inputs"]["images.image1"]
    assert list(faults(graph, INFO, [])) == ['node 5 (BatchImagesNode): the input "images" is missing']


def test_a_workflow_as_the_server_keeps_it_in_a_body_is_taken_too(fake: ComfyFake) -> None:
    request, ctx = asking(fake, {"prompt": PLAIN})
    assert collected(ctx, ComfyUI().submit(request, ctx), request)


def test_what_the_server_refuses_is_said_node_by_node_without_its_paths(fake: ComfyFake) -> None:
    graph = copy.deepcopy(FULL)
    graph["3"]["inputs"] |= {"steps": 0, "scheduler": "none"}
    graph["11"]["inputs"]["control_net_name"] = "gone.safetensors"
    request, ctx = full(fake, options={})
    workflow = json.dumps(graph).encode()
    ctx._inputs[digest(workflow)] = workflow  # type: ignore[index]
    request.options["workflow"] = digest(workflow)
    with pytest.raises(CallFailed) as caught:
        ComfyUI().submit(request, ctx)
    assert caught.value.message.startswith("node 3 (KSampler): Value 0 smaller than min of 1 (steps); ")
    assert "node 3 (KSampler): Value not in list (scheduler: 'none' not in" in caught.value.message
    assert "node 11 (ControlNetLoader): Value not in list" in caught.value.message
    assert "srv" not in str(caught.value)
    # The server runs what else there is, the preview of a reference: that is no candidate of ours.
    assert len(fake.bill) == 1
    with pytest.raises(CallFailed, match="Value 0 smaller"):
        ComfyUI().submit(request, ctx)
    assert len(fake.bill) == 1


def test_a_workflow_without_any_good_output_is_refused(fake: ComfyFake) -> None:
    graph = copy.deepcopy(PLAIN)
    graph["1"]["inputs"]["batch_size"] = 0
    request, ctx = asking(fake, graph)
    with pytest.raises(CallFailed) as caught:
        ComfyUI().submit(request, ctx)
    assert caught.value.message == "node 1 (EmptyImage): Value 0 smaller than min of 1 (batch_size)"
    assert not fake.bill


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(400, {"error": {"type": "no_prompt", "message": "No prompt provided", "details": "No prompt provided"}}), "No prompt provided"),
        (Reply(400, {"error": "short"}), "400: short"),
        (Reply(502, b"<html> Bad   Gateway"), "502: <html> Bad Gateway"),
        (Reply(500, b""), "500"),
    ],
)  # fmt: skip
def test_errors_of_all_shapes_become_a_sentence(fake: ComfyFake, reply: Reply, message: str) -> None:
    fake.trouble(reply, "POST /prompt")
    request, ctx = asking(fake)
    with pytest.raises(CallFailed) as caught:
        ComfyUI().submit(request, ctx)
    assert caught.value.message == message


def test_a_connection_that_breaks_after_the_body_is_found_again_by_our_own_id(fake: ComfyFake) -> None:
    request, ctx = asking(fake)
    fake.trouble("drop", "POST /prompt")
    with pytest.raises(CallUnknown):
        ComfyUI().submit(request, ctx)
    again = asking(fake, job=ctx.job)[1]
    ticket = ComfyUI().reconcile(request, "2026-11-24T00:00:00Z", again)
    assert not isinstance(ticket, Absent)
    assert ticket is not None
    assert collected(again, ticket, request)
    assert len(fake.bill) == 1


def test_reconcile_finds_waiting_running_and_done_jobs_and_says_when_there_is_none(fake: ComfyFake) -> None:
    request, ctx = asking(fake)
    assert ComfyUI().reconcile(request, "", ctx) == Absent()
    fake.go.clear()
    ticket = ComfyUI().submit(request, ctx)
    assert ComfyUI().reconcile(request, "", ctx) == ticket
    fake.go.set()
    collected(ctx, ticket, request)
    assert ComfyUI().reconcile(request, "", ctx) == ticket
    fake.restart()
    assert ComfyUI().reconcile(request, "", ctx) == Absent()


def test_submit_after_a_crash_sends_nothing_again(fake: ComfyFake) -> None:
    request, ctx = asking(fake)
    ticket = ComfyUI().submit(request, ctx)
    calls = len(fake.seen)
    after = asking(fake, job=ctx.job, paid=ctx.paid)[1]
    assert ComfyUI().submit(request, after) == ticket
    assert len(fake.seen) == calls
    # What the record needs is with the server, and comes back with the job.
    (candidate,) = collected(after, ticket, request)
    assert candidate.facts["comfyui"] == "0.3.64"


def test_two_jobs_of_one_request_write_files_of_their_own(fake: ComfyFake) -> None:
    request, first = asking(fake)
    second = asking(fake)[1]
    (one,) = collected(first, ComfyUI().submit(request, first), request)
    (two,) = collected(second, ComfyUI().submit(request, second), request)
    assert one.facts["filename"] != two.facts["filename"]
    # Only the node that saves ran again.
    assert fake.ran.count("9:SaveImage") == 2
    assert fake.ran.count("2:ImageInvert") == 1


def test_the_cache_trap_is_named(fake: ComfyFake) -> None:
    request, ctx = asking(fake)
    collected(ctx, ComfyUI().submit(request, ctx), request)
    # The very same graph once more, after somebody has emptied the output folder and the history.
    fake.lose_outputs()
    fake._history.clear()
    again = asking(fake, job=ctx.job)[1]
    with pytest.raises(CallFailed) as caught:
        collected(again, ComfyUI().submit(request, again), request)
    assert f"answered from its cache, and tympan-{ctx.job}_00001_.png is gone" in caught.value.message
    assert caught.value.hint.startswith("ask again")
    # What the hint says helps.
    third = asking(fake)[1]
    assert collected(third, ComfyUI().submit(request, third), request)


def test_a_prefix_that_another_node_gives_is_left_alone(fake: ComfyFake) -> None:
    graph = copy.deepcopy(PLAIN)
    graph["9"]["inputs"]["filename_prefix"] = ["20", 0]
    request, ctx = asking(fake, graph)
    with pytest.raises(CallFailed, match='"filename_prefix" leads to node 20, which is not there'):
        ComfyUI().submit(request, ctx)


def test_progress_is_heard(fake: ComfyFake) -> None:
    fake.seconds = 0.15
    request, ctx = full(fake)
    ticket = ComfyUI().submit(request, ctx)
    assert collected(ctx, ticket, request)
    shares = [share for share, _ in ctx.seen]
    assert len(shares) > 10
    assert shares == sorted(shares)
    assert shares[-1] > 0.5
    assert "KSampler" in {text for _, text in ctx.seen}
    # The socket, not the history, says when it is over.
    assert fake.count("GET", "/history") < 15


def test_a_server_without_websocket_works(fake: ComfyFake) -> None:
    with ComfyFake(websocket=False, metadata=False) as bare:
        bare.seconds = 0.05
        request, ctx = asking(bare)
        ticket = ComfyUI().submit(request, ctx)
        assert collected(ctx, ticket, request)
        assert ctx.seen == []
        request, ctx = full(bare)
        assert collected(ctx, ComfyUI().submit(request, ctx), request)
        assert ctx.reported["model checkpoints/sd_xl_base_1.0.safetensors"] == "unknown"


def test_a_fast_job_is_not_waited_for(fake: ComfyFake) -> None:
    request, ctx = asking(fake)
    began = time.monotonic()
    collected(ctx, ComfyUI().submit(request, ctx), request)
    assert time.monotonic() - began < 1.0


def test_a_job_that_waits_is_pending(fake: ComfyFake) -> None:
    fake.go.clear()
    request, ctx = asking(fake)
    ticket = ComfyUI().submit(request, ctx)
    assert isinstance(ComfyUI().collect(ticket, request, ctx), Pending)
    threading.Timer(0.2, fake.go.set).start()
    assert collected(ctx, ticket, request)


def test_a_job_that_fails_over_there_says_which_node_and_no_path(fake: ComfyFake) -> None:
    fake.fail = ("torch.OutOfMemoryError", "Allocation on device\n0 would exceed")
    request, ctx = asking(fake)
    with pytest.raises(CallFailed) as caught:
        collected(ctx, ComfyUI().submit(request, ctx), request)
    assert (
        caught.value.message == "node 1 (EmptyImage): OutOfMemoryError: Allocation on device 0 would exceed"
    )
    assert "smaller size" in caught.value.hint
    fake.interrupt = True
    request, ctx = asking(fake, seed=2)
    with pytest.raises(CallFailed, match="somebody interrupted the job"):
        collected(ctx, ComfyUI().submit(request, ctx), request)


def test_a_job_that_the_server_has_forgotten_is_not_waited_for(fake: ComfyFake) -> None:
    fake.go.clear()
    request, ctx = asking(fake)
    ticket = ComfyUI().submit(request, ctx)
    fake.restart()
    with pytest.raises(CallFailed, match="does not know the job any more"):
        collected(ctx, ticket, request)


def test_a_server_that_falters_is_asked_again(fake: ComfyFake) -> None:
    request, ctx = asking(fake)
    ticket = ComfyUI().submit(request, ctx)
    fake.trouble(Reply(503, {"error": "busy"}), "GET /history")
    fake.trouble("drop", "GET /view")
    assert collected(ctx, ticket, request)


ENTRY = {"prompt": [], "outputs": {}, "status": {"status_str": "success", "messages": []}}


@pytest.mark.parametrize(
    ("entry", "error", "message"),
    [
        (ENTRY, CallFailed, "the workflow brought no picture"),
        ({**ENTRY, "outputs": {"9": {"text": ["x"]}, "8": 5}}, CallFailed, "the workflow brought no picture"),
        ({**ENTRY, "outputs": []}, BadAnswer, "a job without outputs"),
        (
            {**ENTRY, "outputs": {"9": {"images": [{"filename": 5}]}}},
            BadAnswer,
            "a picture of node 9 without a name",
        ),
        (
            {**ENTRY, "status": {"status_str": "error", "messages": ["x", []]}},
            CallFailed,
            "ended with 'error'",
        ),
    ],
)
def test_histories_that_say_nothing_good(
    fake: ComfyFake, entry: Any, error: type[Exception], message: str
) -> None:
    request, ctx = asking(fake)
    fake._history[ctx.job] = entry
    with pytest.raises(error, match=message):
        ComfyUI().collect(Ticket(ctx.job), request, ctx)


def test_facts_that_a_server_makes_up_are_not_taken(fake: ComfyFake) -> None:
    request, ctx = asking(fake)
    ticket = ComfyUI().submit(request, ctx)
    collected(ctx, ticket, request)
    fake._history[ctx.job]["prompt"][3]["tympan"] = {"cost": "5", "comfyui": 7, "pytorch": "2", "self": "x"}
    (candidate,) = collected(ctx, ticket, request)
    assert candidate.facts["pytorch"] == "2"
    assert not {"cost", "self", "comfyui"} & set(candidate.facts)


def test_messages_that_say_nothing_change_nothing() -> None:
    progress = Progress("j", [("1", "A"), ("2", "B")])
    for text in (
        "",
        "{",
        "[]",
        "5",
        '{"type": 1}',
        '{"type": "progress", "data": []}',
        '{"type": "status", "data": {}}',
    ):
        assert not progress.hear(text)
    assert not progress.hear(b"\0\0\0\1")
    assert not progress.hear('{"type": "execution_success", "data": {"prompt_id": "another"}}')
    for data in ('{"node": "1", "value": "x", "max": 3}', '{"node": "1", "value": 1, "max": 0}', "{}"):
        progress.hear('{"type": "progress", "data": {"prompt_id": "j", ' + data[1:].replace("}", "") + "}}")
    assert (progress.share, progress.over) == (0.0, False)
    progress.hear('{"type": "executed", "data": {"prompt_id": "j", "node": "1"}}')
    assert (progress.share, progress.over) == (0.5, False)
    progress.hear('{"type": "executing", "data": {"prompt_id": "j", "node": null}}')
    assert progress.over


@pytest.mark.parametrize(
    ("path", "message"), [("/history", "history is no table"), ("/queue", "queue is no table")]
)
def test_answers_of_another_shape_are_bad_answers(fake: ComfyFake, path: str, message: str) -> None:
    request, ctx = asking(fake)
    fake.trouble(Reply(200, []), f"GET {path}")
    with pytest.raises(BadAnswer, match=message):
        ComfyUI().collect(Ticket(ctx.job), request, ctx)


def test_a_server_that_does_not_say_what_it_is_draws_all_the_same(fake: ComfyFake) -> None:
    request, ctx = asking(fake)
    fake.trouble(Reply(404), "GET /system_stats")
    (candidate,) = collected(ctx, ComfyUI().submit(request, ctx), request)
    assert candidate.facts["comfyui"] == "unknown"
