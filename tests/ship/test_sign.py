"""`tympan ship --sign`: files that verify as trusted, and no more when a byte is another."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image
from tests.conftest import Project

from tympan.gauge import gauge
from tympan.ship.sign import ANCHORS, CERTIFICATE, KEY, Signer

pytestmark = [
    pytest.mark.skipif(find_spec("c2pa") is None, reason='no c2pa: pip install "tympan[c2pa]"'),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl: apt-get install openssl"),
]
LEAF = """basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""
SPEC = """subject = "a house"
[target.png]
sizes = [64]
[target.print]
format = "cmyk-tiff"
ppi = 72
"""
IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
MARKED = f'''"""PNG whose XMP says what it is."""
import io
from PIL import PngImagePlugin
from tympan import File, Format, hookimpl

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
 rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 Iptc4xmpExt:DigitalSourceType="{IPTC}trainedAlgorithmicMedia"/></rdf:RDF></x:xmpmeta>"""

class Said(Format):
    NAME = "said"
    SUFFIX = "png"

    def write(self, picture, params, ctx):
        info = PngImagePlugin.PngInfo()
        info.add_itxt("XML:com.adobe.xmp", XMP)
        file = io.BytesIO()
        ctx.raster(picture, (32, 32)).image().save(file, "PNG", pnginfo=info)
        return [File(file.getvalue())]

@hookimpl
def tympan_formats():
    return [Said]
'''


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root of our own, and a certificate that it vouches for."""
    folder = tmp_path_factory.mktemp("papers")
    (folder / "leaf.ext").write_text(LEAF)
    curve = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
    for name in ("root", "leaf"):
        openssl(folder, "genpkey", *curve, "-out", f"{name}.key")
    may = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
    openssl(folder, "req", "-x509", "-new", "-key", "root.key", "-days", "9", "-subj", "/O=Test/CN=Root", *may, "-out", "root.pem")  # fmt: skip
    openssl(folder, "req", "-new", "-key", "leaf.key", "-subj", "/O=Test/CN=Signer", "-out", "leaf.csr")
    openssl(folder, "x509", "-req", "-in", "leaf.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "9", "-extfile", "leaf.ext", "-out", "leaf.pem")  # fmt: skip
    (folder / "chain.pem").write_bytes(
        (folder / "leaf.pem").read_bytes() + (folder / "root.pem").read_bytes()
    )
    return folder


@pytest.fixture
def signing(project: Project, papers: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An icon in four kinds of file, approved, and a certificate at hand."""
    monkeypatch.setenv(CERTIFICATE, str(papers / "chain.pem"))
    monkeypatch.setenv(KEY, str(papers / "leaf.key"))
    monkeypatch.setenv(ANCHORS, str(papers / "root.pem"))
    project.write("specs/icon/home.toml", SPEC)
    assert project.run("build").code == 0
    assert project.run("approve", "icon/home").code == 0
    return project


def signer(project: Project) -> Signer:
    import os

    return Signer(os.environ, project.root)


def entries(folder: Path) -> dict[str, dict]:
    return {each["path"]: each for each in json.loads((folder / "manifest.json").read_text())["files"]}


def test_every_file_verifies_as_trusted_and_shows_what_was_approved(signing: Project, tmp_path: Path) -> None:
    to = tmp_path / "dist"
    ran = signing.run("ship", str(to), "icon/home", "--sign")
    assert ran.code == 0, ran.err
    found = entries(to)
    assert {gauge((to / path).read_bytes()).kind for path in found} == {"svg", "webp", "png", "tiff"}
    for path, entry in found.items():
        data, before = (to / path).read_bytes(), (signing.root / "assets/out" / path).read_bytes()
        kind = gauge(data).kind
        assert signer(signing).state(data, kind) == "Trusted"
        assert signer(signing).state(before, kind) == ""
        assert entry["unsigned"] != entry["blake3"]
        assert len(entry["signer"]) == 64
        assert 2_000 < len(data) - len(before) < 9_000
        if kind != "svg":
            assert Image.open(io.BytesIO(data)).tobytes() == Image.open(io.BytesIO(before)).tobytes()
    assert signing.run("ship", str(to), "--check").code == 0


def test_one_flipped_byte_makes_it_invalid(signing: Project, tmp_path: Path) -> None:
    to = tmp_path / "dist"
    assert signing.run("ship", str(to), "icon/home", "--sign").code == 0
    for path in entries(to):
        data = (to / path).read_bytes()
        kind = gauge(data).kind
        # The last of the picture itself; a signature stands before it in an SVG and a PNG, behind it in a TIFF.
        at = (
            data.rindex(b"</svg>") - 8
            if kind == "svg"
            else data.rindex(b"IDAT") + 20
            if kind == "png"
            else 60
        )
        for place in (at, at + 1):
            other = bytearray(data)
            other[place] ^= 1
            assert signer(signing).state(bytes(other), kind) == "Invalid", (path, place)


