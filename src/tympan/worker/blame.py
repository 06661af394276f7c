"""Whose fault it was: what a plugin raises, as an error with the plugin's name.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from tympan.errors import StepFailed, TaskError


class Blame:
    """Turns whatever a plugin raises into StepFailed with the plugin's name."""

    def __init__(self, word: str) -> None:
        self._word = word

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None:
            return
        if isinstance(error, TaskError):
            raise type(error)(f"{self._word}: {error.message}", hint=error.hint) from error
        if isinstance(error, MemoryError):
            raise StepFailed(f"{self._word}: out of memory", hint="give it a smaller picture") from error
        # BaseException too: pyo3's PanicException and a library's sys.exit are no Exceptions.
        raise StepFailed(f"{self._word} raised {type(error).__name__}: {_said(error)}") from error


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # its text is a plugin's code as well
        return "(and cannot say what)"
