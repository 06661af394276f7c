"""`studio`, a made-up paid service: its plugin, its fake, and a project that uses it.

Reads and writes the project. The fake keeps a bill: one line for each job that was accepted.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

from PIL import Image, ImageDraw
from tests.services.fake import Fake, Reply, Seen

KEY = "studio-key-abcdef0123456789"
PLUGIN = '''"""A service that draws, for money."""
from tympan import (
    Absent, CallBlocked, CallFailed, Candidate, Cost, Fault, Pending, Params, Service, Ticket, hookimpl,
)

class StudioParams(Params, frozen=True, kw_only=True):
    style: str = "plain"
    reconciles: bool = False

class Studio(Service[StudioParams]):
    NAME = "studio"
    URL = "https://studio.example"
    KEY = "STUDIO_KEY"
    CONCURRENT = 4
    PER_MINUTE = 6000
    Params = StudioParams

    def check(self, request):
        if not request.prompt:
            yield "studio wants a prompt"

    def estimate(self, request):
        return Cost(0.02 * request.candidates, "USD")

    def batches(self, request):
        import msgspec
        parts = []
        for n in range(0, request.candidates, 2):
            count = min(2, request.candidates - n)
            parts.append(msgspec.structs.replace(request, candidates=count, seed=request.seed + n))
        return tuple(parts)

    def submit(self, request, ctx):
        body = {"prompt": request.prompt, "n": request.candidates, "seed": request.seed, "ref": ctx.job}
        if request.operation:
            body["operation"] = request.operation
            ctx.post("/uploads", json={"bytes": len(ctx.input(request.reference["selected"].image))})
        answer = ctx.pay("/jobs", json=body).json()
        ctx.report(cost=Cost(answer["price"], "USD"), model="studio-1.2")
        return Ticket(answer["id"])

    def collect(self, ticket, request, ctx):
        job = ctx.get(f"/jobs/{ticket.job}").json()
        if job["state"] == "pending":
            return Pending(0.01)
        if job["state"] == "failed":
            raise CallFailed("the studio is out of ink")
        if job["state"] == "blocked":
            raise CallBlocked("not suitable")
        return tuple(
            Candidate(data=ctx.download(each["url"]), seed=each["seed"], facts={"image": each["id"]})
            for each in job["images"]
        )

    def reconcile(self, request, since, ctx):
        if not request.options.get("reconciles"):
            return None
        found = [job for job in ctx.get("/jobs").json() if job["ref"] == ctx.job]
        return Ticket(found[0]["id"]) if found else Absent()

    def fault(self, answer):
        said = answer.json()
        return Fault("blocked" if said.get("code") == "safety" else "quota" if answer.status == 402 else "failed", said["error"])

@hookimpl
def tympan_generators():
    return [Studio]
'''


def picture(seed: int, size: tuple[int, int] = (64, 48)) -> bytes:
    """A small PNG that differs by seed."""
    image = Image.new("RGB", size, (seed * 37 % 256, seed * 91 % 256, 200))
    ImageDraw.Draw(image).ellipse((8, 8, 40, 40), fill=(250, seed * 13 % 256, 30))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


class StudioFake(Fake):
    """The studio's server. waits: polls that say pending before a job is done."""

    KEY_HEADER = ("authorization", f"Bearer {KEY}")

    def __init__(self, waits: int = 1) -> None:
        super().__init__()
        self.waits = waits
        self.jobs: dict[str, dict] = {}
        self.route("POST", "/jobs", self._submit)
        self.route(
            "POST",
            "/uploads",
            lambda seen: Reply(201, {"id": "u1"}) if self.authorized(seen) else Reply(401, {"error": "who?"}),
        )
        self.route(
            "GET",
            "/jobs",
            lambda seen: Reply(200, [{"id": id, "ref": job["ref"]} for id, job in self.jobs.items()]),
        )
        self.route("GET", "/jobs/([^/]+)", self._poll)
        self.route("GET", "/files/(\\d+)", self._file)

    @property
    def accepted(self) -> int:
        """Paid calls that were accepted."""
        return len(self.bill)

    def _submit(self, seen: Seen) -> Reply:
        if not self.authorized(seen):
            return Reply(401, {"error": "no such key", "code": "auth"})
        body = seen.json()
        if set(body) - {"prompt", "n", "seed", "ref", "operation"} or not 1 <= body["n"] <= 2:
            return Reply(400, {"error": f"bad request {sorted(body)}", "code": "bad"})
        if "forbidden" in body["prompt"]:
            return Reply(422, {"error": "we do not draw that", "code": "safety"})
        with self.lock:
            id = f"job-{len(self.jobs) + 1}"
            self.jobs[id] = {**body, "polls": 0}
            self.charge(json.dumps(body, sort_keys=True), 0.02 * body["n"])
        return Reply(200, {"id": id, "price": 0.02 * body["n"]})

    def _poll(self, seen: Seen) -> Reply:
        job = self.jobs.get(seen.match[0])
        if job is None or not self.authorized(seen):
            return Reply(404, {"error": "no such job"})
        job["polls"] += 1
        if job["polls"] <= self.waits:
            return Reply(200, {"state": "pending"})
        state = "blocked" if "nasty" in job["prompt"] else "failed" if "broken" in job["prompt"] else "done"
        images = [
            {
                "id": f"{seen.match[0]}-{n}",
                "seed": job["seed"] + n,
                "url": f"{self.url}/files/{job['seed'] + n}",
            }
            for n in range(job["n"])
        ]
        return Reply(200, {"state": state, "images": images})

    def _file(self, seen: Seen) -> Reply:
        if "authorization" in seen.headers:
            return Reply(400, {"error": "a key has no business here"})
        return Reply(200, picture(int(seen.match[0])), {"content-type": "image/png"})


def write_studio(root: Path, url: str, **specs: str) -> None:
    """Put a project that uses the studio into a folder."""
    files = {
        "tympan.toml": f'[service.studio]\nurl = "{url}"\n',
        "plugins/studio.py": PLUGIN,
        "specs/hero.toml": (
            '[source]\ngenerator = "studio"\nprompt = "a courier"\ncandidates = 4\n'
            "[target.webp]\nsizes = [32]\n"
        ),
        ".gitignore": "/.tympan/\n/assets/out/\n",
        **{f"specs/{name.replace('__', '/')}.toml": text for name, text in specs.items()},
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
