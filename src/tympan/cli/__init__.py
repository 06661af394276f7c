"""The command line: each verb parses, calls one function, prints, and gives an exit code.

Reads arguments. Writes to standard output (results) and standard error (talk).
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

# Verb -> where its command lives, and the line that --help shows without importing it.
VERBS = {
    "init": ("project:init", "Make a project in this folder."),
    "new": ("project:new", "Write a spec for a new asset."),
    "build": ("build:build", "Bring every output up to date."),
    "plan": ("plan:plan", "Show what a build would do, and why."),
    "status": ("plan:status", "Show how each asset stands."),
    "why": ("why:why", "Explain one asset value by value."),
    "graph": ("graph:graph", "Draw what is made of what, and how it stands."),
    "maps": ("maps:maps", "Draw control maps, to look at them before they are sent."),
    "watch": ("watch:watch", "Build again whenever a spec or an input changes."),
    "explore": ("asking:explore", "Ask generators for candidates, within a budget."),
    "select": ("choose:select", "Choose a candidate, and say why."),
    "sheet": ("sheet:sheet", "Write one page to choose and approve on, that needs no server."),
    "review": ("review:review", "Serve that page to this machine, or take in what a client decided."),
    "shortlist": ("decide:shortlist", "Keep candidates in the running."),
    "reject": ("decide:reject", "Put candidates aside."),
    "approve": ("decide:approve", "Say yes to outputs as they are now."),
    "request-changes": ("decide:request_changes", "Say what has to change about outputs."),
    "ship": ("ship:ship", "Copy approved outputs to a folder, with a manifest."),
    "hold": ("holding:hold", "Let no approval count for now, or let assets stay with a model."),
    "release": ("holding:release", "End a hold."),
    "promote": ("promote:promote", "Make a branch the direction that is built."),
    "refine": ("asking:refine", "Ask for the next step on what was selected."),
    "train": ("asking:train", "Train a style, once."),
    "resume": ("asking:resume", "Go on with jobs that were broken off."),
    "todo": ("todo:todo", "Show what is to be done by hand, with prompts to copy."),
    "inbox": ("inbox:inbox", "Take in pictures that people made."),
    "import": ("bring:bring", "Make an asset of a picture that exists already."),
    "relock": ("choose:relock", "Write locks anew from this checkout's ledger."),
    "jobs": ("jobs:jobs", "List what was asked, what became of it, and what it cost."),
    "log": ("log:log", "Tell what happened to an asset, in order of time."),
    "rounds": ("rounds:rounds", "Count rounds of review, by asset and person."),
    "cost": ("cost:cost", "Add up what was spent, by asset, generator and month."),
    "diff": ("diff:diff", "Compare outputs with what they were at a revision."),
    "who": ("who:who", "Tell which asset a file belongs to, by bytes or by looks."),
    "marks": ("marks:marks", "Show what files say of themselves."),
    "reproduce": ("reproduce:reproduce", "Make an asset's files again, and compare them."),
    "vary": ("vary:vary", "Write a spec that asks for the same in other words."),
    "models": ("models:models", "Show which models specs are pinned to, and what is known of them."),
    "baseline": ("drift:baseline", "Keep what a model draws today, to compare with later."),
    "drift": ("drift:drift", "Find out whether a model still draws as it did; exit 8 if not."),
    "recalibrate": (
        "recalibrate:recalibrate",
        "See what another model makes of the library, before it does.",
    ),
    "tune": ("tune:tune", "Try options for an asset that a new model draws otherwise."),
    "accept": ("accept:accept", "Let assets go on with what a recalibration brought."),
    "rollback": ("accept:rollback", "Let accepted assets be as they were."),
    "list": ("listing:list_assets", "List assets and their outputs."),
    "clean": ("build:clean", "Remove outputs."),
    "check": ("check:check", "Find the mistakes in all specs."),
    "plugins": ("check:plugins", "Show all plugins and who brings them."),
    "schema": ("check:schema", "Print the JSON Schema that editors complete specs with."),
    "gc": ("tidy:gc", "Give back disk space of the store."),
    "verify": ("tidy:verify", "Read the store and compare every byte with its digest."),
    "trust": ("check:trust_folder", "Let this project's plugins/*.py run."),
    "doctor": ("check:doctor", "Show what this machine has and lacks."),
}


class Verbs(click.Group):
    """The group of all verbs; a verb's module is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        room, name = VERBS[cmd_name][0].split(":")
        command: Any = getattr(import_module(f"tympan.cli.{room}"), name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            if os.environ.get("GITHUB_ACTIONS") == "true":
                from tympan.cli.github import annotate

                annotate(error, ctx.params["folder"])
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl([(name, line) for name, (_, line) in VERBS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], VERBS, 1)
            hint = f', did you mean "{near[0]}"?' if near else ": tympan --help lists the verbs"
            raise click.UsageError(f'there is no verb "{args[0]}"{hint}')
        return super().resolve_command(ctx, args)


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-C", "folder", type=click.Path(path_type=Path), default=Path(), help="Work in this folder.")
@click.version_option(package_name="tympan")
@click.pass_context
def tympan(ctx: click.Context, folder: Path) -> None:
    """Build design assets from specs: pictures from generators, files for every medium."""
    ctx.obj = folder


def main(arguments: list[str] | None = None) -> None:
    """The `tympan` command. Exit codes are in docs/reference/exit-codes.md."""
    # A library of 10 000 specs is a million objects that live until the end: looking for garbage among
    # them costs a fifth of the time of reading them.
    gc.set_threshold(100_000, 50, 100)
    try:
        # click hands back the code of an Exit, and what a command returns: ours return nothing.
        if code := tympan.main(arguments, prog_name="tympan", standalone_mode=False):
            sys.exit(code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; what was finished is kept", err=True)
        sys.exit(130)
    except OSError as error:
        unwritten(error)
    except Exception as error:
        from tympan.errors import TympanError

        if not isinstance(error, TympanError):
            raise
        from tympan.secret import redact

        click.echo(redact(str(error)), err=True)
        sys.exit(error.exit_code)


def unwritten(error: OSError) -> None:
    """Exit with 0 if who reads output had enough, with a line and 1 if a disk or a quota is full or fails.

    Everything else is raised again.
    """
    had_enough = isinstance(error, BrokenPipeError)
    if not had_enough and error.errno not in (errno.ENOSPC, getattr(errno, "EDQUOT", None), errno.EIO):
        raise error
    # What is left of the output would meet the same once more.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if had_enough:
        sys.exit(0)
    click.echo(f"{error.strerror}: {error.filename or 'where this output goes'}", err=True)
    sys.exit(1)
