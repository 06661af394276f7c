"""GitHub Actions: mistakes and failures as annotations on the lines they are about, and a job summary.

Reads the runner's environment variables. Writes workflow commands to standard error, which the runner reads
like standard output, and a table to $GITHUB_STEP_SUMMARY.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from tympan.build import Event
from tympan.checkout import Checkout, find_root
from tympan.cli.talk import Talk, sentence
from tympan.errors import FilesError, Problem, SpecErrors, TympanError, Where
from tympan.files import Files

# A summary may have 1 MiB; nobody reads the hundredth row.
_ROWS = 100
_TASK_TABLE = {"source": "source", "prepare": "prep"}


def in_actions() -> bool:
    """Whether this process runs in a job of GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def command(kind: str, message: str, where: Where | None = None, title: str = "") -> str:
    """One workflow command: kind "error", "warning" or "notice". `where.file` is from the workspace.

    Escaping as the runner undoes it (actions/toolkit, packages/core/src/command.ts): %, CR and LF everywhere,
    also : and , in properties. The runner's older commands begin with ##[ anywhere in a line.
    """
    properties = []
    if where is not None and where.file:
        properties.append(f"file={_property(where.file)}")
        properties += [f"line={where.line}"] if where.line else []
        properties += [f"col={where.column}"] if where.column else []
    if title:
        properties.append(f"title={_property(title)}")
    head = f"::{kind} {','.join(properties)}" if properties else f"::{kind}"
    return f"{head}::{_data(message)}"


def annotate(error: Exception, folder: Path) -> None:
    """Say an error that ends a command where GitHub shows it; each mistake of specs on its own line.

    folder: where the command works, in the project or below it.
    """
    if not isinstance(error, TympanError):
        return
    try:
        root = find_root(folder.absolute())
    except TympanError:
        root = folder
    problems = [Problem(error.where or Where(""), error.message, error.hint)]
    if isinstance(error, SpecErrors):
        problems = error.problems
    for problem in problems:
        text = f"{problem.message} ({problem.hint})" if problem.hint else problem.message
        _say(command("error", text, _from_workspace(problem.where, root)))


class GitHubTalk(Talk):
    """Shows failures and warnings as annotations, and at the end a table in the job summary."""

    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout
        self._failed: list[Event] = []
        self._warned: list[Event] = []
        self._gated: list[Event] = []

    def tell(self, event: Event) -> None:
        """Annotate a failure, a check's warnings, or what waits for an approval."""
        if event.did == "failed":
            self._failed.append(event)
            _say(command("error", event.message, self._where(event), title=event.node))
        if event.warnings:
            self._warned.append(event)
        if event.did == "gated":
            self._gated.append(event)
            _say(command("warning", _text(event), self._where(event), title=event.node))
        for text in event.warnings:
            _say(command("warning", text, self._where(event), title=event.node))

    def end(self, result: Mapping[str, Any]) -> None:
        """Add the table to the job summary, if the runner wants one."""
        path = os.environ.get("GITHUB_STEP_SUMMARY", "")
        if not path:
            return
        text = "\n".join(_table(result, self._failed, self._warned, self._gated)) + "\n"
        try:
            Files(Path(path).parent).append(Path(path).name, text.encode())
        except FilesError as error:
            click.echo(f"no job summary: {error}", err=True)

    def _where(self, event: Event) -> Where:
        node = self._checkout.graph.nodes.get(event.node)
        if node is None:
            return Where("")
        key = ("target", node.target.target) if node.target else (_TASK_TABLE[node.kind],)
        return _from_workspace(self._checkout.origins(node.asset, key), self._checkout.files.root)


def _from_workspace(where: Where, root: Path) -> Where:
    """A place in the project, as a place in the checked out repository."""
    workspace = os.environ.get("GITHUB_WORKSPACE", "")
    if not where.file or not workspace:
        return where
    below = os.path.relpath(os.path.realpath(root), os.path.realpath(workspace))
    inside = below != ".." and not below.startswith(f"..{os.sep}")
    file = Path(below, where.file).as_posix() if inside else where.file
    return Where(file, where.line, where.column)


def _say(line: str) -> None:
    click.echo(line, err=True)


def _data(text: str) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace("##[", "# #[")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _text(event: Event) -> str:
    return f"gated: {'; '.join(event.reasons)}"


def _table(
    result: Mapping[str, Any], failed: list[Event], warned: list[Event], gated: list[Event]
) -> Iterable[str]:
    yield "### tympan\n"
    yield f"{_cell(sentence(dict(result)))}\n"
    yield "| outputs | computed | restored | removed | failed | warnings |"
    yield "|---:|---:|---:|---:|---:|---:|"
    counts = [result[word] for word in ("outputs", "computed", "restored", "removed")]
    counts += [len(result["failed"]), sum(len(event.warnings) for event in warned)]
    yield f"| {' | '.join(map(str, counts))} |\n"
    rows = [("failed", event.node, event.message) for event in failed]
    rows += [("warning", event.node, text) for event in warned for text in event.warnings]
    rows += [("gated", event.node, "; ".join(event.reasons)) for event in gated]
    if rows:
        yield "| | task | |\n|---|---|---|"
        yield from (f"| {word} | `{_code(node)}` | {_cell(text)} |" for word, node, text in rows[:_ROWS])
        yield f"\n... and {len(rows) - _ROWS} more\n" if len(rows) > _ROWS else ""


def _cell(text: str) -> str:
    """Foreign text as plain text of one table cell."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]|~@#!])", r"\\\1", text).replace("\r", "").replace("\n", "<br>")


def _code(text: str) -> str:
    return text.replace("`", "'").replace("|", "\\|")
