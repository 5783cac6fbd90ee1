"""The renaming of a cluster in our records: everything of it follows, in one transaction.

Tombstones and events keep the old name: `clusters.former_names` leads there.
"""

from __future__ import annotations

import json

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Actor
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import clusters, events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import dicts, tuples
from proximity_tui.core.store.db.store_errors import Conflict, RecordNotFound, StoreError
from proximity_tui.core.store.journal import journal, liveness
from proximity_tui.core.store.records import identity_trail, records, seen_lists
from proximity_tui.core.store.schema.alert_tables import AlertRow
from proximity_tui.core.store.schema.container_tables import ClusterRow, ContainerRow
from proximity_tui.core.store.schema.figure_tables import FiguresMinuteRow
from proximity_tui.core.store.schema.job_tables import BreakerRow, JobPauseRow, JobRunDayRow, JobRunRow, LeaseRow
from proximity_tui.core.store.schema.operation_tables import OperationRow
from proximity_tui.core.store.schema.safe_mode_tables import ArmingRow, FreezeRow

_FOLLOW = (OperationRow, BreakerRow, FreezeRow, ArmingRow, JobRunRow, JobRunDayRow)


@value_object
class Renamed:
    """The result of a renaming: the number of moved records, and of moved open alerts."""

    old: str
    new: str
    records: int
    alerts: int


def check(old: str, new: str) -> None:
    """Raise the error that says why `old` cannot be renamed to `new`: RecordNotFound, Conflict or StoreError."""
    if old == new:
        raise StoreError("the cluster has this name already")
    current = clusters.current_name(old)
    if current != old:
        raise Conflict(f"{old} was renamed before", current)
    if not clusters.is_known(old):
        raise RecordNotFound(f"our records know no cluster {old}")
    for name in (old, new):
        for operation in journal.open_operations(name):
            raise Conflict(f"{operation.name} in {name} is busy", liveness.holder_now(operation))
    if held := records.active(new):
        raise Conflict(f"{new} has {len(held)} records of its own; one of them", held[0].label)
    known = clusters.known_identity(new)
    if known is not None and known != clusters.known_identity(old):
        raise Conflict(f"our records know {new} as another cluster", f"root CA {known}")


def rename(old: str, new: str, by: Actor | str) -> Renamed:
    """Rename the cluster `old` to `new`, with its events. Raises as `check`."""
    with transaction():
        check(old, new)
        _rename_cluster(old, new)
        waiting = _move_alerts(old, new, by)
        for cluster in (old, new):
            seen_lists.write_into_records(cluster)
        moved = [_move_record(row, old, new, by) for row in dicts(_open_records(old))]
        for table in _FOLLOW:
            table.update(cluster=new).where(table.cluster == old).execute()
        _move_jobs(old, new)
        _move_minutes(old, new)
        events.append(
            actor=by,
            action=EventAction.CLUSTER_RENAMED,
            message=f"the cluster {old} was renamed to {new}",
            cluster=new,
            evidence={"from": old, "to": new, "records": moved},
        )
    return Renamed(old, new, len(moved), waiting)


def _open_records(cluster: str) -> object:
    mine = (ContainerRow.cluster == cluster) & ContainerRow.closed_at.is_null()
    return ContainerRow.select().where(mine).order_by(ContainerRow.id)


def _move_record(row: dict[str, object], old: str, new: str, by: Actor | str) -> int:
    """Move a record and append the identity event under the new name, and return its id. A record that was altered
    behind the trail stays altered.
    """
    container = records.get(int(str(row["id"])))
    event = events.note(
        container,
        by,
        EventAction.CLUSTER_RENAMED,
        f"{container.name} belongs to {new}, which was called {old}",
        {
            "from": old,
            "to": new,
            identity_trail.IDENTITY: {**identity_trail.known_identity(container.id), "cluster": new},
        },
    )
    values = {"cluster": new, "identity_event": event.hash, "version": ContainerRow.version + 1}
    ContainerRow.update(values).where(ContainerRow.id == container.id).execute()
    return container.id


def _rename_cluster(old: str, new: str) -> None:
    identity, members = clusters.known_identity(old), clusters.known_members(old)
    ClusterRow.update(renamed_to=new).where(ClusterRow.name == old).execute()
    if (
        not ClusterRow.update(identity=identity, identity_at=now(), renamed_to=None)
        .where(ClusterRow.name == new)
        .execute()
    ):
        ClusterRow.insert(name=new, identity=identity, first_seen_at=now(), identity_at=now()).execute()
    if members is not None:
        clusters.note_members(new, members)
    if clusters.current_name(old) != new:
        # It was never met, so that only its records have the old name.
        ClusterRow.insert(name=old, identity=None, first_seen_at=now(), renamed_to=new).execute()


def _move_alerts(old: str, new: str, by: Actor | str) -> int:
    """Move the open alerts and return their number. Alerts under the new name are about a cluster that was refused
    there; the others are keyed by the name.
    """
    for alert in tuples(AlertRow.select(AlertRow.id).where(AlertRow.cluster == new, AlertRow.resolved_at.is_null())):
        alerts.resolve(alert[0], f"{old} is called {new} now", by=by)
    waiting = tuples(AlertRow.select(AlertRow.id, AlertRow.key).where(AlertRow.cluster == old))
    for number, key in waiting:
        kind, *about = json.loads(key)
        if about and about[0] == old:
            about[0] = new
        AlertRow.update(cluster=new, key=json.dumps([kind, *about])).where(AlertRow.id == number).execute()
    return AlertRow.select().where(AlertRow.cluster == new, AlertRow.resolved_at.is_null()).count()


def _move_jobs(old: str, new: str) -> None:
    """End a lease under the new name, with a token that nobody has: its former holder can write no more."""
    highest = max((row[0] for row in tuples(LeaseRow.select(LeaseRow.token))), default=0)
    for table in (LeaseRow, JobPauseRow):
        taken = [row[0] for row in tuples(table.select(table.job).where(table.cluster == old))]
        table.delete().where(table.cluster == new, table.job.in_(taken)).execute()
        table.update(cluster=new).where(table.cluster == old).execute()
    LeaseRow.update(token=highest + 1, owner=None, expires_at=None, expires_tick_ms=None).where(
        LeaseRow.cluster == new
    ).execute()


def _move_minutes(old: str, new: str) -> None:
    """Move the figures of the last minutes; of a minute that the new name has already, those of the old name go."""
    there = FiguresMinuteRow.select(FiguresMinuteRow.minute).where(FiguresMinuteRow.cluster == new)
    known = [row[0] for row in tuples(there)]
    FiguresMinuteRow.delete().where(FiguresMinuteRow.cluster == old, FiguresMinuteRow.minute.in_(known)).execute()
    FiguresMinuteRow.update(cluster=new).where(FiguresMinuteRow.cluster == old).execute()
