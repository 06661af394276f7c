"""`tympan watch`: build, wait for a change, build again.

Reads the checkout. Writes through the build; holds the lock only while it builds.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any

import click

from tympan.build import Event as BuildEvent
from tympan.checkout import Checkout, find_root
from tympan.cli.build import run_session
from tympan.cli.door import default_jobs
from tympan.cli.session import Session, show
from tympan.cli.talk import JsonTalk, Talk, lines_of
from tympan.errors import Busy, TympanError, UsageError
from tympan.files import Files
from tympan.plan.pick import pick

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
# Names of changed files in one line.
_NAMED = 3
_BUSY_SECONDS = 0.5


@click.command()
@click.argument("wanted", nargs=-1, metavar="[ASSET|TASK]...")
@click.option("-j", "--jobs", type=click.IntRange(1, 256), help="Workers at once; as many as cores.")
@click.option("--json", "as_json", is_flag=True, help="Events as JSON lines on standard output.")
@click.pass_obj
def watch(folder: Path, wanted: tuple[str, ...], jobs: int | None, as_json: bool) -> None:
    """Build, and build again whenever a spec, a token, an input or a local plugin changes, until Ctrl-C.

    Mistakes are shown and waited out. Others may build meanwhile: the lock is held only while building.
    """
    files = Files(find_root(folder.absolute()))
    with _heard() as (stop, codes):
        watcher = _Watcher(files, wanted, jobs or default_jobs(), as_json, stop)
        watcher.run()
    click.echo("stopped watching", err=True)
    raise click.exceptions.Exit(codes[0])


class WatchTalk(Talk):
    """One line for each output as it is written, on standard output; troubles on standard error."""

    def tell(self, event: BuildEvent) -> None:
        """Show one event; sources and prepared pictures stay silent."""
        if event.did == "failed":
            super().tell(event)
            return
        for path in event.outputs:
            click.echo(f"{event.did} {path}" + (f" ({event.seconds:.2f} s)" if event.seconds else ""))
        if event.warnings:
            click.echo("\n".join(list(lines_of(event))[1:]), err=True)


class _Watcher:
    def __init__(self, files: Files, wanted: tuple[str, ...], jobs: int, as_json: bool, stop: Event) -> None:
        self._files = files
        self._wanted = wanted
        self._jobs = jobs
        self._as_json = as_json
        self._stop = stop

    def run(self) -> None:
        """Build at every change until told to stop. UsageError if it is called wrongly."""
        from tympan.cli.changes import Changes

        begun = False
        for changed in Changes(self._files, self._stop):
            if changed:
                more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
                click.echo(f"changed: {', '.join(changed[:_NAMED])}{more}", err=True)
            try:
                self._build_when_free()
            except TympanError as error:
                if isinstance(error, UsageError) and not begun:
                    raise
                click.echo(str(error), err=True)
            begun = True
            if not self._stop.is_set():
                click.echo("watching; Ctrl-C ends it", err=True)

    def _build_when_free(self) -> None:
        told = False
        while not self._stop.is_set():
            try:
                self._build()
                return
            except Busy as error:
                if not told:
                    click.echo(str(error), err=True)
                told = True
                self._stop.wait(_BUSY_SECONDS)

    def _build(self) -> None:
        checkout = Checkout(self._files.root)
        talk = JsonTalk() if self._as_json else WatchTalk()
        arguments = {"verb": "watch", "wanted": self._wanted}
        session = Session(checkout, talk, jobs=self._jobs, arguments=arguments)
        nodes = pick(checkout.graph, self._wanted)
        if self._stop.is_set():
            return
        session.lock()
        try:
            run_session(session, nodes, keep_going=True)
        finally:
            session.close()
        show(session.result(nodes), as_json=self._as_json)


@contextmanager
def _heard() -> Iterator[tuple[Event, list[int]]]:
    """An event that is set by Ctrl-C and its like, and the exit code that goes with them."""
    stop, codes = Event(), [0]
    before: dict[int, Any] = {}

    def hear(number: int, frame: FrameType | None) -> None:
        codes[0] = 128 + number
        stop.set()

    for number in (getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)):
        if signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, hear)
    try:
        yield stop, codes
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
