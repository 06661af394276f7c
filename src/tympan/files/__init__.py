"""The files room: the one seam to the disk.

Reads files of the project and the store. Writes them, each whole or not at all.
"""

from tympan.disk import Begun, Disk
from tympan.files.paths import RelPath
from tympan.files.seam import Files
from tympan.files.signature import Signature, digest

__all__ = ["Begun", "Disk", "Files", "RelPath", "Signature", "digest"]
