"""What a plugin is: a few small classes, and the context a plugin is called with.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar

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
from tympan.outside import Absent, Answer, Claim, Fault, Instruction, Recalled, words_of

P = TypeVar("P", bound=Params)


class Upload(NamedTuple):
    """A file to be sent: its name, bytes and media type. A name of "" sends a plain field of the form."""

    name: str
    data: bytes
    media: str = "application/octet-stream"


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

    def marks(self) -> bytes:
        """What a file of this target is to say of itself: a packet of XMP to be embedded, b"" for none."""


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
    Free and repeatable generators run in a worker and need no ledger. Others are asked by `tympan explore`
    and `tympan refine` only, in the main process, with a `CallContext`.
    BACKGROUNDS: can render one picture exactly alike on white and on black (`Request.background`).
    SOURCE_TYPE: its pictures' term of IPTC's digital source types. SYSTEM: the AI behind it, by name.
    """

    PAID: ClassVar[bool] = False
    REPEATABLE: ClassVar[bool] = False
    BACKGROUNDS: ClassVar[bool] = False
    SOURCE_TYPE: ClassVar[str] = ""
    SYSTEM: ClassVar[str] = ""

    def check(self, request: Request) -> Iterable[str]:
        """Everything that is wrong with a request, before anything is sent; one sentence each."""
        return ()

    def remarks(self, request: Request) -> Iterable[str]:
        """What the model named will ignore, or take under another name; one sentence each, nothing wrong."""
        return ()

    def estimate(self, request: Request) -> Cost:
        """What the request would cost."""
        return Cost()

    def batches(self, request: Request) -> tuple[Request, ...]:
        """The jobs that bring a request's candidates: one, or several where a job brings fewer."""
        return (request,)

    def submit(self, request: Request, ctx: Any) -> Ticket:
        """Start the job; returns as soon as it has a handle."""
        raise NotImplementedError

    def reconcile(self, request: Request, since: str, ctx: Any) -> Ticket | Absent | None:
        """After a crash: the job that `submit` may have started at or after `since` (RFC 3339), or Absent if
        there surely is none; None if that cannot be told."""
        return None

    def collect(self, ticket: Ticket, request: Request, ctx: Any) -> Pending | tuple[Candidate, ...]:
        """The job's candidates, or Pending. May be asked again in another process."""
        raise NotImplementedError

    def models(self) -> Iterable[ModelInfo]:
        """The models that `source.model` may name; none if the generator has no models."""
        return ()


class CallContext(Context, Protocol):
    """What the core lends a generator that is asked outside: calls to its service, and a memory.

    The service's key is put into the header by the core and never seen here. Paths begin with "/" and are
    relative to the service's address. All calls raise CallFailed, BadAnswer, HostRefused, OverBudget (the
    service's quota); `pay` also CallUnknown.
    """

    @property
    def job(self) -> str:
        """A UUID of our own for this job, the same after a crash."""

    def pay(
        self,
        path: str,
        *,
        json: Any = None,
        fields: Mapping[str, Any] | None = None,
        files: Sequence[tuple[str, Upload]] = (),
    ) -> Answer:
        """The one POST of a job that costs money: journalled before and after, sent at most once.

        After a crash, the answer that is on record is given back instead.
        """

    def answer(self) -> Answer | None:
        """What `pay` brought, None if it has not been called for this job."""

    def get(self, path: str, *, query: Mapping[str, Any] | None = None) -> Answer:
        """A GET; tried again when the network or the service falters."""

    def post(
        self,
        path: str,
        *,
        json: Any = None,
        fields: Mapping[str, Any] | None = None,
        files: Sequence[tuple[str, Upload]] = (),
    ) -> Answer:
        """A POST that is free and harmless to repeat, such as an upload's; tried again like `get`."""

    def put(self, url: str, *, fields: Mapping[str, str], file: Upload) -> Answer:
        """Post a form to a presigned address, the file last, without the key."""

    def download(self, url: str) -> bytes:
        """A result's bytes: a picture by its first bytes, within the limits.

        url: an address, which is asked without the key, or a path of the service, asked with it.
        """

    def listen(self, path: str, seconds: float) -> Iterator[str | bytes]:
        """Messages of the service's WebSocket, for at most so long; none, soon, if it has no WebSocket.

        For progress only: messages may be missed. Ends when the service closes it.
        """

    def recall(self, name: str) -> str | None:
        """What `keep` was given in an earlier job of this service, such as the id of an uploaded input."""

    def keep(self, name: str, value: str) -> None:
        """Remember a value for later jobs."""

    def report(self, *, cost: Cost | None = None, model: str = "", **facts: str) -> None:
        """What the service says of this job: its price, the model it really used, other facts."""

    def progress(self, share: float, text: str = "") -> None:
        """How far the job is, 0 to 1."""


