"""The first line of a record: who the guest is, on whose word, and what was seen of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Action, Actor, Container, Fingerprint, Kind, Presence, State, Status
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import clusters, events
from proximity_tui.core.store.clock_readings import clock_reading, kept
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.db.store_errors import SameCluster, StoreError
from proximity_tui.core.store.records import identity_trail
from proximity_tui.core.store.records.record_reads import get
from proximity_tui.core.store.records.writes import already_managed, update_open
from proximity_tui.core.store.schema.container_tables import ContainerRow


@value_object
class FirstSeen:
    """What was seen of a guest before its record was added. What is left out is not known."""

    status: Status = Status.UNKNOWN
    presence: Presence = Presence.UNKNOWN
    presence_reason: str | None = None
    observed_at: datetime | None = None
    lock: str | None = None
    template: bool = False
    tags: Sequence[str] = ()


@value_object
class NewRecord:
    """A record that is to be added. `marker` defaults to that of the fingerprint; `predecessor` is the closed record
    whose history it continues.
    """

    cluster: str
    vmid: int | None
    node: str | None
    name: str
    kind: Kind
    state: State
    fingerprint: Fingerprint | None = None
    marker: str | None = None
    predecessor: int | None = None
    seen: FirstSeen = FirstSeen()


def add(
    record: NewRecord,
    *,
    actor: Actor | str,
    action: EventAction | Action,
    message: str,
    evidence: Mapping[str, Any] | None = None,
) -> Container:
    """Add a record with its event, in one transaction, and return it.

    Raises `Conflict` that names the open record which holds the VMID already, and `SameCluster` for the second name of
    a cluster.
    """
    if record.kind is Kind.UNKNOWN:
        raise StoreError("a record needs a kind, native or adopted")
    cluster, vmid, fingerprint = record.cluster, record.vmid, record.fingerprint
    identity = {"fingerprint": fingerprint, "marker": record.marker or (fingerprint.marker if fingerprint else None)}
    with transaction():
        if other := clusters.other_name_of(cluster):
            raise SameCluster(cluster, other)
        guest = {"cluster": cluster, "vmid": vmid, "kind": record.kind}
        values = {**guest, "node": record.node, "name": record.name, "predecessor": record.predecessor}
        new = _insert({**values, **_as_seen(record.seen), **_moments(record.state, fingerprint)})
        noted = {"kind": record.kind, "state": record.state, "node": record.node, **(evidence or {})}
        noted[identity_trail.IDENTITY] = {**guest, **identity}
        event = events.append(
            actor=actor, action=action, message=message, container=new, cluster=cluster, vmid=vmid, evidence=noted
        )
        update_open(new, {**identity, "identity_event": event.hash})
        return get(new)


def _insert(values: Mapping[str, Any]) -> int:
    """Add the row and return its id. The database lets no second open record have the VMID."""
    try:
        with transaction():
            new: int = ContainerRow.insert(**values).execute()
    except StoreError as error:
        raise already_managed(values["cluster"], values["vmid"], error) from error
    return new


def _as_seen(seen: FirstSeen) -> dict[str, Any]:
    """Return the columns of what was seen."""
    return {
        "status": seen.status.value,
        "presence": seen.presence.value,
        "presence_reason": seen.presence_reason,
        "observed_at": seen.observed_at,
        "lock": seen.lock,
        "template": seen.template,
        "tags": seen.tags,
    }


def _moments(state: State, fingerprint: Fingerprint | None) -> dict[str, Any]:
    """Return the columns of the state that begins now, and of when the guest's identity was read."""
    reading = clock_reading()
    return {
        "state": state.value,
        "state_since": reading.at,
        "state_clock": kept(reading, reading.at),
        "version": 1,
        "created_at": reading.at,
        "identity_seen_at": reading.at if fingerprint else None,
    }
