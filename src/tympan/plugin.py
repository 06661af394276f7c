"""What a plugin is: four small classes, and the context a plugin is called with.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, Generic, Protocol, TypeVar

from tympan.model import (
    Candidate,
    Cost,
    File,
    Finding,
    ModelInfo,
    Params,
    Pending,
    Picture,
    Profile,
    Request,
    Ticket,
)

P = TypeVar("P", bound=Params)


class Context(Protocol):
    """What the core lends a plugin for one call."""

    def input(self, name: str) -> bytes:
        """The bytes of an input, by the path or digest that the params or the request name."""

    def profile(self, name: str) -> Profile:
        """An ICC profile by name, as `tympan_profiles` of all plugins provide them."""

    def raster(self, picture: Picture, size: tuple[int, int] | None = None) -> Picture:
        """The picture as pixels of just this size (its own if None): SVG rendered, pixels resampled
        with premultiplied Lanczos. Keeps `svg` beside the pixels if there was one."""

    def intake(self, data: bytes) -> Picture:
        """A foreign picture file, checked against the limits and made clean: sRGB RGBA or safe SVG."""


class Plugin(Generic[P]):
    """What all kinds share. NAME is the word in a spec; VERSION goes up when the same input would give
    other bytes; Params are the keys of its table."""

    NAME: ClassVar[str]
    VERSION: ClassVar[str] = "1"
    Params: ClassVar[type[Params]] = Params

    def fingerprint(self, params: P) -> Mapping[str, str]:
        """Versions of the libraries that shape the result with these params; part of the action key.

        Must be cheap: it is asked for every use in every plan.
        """
        return {}


class Generator(Plugin[P]):
    """Where pictures come from.

    PAID: a call costs money. REPEATABLE: the same request brings the same bytes, for ever.
    Free and repeatable generators run in a worker and need no ledger.
    BACKGROUNDS: can render one picture exactly alike on white and on black (`Request.background`).
    """

    PAID: ClassVar[bool] = False
    REPEATABLE: ClassVar[bool] = False
    BACKGROUNDS: ClassVar[bool] = False

    def check(self, request: Request) -> Iterable[str]:
        """Everything that is wrong with a request, before anything is sent; one sentence each."""
        return ()

    def estimate(self, request: Request) -> Cost:
        """What the request would cost."""
        return Cost()

    def submit(self, request: Request, ctx: Context) -> Ticket:
        """Start the job; returns as soon as it has a handle."""
        raise NotImplementedError

    def collect(self, ticket: Ticket, request: Request, ctx: Context) -> Pending | tuple[Candidate, ...]:
        """The job's candidates, or Pending. May be asked again in another process."""
        raise NotImplementedError

    def models(self) -> Iterable[ModelInfo]:
        """The models that `source.model` may name; none if the generator has no models."""
        return ()


class PrepStep(Plugin[P]):
    """What is done to a picture before it becomes files."""

    def wants_backgrounds(self, params: P) -> bool:
        """Whether a generator that can should render the picture twice, on white and on black."""
        return False

    def run(self, picture: Picture, params: P, ctx: Context) -> Picture:
        """A new picture; raises `StepFailed` with a hint when it cannot be done well."""
        raise NotImplementedError


class Format(Plugin[P]):
    """What files a picture becomes. SUFFIX without the dot."""

    SUFFIX: ClassVar[str]

    def parts(self, params: P) -> tuple[str, ...]:
        """Names of the files one target becomes, known before the build: its sizes, or one nameless file."""
        return tuple(str(size) for size in getattr(params, "sizes", ())) or ("",)

    def write(self, picture: Picture, params: P, ctx: Context) -> Iterable[File]:
        """The files, one for each of `parts(params)`; the same bytes for the same arguments."""
        raise NotImplementedError


class Check(Plugin[P]):
    """What an output must pass. FORMATS: names of the formats it can judge; empty for all."""

    FORMATS: ClassVar[tuple[str, ...]] = ()

    def run(self, file: File, params: P, ctx: Context) -> Iterable[Finding]:
        """What is wrong with a file; nothing if it passes."""
        raise NotImplementedError
