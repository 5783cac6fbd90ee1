"""What was read of a cluster last, for the reads that may rest on it for a while."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from proximity_tui.core.model import Inventory, Quorum


@dataclass(slots=True)
class LastRead:
    """The last list, with the moment of its request, and the last quorum, both by the monotonic clock. The quorum and
    the nodes that were online are only touched under `lock`.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    inventory: Inventory | None = None
    listed_at: float = 0.0
    quorum: tuple[float, str, Quorum] | None = None
    """When it was read, from which URL, and what it said."""
    online: frozenset[str] | None = None
