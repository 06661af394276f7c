"""`tympan build` and `tympan clean`.

Reads the checkout. Writes outputs, store and state.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import click

from tympan.checkout import Checkout, find_root
from tympan.cli.door import SETTINGS, QuietReporter, default_jobs
from tympan.cli.kept import spare
from tympan.cli.manifest import affected, clash
from tympan.cli.session import Session, show
from tympan.cli.talk import make_talk
from tympan.drafts import folder as drafts_in
from tympan.drafts import paths_of
from tympan.errors import TympanError, Unapproved
from tympan.files import Files
from tympan.fresh import Manifest, look
from tympan.plan.graph import Node
from tympan.plan.pick import pick
from tympan.spec.project import load_project

# Above so many edited assets it is quicker to read them all than to pick them out.
_MOST_EDITED = 500


@click.command()
@click.argument("wanted", nargs=-1, metavar="[ASSET|TASK]...")
@click.option("-j", "--jobs", type=click.IntRange(1, 256), help="Workers at once; as many as cores.")
@click.option("-k", "--keep-going", is_flag=True, help="Go on with the others when one fails.")
@click.option("-B", "--force", is_flag=True, help="Compute again even what the store has.")
@click.option("--keep", is_flag=True, help="Leave outputs that another hand has changed, and list them.")
@click.option(
    "--allow-unapproved",
    "drafts",
    is_flag=True,
    help="Also make drafts, marked PROOF, of what is not approved.",
)
@click.option("--json", "as_json", is_flag=True, help="Events as JSON lines on standard output.")
@click.pass_obj
def build(
    folder: Path,
    wanted: tuple[str, ...],
    jobs: int | None,
    keep_going: bool,
    force: bool,
    keep: bool,
    drafts: bool,
    as_json: bool,
) -> None:
    """Bring every output, or those of some assets, up to date.

    ASSET is an id such as icon/home or a pattern such as 'icon/*'; TASK is doit's name, icon:home:svg.
    """
    checkout, before = _opened(find_root(folder.absolute()), whole=not wanted and not force)
    session = Session(
        checkout,
        make_talk(as_json=as_json),
        jobs=jobs or default_jobs(),
        force=force,
        before=before,
        arguments={"verb": "build", "wanted": wanted, "keep_going": keep_going, "force": force},
    )
    nodes, kept = pick(checkout.graph, wanted), 0
    session.lock()
    try:
        if keep:
            nodes, kept = spare(checkout, nodes, session.talk)
        code = run_session(session, nodes, keep_going)
        if drafts:
            session.draft(nodes)
            code = session.build.exit_code
    finally:
        session.close()
    show(session.result(nodes, kept), as_json=as_json)
    raise click.exceptions.Exit(max(code, gate_code(session, nodes if wanted and not drafts else ())))


def gate_code(session: Session, asked_for: Iterable[Node]) -> int:
    """7 if one of the targets that were asked for waits for an approval, else 0."""
    return Unapproved.exit_code if session.gated(asked_for) else 0


def _opened(root: Path, *, whole: bool) -> tuple[Checkout, Manifest | None]:
    """The checkout, or only the assets that were edited since everything was done; and how it was then."""
    seen = look(os.path.realpath(root)) if whole else None
    if seen is None or ";" in seen.manifest.summary:
        return Checkout(root), None
    only = affected(str(root), seen, load_project(Files(root)).specs)
    if only is None or len(only) > _MOST_EDITED:
        return Checkout(root), None
    checkout = Checkout(root, only=only)
    return (Checkout(root), None) if clash(checkout, seen.manifest) else (checkout, seen.manifest)


def run_session(session: Session, nodes: list, keep_going: bool) -> int:  # type: ignore[type-arg]
    """Run what is stale: what only has to be put back first, the rest by doit."""
    stale = session.stale(nodes)
    session.talk.start(len(stale))
    restored = session.restore(stale)
    stale = [node for node in stale if node.id not in restored]
    if not stale:
        return session.build.exit_code
    from tympan.tasks import run

    settings = {**SETTINGS, "reporter": QuietReporter}
    code = run(session.build, stale, settings, jobs=session.jobs, keep_going=keep_going)
    if code and not session.build.errors:
        raise TympanError(f"doit ended with code {code} before its tasks were done")
    return session.build.exit_code


@click.command()
@click.argument("wanted", nargs=-1, metavar="[ASSET|TASK]...")
@click.option("-n", "--dry-run", is_flag=True, help="Only say what would be removed.")
@click.pass_obj
def clean(folder: Path, wanted: tuple[str, ...], dry_run: bool) -> None:
    """Remove outputs and drafts; the store still has them, so that the next build only restores."""
    checkout = Checkout(find_root(folder.absolute()))
    removed = 0
    for node in pick(checkout.graph, wanted):
        places = [(path, checkout.project.out) for path in node.outputs.values()]
        places += [(path, drafts_in(checkout)) for path in paths_of(checkout, node).values()]
        for path, above in places:
            if checkout.files.sign(path) is None:
                continue
            removed += 1
            click.echo(path)
            if not dry_run:
                checkout.files.remove(path)
                checkout.files.remove_empty_folders(path, above)
    click.echo(f"{removed} outputs {'would be ' if dry_run else ''}removed", err=True)
