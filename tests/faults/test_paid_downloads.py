"""Paid pictures on bad lines: cut, endless, slow, packed like bombs, wrong; refusals; Ctrl-C while a call runs.

Reads and writes a project; the studio is a real server in a process of its own.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.faults.cases import ended, started
from tests.faults.press import Press, Ran
from tests.faults.test_paid import explore
from tests.faults.test_paid import press_of as six_jobs_of
from tests.services.process import StudioProcess
from tests.services.studio import KEY, picture

from tympan.files import digest

HTML = b"<!doctype html><title>Busy</title><p>We are busy."
FILES = "GET /files/"
JOBS = 2


@pytest.fixture(scope="module")
def studio() -> Iterator[StudioProcess]:
    process = StudioProcess()
    yield process
    process.close()


@pytest.fixture(autouse=True)
def _circumstances(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, studio: StudioProcess) -> None:
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    monkeypatch.setenv("STUDIO_KEY", KEY)
    monkeypatch.setenv("TYMPAN_HOME", str(tmp_path / "home"))
    studio.ask("reset")


def press_of(folder: Path, studio: StudioProcess, *, reconciles: bool = False) -> Press:
    """A project with two jobs."""
    press = six_jobs_of(folder, studio, reconciles=reconciles)
    spec = press.read("specs/hero.toml").replace("candidates = 12", "candidates = 4")
    # Marks name the request, and what the studio can do is part of it here: pictures are compared.
    press.write("specs/hero.toml", f"{spec}[marks]\nxmp = false\n")
    return press


@pytest.fixture
def press(tmp_path: Path, studio: StudioProcess) -> Press:
    return press_of(tmp_path / "one", studio)


@pytest.fixture(scope="module")
def expected(studio: StudioProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The outputs of a project that nobody disturbed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TYMPAN_TRUST", "1")
        patch.setenv("STUDIO_KEY", KEY)
        patch.setenv("TYMPAN_HOME", str(tmp_path_factory.mktemp("home")))
        unhurt = press_of(tmp_path_factory.mktemp("unhurt") / "one", studio)
        assert explore(unhurt).code == 0
        assert unhurt.build().code == 0
    studio.ask("reset")
    return unhurt.outputs()


def circumstances(**limits: Any) -> Callable[[], None]:
    """What a child does first: nothing is waited for, each call is made twice at most, limits are these."""

    def before() -> None:
        import stamina

        import tympan.limits

        stamina.set_testing(True, attempts=2, cap=True)
        for name, value in limits.items():
            setattr(tympan.limits, name, value)

    return before


def reply(status: int = 200, body: bytes = b"", talk: str = "", **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"status": status, "body": base64.b64encode(body).decode(), "headers": named, "talk": talk}


def open_jobs(press: Press) -> list[str]:
    """What became of the jobs that are not at their end."""
    return [line.split()[2] for line in press.run("jobs", "--open").out.splitlines() if line[:1] != " "][:-1]


def first_job(press: Press) -> str:
    return press.run("jobs").out.split()[0]


def heals(press: Press, studio: StudioProcess, expected: dict[str, bytes], verb: str = "resume") -> None:
    """Once the line is good, everything comes, for nothing."""
    ran = press.run(verb) if verb == "resume" else explore(press)
    assert ran.code == 0, ran.err
    assert (open_jobs(press), len(studio.bill)) == ([], JOBS)
    assert press.build().code == 0
    assert press.outputs() == expected


CUT = {"half": "half", "cut": "cut", "without a length": reply(body=picture(0)[:90], talk="without length")}


@pytest.mark.parametrize("how", CUT.values(), ids=CUT)
def test_case_39_a_download_that_stops_is_tried_again(
    press: Press, studio: StudioProcess, expected: dict[str, bytes], how: Any
) -> None:
    studio.ask("trouble", how=how, path=FILES)
    ran = press.run("explore", "hero", "--budget", "5 USD", before=circumstances())
    assert ran.code == 0, ran.err
    heals(press, studio, expected)


@pytest.mark.parametrize("how", CUT.values(), ids=CUT)
def test_case_39_a_download_that_always_stops_leaves_nothing(
    press: Press, studio: StudioProcess, expected: dict[str, bytes], how: Any
) -> None:
    studio.ask("trouble", how=how, path=FILES, times=1000)
    ran = press.run("explore", "hero", "--budget", "5 USD", before=circumstances())
    assert (ran.code, "tympan resume" in ran.err) == (1, True)
    assert open_jobs(press) == ["submitted"] * JOBS
    assert not [path for path in (press.root / ".tympan/store").rglob("*") if b"\x89PNG" in _bytes(path)]
    assert not (press.root / "specs/hero.lock").exists()
    _well(studio, studio.bill)
    heals(press, studio, expected)


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _well(studio: StudioProcess, bill: list[str]) -> None:
    """From now on the line is good."""
    studio.ask("well")
    assert studio.bill == bill


def test_case_40_other_bytes_than_are_locked_are_refused(
    press: Press, studio: StudioProcess, expected: dict[str, bytes]
) -> None:
    assert explore(press).code == 0
    lock, bill = press.read("specs/hero.lock"), studio.bill
    lines = (press.root / ".tympan/ledger.jsonl").read_bytes().splitlines(keepends=True)
    assert b'"did":"received"' in lines[-1]
    press.write(".tympan/ledger.jsonl", b"".join(lines[:-1]))
    seed = json.loads(lines[-1].partition(b" ")[2])["facts"]["1.seed"]
    good = picture(int(seed))
    wrong = good[:-20] + bytes([good[-20] ^ 1]) + good[-19:]
    studio.ask("trouble", how=reply(body=wrong), path=f"{FILES}{seed}$")
    ran = press.run("resume")
    assert ran.code == 4, ran.err
    assert digest(good) in ran.err
    assert digest(wrong) in ran.err
    assert (press.read("specs/hero.lock"), studio.bill) == (lock, bill)
    assert open_jobs(press) == ["submitted"]
    heals(press, studio, expected)


BOMB = gzip.compress(b"\x89PNG\r\n\x1a\n" + bytes(32 * 1024 * 1024), 9)
TOO_MUCH = {
    "endless": reply(talk="endless"),
    "slow": reply(talk="dribble"),
    "bomb": reply(body=BOMB, content_encoding="gzip"),
}


@pytest.mark.parametrize("how", TOO_MUCH.values(), ids=TOO_MUCH)
def test_case_41_too_much_and_too_slow_is_cut(
    press: Press, studio: StudioProcess, expected: dict[str, bytes], how: Any
) -> None:
    studio.ask("trouble", how=how, path=FILES, times=2 * JOBS)
    began = time.monotonic()
    ran = press.run(
        "explore",
        "hero",
        "--budget",
        "5 USD",
        before=circumstances(PICTURE_BYTES=200_000, CALL_SECONDS=0.4),
    )
    assert time.monotonic() - began < 20
    assert (ran.code, "Traceback" in ran.err) == (1, False), ran.err
    assert "200000 bytes" in ran.err or "its time is over" in ran.err or "broke off" in ran.err, ran.err
    assert set(open_jobs(press)) == {"submitted"}
    _well(studio, studio.bill)
    heals(press, studio, expected)


LATER = {"retry_after": "3600"}
# Where, what is answered, exit code, what is said, state of that job, jobs that are paid for.
REFUSALS = {
    "paid, reset": ("POST /jobs", "cut", 5, "may have arrived", "unknown", JOBS - 1),
    "paid, lost": ("POST /jobs", "drop", 5, "--pay-again", "unknown", JOBS),
    "paid, 500": ("POST /jobs", reply(500), 5, "answered 500", "unknown", JOBS - 1),
    "paid, 503": ("POST /jobs", reply(503), 5, "answered 503", "unknown", JOBS - 1),
    "paid, 503 for an hour": ("POST /jobs", reply(503, **LATER), 1, "has no time", "intended", JOBS - 1),
    "paid, 429 for an hour": (
        "POST /jobs",
        reply(429, b'{"error": "slow"}', **LATER),
        6,
        "slow",
        "intended",
        JOBS - 1,
    ),
    "paid, 402": ("POST /jobs", reply(402, b'{"error": "no money"}'), 6, "no money", "intended", JOBS - 1),
    "paid, 408": ("POST /jobs", reply(408, b'{"error": "slow you"}'), 1, "slow you", "", JOBS - 1),
    "paid, 400 in HTML": ("POST /jobs", reply(400, HTML), 1, "We are busy", "", JOBS - 1),
    "poll, 429 for an hour": (
        "GET /jobs/",
        reply(429, b'{"error": "slow"}', **LATER),
        6,
        "slow",
        "submitted",
        JOBS,
    ),
    "poll, 503 for an hour": (
        "GET /jobs/",
        reply(503, b'{"error": "no"}', **LATER),
        1,
        "no",
        "submitted",
        JOBS,
    ),
    "poll, 404": ("GET /jobs/", reply(404, b'{"error": "who"}'), 1, "who", "submitted", JOBS),
    "picture, 429 for an hour": (FILES, reply(429, **LATER), 6, "429", "submitted", JOBS),
    "picture, 404": (FILES, reply(404), 1, "404", "submitted", JOBS),
    "picture, 307 elsewhere": (
        FILES,
        reply(307, location="http://169.254.169.254/"),
        1,
        "not https",
        "submitted",
        JOBS,
    ),
}


@pytest.mark.parametrize(("path", "how", "code", "words", "state", "paid"), REFUSALS.values(), ids=REFUSALS)
def test_case_42_refusals_are_told_apart(
    press: Press,
    studio: StudioProcess,
    expected: dict[str, bytes],
    path: str,
    how: Any,
    code: int,
    words: str,
    state: str,
    paid: int,
) -> None:
    studio.ask("trouble", how=how, path=path)
    ran = press.run("explore", "hero", "--budget", "5 USD", before=circumstances())
    assert (ran.code, "Traceback" in ran.err) == (code, False), ran.err
    assert words in ran.err
    assert len(studio.bill) == paid, "the others go on"
    assert open_jobs(press) == ([state] if state else [])
    if state == "unknown":
        assert explore(press).code == 5
        assert len(studio.bill) == paid, "what may have arrived is not asked again"
    else:
        heals(press, studio, expected, "resume" if state == "submitted" else "explore")


@pytest.mark.parametrize(("status", "path"), [(500, "GET /jobs/"), (429, FILES)])
def test_case_42_a_passing_trouble_is_waited_out(
    press: Press, studio: StudioProcess, expected: dict[str, bytes], path: str, status: int
) -> None:
    studio.ask("trouble", how=reply(status), path=path)
    ran = press.run("explore", "hero", "--budget", "5 USD", before=circumstances())
    assert ran.code == 0, ran.err
    heals(press, studio, expected)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://no.such.host.invalid", "no address for no.such.host.invalid"),
        ("http://127.0.0.1:1", "cannot reach 127.0.0.1"),
        ("https", "cannot reach 127.0.0.1"),
    ],
    ids=["no such name", "nobody listens", "no TLS there"],
)
def test_case_42_nothing_was_sent_where_there_is_nobody(
    press: Press, studio: StudioProcess, expected: dict[str, bytes], url: str, words: str
) -> None:
    good = press.read("tympan.toml")
    bad = studio.url.replace("http:", "https:") if url == "https" else url
    press.write("tympan.toml", good.replace(studio.url, bad))
    ran = press.run("explore", "hero", "--budget", "5 USD", before=circumstances())
    assert (ran.code, words in ran.err, "nothing was sent" in ran.err) == (1, True, True), ran.err
    assert (open_jobs(press), studio.bill) == (["intended"] * JOBS, [])
    press.write("tympan.toml", good)
    heals(press, studio, expected, "explore")


ANSWERS = {
    "a JSON error": b'{"error": "we changed our minds", "code": 17}',
    "HTML": HTML,
    "nothing": b"",
    "another shape": b"[1, 2, 3]",
}


@pytest.mark.parametrize("body", ANSWERS.values(), ids=ANSWERS)
def test_case_43_a_paid_answer_that_makes_no_sense_is_kept(
    press: Press, studio: StudioProcess, body: bytes
) -> None:
    studio.ask("trouble", how=reply(body=body), path="POST /jobs")
    ran = explore(press)
    assert (ran.code, "Traceback" in ran.err) == (1, False), ran.err
    job = first_job(press)
    assert f"tympan jobs --answer {job}" in ran.err
    assert press.run("jobs", "--answer", job).out == body.decode() + "\n"
    assert open_jobs(press) == ["answered"]
    assert "0.08 USD spent" in press.run("jobs").out, "it may have been charged, so it counts"
    # It is not asked again, whatever is said.
    bill = studio.bill
    assert len(bill) == JOBS - 1
    for verb in (("resume",), ("explore", "hero", "--budget", "5 USD")):
        assert press.run(*verb).code == 1
    assert studio.bill == bill


@pytest.mark.parametrize("path", ["GET /jobs/", FILES])
@pytest.mark.parametrize("body", [HTML, b'{"error": "gone"}', b"\0\1\2"], ids=["HTML", "JSON", "bytes"])
def test_case_43_a_later_answer_that_makes_no_sense_is_kept_too(
    press: Press, studio: StudioProcess, expected: dict[str, bytes], path: str, body: bytes
) -> None:
    studio.ask("trouble", how=reply(body=body), path=path)
    ran = explore(press)
    assert (ran.code, "Traceback" in ran.err) == (1, False), ran.err
    job = first_job(press)
    assert f"tympan jobs --answer {job}" in ran.err
    assert press.run("jobs", "--answer", job).out == body.decode() + "\n"
    assert press.run("gc", "--keep", "0").code == 0
    assert press.run("jobs", "--answer", job).out == body.decode() + "\n"
    heals(press, studio, expected)


def test_case_43_a_picture_of_another_size_is_a_candidate(press: Press, studio: StudioProcess) -> None:
    """It was paid for, services round sizes, and a person may like it: nothing is thrown away."""
    small = picture(0, (20, 30))
    studio.ask("trouble", how=reply(body=small), path=FILES)
    assert explore(press).code == 0
    assert digest(small) in press.read("specs/hero.lock")
    assert press.build().code == 0
    assert len(studio.bill) == JOBS


def test_case_09_ctrl_c_waits_for_the_call_and_begins_no_other(
    press: Press, studio: StudioProcess, expected: dict[str, bytes]
) -> None:
    studio.ask("trouble", how=1.5, path="POST /jobs", times=JOBS)
    with started(press, "explore", "hero", "--budget", "5 USD") as process:
        ran = _interrupted(process, studio)
    assert ran.code == 130, ran.err
    assert "Traceback" not in ran.err
    assert [line for line in ran.err.splitlines() if "interrupted" in line] == [ran.err.splitlines()[-1]]
    assert len(studio.bill) == 1, "what waited for its turn has not begun"
    assert open_jobs(press) == ["submitted"] + ["intended"] * (JOBS - 1)
    _well(studio, studio.bill)
    assert press.run("resume").code == 0
    heals(press, studio, expected, "explore")


def _interrupted(process: Any, studio: StudioProcess) -> Ran:
    until = time.monotonic() + 20
    while not studio.ask("state")["calls"]:
        assert time.monotonic() < until
        time.sleep(0.02)
    began = time.monotonic()
    os.kill(process.pid, signal.SIGINT)
    ran = ended(process)
    assert 0.5 < time.monotonic() - began < 10
    return ran


def test_case_09_a_call_that_never_ends_is_waited_for_so_long_and_no_longer(
    tmp_path: Path, studio: StudioProcess, expected: dict[str, bytes]
) -> None:
    press = press_of(tmp_path / "one", studio, reconciles=True)
    studio.ask("trouble", how=60.0, path="POST /jobs")

    def before() -> None:
        import tympan.asking.jobs

        tympan.asking.jobs._GRACE_SECONDS = 0.5
        threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()

    began = time.monotonic()
    ran = explore(press, before=before)
    assert time.monotonic() - began < 8
    assert (ran.code, "Traceback" in ran.err) == (130, False), ran.err
    assert (open_jobs(press)[0], len(studio.bill)) == ("sending", 1)
    heals(press, studio, expected, "explore")
