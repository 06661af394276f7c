"""What a person sees while a build runs: a bar on a terminal, lines elsewhere, JSON lines if asked.

Reads events. Writes talk to standard error, JSON events to standard output.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import click
import msgspec

from tympan.build import Event
from tympan.secret import redact, redact_all
from tympan.switch import VERSION

_ENCODE = msgspec.json.Encoder().encode


class Talk:
    """Shows events as lines: the plain form, for logs and pipes."""

    def start(self, total: int) -> None:
        """So many actions are expected."""

    def tell(self, event: Event) -> None:
        """Show one event."""
        # click.echo looks the stream up for each line, which costs a restore more than its bytes do.
        sys.stderr.write("".join(f"{line}\n" for line in lines_of(event)))

    def stop(self) -> None:
        """The actions have ended, or were stopped; what is removed after them is still told."""

    def end(self, result: Mapping[str, Any]) -> None:
        """What the run came to."""


class Several(Talk):
    """Tells several talks."""

    def __init__(self, talks: Iterable[Talk]) -> None:
        self._talks = tuple(talks)

    def start(self, total: int) -> None:
        for talk in self._talks:
            talk.start(total)

    def tell(self, event: Event) -> None:
        for talk in self._talks:
            talk.tell(event)

    def stop(self) -> None:
        for talk in self._talks:
            talk.stop()

    def end(self, result: Mapping[str, Any]) -> None:
        for talk in self._talks:
            talk.end(result)


class JsonTalk(Talk):
    """Shows events as JSON lines on standard output."""

    def tell(self, event: Event) -> None:
        click.echo(line_of(event).decode())


class BarTalk(Talk):
    """Shows a progress bar; failures and warnings stay above it as lines."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            TextColumn("{task.description:<36.36}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("", total=None)

    def start(self, total: int) -> None:
        self._bar.update(self._task, total=total)
        if total:
            self._bar.start()

    def tell(self, event: Event) -> None:
        if event.did in ("computed", "restored"):
            self._bar.update(self._task, advance=1, description=event.node.lstrip("_"))
        for line in [f"warning: {event.node}: {each}" for each in event.warnings]:
            self._bar.console.print(line, markup=False, highlight=False)
        if event.did in ("asked", "progress"):
            self._bar.update(self._task, description=f"{event.node.lstrip('_')} {event.message}")
        if event.did in ("received", "todo", "open", "failed", "removed", "kept", "gated"):
            self._bar.console.print("\n".join(lines_of(event)), markup=False, highlight=False)

    def stop(self) -> None:
        self._bar.stop()


def make_talk(*, as_json: bool) -> Talk:
    """The form that suits where the talk goes."""
    if as_json:
        return JsonTalk()
    return BarTalk() if sys.stderr.isatty() else Talk()


def line_of(event: Event) -> bytes:
    """An event as one line of JSON, without the line break."""
    return _ENCODE(redact_all({"v": VERSION, **msgspec.to_builtins(event)}))


def lines_of(event: Event) -> Iterable[str]:
    """An event as lines of plain text, without secrets."""
    return [redact(line) for line in _lines_of(event)]


def _lines_of(event: Event) -> Iterable[str]:
    if event.did in ("asked", "received", "todo", "open"):
        yield f"{event.did} {event.node.lstrip('_')}: {event.message}"
        return
    if event.did == "progress":
        return
    if event.did == "failed":
        # Lines of foreign text must not look like lines of ours, nor like commands of a CI runner.
        yield f"FAILED {event.node}: {event.message}".replace("\n", "\n  | ")
    elif event.did == "gated":
        yield f"gated {event.node}: {'; '.join(event.reasons)}".replace("\n", "\n  | ")
    elif event.did in ("removed", "kept"):
        yield f"{event.did} {', '.join(event.outputs)}"
    elif event.outputs:
        yield f"{event.did} {event.node} -> {', '.join(event.outputs)} ({event.seconds:.2f} s)"
    else:
        yield f"{event.did} {event.node} ({event.seconds:.2f} s)"
    for each in event.warnings:
        yield f"warning: {event.node}: {each}".replace("\n", "\n  | ")


def summary(events: list[Event], outputs: int, blocked: Counter[str]) -> dict[str, Any]:
    """What a whole run came to; "tasks" counts the actions that ran."""
    did = Counter(event.did for event in events)
    written = [event for event in events if event.outputs and event.did in ("computed", "restored")]
    return {
        "outputs": outputs,
        "tasks": did["computed"] + did["restored"],
        "computed": sum(len(event.outputs) for event in written if event.did == "computed"),
        "restored": sum(len(event.outputs) for event in written if event.did == "restored"),
        "removed": did["removed"],
        "drafts": 0,
        "failed": sorted(event.node for event in events if event.did == "failed"),
        "blocked": dict(blocked),
    }


def idle(result: dict[str, Any]) -> dict[str, Any]:
    """The summary of the next run, if nothing changes until then."""
    return {**result, "tasks": 0, "computed": 0, "restored": 0, "removed": 0, "failed": []}


def sentence(result: dict[str, Any]) -> str:
    """The summary as one line."""
    held = "".join(f"; {count} {word}" for word, count in sorted(result["blocked"].items()))
    held += f"; {result['drafts']} drafts" if result["drafts"] else ""
    if not result["tasks"] and not result["failed"] and not result["removed"]:
        return f"nothing to do: {result['outputs']} outputs are as their specs say{held}"
    parts = [f"{result[word]} {word}" for word in ("computed", "restored", "removed") if result[word]]
    if result["failed"]:
        parts.append(f"{len(result['failed'])} failed")
    return f"{result['tasks']} tasks, {result['outputs']} outputs: {', '.join(parts) or '0 changed'}{held}"
