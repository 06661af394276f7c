"""The one seam to the network: calls to checked addresses, with limits on time and size.

Reads and writes sockets.
"""

from __future__ import annotations

from tympan.web.client import Web
from tympan.web.hosts import Hosts
from tympan.web.pace import Pace
from tympan.web.retry import Refused, Unsent, Unsure, retried
from tympan.web.socket import listen

__all__ = ["Hosts", "Pace", "Refused", "Unsent", "Unsure", "Web", "listen", "retried"]
