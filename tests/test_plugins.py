from __future__ import annotations

from pathlib import Path

import pytest

from tympan.errors import NameClash, PluginError
from tympan.files import Files, digest
from tympan.plugins import Plugins, local_module
from tympan.trust import trust, trusted

STEP = """
from tympan import PrepStep, hookimpl

class Blur(PrepStep):
    NAME = "{name}"
    def run(self, picture, params, ctx):
        return picture

@hookimpl
def tympan_prep_steps():
    return [Blur]
"""


def _write(root: Path, name: str, text: str) -> None:
    (root / "plugins").mkdir(exist_ok=True)
    (root / "plugins" / name).write_text(text)


def _load(root: Path, *, trusted: bool = True) -> Plugins:
    return Plugins(Files(root), "plugins", trusted=trusted)


def test_the_first_party_plugins_come_in_by_entry_point(tmp_path: Path) -> None:
    plugins = _load(tmp_path)
    assert {"file", "sketch"} <= set(plugins.names("generator"))
    assert {"mask", "trim", "recolour", "resize"} <= set(plugins.names("prep_step"))
    assert {"svg", "png", "webp", "cmyk-tiff"} <= set(plugins.names("format"))
    assert {"ink", "bytes", "resolution"} <= set(plugins.names("check"))
    assert plugins.has_profile("fogra39-300")
    assert plugins.found("format", "svg").origin.startswith("tympan ")


def test_a_local_plugin_is_loaded_with_the_digest_of_its_code(tmp_path: Path) -> None:
    _write(tmp_path, "blur.py", STEP.format(name="blur"))
    found = _load(tmp_path).found("prep_step", "blur")
    assert found.origin == "plugins/blur.py"
    assert len(found.ref.code) == 64
    assert found.ref.file == str(tmp_path.resolve() / "plugins/blur.py")


def test_an_untrusted_local_plugin_is_read_but_not_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    _write(tmp_path, "blur.py", f"open({str(marker)!r}, 'w')\n" + STEP.format(name="blur"))
    plugins = _load(tmp_path, trusted=False)
    assert plugins.untrusted("prep_step", "blur") == "plugins/blur.py"
    assert plugins.all_untrusted() == [(("prep_step", "blur"), "plugins/blur.py")]
    assert plugins.find("prep_step", "blur") is None
    assert not marker.exists()


def test_two_plugins_that_claim_a_name_are_an_error_that_names_both(tmp_path: Path) -> None:
    _write(tmp_path, "one.py", STEP.format(name="blur"))
    _write(tmp_path, "two.py", STEP.format(name="blur") + "# the other\n")
    with pytest.raises(NameClash, match=r"prep step 'blur': plugins/one.py and plugins/two.py"):
        _load(tmp_path)
    _write(tmp_path, "two.py", STEP.format(name="trim"))
    with pytest.raises(
        NameClash, match=r"prep step 'trim': .*tympan .* and plugins/two.py|plugins/two.py and tympan"
    ):
        _load(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "from tympan import hookimpl\n@hookimpl\ndef tympan_prep_step():\n    return []\n",
            "plugins/odd.py: there is no hook 'tympan_prep_step' .did you mean \"tympan_prep_steps\"",
        ),
        (
            "def tympan_formats():\n    return []\n",
            "tympan_formats is not marked .put @tympan.hookimpl above it",
        ),
        (
            "from tympan import hookimpl\n@hookimpl\ndef tympan_formats():\n    return [3]\n",
            "gave 3, no Format class",
        ),
        (
            "from tympan import hookimpl\n@hookimpl\ndef tympan_formats():\n    return 1 / 0\n",
            "tympan_formats raised ZeroDivisionError",
        ),
        ("raise RuntimeError('no')\n", "does not load: RuntimeError: no"),
        ("import sys; sys.exit(1)\n", "does not load: SystemExit: 1"),
        ("def broken(:\n", "does not load: SyntaxError"),
    ],
)
def test_a_wrong_plugin_is_one_clear_error(tmp_path: Path, text: str, words: str) -> None:
    _write(tmp_path, "odd.py", text)
    with pytest.raises(PluginError, match=words):
        _load(tmp_path)
    _load(tmp_path, trusted=False)


def test_asking_for_what_nobody_brings(tmp_path: Path) -> None:
    plugins = _load(tmp_path)
    with pytest.raises(PluginError, match="no prep step is called 'blur'"):
        plugins.found("prep_step", "blur")
    with pytest.raises(PluginError, match="no profile is called 'fogra99'"):
        plugins.profile("fogra99")


def test_a_local_module_is_imported_once(tmp_path: Path) -> None:
    path = tmp_path / "once.py"
    path.write_text("COUNT = [1]\n")
    code = digest(path.read_bytes())
    first = local_module(str(path), code)
    assert first is local_module(str(path), code)
    # Equal size, equal second: Python's own import would take the compiled file of the first.
    path.write_text("COUNT = [2]\n")
    second = local_module(str(path), digest(path.read_bytes()))
    assert (first.COUNT, second.COUNT) == ([1], [2])
    with pytest.raises(PluginError, match="changed while it was used"):
        local_module(str(path), "f" * 64)


def test_trust_is_given_and_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TYMPAN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TYMPAN_TRUST", raising=False)
    here = tmp_path / "here"
    here.mkdir()
    assert not trusted(here)
    trust(here)
    assert trusted(here)
    assert not trusted(tmp_path)
    trust(here, revoke=True)
    assert not trusted(here)
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    assert trusted(here)
