"""Approved files put into a folder that leaves the house, with a manifest that can be checked anywhere.

Reads the checkout and outputs. Writes the shipped folder only.
"""

from tympan.ship.folder import Shipment, checked
from tympan.ship.goods import Goods, goods, refused, source
from tympan.ship.manifest import LICENSES, MANIFEST, Manifest, Shipped, read_manifest

__all__ = [
    "LICENSES",
    "MANIFEST",
    "Goods",
    "Manifest",
    "Shipment",
    "Shipped",
    "checked",
    "goods",
    "read_manifest",
    "refused",
    "source",
]
