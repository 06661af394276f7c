"""What a file is known by: how it looks, and the digest of its bytes.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import os

import blake3 as _blake3
import msgspec


class Signature(msgspec.Struct, frozen=True, array_like=True):
    """What a file looked like without reading it.

    changed_ns: when its content or its inode last changed (ctime; on Windows, which has none, mtime). A
    content that is edited in place and given its old mtime back still has another ctime. size in bytes.
    """

    changed_ns: int
    size: int
    inode: int

    @classmethod
    def of(cls, found: os.stat_result) -> Signature:
        """The signature in what stat says."""
        changed = found.st_mtime_ns if os.name == "nt" else found.st_ctime_ns
        return cls(changed, found.st_size, found.st_ino)


def digest(data: bytes) -> str:
    """blake3 of the bytes, 64 hex digits."""
    return _blake3.blake3(data).hexdigest()
