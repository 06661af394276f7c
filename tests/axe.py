"""axe-core, to look for faults of accessibility in a page; got from its registry when a test needs it.

Its licence is MPL-2.0, and it is not kept here. TYMPAN_AXE may name an axe.min.js that is at hand.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.browser import Browser

_VERSION = "4.14.1"


@cache
def _script() -> str:
    if named := os.environ.get("TYMPAN_AXE"):
        return Path(named).read_text()
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no axe-core: install npm, or name an axe.min.js in TYMPAN_AXE")
    with tempfile.TemporaryDirectory() as folder:
        ran = subprocess.run(
            [npm, "pack", "--silent", f"axe-core@{_VERSION}"], cwd=folder, capture_output=True, timeout=120
        )
        packed = next(Path(folder).glob("*.tgz"), None)
        if ran.returncode or packed is None:
            pytest.skip("no axe-core: npm cannot get it, name an axe.min.js in TYMPAN_AXE")
        with tarfile.open(packed) as archive:
            found = archive.extractfile("package/axe.min.js")
            assert found
            return found.read().decode()


def faults(browser: Browser, within: str = "document") -> list[str]:
    """Serious and critical faults of the page as it stands, one line each."""
    if not browser.value("typeof axe === 'object'"):
        browser.value(_script() + ";1")
    # A colour on its way to another is no fault.
    browser.value("document.getAnimations().forEach(each => each.finish())")
    ran: Any = browser.value(
        f"axe.run({within}, {{resultTypes: ['violations']}}).then(r => r.violations.map(v => "
        "[v.impact, v.id, v.help, v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + n.failureSummary).join(' | ')]))"
    )
    return [" ".join(map(str, each)) for each in ran if each[0] in ("serious", "critical")]
