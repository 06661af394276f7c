"""The one tree of errors that tympan raises on purpose.

Reads nothing. Writes nothing.

    TympanError                     exit code
    ├── SpecErrors                  2   mistakes in specs, tokens or the project file
    ├── UsageError                  2   a command was asked for something it cannot do
    ├── PathRefused                 2   a path would leave the project, or is not portable
    ├── PluginError                 2   a plugin cannot be loaded or used
    │   └── NameClash               2   two plugins claim one name
    ├── Untrusted                   2   local code of a folder nobody has trusted
    ├── OutOfDate                   3   something is stale, held or unselected where that is not allowed
    ├── Unapproved                  7   a target that was asked for waits for an approval
    ├── Damaged                     4   stored bytes or a lock do not have their digest
    ├── Busy                       75   another build is running here
    ├── FilesError                  1   the disk said no
    └── TaskError                   1   one task failed; others go on
        ├── IntakeError             1   a foreign picture was refused
        ├── StepFailed              1   a plugin raised, or gave something unusable
        ├── StepCrashed             1   a worker died, hung, or ran into its limits
        ├── CallFailed              1   a service refused a request, or the job failed over there
        │   ├── CallBlocked         1   a service will not draw this (safety): an outcome, never asked again
        │   ├── Unreachable         1   a service did not answer, or not now: the job stays open
        │   ├── BadAnswer           1   a service answered what cannot be understood; kept for inspection
        │   └── HostRefused         1   an address that a call may not go to
        ├── CallUnknown             5   whether a paid call arrived cannot be known
        └── OverBudget              6   refused by a budget, or by the service's own quota
"""

from __future__ import annotations

import msgspec


class Where(msgspec.Struct, frozen=True, order=True):
    """A place in a file; `line` and `column` count from 1, 0 means unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file] + [str(n) for n in (self.line, self.column) if n]
        return ":".join(parts)


class Problem(msgspec.Struct, frozen=True, order=True):
    """One mistake, as a user reads it: place, message, what to do about it."""

    where: Where
    message: str
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}"
        return f"{text}, {self.hint}" if self.hint else text


class TympanError(Exception):
    """Root of the tree: message, hint, place and exit code; never shown with a traceback."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "", where: Where | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} ({self.hint})" if self.hint else text

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword arguments do not survive Exception's own pickling, and errors cross processes here.
        return (_rebuild, (type(self), self.message, self.hint, self.where, self.__dict__))


def _rebuild(
    kind: type[TympanError], message: str, hint: str, where: Where | None, state: dict[str, object]
) -> TympanError:
    error = kind.__new__(kind)
    TympanError.__init__(error, message, hint=hint, where=where)
    error.__dict__.update(state)
    return error


class SpecErrors(TympanError):
    """All mistakes of all files of one run, sorted by place."""

    exit_code = 2

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(TympanError):
    """A command was asked for something it cannot do."""

    exit_code = 2


class PathRefused(TympanError):
    """A path would leave the project, follow a link out of it, or not exist on another system."""

    exit_code = 2


class PluginError(TympanError):
    """A plugin cannot be loaded or used."""

    exit_code = 2


class NameClash(PluginError):
    """Two plugins claim one name; the message names both."""


class Untrusted(TympanError):
    """A spec needs local code of a folder that nobody has trusted."""

    exit_code = 2


class OutOfDate(TympanError):
    """Something is stale, held or unselected where that is not allowed."""

    exit_code = 3


class Unapproved(TympanError):
    """A target that was asked for waits for an approval."""

    exit_code = 7


class Damaged(TympanError):
    """Stored bytes, or a record, do not have the digest they are named by."""

    exit_code = 4


class Busy(TympanError):
    """Another build is running in this checkout."""

    exit_code = 75


class FilesError(TympanError):
    """The disk said no; the message names the path and the reason."""


class TaskError(TympanError):
    """One task failed; others go on."""


class IntakeError(TaskError):
    """A foreign picture was refused before anything else looked at it."""


class StepFailed(TaskError):
    """A plugin raised, or gave back something that cannot be used."""


class StepCrashed(TaskError):
    """A worker died, hung, or ran into its limits."""


class CallFailed(TaskError):
    """A service refused a request, could not be reached, or the job failed over there."""


class CallBlocked(CallFailed):
    """A service will not draw this (safety). An outcome: it is recorded and never asked again by itself."""


class Unreachable(CallFailed):
    """A service did not answer, or will not now: the job stays as it is, and can be gone on with.

    status: of the answer, 0 if there was none.
    """

    def __init__(self, message: str, *, hint: str = "", where: Where | None = None, status: int = 0) -> None:
        super().__init__(message, hint=hint, where=where)
        self.status = status


class BadAnswer(CallFailed):
    """A service answered what cannot be understood; the answer is kept in the store."""


class HostRefused(CallFailed):
    """An address that a call may not go to: not https, not a public host, not one of the service's."""


class CallUnknown(TaskError):
    """A paid call may have arrived, and nobody can say whether it did: a person has to decide."""

    exit_code = 5


class OverBudget(TaskError):
    """Refused by a budget, or by the service's own quota."""

    exit_code = 6
