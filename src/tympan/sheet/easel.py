"""A gathered sheet with workers that make its views: what pages, and the review server, are written from.

Reads the checkout. Writes .tympan/views.
"""

from __future__ import annotations

from types import TracebackType

from tympan.checkout import Checkout
from tympan.errors import Damaged
from tympan.sheet.fill import filled
from tympan.sheet.gather import bytes_in
from tympan.sheet.model import Sheet
from tympan.sheet.shelf import Budget, Shelf
from tympan.worker.pool import Pool


class Easel:
    """A sheet with its views made, while it is open. sheet: with sizes and aids."""

    def __init__(self, checkout: Checkout, gathered: Sheet, most: Budget, jobs: int) -> None:
        self._checkout = checkout
        self._paths = bytes_in(checkout, gathered)
        self._pool = Pool(jobs)
        self.shelf = Shelf(checkout.files, self._pool, self.bytes_of, most, jobs)
        try:
            self.sheet = filled(checkout, gathered, self.shelf)
        except BaseException:
            self._pool.close()
            raise

    def __enter__(self) -> Easel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.close()

    def bytes_of(self, name: str) -> bytes:
        """The bytes of a picture on the sheet; Damaged if nothing has them any more."""
        data = self._checkout.asked.bytes_of(name, self._paths.get(name, ""))
        if data is None:
            raise Damaged(f"the store has no {name[:12]}", hint="tympan build")
        return data
