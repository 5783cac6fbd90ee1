"""What the last connects to the ports of containers met. Observations, no facts: only a person makes a fact of one."""

from __future__ import annotations

from collections.abc import Sequence

from proximity_tui.core.model import Actor, Container
from proximity_tui.core.model.actions.operation import EventAction
from proximity_tui.core.model.guests.probe import PortObservation, PortOutcome
from proximity_tui.core.store import events
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.queries import tuples
from proximity_tui.core.store.schema import PortObservationRow


def keep(container: Container, observations: Sequence[PortObservation], actor: Actor | str, message: str) -> None:
    """Keep what was met in place of what was met at these addresses and ports before, with the event of the probe."""
    with transaction():
        for one in observations:
            PortObservationRow.delete().where(
                PortObservationRow.container_id == container.id,
                PortObservationRow.address == one.address,
                PortObservationRow.port == one.port,
            ).execute()
            PortObservationRow.insert(
                container_id=container.id,
                address=one.address,
                port=one.port,
                outcome=one.outcome.value,
                observed_at=one.observed_at,
                origin=one.origin,
            ).execute()
        met = {one.words: one.origin for one in observations if one.outcome is not PortOutcome.FILTERED}
        events.note(
            container, actor, EventAction.PORTS_PROBED, message, {"connects": len(observations), "met": sorted(met)}
        )


def of_container(container_id: int) -> tuple[PortObservation, ...]:
    """Return what was met of a container, open ports first, by address and port."""
    row = PortObservationRow
    columns = (row.address, row.port, row.outcome, row.observed_at, row.origin)
    with unit():
        found = [
            PortObservation(address, port, PortOutcome(outcome), at, origin)
            for address, port, outcome, at, origin in tuples(
                row.select(*columns).where(row.container_id == container_id)
            )
        ]
    order = list(PortOutcome)
    return tuple(sorted(found, key=lambda one: (order.index(one.outcome), one.address, one.port)))
