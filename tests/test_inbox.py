"""Matching the inbox: 20 synthetic downloads of 8 jobs, every one right or a question, none wrong."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.services.downloads import job_id, midjourney, png

from tympan import Claim, Recalled, Request
from tympan.chunks import textual
from tympan.files import Files, digest
from tympan.inbox import Dropped, Job, Match, match
from tympan.plugins import Plugins
from tympan_plugins.generators.inbox import Inbox, InboxParams
from tympan_plugins.generators.midjourney.generator import Midjourney, MidjourneyParams
from tympan_plugins.recall.midjourney import MidjourneyFiles

GENERATORS = {"midjourney": Midjourney(), "inbox": Inbox()}


def asked(prompt: str, seed: int, model: str = "7", **options: object) -> Request:
    made = msgspec.to_builtins(MidjourneyParams(**options))  # type: ignore[arg-type]
    return Request(generator="midjourney", prompt=prompt, model=model, seed=seed, candidates=4, options=made)


def other(prompt: str, **options: object) -> Request:
    made = msgspec.to_builtins(InboxParams(**options))  # type: ignore[arg-type]
    return Request(generator="inbox", prompt=prompt, options=made)


FOX, LONG = "a red fox, flat vector", "a small lighthouse on a cliff at night, two colours, thick outlines"
JOBS = [
    Job(id="fox-1", generator="midjourney", asset="logo/fox", request=asked(FOX, 7)),
    Job(id="fox-2", generator="midjourney", asset="logo/fox", request=asked(FOX, 8)),
    Job(id="fox-8.1", generator="midjourney", asset="logo/fox-new", request=asked(FOX, 7, "8.1")),
    Job(id="light", generator="midjourney", asset="hero/light", request=asked(LONG, 42, ar="3:2", stylize=250)),
    Job(id="owl", generator="midjourney", asset="logo/owl", request=asked("an owl", 42, job_ids=(job_id(90),))),
    Job(id="edit", generator="midjourney", asset="hero/edit",
        request=msgspec.structs.replace(asked("a green door", 5, "8.1"), operation="vary-region", region="d" * 64)),
    Job(id="done", generator="midjourney", asset="logo/done", request=asked("a snail", 3), open=False, there=(job_id(70),)),
    Job(id="3f2a91bc-firefly", generator="inbox", asset="photo/mug", request=other("a mug on a table", match="brand-mug")),
]  # fmt: skip

END = "--v 7"
# name, bytes, the job or the word that is expected, and what the reason must say.
DOWNLOADS = [
    ("peter_a_red_fox_1.png", midjourney(f"{FOX} --seed 7 {END}", job_id(1), seed=1), "fox-1", "prompt and seed"),
    (f"peter_a_red_fox_{job_id(2)}_3.png", midjourney(f"{FOX} --seed 8 {END}", job_id(2), seed=2), "fox-2", "prompt and seed"),
    ("renamed by hand.png", midjourney("a red  fox, flat vector --seed 7 --v 8.1", job_id(3), seed=3), "fox-8.1", "prompt and seed"),
    ("x.png", midjourney(f"{FOX} --seed 9 {END}", job_id(4), seed=4), "unknown", "of no open job"),
    ("y.png", midjourney(f"{FOX} {END}", job_id(5), seed=5), "ambiguous", "2 jobs with equal right"),
    ("fast.png", midjourney(f"{FOX} --v 7 --fast --seed 7", job_id(6), seed=6), "fox-1", "prompt and seed"),
    ("own.png", midjourney(f"{FOX} --seed 7 --profile abc --stylize 50 {END}", job_id(7), seed=7), "fox-1", "also has --profile abc --stylize 50"),
    ("wide.png", midjourney(f"{FOX} --ar 3:2 --seed 7 {END}", job_id(8), seed=8), "unknown", "of no open job"),
    ("light.png", midjourney(f"{LONG} --s 250 --ar 3:2 --seed 42 {END}", job_id(9), seed=9), "light", "prompt and seed"),
    ("typo.png", midjourney(f"{LONG}, sharp --ar 3:2 --s 250 --seed 42 {END}", job_id(10), seed=10), "light", "almost the prompt"),
    (f"peter_a_small_lighthouse_on_a_cliff_at_ni_{job_id(11)}_0.png", png({}, seed=11), "light", "words of its name"),
    (f"u123_peter_a_red_fox_flat_vector_{job_id(12)}_0.png", png({}, seed=12), "ambiguous", "3 jobs with equal right"),
    (f"peter_a_red_fox_flat_vector_{job_id(2)}_1.png", png({}, seed=13), "fox-2", f"the same Job ID {job_id(2)} as peter_a_red_fox"),
    ("owl.png", midjourney(f"something else --seed 1 {END}", job_id(90), seed=14), "owl", "is in the spec"),
    ("door.png", midjourney("a green door --seed 5 --v 6.1", job_id(15), seed=15), "edit", "prompt and seed"),
    (f"z_{job_id(70)}_2.png", png({}, seed=16), "late", f"the same Job ID {job_id(70)}"),
    ("snail.png", midjourney(f"a snail --seed 3 {END}", job_id(17), seed=17), "late", "prompt and seed"),
    ("Mug 3f2a91bc v2.png", png({}, seed=18), "3f2a91bc-firefly", "3f2a91bc is in its name"),
    ("brand mug.png", png({}, seed=19), "3f2a91bc-firefly", "'brand-mug' is in its name"),
    ("holiday.png", png({}, seed=20), "unknown", "nothing in it"),
]  # fmt: skip


def dropped(name: str, data: bytes) -> Dropped:
    chunks = textual(data)
    found = MidjourneyFiles().recall(chunks, name) or Recalled()
    return Dropped(name, digest(data), msgspec.structs.replace(found, chunks=chunks))


def claim(file: Dropped, job: Job) -> Claim | None:
    return GENERATORS[job.generator].claim(file.recalled, file.name, job.request, job.id)


def matches() -> list[Match]:
    return match([dropped(name, data) for name, data, _, _ in DOWNLOADS], JOBS, claim, {})


@pytest.mark.parametrize("n", range(len(DOWNLOADS)), ids=[name for name, *_ in DOWNLOADS])
def test_each_download_finds_its_job_or_is_a_question(n: int) -> None:
    found = matches()[n]
    _, _, expected, why = DOWNLOADS[n]
    assert (found.job if found.verdict == "assigned" else found.verdict) == expected, found.why
    assert why in found.why


def test_none_is_matched_wrongly_whichever_come_alone() -> None:
    assert len(DOWNLOADS) == 20
    for name, data, expected, _ in DOWNLOADS:
        [found] = match([dropped(name, data)], JOBS, claim, {})
        assert found.verdict in ("ambiguous", "unknown", "late") or found.job == expected


@pytest.mark.parametrize(
    ("options", "there", "strength"),
    [
        ({"profile": "default"}, "--profile abc123", 2),
        ({"sref": ("random",)}, "--sref 3741912352", 2),
        ({"sref": ("random",)}, "", 0),
        ({"stylize": 100, "chaos": 0}, "", 2),
        ({}, "--stylize 100 --quality 1", 2),
        ({"ar": "16:12"}, "--ar 4:3", 2),
        ({"stylize": 100}, "--stylize 250", 0),
        ({"quality": 2}, "--q 2", 2),
        ({"quality": 2}, "--q 4", 0),
        ({"raw": True}, "--style raw", 2),
        ({"sref": ("12", "https://example.com/a.png")}, "--sref 12 https://cdn.midjourney.com/u/b.png", 2),
        ({"sref": ("12",)}, "--sref 13", 0),
        ({"speed": "relax"}, "--turbo --stealth", 2),
        ({}, "--raw", 1),
        ({}, "--ar 2:1", 0),
    ],
)
def test_what_midjourney_writes_otherwise_is_the_same_prompt(
    options: dict[str, object], there: str, strength: int
) -> None:
    job = Job(id="j", generator="midjourney", asset="a", request=asked(FOX, 7, **options))
    made = claim(dropped("x.png", midjourney(f"{FOX} {there} --seed 7 --v 7", job_id(1))), job)
    assert (made.strength if made else 0) == strength


def test_index_and_texts_are_kept() -> None:
    found = matches()[1]
    assert found.index == 3
    assert found.file.recalled.chunks["Author"] == "peter"
    assert found.file.recalled.chunks["Creation Time"].startswith("Tue, 24 Nov")
    assert found.file.recalled.chunks["Software-note"].startswith("synthetic")


def test_what_was_taken_in_is_known_and_equal_bytes_count_once() -> None:
    first = dropped(*DOWNLOADS[0][:2])
    again = Dropped("copy.png", first.digest, first.recalled)
    found = match([first, again], JOBS, claim, {})
    assert [each.verdict for each in found] == ["assigned", "known"]
    assert match([first], JOBS, claim, {first.digest: "fox-1"})[0].verdict == "known"


def test_one_job_over_there_cannot_be_two_here() -> None:
    files = [dropped(f"{s}.png", midjourney(f"{FOX} --seed {s} {END}", job_id(1), seed=s)) for s in (7, 8)]
    assert [each.verdict for each in match(files, JOBS, claim, {})] == ["ambiguous"] * 2


def test_the_generators_and_recallers_come_in_by_entry_point(tmp_path: Path) -> None:
    plugins = Plugins(Files(tmp_path), "plugins", trusted=False)
    assert {"inbox", "midjourney"} <= set(plugins.names("generator"))
    assert {"a1111", "comfyui", "invokeai", "midjourney", "xmp"} <= set(plugins.names("recaller"))


def test_inbox_tells_everything_and_refuses_nothing_to_do() -> None:
    box = Inbox()
    request = msgspec.structs.replace(other("a mug", tool="Firefly", price=2.5), model="5", candidates=3)
    told = box.instruct(request, "3f2a91bc-0000")
    assert told.copy == "a mug"
    assert "use Firefly, model 5" in told.notes
    assert any("3f2a91bc" in note for note in told.notes)
    assert box.estimate(request).amount == 7.5
    assert list(box.check(request)) == []
    assert list(box.check(other(""))) == ["there is nothing to do: give source.prompt, or options.notes"]
    assert "options.match needs 4" in next(iter(box.check(other("a", match="-a"))))
    same = Recalled(prompt="a mug", seed=None)
    assert box.claim(same, "x.png", request, "3f2a91bc-0000") == Claim(2, "prompt")
    assert box.claim(Recalled(prompt="a cup"), "x.png", request, "3f2a91bc-0000") is None


_TEXTS = st.sampled_from(
    ["a red fox", "a red fox, flat", "a red fox --chaos 5", "an owl at night in the old town", "an owl"]
)
_JOBS = st.lists(
    st.tuples(
        _TEXTS, st.sampled_from([7, 8, 42]), st.sampled_from(["7", "8.1"]), st.sampled_from(["", "3:2"])
    ),
    min_size=1,
    max_size=8,
    unique=True,
)
# What became of a download on its way: which of its texts are left, and what its name is.
_FATE = st.tuples(
    st.integers(0, 7), st.sampled_from(["whole", "no seed", "no texts"]), st.booleans(), st.integers(0, 3)
)


@settings(max_examples=400, deadline=None)
@given(_JOBS, st.lists(_FATE, min_size=1, max_size=12))
def test_no_download_is_ever_given_to_another_job(
    made: list[tuple[str, int, str, str]], fates: list[tuple[int, str, bool, int]]
) -> None:
    jobs = [
        Job(id=f"job-{n}", generator="midjourney", asset="a", request=asked(text, seed, model, ar=ar))
        for n, (text, seed, model, ar) in enumerate(made)
    ]
    files, truth = [], {}
    for nth, (which, fate, named, index) in enumerate(fates):
        job = jobs[which % len(jobs)]
        prompt = GENERATORS["midjourney"].instruct(job.request, job.id).copy
        there = job_id(100 + which % len(jobs))
        name = f"peter_{'_'.join(prompt.split())[:40]}_{there}_{index}.png" if named else f"{nth}.png"
        if fate == "no texts":
            data = png({}, seed=nth)
        else:
            seeded = prompt if fate == "whole" else prompt.replace(f" --seed {job.request.seed}", "")
            data = midjourney(seeded, there, seed=nth)
        file = dropped(name.replace(":", ""), data)
        files.append(file)
        truth[file.digest] = job.id
    for found in match(files, jobs, claim, {}):
        own = truth[found.file.digest]
        assert found.verdict in ("assigned", "ambiguous", "unknown", "known")
        assert found.verdict != "assigned" or found.job == own, found.why
        assert found.verdict != "ambiguous" or own in found.among