class Service(Generator[P]):
    """A generator that is asked over HTTP. What it brings goes through the ledger, whatever it costs.

    URL: the service's address, which a project may replace. KEY: the environment variable with the key;
    KEY_HEADER: the header it goes into, and how. HOSTS: further hosts that results and uploads come from or
    go to (a leading dot takes all names below). CONCURRENT jobs, PER_MINUTE calls, PAID_PER_MINUTE paid calls
    (0: as PER_MINUTE): what the service bears; shared by all processes of this machine. SOURCE_TYPE is that
    of generative AI, unless the service says otherwise.
    """

    PAID = True
    SOURCE_TYPE = "trainedAlgorithmicMedia"
    URL: ClassVar[str]
    KEY: ClassVar[str] = ""
    KEY_HEADER: ClassVar[tuple[str, str]] = ("authorization", "Bearer {key}")
    HOSTS: ClassVar[tuple[str, ...]] = ()
    CONCURRENT: ClassVar[int] = 4
    PER_MINUTE: ClassVar[int] = 60
    PAID_PER_MINUTE: ClassVar[int] = 0

    def fault(self, answer: Answer) -> Fault:
        """What an answer of 400 or above means, in the service's own words."""
        return Fault("quota" if answer.status in (402, 429) else "failed", words_of(answer))


class Manual(Generator[P]):
    """A generator that a person operates: it says what to do, and knows its own pictures again."""

    def submit(self, request: Request, ctx: Context) -> Ticket:
        """Nothing is sent: the handle is our own."""
        return Ticket("")

    def collect(self, ticket: Ticket, request: Request, ctx: Context) -> Pending | tuple[Candidate, ...]:
        """What came is taken in from the inbox."""
        return Pending(0)

    def instruct(self, request: Request, job: str) -> Instruction:
        """What the person is to do for one job."""
        raise NotImplementedError

    def claim(self, file: Recalled, name: str, request: Request, job: str) -> Claim | None:
        """Whether a file of the inbox is of this job; `name` is the file's name."""
        raise NotImplementedError


class Recaller(Plugin[P]):
    """Knows one tool's pictures by what it writes into them. ORDER: who is asked first; the first one that
    knows a picture is believed."""

    ORDER: ClassVar[int] = 50

    def recall(self, chunks: Mapping[str, str], name: str) -> Recalled | None:
        """How a picture was made, from its texts (as `tympan_recallers` says) and its file's name; None if it
        is not of this tool."""
        raise NotImplementedError


class ControlMap(Plugin[P]):
    """How a control map is drawn from an input: a picture, or a file that describes one."""

    def draw(self, data: bytes, params: P, ctx: Context) -> bytes:
        """The map as PNG; the same bytes for the same arguments. `data` is the input's file as it is."""
        raise NotImplementedError


class PrepStep(Plugin[P]):
    """What is done to a picture before it becomes files."""

    def wants_backgrounds(self, params: P) -> bool:
        """Whether a generator that can should render the picture twice, on white and on black."""
        return False

    def run(self, picture: Picture, params: P, ctx: Context) -> Picture:
        """A new picture; raises `StepFailed` with a hint when it cannot be done well."""
        raise NotImplementedError


class Format(Plugin[P]):
    """What files a picture becomes. SUFFIX without the dot. MARKS: it embeds what `ctx.marks()` gives."""

    SUFFIX: ClassVar[str]
    MARKS: ClassVar[bool] = False

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
