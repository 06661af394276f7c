"""The house guards: import direction, size, seams, documentation.

Reads the sources as text and as trees.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "src" / "tympan"
PLUGINS = ROOT / "plugins" / "tympan_plugins"

# A room imports only from rooms above it; rooms of one row may not import each other, but their parts may.
ROWS = [
    ["errors", "limits", "versions", "clock", "profiles", "fresh", "disk", "framing", "aside"],
    ["trees"],
    ["likeness"],
    ["putback"],
    ["switch"],
    ["model", "outside"],
    ["plugin"],
    ["chunks", "descriptor", "inbox", "page", "svg", "todo"],
    ["marks"],
    ["files", "secret"],
    ["web"],
    ["spec"],
    ["hookspecs", "trust"],
    ["plugins"],
    ["plan"],
    ["intake", "looks", "render", "appearance", "gauge"],
    ["context", "compare", "proof", "printed"],
    ["views"],
    ["worker"],
    ["database", "journal", "actions"],
    ["ahead"],
    ["store", "ledger", "lock", "decisions"],
    ["asked"],
    ["approval", "rounds", "state", "tidy"],
    ["checkout", "maps"],
    ["placed"],
    ["outputs", "seen", "standing", "ship"],
    ["drift"],
    ["build"],
    ["asking", "drafts", "together"],
    ["sheet"],
    ["review"],
    ["tasks"],
    ["recalibrate"],
    ["cli"],
    ["start"],
]
ROW = {room: n for n, row in enumerate(ROWS) for room in row}
SOURCES = sorted(CORE.rglob("*.py")) + sorted(PLUGINS.rglob("*.py")) + sorted((ROOT / "plugins").glob("*.py"))


def _room(path: Path) -> str:
    return path.relative_to(CORE).parts[0].removesuffix(".py")


def _imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found += [node.module] if node.module != "tympan" else [f"tympan.{n.name}" for n in node.names]
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
    return found


@pytest.mark.parametrize("path", sorted(CORE.rglob("*.py")), ids=lambda p: str(p.relative_to(CORE)))
def test_a_core_room_imports_only_rooms_above_it(path: Path) -> None:
    if path == CORE / "__init__.py":
        return
    room = _room(path)
    for name in _imports(path):
        assert not name.startswith("tympan_plugins"), f"the core knows no plugin: {name}"
        if not name.startswith("tympan."):
            continue
        other = name.split(".")[1]
        assert other == room or ROW[other] < ROW[room], f"{room} may not import {other}"


@pytest.mark.parametrize("path", sorted(PLUGINS.rglob("*.py")), ids=lambda p: str(p.relative_to(PLUGINS)))
def test_a_first_party_plugin_imports_only_public_names(path: Path) -> None:
    import tympan

    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "tympan":
            assert node.module == "tympan", f"{node.module} is not public"
            assert {alias.name for alias in node.names} <= set(tympan.__all__)
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("tympan.") for alias in node.names)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_size_and_docstring(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 300, "a module has at most 300 lines"
    tree = ast.parse(text)
    doc = ast.get_docstring(tree)
    assert doc, "a module says what it is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= 40, f"{node.name} has {lines} lines, at most 40"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_seams(path: Path) -> None:
    room = _room(path) if path.is_relative_to(CORE) else "plugin"
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called == "open" or called.endswith((".write_text", ".write_bytes")):
            assert room in ("files", "fresh"), f"{called}: all files go through tympan.files"
        if called == "print":
            assert room == "cli", "only the command line prints"
        if re.fullmatch(r"(datetime\.)?datetime\.(now|utcnow|today)|time\.(time|monotonic)|time_ns", called):
            assert room == "clock", f"{called}: only the clock tells the time"


def test_no_room_is_called_by_a_word_that_says_nothing() -> None:
    for path in SOURCES:
        words = set(re.split(r"[/._]", path.relative_to(ROOT).with_suffix("").as_posix()))
        assert not words & {"utils", "util", "helpers", "helper", "common", "manager", "base", "backend"}


def test_every_public_function_and_class_of_the_core_is_documented() -> None:
    missing = []
    for path in sorted(CORE.rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            is_thing = isinstance(node, ast.FunctionDef | ast.ClassDef)
            if is_thing and not node.name.startswith("_") and not ast.get_docstring(node):
                missing.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert not missing


def test_nothing_names_this_machine_or_a_registry() -> None:
    words = ["/work" + "/", "pypi" + ".org", "registry.npmjs" + ".org", "files.pythonhosted" + ".org"]
    listed = [path for path in ROOT.rglob("*") if path.is_file() and _is_ours(path)]
    for path in listed:
        text = path.read_text(errors="ignore")
        assert not [word for word in words if word in text], path


def _is_ours(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    hidden = {".git", ".venv", ".tympan", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
    if hidden & set(parts) or "__pycache__" in parts or parts[0] in ("uv.lock", "htmlcov"):
        return False
    return path.suffix in {".py", ".toml", ".md", ".txt", ".json", ".yml", ".cfg", ""}
