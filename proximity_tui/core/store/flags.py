"""Facts about the whole database: that a demo made it, so that nothing in it is real.

A flag is set once and stays, also in a copy (law 7: demo data is framed as SIMULATED for every reader).
"""

from __future__ import annotations

from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.schema.trail_tables import MarkRow

_SIMULATED = "simulated"


def mark_simulated() -> None:
    """Flag the open database as a demo's, for ever."""
    with transaction():
        if not is_simulated():
            MarkRow.insert(name=_SIMULATED, marked_at=now()).execute()


def is_simulated() -> bool:
    """Return whether a demo made the open database."""
    with unit():
        return MarkRow.select().where(MarkRow.name == _SIMULATED).exists()
