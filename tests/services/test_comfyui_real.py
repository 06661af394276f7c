"""The generator comfyui against a real ComfyUI server, with nodes that need no weights.

Reads and writes sockets: the server that TYMPAN_COMFYUI names, such as http://127.0.0.1:8188. Writes the files that
the jobs bring into the server's output folder.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from tests.services.comfyui_context import Ctx, collected
from tests.services.test_comfyui import PLAIN, PLAIN_BIND, node, png

from tympan import Absent, CallFailed, Reference, Request, Ticket
from tympan.files import digest
from tympan_plugins.generators.comfyui.generator import ComfyUI

SERVER = os.environ.get("TYMPAN_COMFYUI", "").rstrip("/")
pytestmark = pytest.mark.skipif(
    not SERVER, reason="no ComfyUI: start one, export TYMPAN_COMFYUI=http://127.0.0.1:8188"
)
ROOT = Path(__file__).resolve().parents[2]


def asking(
    graph: Any = PLAIN, bind: Any = PLAIN_BIND, *, job: str = "", paid: Any = None, **keys: Any
) -> tuple[Request, Ctx]:
    workflow, mood = json.dumps(graph).encode(), png("red", (32, 16))
    options = {"workflow": digest(workflow), "bind": bind}
    request = Request(generator="comfyui", options=options, **keys)
    inputs = {digest(workflow): workflow, digest(mood): mood}
    return request, Ctx(ComfyUI(), SimpleNamespace(url=SERVER), inputs, job=job, paid=paid)  # type: ignore[arg-type]


def new_seed() -> int:
    # A colour of its own: the server's cache outlives a test run.
    return uuid.uuid4().int % 0xFFFFFF


def test_a_job_and_the_same_again() -> None:
    seed = new_seed()
    request, ctx = asking(seed=seed, size=(96, 48))
    (one,) = collected(ctx, ComfyUI().submit(request, ctx), request, 60)
    picture = Image.open(io.BytesIO(one.data)).convert("RGB")
    assert picture.size == (96, 48)
    colour = tuple(255 - part for part in ((seed >> 16) & 255, (seed >> 8) & 255, seed & 255))
    assert picture.getpixel((3, 3)) == pytest.approx(colour, abs=1)
    assert one.facts["comfyui"]
    assert one.facts["pytorch"]
    request, again = asking(seed=seed, size=(96, 48))
    (two,) = collected(again, ComfyUI().submit(request, again), request, 60)
    assert one.facts["filename"] != two.facts["filename"]
    assert Image.open(io.BytesIO(two.data)).convert("RGB").tobytes() == picture.tobytes()


def test_a_reference_is_sent_and_drawn() -> None:
    graph = {
        "1": node("LoadImage", image="x.png"),
        "9": node("SaveImage", images=["1", 0], filename_prefix="x"),
    }
    mood = {"mood": Reference(role="init", image=digest(png("red", (32, 16))))}
    request, ctx = asking(graph, {"1.inputs.image": "reference.mood"}, reference=mood)
    (found,) = collected(ctx, ComfyUI().submit(request, ctx), request, 60)
    assert Image.open(io.BytesIO(found.data)).convert("RGB").getpixel((0, 0)) == (255, 0, 0)


def test_what_the_server_refuses_is_said() -> None:
    request, ctx = asking({**PLAIN, "2": node("ImageInvertt", image=["1", 0])})
    with pytest.raises(CallFailed, match='did you mean "ImageInvert"'):
        ComfyUI().submit(request, ctx)
    request, ctx = asking({**PLAIN, "1": node("EmptyImage", width=0, height=64, batch_size=1, color=0)}, {})
    with pytest.raises(CallFailed, match=r"node 1 \(EmptyImage\): Value 0 smaller than min of 1"):
        ComfyUI().submit(request, ctx)
    assert ComfyUI().reconcile(request, "", ctx) == Absent()


SUBMIT = """
import sys, time
from tests.services.test_comfyui_real import ComfyUI, asking
request, ctx = asking(seed=int(sys.argv[2]), job=sys.argv[1])
ComfyUI().submit(request, ctx)
print("sent", flush=True)
time.sleep(60)
"""


def test_killed_after_the_job_was_sent_and_found_again() -> None:
    job, seed = str(uuid.uuid4()), new_seed()
    command = [sys.executable, "-c", SUBMIT, job, str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "sent\n"
        process.send_signal(signal.SIGKILL)
    request, ctx = asking(seed=seed, job=job)
    ticket = ComfyUI().reconcile(request, "", ctx)
    assert ticket == Ticket(job)
    began = time.monotonic()
    assert len(collected(ctx, Ticket(job), request, 60)) == 1
    assert time.monotonic() - began < 60
    # One job only: the history knows its number, and nothing of ours is queued.
    assert ctx.get("/queue").json() == {"queue_running": [], "queue_pending": []}
