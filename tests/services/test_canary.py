"""A canary key and a canary prompt: a service that echoes them everywhere, every failure; then all bytes are read.

Reads every file below the project and the user's folder.
"""

from __future__ import annotations

import base64
import os
import re
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import stamina
from tests.conftest import Project
from tests.services.fake import Reply
from tests.services.leaky import (
    AUTH,
    HEADERS,
    KEY,
    LEAKY,
    PACKED,
    PROMPT,
    LeakyFake,
    drawn,
    jpeg,
    png,
    refusal,
)
from tests.services.studio import write_studio

from tympan import limits
from tympan.checkout import Checkout
from tympan.chunks import textual

PAGE = f"<html>{AUTH} {PACKED} {KEY}".encode()
FILES, RAW, POLL, PAY, UPLOAD = "GET /files/", "GET /raw/", "GET /jobs/", "POST /jobs", "POST /uploads"
BOMB = zlib.compressobj(9, zlib.DEFLATED, 31)
BOMB_BYTES = BOMB.compress(bytes(64 * 1024 * 1024)) + BOMB.flush()
HOUR = {"retry_after": "3600"}
TROUBLES: dict[str, list[tuple[Any, str]]] = {
    "none": [],
    "everything once": [(how, "") for how in ("cut", "half", refusal(500), refusal(429))],
    **{
        f"{how} at {path}": [(how, path)]
        for how in ("cut", "drop", "half")
        for path in (PAY, POLL, RAW, UPLOAD)
    },
    **{
        f"{status} at {path}": [(refusal(status), path)]
        for status in (400, 401, 402, 404, 408, 422, 429, 500, 503)
        for path in (PAY, POLL, RAW)
    },
    **{f"429 for an hour at {path}": [(refusal(429, **HOUR), path)] for path in (PAY, POLL, RAW)},
    **{f"a page at {path}": [(Reply(200, PAGE, HEADERS), path)] for path in (PAY, POLL, RAW, UPLOAD)},
    **{f"a word at {path}": [(Reply(200, {"a": AUTH}, HEADERS), path)] for path in (PAY, POLL, RAW, UPLOAD)},
    **{
        f"a redirect to {to[:40]}": [(Reply(302, PAGE, {"location": to}), FILES)]
        for to in (
            f"http://evil.example/{KEY}",
            f"https://127.0.0.1/?{KEY}",
            f"https://{KEY}@x/",
            f"//[{KEY}",
            f"/{KEY}",
        )
    },
    "a bomb": [(Reply(200, BOMB_BYTES, {"content-encoding": "gzip", **HEADERS}), RAW)] * 4,
    "half a picture": [(Reply(200, drawn(0)[:700], HEADERS), RAW)],
    "an SVG": [
        (Reply(200, f'<svg xmlns="http://www.w3.org/2000/svg"><desc>{AUTH}</desc></svg>'.encode()), RAW)
    ],
    "a WebP": [(Reply(200, b"RIFF\x40\0\0\0WEBPEXIF" + AUTH.encode() * 3), RAW)],
}


@pytest.fixture
def leaky(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Project, LeakyFake]]:
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    monkeypatch.setenv("STUDIO_KEY", KEY)
    monkeypatch.setattr(limits, "PICTURE_BYTES", 1_000_000)
    for path in (project.root / "specs").rglob("*.toml"):
        path.unlink()
    (project.root / "tympan.toml").unlink()
    with LeakyFake(waits=1) as fake, stamina.set_testing(True, attempts=2, cap=True):
        write_studio(project.root, fake.url)
        project.write("plugins/studio.py", LEAKY)
        project.write(
            "specs/hero.toml",
            f'[source]\ngenerator = "studio"\nprompt = "{PROMPT}"\ncandidates = 4\nseed = 10\n'
            "[target.webp]\nsizes = [32]\n[target.png]\nsizes = [32]\n[target.cmyk-tiff]\n",
        )
        yield project, fake


# Any of these would give it away.
SHAPES = {
    KEY.encode(),
    quote(AUTH, safe="").encode(),
    base64.b64encode(KEY.encode()).rstrip(b"=")[:-1],
    base64.b64encode(AUTH.encode()).rstrip(b"=")[8:-1],
}


def every_byte(project: Project) -> Iterator[tuple[str, bytes]]:
    """Every file, everything in the store, and the words inside pictures unpacked."""
    for top in (project.root, project.root.parent / "home"):
        for path in sorted(top.rglob("*")):
            if path.is_file():
                data = path.read_bytes()
                yield str(path.relative_to(top)), data
                yield f"words in {path.name}", _words(data)
    store: Any = Checkout(project.root).store
    for name in store.sizes():
        yield f"store {name[:8]}", store.get(name)
        yield f"words in store {name[:8]}", _words(store.get(name))


