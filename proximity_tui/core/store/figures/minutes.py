"""The minutes: one row for all containers of a cluster, written by whoever holds its lease."""

from __future__ import annotations

from proximity_tui.core.model.guests.figures import MinuteReadings
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.figures.packing import pack_minute
from proximity_tui.core.store.schema.figure_tables import FiguresMinuteRow


def write(readings: MinuteReadings) -> bool:
    """Write down a minute of a cluster. Return False, and leave what is there, if that minute was written before.

    Inside `leases.fenced` only the holder of the lease writes. Raises `StoreError`.
    """
    with transaction():
        row = FiguresMinuteRow.insert(
            cluster=readings.cluster, minute=readings.minute, data=pack_minute(readings.points)
        )
        # What an insert of a row that is there returns, each database has its own words for.
        known = FiguresMinuteRow.select().where(
            FiguresMinuteRow.cluster == readings.cluster, FiguresMinuteRow.minute == readings.minute
        )
        if known.exists():
            return False
        row.execute()
        return True
