"""The `tympan` command: a build with nothing to do ends here, everything else goes on to the verbs.

Reads arguments. Writes the summary of a build with nothing to do.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Answer `tympan [-C DIR] build` from the manifest if nothing changed; else import the command line."""
    words = sys.argv[1:]
    folder = os.curdir
    if len(words) > 2 and words[0] == "-C":
        folder, words = words[1], words[2:]
    if words == ["build"]:
        from tympan.fresh import nothing_to_do

        if summary := nothing_to_do(folder):
            sys.stdout.write(f"{summary}\n")
            return
    from tympan.cli import main as verbs

    verbs()
