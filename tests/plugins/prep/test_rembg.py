"""The method `rembg:` of the step mask: what it refuses, and rembg's real custom session with a toy network.

Reads data/toy.onnx: 916 bytes with u2net's signature; its output is the distance to the mean of the corners.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from tests.plugins.prep.subjects import composited, ground, opaque, subject

from tympan import Picture, StepFailed
from tympan.context import JobContext
from tympan_plugins.prep import neural
from tympan_plugins.prep.mask import Mask, MaskParams

TOY = Path(__file__).with_name("data") / "toy.onnx"
PICTURE = composited(*subject("star"), ground("white"), noise=1.0)
installed = pytest.mark.skipif(
    not (importlib.util.find_spec("rembg") and importlib.util.find_spec("onnxruntime")),
    reason="the extra rembg is not installed",
)


def cut(picture: Picture, **keys: object) -> Picture:
    return Mask().run(picture, msgspec.convert(keys, MaskParams), JobContext())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.delenv("U2NET_HOME", raising=False)
    monkeypatch.setenv("REMBG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    shutil.copy(TOY, tmp_path / "toy.onnx")
    yield tmp_path
    neural._session.cache_clear()


@pytest.mark.parametrize(
    ("method", "keys", "code"),
    [
        ("rembg:withoutbg", {}, "MASK-CLOUD"),
        ("rembg:atlascloud", {}, "MASK-CLOUD"),
        ("rembg:bria-rmbg", {}, "MASK-LICENSE"),
        ("rembg:u2net_custom", {}, "MASK-NO-MODEL"),
        ("rembg:u2net:toy.onnx", {}, "MASK-NO-MODEL"),
    ],
)
def test_refused_before_anything_heavy_is_imported(method: str, keys: dict[str, object], code: str) -> None:
    with pytest.raises(StepFailed, match=code) as caught:
        cut(PICTURE, method=method, **keys)
    assert caught.value.hint


def test_a_plain_picture_has_no_subject_although_a_network_would_find_one() -> None:
    with pytest.raises(StepFailed, match="MASK-EMPTY"):
        cut(opaque(np.full((50, 50, 3), 250, np.uint8)), method="rembg:u2net_custom:toy.onnx")


@pytest.mark.skipif(bool(importlib.util.find_spec("rembg")), reason="rembg is installed")
def test_without_the_extra_the_hint_says_what_to_install() -> None:
    with pytest.raises(StepFailed, match="MASK-NO-BACKEND") as caught:
        cut(PICTURE, method="rembg:u2net")
    assert "tympan[rembg]" in caught.value.hint


@pytest.mark.parametrize(
    "method", ["rembg:", "rembg:../x", "rembg:u2net_custom:../toy.onnx", "rembg:a:/b", "grabcut"]
)
def test_methods_are_checked(method: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"method": method}, MaskParams)


def test_colour_behind_a_foreign_alpha_is_straight() -> None:
    alpha = np.zeros((60, 60), np.float32)
    alpha[15:45, 15:45] = 1
    alpha[15:45, 45:47] = 0.5
    true = np.ones((60, 60, 3)) * (200 / 255, 100 / 255, 50 / 255)
    rgb = (alpha[..., None] * true + (1 - alpha[..., None]) * 1.0).astype(np.float32)
    colour = neural._colour(rgb, alpha)
    assert np.abs(255 * colour[alpha > 0] - (200, 100, 50)).max() < 2


@installed
@pytest.mark.rembg
@pytest.mark.slow
def test_real_session_with_a_toy_network(home: Path) -> None:
    digest = hashlib.sha256(TOY.read_bytes()).hexdigest()
    keys = {"method": "rembg:u2net_custom:toy.onnx", "model_sha256": digest}
    done = cut(PICTURE, **keys)
    true = subject("star")[0] > 0.5
    found = done.array()[..., 3] > 127
    assert done.size == PICTURE.size
    assert (true & found).sum() / (true | found).sum() > 0.9
    assert done.facts["mask.model_sha256"] == digest
    assert done.facts["mask.method"] == "rembg:u2net_custom:toy.onnx"
    assert cut(PICTURE, **keys).pixels == done.pixels
    colour = done.array()[true][:, :3].astype(int)
    assert np.abs(colour - PICTURE.array()[true][:, :3]).mean() < 6, "straight, not premultiplied"


@installed
@pytest.mark.rembg
@pytest.mark.slow
@pytest.mark.parametrize(
    ("keys", "code", "told"),
    [
        ({"method": "rembg:u2net"}, "MASK-NO-WEIGHTS", "rembg d u2net"),
        ({"method": "rembg:bria-rmbg", "accept_license": "bria-nc"}, "MASK-NO-WEIGHTS", "never downloads"),
        ({"method": "rembg:u2net_custom:gone.onnx"}, "MASK-NO-WEIGHTS", "REMBG_HOME"),
        ({"method": "rembg:nosuch"}, "MASK-NO-MODEL", "birefnet-general"),
        ({"method": "rembg:sam"}, "MASK-NO-MODEL", "u2net"),
        ({"method": "rembg:u2net_custom:toy.onnx", "model_sha256": "0" * 64}, "MASK-HASH", "model_sha256"),
        ({"method": "rembg:u2net_custom:bad.onnx"}, "MASK-MODEL", "weights"),
    ],
)
def test_real_session_refusals(home: Path, keys: dict[str, object], code: str, told: str) -> None:
    (home / "bad.onnx").write_bytes(b"no network")
    with pytest.raises(StepFailed, match=code) as caught:
        cut(PICTURE, **keys)
    assert told in caught.value.hint


@installed
@pytest.mark.rembg
@pytest.mark.slow
def test_several_masks_are_refused(home: Path) -> None:
    class Two:
        def predict(self, image: object, *_: object, **__: object) -> list[object]:
            return [image.convert("L")] * 2  # type: ignore[attr-defined]

    session, neural._session = neural._session, lambda model, path: Two()  # type: ignore[assignment]
    try:
        with pytest.raises(StepFailed, match="MASK-MULTI"):
            cut(PICTURE, method="rembg:u2net_custom:toy.onnx")
    finally:
        neural._session = session