def test_what_is_signed_already_is_not_signed_again(signing: Project, tmp_path: Path) -> None:
    to = tmp_path / "dist"
    signing.run("ship", str(to), "icon/home", "--sign")
    before = {path: (to / path).read_bytes() for path in [*entries(to), "manifest.json"]}
    ran = signing.run("ship", str(to), "icon/home", "--sign")
    assert "0 of them written" in ran.out
    assert {path: (to / path).read_bytes() for path in before} == before
    (to / "icon/home.svg").write_bytes(b"<svg/>")
    signing.run("ship", str(to), "icon/home", "--sign")
    assert signer(signing).state((to / "icon/home.svg").read_bytes(), "svg") == "Trusted"


def test_a_signed_source_stands_in_the_chain_and_xmp_says_what_it_is(
    signing: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import c2pa

    monkeypatch.setenv("TYMPAN_TRUST", "1")
    signing.write("plugins/said.py", MARKED)
    signing.write("specs/icon/said.toml", 'source.options.path = "refs/home.svg"\n[target.said]\n')
    signing.run("build")
    signing.run("approve", "icon/said")
    assert signing.run("ship", str(tmp_path / "one"), "icon:said:said", "--sign").code == 0
    data = (tmp_path / "one/icon/said.png").read_bytes()
    manifest = c2pa.Reader("image/png", io.BytesIO(data)).get_active_manifest()
    (action,) = manifest["assertions"][0]["data"]["actions"]
    assert (action["action"], action["digitalSourceType"]) == (
        "c2pa.created",
        f"{IPTC}trainedAlgorithmicMedia",
    )
    assert "thumbnail" not in manifest
    # What was signed by somebody becomes the source of something else.
    (signing.root / "assets/refs/signed.png").write_bytes(data)
    signing.write(
        "specs/icon/next.toml",
        'source.options.path = "refs/signed.png"\nprep.steps = []\ntarget.svg = false\n[target.said]\n',
    )
    assert signing.run("build").code == 0
    signing.run("approve", "icon/next")
    ran = signing.run("ship", str(tmp_path / "two"), "icon:next:said", "--sign")
    assert ran.code == 0, ran.err
    data = (tmp_path / "two/icon/next.png").read_bytes()
    manifest = c2pa.Reader("image/png", io.BytesIO(data)).get_active_manifest()
    (ingredient,) = manifest["ingredients"]
    assert ingredient["relationship"] == "parentOf"
    assert ingredient["active_manifest"]
    assert [each["action"] for each in manifest["assertions"][0]["data"]["actions"]] == [
        "c2pa.opened", "c2pa.edited", "c2pa.converted"
    ]  # fmt: skip
    assert signer(signing).state(data, "png") == "Trusted"


def test_certificates_and_keys_stay_out_of_the_project(
    signing: Project, papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = str(tmp_path / "dist")
    shutil.copy(papers / "leaf.key", signing.root / "leaf.key")
    monkeypatch.setenv(KEY, str(signing.root / "leaf.key"))
    ran = signing.run("ship", to, "icon/home", "--sign")
    assert ran.code == 2
    assert "names a file in the project" in ran.err
    monkeypatch.delenv(KEY)
    assert "TYMPAN_C2PA_KEY is not set" in signing.run("ship", to, "icon/home", "--sign").err
    monkeypatch.setenv(KEY, str(papers / "nothing.key"))
    assert signing.run("ship", to, "icon/home", "--sign").code == 2
    monkeypatch.setenv(KEY, str(papers / "root.key"))
    ran = signing.run("ship", to, "icon/home", "--sign")
    assert ran.code in (1, 4)
    assert not Path(to).exists()


def test_a_root_that_does_not_vouch_ends_it(
    signing: Project, papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ANCHORS, str(papers / "leaf.pem"))
    openssl(papers, "req", "-x509", "-new", "-key", "root.key", "-days", "9", "-subj", "/O=Other/CN=Other", "-out", "other.pem")  # fmt: skip
    monkeypatch.setenv(ANCHORS, str(papers / "other.pem"))
    ran = signing.run("ship", str(tmp_path / "dist"), "icon/home", "--sign")
    assert ran.code == 4
    assert "verifies as Valid" in ran.err
    monkeypatch.delenv(ANCHORS)
    assert signing.run("ship", str(tmp_path / "dist"), "icon/home", "--sign").code == 0
