from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tympan.errors import StepCrashed, StepFailed
from tympan.files import digest
from tympan.model import Picture, Request
from tympan.plugins import Ref
from tympan.worker.jobs import Call, Generate, Prepare, Write, pack, unpack
from tympan.worker.pool import Pool

PLUGIN = """
import os, signal, sys, time
from tympan import Candidate, File, Format, Generator, Params, PrepStep, Ticket

class Odd(Generator):
    NAME = "odd"
    def submit(self, request, ctx):
        return Ticket("1")
    def collect(self, ticket, request, ctx):
        how = request.prompt
        if how == "abort":
            os.abort()
        if how == "exit":
            sys.exit(3)
        if how == "leave":
            os._exit(7)
        if how == "hang":
            time.sleep(60)
        if how == "print":
            print("x" * 3_000_000)
        if how == "raise":
            raise RuntimeError("no colours left")
        if how == "memory":
            bytearray(64 * 1024 ** 3)
        if how == "few":
            return ()
        if how == "list":
            return [1]
        if how == "environment":
            return (Candidate(data=repr(sorted(os.environ)).encode()),)
        if how == "cwd":
            os.chdir("/")
        return tuple(Candidate(data=how.encode() + str(n).encode(), seed=n) for n in range(request.candidates))

class Dot(Format):
    NAME = "dot"
    SUFFIX = "dot"
    class Params(Params):
        wrong: bool = False
    def write(self, picture, params, ctx):
        return [File(b"dot", "other" if params.wrong else "", {"size": str(picture.size)})]
"""


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plugin") / "odd.py"
    path.write_text(PLUGIN)
    return path


@pytest.fixture(scope="module")
def pool() -> Pool:
    with Pool(1, seconds=6) as pool:
        yield pool


def _call(plugin: Path, name: str = "Odd", **params: object) -> Call:
    return Call(Ref("", name, str(plugin), digest(plugin.read_bytes())), name.lower(), params)


def _generate(plugin: Path, how: str, candidates: int = 1) -> Generate:
    return Generate(_call(plugin), Request(generator="odd", prompt=how, candidates=candidates), {})


def test_a_job_brings_its_candidates(pool: Pool, plugin: Path) -> None:
    done = pool.ask(_generate(plugin, "fine", 2))
    assert done.results == {"0": b"fine0", "1": b"fine1"}
    assert done.facts == {"0.seed": "0", "1.seed": "1"}


@pytest.mark.parametrize(
    ("how", "error", "words"),
    [
        ("abort", StepCrashed, "was killed by SIGABRT"),
        ("leave", StepCrashed, "ended by itself with code 7"),
        ("exit", StepFailed, "odd raised SystemExit: 3"),
        ("raise", StepFailed, "odd raised RuntimeError: no colours left"),
        ("memory", StepFailed, "odd: out of memory"),
        ("few", StepFailed, "odd: gave 0 candidates, 1 were asked for"),
        ("list", StepFailed, "odd: gave list where a tuple of Candidates was due"),
    ],
)
def test_what_a_plugin_does_wrong_is_one_named_error_and_the_next_job_runs(
    pool: Pool, plugin: Path, how: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        pool.ask(_generate(plugin, how))
    assert pool.ask(_generate(plugin, "fine")).results == {"0": b"fine0"}


def test_a_job_that_hangs_is_stopped(plugin: Path) -> None:
    with Pool(1, seconds=0.8) as pool, pytest.raises(StepCrashed, match="took too long"):
        pool.ask(_generate(plugin, "hang"))


def test_printing_does_not_disturb_the_answers(pool: Pool, plugin: Path) -> None:
    assert pool.ask(_generate(plugin, "print")).results == {"0": b"print0"}


def test_a_worker_sees_no_keys(plugin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEONARDO_API_KEY", "canary")
    with Pool(1) as pool:
        assert b"LEONARDO" not in pool.ask(_generate(plugin, "environment")).results["0"]


def test_two_threads_share_two_workers(plugin: Path) -> None:
    answers: list[bytes] = []
    with Pool(2) as pool:
        jobs = [_generate(plugin, f"job-{n}-") for n in range(8)]
        threads = [
            threading.Thread(target=lambda job=job: answers.append(pool.ask(job).results["0"]))
            for job in jobs
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(answers) == sorted(f"job-{n}-0".encode() for n in range(8))


def test_a_closed_pool_says_so(plugin: Path) -> None:
    pool = Pool(1)
    pool.close()
    with pytest.raises(StepCrashed, match="stopped"):
        pool.ask(_generate(plugin, "fine"))


def test_a_format_must_write_the_parts_it_declared(pool: Pool, plugin: Path) -> None:
    picture = pack(Picture(size=(3, 2), pixels=bytes(24)))
    done = pool.ask(Write(picture, _call(plugin, "Dot"), (), {}, {}))
    assert done.results == {"": b"dot"}
    assert done.facts == {"size": "(3, 2)"}
    with pytest.raises(StepFailed, match=r"dot: wrote the parts \['other'\] where \[''\] were due"):
        pool.ask(Write(picture, _call(plugin, "Dot", wrong=True), (), {}, {}))


def test_prepare_without_steps_is_intake(pool: Pool) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M0 0h24v24z"/></svg>'
    done = pool.ask(Prepare(svg, b"", (), {}, {}))
    assert unpack(done.results["picture"]).size == (24, 24)


def test_pack_and_unpack_agree() -> None:
    picture = Picture(size=(2, 1), pixels=b"12345678", ppi=300.0, facts={"a": "b"})
    assert unpack(pack(picture)) == picture
