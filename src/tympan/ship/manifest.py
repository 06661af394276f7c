"""The list of what was shipped: one entry a file, the same bytes for the same files.

Reads and writes nothing: bytes in, bytes out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

from tympan.errors import Damaged
from tympan.files import digest

MANIFEST = "manifest.json"
LICENSES = "LICENSES"
SCHEMA = 1


class Approved(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who said yes, when (RFC 3339), to what: the digest of what the files show (`tympan.appearance`)."""

    by: str
    at: str
    digest: str
    claimed: bool = False


class Made(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request that the picture comes from. model: the one that the service names, else the one asked."""

    step: str
    generator: str
    model: str = ""


class Shipped(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file. bytes, blake3, sha256: of the file as it lies here; width, height: see `tympan.gauge`.

    profile: the description of the embedded one; profile_blake3: of its bytes; profiles: names of those that
    the target used, of which LICENSES has the notices. license: what the spec says of rights. lock: blake3 of
    the asset's lock, "" if it has none. unsigned: blake3 of the bytes before they were signed; signer:
    SHA-256 of the certificate.
    """

    path: str
    asset: str
    target: str
    variant: str = ""
    format: str
    bytes: int
    blake3: str
    sha256: str
    width: int | float = 0
    height: int | float = 0
    mode: str = ""
    profile: str = ""
    profile_blake3: str = ""
    profiles: tuple[str, ...] = ()
    made: tuple[Made, ...] = ()
    license: dict[str, Any] = {}
    approved: Approved | None = None
    lock: str = ""
    unsigned: str = ""
    signer: str = ""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """All files of a shipped folder, by path. tympan: the version that shipped them."""

    schema: int = SCHEMA
    tympan: str = ""
    files: tuple[Shipped, ...] = ()

    def written(self) -> bytes:
        """The bytes of manifest.json."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"

    def by_path(self) -> dict[str, Shipped]:
        """The entries by path."""
        return {each.path: each for each in self.files}


def read_manifest(data: bytes) -> Manifest:
    """The manifest in these bytes. Damaged if they are none, or of a later tympan."""
    try:
        schema = msgspec.json.decode(data, type=dict[str, Any]).get("schema")
        if schema != SCHEMA:
            raise Damaged(f"{MANIFEST} has the schema {schema}, this tympan reads {SCHEMA}")
        return msgspec.json.decode(data, type=Manifest)
    except (ValueError, RecursionError) as error:
        raise Damaged(f"{MANIFEST} is damaged: {error}", hint="ship into an empty folder") from None


def digests(data: bytes) -> dict[str, Any]:
    """Size and digests of a file, as `Shipped` names them."""
    return {"bytes": len(data), "blake3": digest(data), "sha256": hashlib.sha256(data).hexdigest()}


def manifest_of(files: Iterable[Shipped], version: str) -> Manifest:
    """The manifest of some files."""
    return Manifest(tympan=version, files=tuple(sorted(files, key=lambda each: each.path)))