def _words(data: bytes) -> bytes:
    return "\n".join(textual(data).values()).encode() if len(data) < limits.PICTURE_BYTES else b""


# A tenth of them each time; all with the harnesses, where minutes do not matter.
CHOSEN = list(TROUBLES) if os.environ.get("TYMPAN_HARNESS") else list(TROUBLES)[::9]


@pytest.mark.parametrize("troubles", [TROUBLES[name] for name in CHOSEN], ids=CHOSEN)
def test_no_key_is_anywhere_whatever_happens(
    leaky: tuple[Project, LeakyFake], troubles: list[tuple[Any, str]]
) -> None:
    project, fake = leaky
    for how, path in troubles:
        fake.trouble(how, path)
    shown = []
    for verb in (
        ("explore", "hero", "--budget", "5 USD"),
        ("explore", "hero", "--budget", "5 USD", "--json"),
        ("resume",),
        ("jobs",),
        ("jobs", "--json"),
        ("select", "hero", "1"),
        ("build",),
        ("plan",),
        ("status",),
        ("why", "hero"),
    ):
        ran = project.run(*verb)
        shown.append((" ".join(verb), f"{ran.out}{ran.err}".encode()))
        assert "Traceback" not in ran.err or "socketserver" in ran.err, (
            "only the fake's own threads may fail so"
        )
    for job in re.findall(r"^([0-9a-f]{8})  ", project.run("jobs").out, re.M):
        ran = project.run("jobs", "--answer", job)
        shown.append((f"answer of {job}", f"{ran.out}{ran.err}".encode()))
    found = [
        (where, shape, data[max(0, data.find(shape) - 60) :][:160])
        for where, data in [*shown, *every_byte(project)]
        for shape in SHAPES
        if shape in data
    ]
    assert not found
    assert any(AUTH in seen.headers.get("authorization", "") for seen in fake.seen), "it was used"
    _prompt_stays_where_it_belongs(project, shown[0][1])


def _prompt_stays_where_it_belongs(project: Project, explored: bytes) -> None:
    prompt = PROMPT.encode()
    assert prompt not in explored
    holders = {
        name
        for name, data in every_byte(project)
        if prompt in data and not name.startswith(("words", "store"))
    }
    allowed = re.compile(r"specs/hero\.(toml|lock)|assets/masters/.*|\.tympan/(ledger\.jsonl|store/.*)")
    assert {name for name in holders if not allowed.fullmatch(name)} == set()


def test_the_echo_is_heard_where_it_may_be(leaky: tuple[Project, LeakyFake]) -> None:
    """That the canary sings: without the blot its song would be all over the place."""
    project, fake = leaky
    ran = project.run("explore", "hero", "--budget", "1 USD")
    assert ran.code == 0, ran.err
    ledger = (project.root / ".tympan/ledger.jsonl").read_text()
    assert ledger.count("[secret]") > 10
    assert "[secret]" in (project.root / "specs/hero.lock").read_text()
    assert "[secret]" in ran.out + ran.err
    assert "[secret]" in (project.root / ".tympan/services.jsonl").read_text()
    assert "left out: a key" in ledger
    assert KEY.encode() in drawn(10)
    assert fake.count("GET", "/raw/") == 4


@pytest.mark.parametrize("number", [1, 2])
def test_no_output_carries_the_prompt(leaky: tuple[Project, LeakyFake], number: int) -> None:
    """Pictures that keep their words as masters (no key is in them) have none as outputs."""
    project, fake = leaky
    data = _without_key(number - 1 + 10)
    fake.trouble(Reply(200, data), FILES, times=4)
    assert project.run("explore", "hero", "--budget", "1 USD").code == 0
    assert project.run("select", "hero", "1").code == 0
    assert project.run("build").code == 0
    outputs = project.outputs()
    assert len(outputs) == 3
    assert not [
        name for name, each in outputs.items() if PROMPT.encode() in each or PROMPT.encode() in _words(each)
    ]
    master = next((project.root / "assets/masters").iterdir())
    assert PROMPT in " ".join(textual(master.read_bytes()).values())


def _without_key(seed: int) -> bytes:
    return png(seed, PROMPT.encode()) if seed % 2 == 0 else jpeg(seed, PROMPT)
