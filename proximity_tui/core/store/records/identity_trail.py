"""The agreement of records and audit trail: the identity of a record is the one in its last identity event.

The database refuses to change an identity without such an event (see `triggers`); this finds a change that got around
that. It only reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import peewee

from proximity_tui.core.base.text import describe
from proximity_tui.core.model import Kind, Provenance
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import clusters, events
from proximity_tui.core.store.database import unit
from proximity_tui.core.store.db.fields import fingerprint_in, to_json
from proximity_tui.core.store.db.queries import dicts, streamed
from proximity_tui.core.store.schema.container_tables import ContainerRow
from proximity_tui.core.store.schema.trail_tables import EventRow

IDENTITY: Final = "record_identity"
"""The key of the evidence under which an event says who a container is."""

_WORDS: Final = {"kind": "kind", "cluster": "cluster", "vmid": "VMID", "fingerprint": "fingerprint", "marker": "marker"}
"""What makes up an identity, as messages call it."""
_SHORT: Final = frozenset(_WORDS) - {"fingerprint"}
_HAS_IDENTITY = peewee.SQL(f"replace(evidence, '\"{IDENTITY}\":', '') <> evidence")


def identity_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the identity in the row of a container, as an event records it."""
    return {key: to_json(row[key]) for key in _WORDS}


def provenance(container_id: int) -> Provenance:
    """Return the identity of a record by the trail, and the guests that were ever adopted."""
    with unit():
        rows = dicts(ContainerRow.select().where(ContainerRow.id == container_id))
        others = ContainerRow.select().where(ContainerRow.kind.is_null() | (ContainerRow.kind != Kind.NATIVE.value))
        adopted = [(row, fingerprint_in(row["fingerprint"])) for row in dicts(others)]
        message = disagreement(rows[0]) if rows else "the record is gone"
        unread = bool(rows) and any(_may_be(rows[0], row) for row, fingerprint in adopted if fingerprint is None)
    known = tuple((row["vmid"], fingerprint) for row, fingerprint in adopted if fingerprint is not None)
    return Provenance(container_id, message, known, unread)


def _may_be(ours: Mapping[str, Any], unread: Mapping[str, Any]) -> bool:
    """Return whether a later record of which no fingerprint is known may be of the same guest: it has the same place.
    What we made after it was adopted is another guest.
    """
    if unread["id"] <= ours["id"] or unread["vmid"] is None or unread["vmid"] != ours["vmid"]:
        return False
    return clusters.current_name(unread["cluster"]) == clusters.current_name(ours["cluster"])


def disagreements() -> Iterator[tuple[int, str]]:
    """Yield the id and the fault of every record that differs from the trail, which must be whole itself."""
    with unit():
        told = {
            event["container_id"]: event
            for event in dicts(EventRow.select().where(_HAS_IDENTITY).order_by(EventRow.seq))
        }
        for row in streamed(ContainerRow.select().order_by(ContainerRow.id)):
            if message := _disagreement(row, told.get(row["id"])):
                yield row["id"], f"record {row['id']} ({row['name']}, {row['cluster']}/{row['vmid']}): {message}"


def disagreement(row: Mapping[str, Any]) -> str | None:
    """Return where a record and the trail disagree; None when they agree. Within a unit."""
    last = last_identity_event(row["id"])
    if last is not None and not events.is_genuine(last["seq"]):
        return f"event {last['seq']}, which records its identity, was changed"
    return _disagreement(row, last)


def known_identity(container_id: int) -> dict[str, Any]:
    """Return the identity of a record by the trail, or by the record alone where the trail does not
    say. Within a unit.
    """
    last = last_identity_event(container_id)
    told = (last["evidence"] or {}).get(IDENTITY) if last is not None else None
    if isinstance(told, dict):
        return told
    return identity_of(dicts(ContainerRow.select().where(ContainerRow.id == container_id))[0])


def last_identity_event(container_id: int) -> dict[str, Any] | None:
    """Return the last event that records the identity of a record; None without one. Within a unit."""
    about = EventRow.select().where(EventRow.container_id == container_id, _HAS_IDENTITY)
    found = dicts(about.order_by(EventRow.seq.desc()).limit(1))
    return found[0] if found else None


def earliest_identity(container_id: int) -> dict[str, Any] | None:
    """Return the identity by the events before schema 10, which hold less; None without an event. Within a unit."""
    found = dicts(EventRow.select().where(EventRow.container_id == container_id).order_by(EventRow.seq))
    if not found:
        return None
    first = found[0]
    told = {"kind": (first["evidence"] or {}).get("kind"), "cluster": first["cluster"], "vmid": first["vmid"]}
    read = [event["evidence"] for event in found if event["action"] == EventAction.FINGERPRINT and event["evidence"]]
    return {**told, "fingerprint": read[-1]["after"]} if read and "after" in read[-1] else told


def differences(row: Mapping[str, Any], told: Mapping[str, Any], where: str) -> str | None:
    """Return the differences between a row and `told` in words; None when there is none."""
    ours = identity_of(row)
    wrong = [key for key in _WORDS if key in told and ours[key] != told[key]]
    if not wrong:
        return None
    if wrong == ["fingerprint"]:
        return f"its fingerprint is not the one that {where} says"
    return describe(
        [f"its {_WORDS[key]} is {ours[key]}, and {where} says {told[key]}" for key in wrong if key in _SHORT]
    )


def _disagreement(row: Mapping[str, Any], last: Mapping[str, Any] | None) -> str | None:
    if last is None:
        return _first_disagreement(row)
    told = (last["evidence"] or {}).get(IDENTITY)
    if last["hash"] != row["identity_event"] or not isinstance(told, dict):
        return f"event {last['seq']} records its identity, but the record does not refer to it"
    return differences(row, told, f"event {last['seq']}")


def _first_disagreement(row: Mapping[str, Any]) -> str | None:
    """Return the disagreement of a tombstone that is older than identity events with its first event; open records have
    an identity event.
    """
    told = earliest_identity(row["id"])
    if told is None:
        return "no event records it: another program made it"
    if row["closed_at"] is None:
        return "no event records its identity"
    return differences(row, told, "its first event")
