"""C2PA signing of shipped files, the very last step: nothing may touch a file after it.

Reads the certificate and the key, from files outside the project. Writes nothing.

A signed file is never the same twice (salts, ids and the signature are new each time), so what is signed
already is kept. Action and assertion labels: C2PA Technical Specification 2, sections 18 and 19, c2pa.org.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tympan.chunks import textual
from tympan.errors import Damaged, FilesError, IntakeError, TaskError, UsageError
from tympan.files import Files
from tympan.ship.manifest import Shipped
from tympan.versions import version_of

# Files that the environment names: PEM of the certificate and what vouches for it, the leaf first; PEM of its
# private key; PEM of the roots to verify against, without which a signature is only held to be sound.
CERTIFICATE, KEY, ANCHORS = "TYMPAN_C2PA_CERTIFICATE", "TYMPAN_C2PA_KEY", "TYMPAN_C2PA_ANCHORS"
_MEDIA = {
    "avif": "image/avif",
    "jpeg": "image/jpeg",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "tiff": "image/tiff",
    "webp": "image/webp",
}
_MOST = 64 * 1024
_SOURCE = "source"


class Signer:
    """Signs files with one certificate, and verifies what it has signed."""

    def __init__(self, environment: Mapping[str, str], root: Path) -> None:
        """UsageError without the extra, without certificate or key, or if one of them lies in the project."""
        if find_spec("c2pa") is None:
            raise UsageError("signing needs the extra c2pa", hint='pip install "tympan[c2pa]"')
        self._certificate = _pem(environment, CERTIFICATE, root)
        self._key = _pem(environment, KEY, root)
        self._anchors = _pem(environment, ANCHORS, root) if environment.get(ANCHORS) else b""
        self.fingerprint, self._algorithm = _leaf(self._certificate)

    def can(self, kind: str) -> bool:
        """Whether files of this kind (`Gauge.kind`) can be signed."""
        return kind in _MEDIA

    def sign(self, data: bytes, entry: Shipped, kind: str, source: tuple[bytes, str]) -> bytes:
        """A file with its manifest embedded, verified. source: the picture it comes from, and its kind.

        Raises Damaged if what was signed does not verify, TaskError if it cannot be signed.
        """
        import c2pa

        term = source_type(data)
        with_source = bool(source[0]) and self.can(source[1]) and (not term or _is_signed(*source))
        if not (term or with_source):
            hint = "[marks] source_type says so in the spec"
            raise TaskError(f"{entry.path} cannot be signed: nothing says what it was made from", hint=hint)
        definition = _definition(entry, "" if with_source else term)
        try:
            builder = c2pa.Builder(json.dumps(definition), self._context())
            if with_source:
                said = {"title": entry.asset, "relationship": "parentOf", "label": _SOURCE}
                builder.add_ingredient(json.dumps(said), _MEDIA[source[1]], io.BytesIO(source[0]))
            out = io.BytesIO()
            info = c2pa.C2paSignerInfo(self._algorithm.encode(), self._certificate, self._key, None)
            builder.sign(c2pa.Signer.from_info(info), _MEDIA[kind], io.BytesIO(data), out)
        except c2pa.C2paError as error:
            raise TaskError(f"{entry.path} cannot be signed: {_short(error)}") from None
        signed = out.getvalue()
        word = self.state(signed, kind)
        if word != ("Trusted" if self._anchors else "Valid"):
            hint = f"does one of {ANCHORS} vouch for the certificate?" if word == "Valid" else ""
            raise Damaged(f"{entry.path} was signed, and verifies as {word or 'unsigned'}", hint=hint)
        return signed

    def state(self, data: bytes, kind: str) -> str:
        """What a file's signature is: "Trusted", "Valid", "Invalid", or "" without one."""
        import c2pa

        try:
            reader = c2pa.Reader.try_create(_MEDIA[kind], io.BytesIO(data), context=self._context())
        except c2pa.C2paError:
            return "Invalid"
        return str(reader.get_validation_state() or "") if reader else ""

    def _context(self) -> Any:
        import c2pa

        verify: dict[str, Any] = {"verify_trust": bool(self._anchors), "remote_manifest_fetch": False}
        settings: dict[str, Any] = {"builder": {"thumbnail": {"enabled": False}}, "verify": verify}
        if self._anchors:
            settings["trust"] = {"user_anchors": self._anchors.decode()}
        return c2pa.Context(c2pa.Settings.from_dict(settings))


def source_type(data: bytes) -> str:
    """The DigitalSourceType that a file's XMP names, "" if it names none."""
    try:
        return textual(data).get("xmp.DigitalSourceType", "")
    except IntakeError:
        return ""


def _definition(entry: Shipped, term: str) -> dict[str, Any]:
    if term:
        actions: list[dict[str, Any]] = [{"action": "c2pa.created", "digitalSourceType": term}]
    else:
        opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [_SOURCE]}}
        actions = [opened, {"action": "c2pa.edited"}, {"action": "c2pa.converted"}]
    ours = {"asset": entry.asset, "target": entry.target, "lock": entry.lock, "blake3": entry.blake3}
    return {
        "claim_generator_info": [{"name": "tympan", "version": version_of("tympan")}],
        "title": entry.path.rpartition("/")[2],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": actions}},
            {"label": "org.tympan.asset", "data": {key: text for key, text in ours.items() if text}},
        ],
    }


def _is_signed(data: bytes, kind: str) -> bool:
    import c2pa

    try:
        return c2pa.Reader.try_create(_MEDIA[kind], io.BytesIO(data)) is not None
    except c2pa.C2paError:
        return False  # a manifest in pieces: nothing to hang ours on


def _pem(environment: Mapping[str, str], name: str, root: Path) -> bytes:
    path = environment.get(name, "")
    if not path:
        raise UsageError(f"{name} is not set", hint="it names a PEM file outside the project")
    place = Path(path).expanduser().resolve()
    if place.is_relative_to(root.resolve()):
        raise UsageError(f"{name} names a file in the project", hint="keep keys out of it, and out of git")
    try:
        return Files(place.parent).read(place.name, _MOST)
    except FilesError as error:
        raise UsageError(f"{name}: {error.message}") from None


def _leaf(chain: bytes) -> tuple[str, str]:
    """SHA-256 of the certificate that signs, and the algorithm that its key is for, in C2PA's word."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_pem_x509_certificates

    try:
        leaf = load_pem_x509_certificates(chain)[0]
    except (ValueError, IndexError):
        raise UsageError(f"{CERTIFICATE} names no PEM certificate") from None
    key, found = leaf.public_key(), ""
    if isinstance(key, ec.EllipticCurvePublicKey):
        found = {256: "es256", 384: "es384", 521: "es512"}.get(key.key_size, "")
    elif isinstance(key, ed25519.Ed25519PublicKey):
        found = "ed25519"
    elif isinstance(key, rsa.RSAPublicKey):
        found = "ps256"
    if not found:
        raise UsageError(f"{CERTIFICATE}: C2PA knows no signature with its key", hint="ECDSA P-256 is usual")
    return hashlib.sha256(leaf.public_bytes(Encoding.DER)).hexdigest(), found


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
