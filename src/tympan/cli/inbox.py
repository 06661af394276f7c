"""`tympan inbox` and `tympan inbox assign`: pictures that people made find their jobs.

Reads the inbox folder and the checkout. Writes the ledger, the store, locks and masters.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from tympan import inbox as words
from tympan import limits
from tympan.asking import keep_facts
from tympan.asking.byhand import ByHand
from tympan.asking.foreign import look, pictures
from tympan.checkout import Checkout, find_root
from tympan.cli.door import default_jobs
from tympan.cli.session import Session
from tympan.cli.talk import Talk
from tympan.cli.words import assets_of
from tympan.errors import FilesError, IntakeError, TaskError, UsageError
from tympan.files import Files, digest
from tympan.inbox import Dropped, Match

# Where people put what they made, if they do not say otherwise.
FOLDER = "inbox"


class Intray:
    """One run over the inbox, with the build lock held.

    by_hand: the jobs. waiting: how many files a person has to decide on. tells_all: whether files that
    nothing is known of are named.
    """

    def __init__(self, checkout: Checkout, session: Session) -> None:
        self.checkout = checkout
        self._session = session
        self.by_hand = ByHand(checkout)
        self._places: dict[str, tuple[Files, str]] = {}
        self.assets: set[str] = set()
        self.waiting = 0
        self.tells_all = True

    def look(self, files: Files, names: list[str]) -> list[Dropped]:
        """The files that are pictures; of others it is said why they are left."""
        found = []
        for name in names:
            try:
                file, _ = look(self.checkout.plugins, files, name)
            except (IntakeError, FilesError) as error:
                click.echo(f"refused    {ascii(name)[1:-1]}: {error}")
                continue
            self._places[file.digest] = (files, name)
            found.append(file)
        return found

    def sort(self, match: Match) -> None:
        """Take a file in, or say what hinders."""
        if match.verdict == words.ASSIGNED and self.by_hand.missing(self.by_hand.jobs[match.job]) > 0:
            self.take(match.file, match.job, match.why)
        elif match.verdict == words.AMBIGUOUS:
            self._ask(match)
        elif match.verdict in (words.ASSIGNED, words.LATE):
            job = self.by_hand.jobs[match.job]
            click.echo(
                f"late       {match.file.name}: {job.asset}#{job.id[:8]} has all its pictures; {match.why}"
            )
        elif match.verdict == words.UNKNOWN and (self.tells_all or match.file.recalled.tool):
            click.echo(f"unknown    {match.file.name}: {match.why}")

    def take(self, file: Dropped, job_id: str, why: str) -> bool:
        """Make a file a candidate; False if it cannot be read as a picture, and says so."""
        job = self.by_hand.jobs[job_id]
        files, name = self._places[file.digest]
        # Not kept since it was looked at: a folder of downloads may have gigabytes.
        data = files.read(name, limits.PICTURE_BYTES)
        try:
            if digest(data) != file.digest:
                raise IntakeError("it changed while it was looked at")
            self._session.try_on(data)
        except TaskError as error:
            click.echo(f"refused    {file.name}: {error}")
            return False
        number = self.by_hand.take(job, file, data, why)
        self.assets.add(job.asset)
        click.echo(f"taken      {file.name}: candidate {number} of {job.asset}, job {job.id[:8]}; {why}")
        return True

    def _ask(self, match: Match) -> None:
        jobs = [
            self.by_hand.jobs[id] for id in match.among if self.by_hand.missing(self.by_hand.jobs[id]) > 0
        ]
        click.echo(f"ambiguous  {match.file.name}: {match.why}")
        for number, job in enumerate(jobs, 1):
            prompt = str(job.request.get("prompt", ""))[:60]
            click.echo(f"           {number}  {job.asset}#{job.id[:8]}  {prompt}")
        answer = 0
        if jobs and sys.stdin.isatty():
            answer = click.prompt(
                "           which one (0: none)", type=click.IntRange(0, len(jobs)), default=0
            )
        if answer:
            self.take(match.file, jobs[answer - 1].id, "said by a person")
        else:
            self.waiting += 1


@contextmanager
def intray(folder: Path) -> Iterator[Intray]:
    """The inbox of a project, locked; locks and masters are brought up to date at the end."""
    root = find_root(folder.absolute())
    checkout = Checkout(root)
    session = Session(checkout, Talk(), jobs=default_jobs(), arguments={"verb": "inbox"})
    session.lock()
    tray = Intray(checkout, session)
    try:
        yield tray
    finally:
        try:
            if tray.assets:
                keep_facts(Checkout(root), tray.assets)
        finally:
            session.close()


@click.group(invoke_without_command=True)
@click.option(
    "--from", "place", type=click.Path(path_type=Path), help=f"The folder to look in; {FOLDER}/ if not given."
)
@click.pass_context
def inbox(ctx: click.Context, place: Path | None) -> None:
    """Take in pictures that people made: each finds its job by Job ID, prompt, seed or name.

    What is not clear is asked on a terminal; elsewhere it is listed, and the exit code is 3. Then:
    `tympan inbox assign FILE ASSET[#JOB]`.
    """
    if ctx.invoked_subcommand:
        return
    with intray(ctx.obj) as tray:
        files = Files(place.absolute() if place else tray.checkout.files.path(FOLDER))
        # What else lies in a folder of downloads is nobody's business.
        tray.tells_all = place is None
        matches = tray.by_hand.match(tray.look(files, pictures(files)))
        # The grid's order is the candidates' order.
        for match in sorted(matches, key=lambda each: (each.job, each.index is None, each.index or 0)):
            tray.sort(match)
        left = sum(tray.by_hand.missing(job) for job in tray.by_hand.open)
        known = sum(match.verdict == words.KNOWN for match in matches)
        click.echo(f"{len(matches)} pictures, {known} of them known before; {left} still wanted", err=True)
    if tray.waiting:
        raise click.exceptions.Exit(3)


@inbox.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("asset", metavar="ASSET[#JOB]")
@click.pass_obj
def assign(folder: Path, file: Path, asset: str) -> None:
    """Say whose picture FILE is: the open job of ASSET, or the one whose id begins with JOB."""
    name, _, job = asset.partition("#")
    with intray(folder) as tray:
        assets_of(tray.checkout, [name])
        place = file.absolute() if file.exists() else tray.checkout.files.path(str(file))
        files = Files(place.parent)
        dropped = tray.look(files, [place.name])
        if not dropped:
            raise UsageError(f"{file} is not taken")
        [match] = tray.by_hand.match(dropped)
        if match.verdict == words.KNOWN:
            raise UsageError(f"{file} was taken in before, for job {match.job[:8]}")
        if not tray.take(match.file, tray.by_hand.named(name, job).id, "said by a person"):
            raise click.exceptions.Exit(1)
