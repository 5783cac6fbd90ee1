"""What the last connects to the ports of containers met. Observations, no facts: only a person makes a fact of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from proximity_tui.core.model import Actor, Container
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.guests.probe_result import PortObservation, PortOutcome
from proximity_tui.core.store import events
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.queries import chunks, tuples
from proximity_tui.core.store.schema.container_tables import PortObservationRow


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
    return of_containers([container_id]).get(container_id, ())


def of_containers(ids: Iterable[int]) -> dict[int, tuple[PortObservation, ...]]:
    """Return the same of each of these containers of which anything was met, by id: a statement for some hundred."""
    row = PortObservationRow
    columns = (row.container_id, row.address, row.port, row.outcome, row.observed_at, row.origin)
    found: dict[int, list[PortObservation]] = {}
    with unit():
        for some in chunks(ids):
            for container, address, port, outcome, at, origin in tuples(
                row.select(*columns).where(row.container_id.in_(some))
            ):
                observation = PortObservation(address, port, PortOutcome(outcome), at, origin)
                found.setdefault(container, []).append(observation)
    return {container: tuple(sorted(seen, key=_place)) for container, seen in found.items()}


_OUTCOMES = list(PortOutcome)


def _place(one: PortObservation) -> tuple[int, str, int]:
    return _OUTCOMES.index(one.outcome), one.address, one.port
