"""The `tympan` command: a build with nothing to plan ends here, everything else goes on to the verbs.

Reads arguments. Writes the summary of a build with nothing to do; what was built before is put back.
"""

from __future__ import annotations

import os
import sys


def command() -> None:
    """The command: `main`, and then no more than must be."""
    if sys.stdout is None:
        # Closed by who called; there is nobody to tell.
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    try:
        if not main():
            return
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError as error:
        from tympan.cli import unwritten

        unwritten(error)
    # No thread is left, no file half written. To take the interpreter apart lasts as long as to look at
    # a hundred assets.
    os._exit(0)


def main() -> bool:
    """Answer `tympan [-C DIR] build` from the manifest if nothing changed, or all is as a kept tree has it.

    Else import the command line, and False once that is done.
    """
    words = sys.argv[1:]
    folder = os.curdir
    if len(words) > 2 and words[0] == "-C":
        folder, words = words[1], words[2:]
    if words == ["build"]:
        from tympan.fresh import nothing_to_do

        if summary := nothing_to_do(folder):
            sys.stdout.write(f"{summary}\n")
            return True
    if words in (["build"], ["build", "--json"]):
        from tympan.switch import switched

        if switched(folder, as_json=len(words) > 1):
            return True
    from tympan.cli import main as verbs

    verbs()
    return False
