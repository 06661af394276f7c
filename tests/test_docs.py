"""The documents: generated pages are current, links lead somewhere, README's commands are the real ones."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "SECURITY.md", "CHANGELOG.md")]
PAGES += sorted((ROOT / "docs").rglob("*.md"))


def _generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs/generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "page", ["docs/reference/commands.md", "docs/reference/hooks.md", "docs/reference/plugins.md"]
)
def test_a_generated_page_is_what_the_code_says(page: str) -> None:
    assert (ROOT / page).read_text() == _generate().PAGES[page](), "run python docs/generate.py"


def test_every_key_of_every_first_party_plugin_has_a_description() -> None:
    rows = [line for line in _generate().plugins().splitlines() if line.startswith("| `")]
    assert len(rows) > 40
    assert not [row for row in rows if re.fullmatch(r"\| [^|]* \| [^|]* \| [^|]* \| *\|", row)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_first_screen_has_the_two_commands() -> None:
    first_screen = "\n".join((ROOT / "README.md").read_text().splitlines()[:30])
    assert "pip install uv && uv run doit" in first_screen
    assert "pip install uv && uv run --group test pytest" in first_screen
    assert "uv run --group test pytest" in (ROOT / ".ci/run").read_text()


def test_every_verb_is_documented() -> None:
    from tympan.cli import VERBS

    text = "\n".join(page.read_text() for page in PAGES)
    missing = [verb for verb in VERBS if f"tympan {verb}" not in text]
    assert not missing


def test_every_fault_of_the_table_has_the_tests_it_names() -> None:
    page = (ROOT / "docs/explanation/how-tympan-is-tested.md").read_text()
    tests = "\n".join(path.read_text() for path in (ROOT / "tests/faults").glob("test_*.py"))
    rows = re.findall(r"^\| (\d+) \|.*\| ([^|]*) \|$", page, re.M)
    named = {name for _, names in rows for name in re.findall(r"`(\w+)`", names)}
    assert named == set(re.findall(r"^def (test_cases?_\w+)", tests, re.M))
    assert sorted({int(number) for number, _ in rows}) == list(range(1, 45))
