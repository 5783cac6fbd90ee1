"""Since when the locks of our containers are seen. No lock is judged."""

from __future__ import annotations

from collections.abc import Mapping

from proximity_tui.core.model import ClockReading
from proximity_tui.core.store.clock_readings import kept, read
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.db.queries import dicts
from proximity_tui.core.store.schema.container_tables import ContainerRow, GuestLockRow


def follow_locks(cluster: str, locks: Mapping[int, str], now: ClockReading) -> dict[int, ClockReading]:
    """Keep the present locks of the containers of a cluster, by id, and return since when each is seen.

    A lock that is gone is deleted, and a new one in its place begins now.
    """
    ours = ContainerRow.select(ContainerRow.id).where(ContainerRow.cluster == cluster)
    with transaction():
        rows = dicts(GuestLockRow.select().where(GuestLockRow.container_id.in_(ours)))
        known = {row["container_id"]: row for row in rows}
        over = [one for one, row in known.items() if locks.get(one) != row["lock"]]
        if over:
            GuestLockRow.delete().where(GuestLockRow.container_id.in_(over)).execute()
        since = {
            one: read(row["since_clock"], row["since"]) for one, row in known.items() if locks.get(one) == row["lock"]
        }
        for one in locks.keys() - since.keys():
            values = {"container_id": one, "lock": locks[one], "since": now.at, "since_clock": kept(now, now.at)}
            GuestLockRow.insert(values).execute()
        return since | dict.fromkeys(locks.keys() - since.keys(), now)
