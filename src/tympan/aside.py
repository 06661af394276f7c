"""A part of the work in a thread of its own.

Reads nothing. Writes nothing.

`threading` is not imported: that takes as long as what is done here saves.
"""

from __future__ import annotations

from _thread import allocate_lock, start_new_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


class Aside:
    """With it a function runs beside the body. It ends when both have, and raises what the function raised.

    The function runs before the body where it is not worth a thread.
    """

    def __init__(self, work: Callable[[], None], *, worth: bool) -> None:
        self._work, self._worth = work, worth
        self._raised: BaseException | None = None
        self._busy = allocate_lock()

    def __enter__(self) -> None:
        if self._worth:
            self._busy.acquire()
            start_new_thread(self._run, ())
        else:
            self._work()

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:
            self._raised = error
        finally:
            self._busy.release()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._busy:
            if self._raised and error is None:
                raise self._raised
