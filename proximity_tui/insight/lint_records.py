"""What our records say of the containers that lint looks at: a few statements for all of them, and no request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.lint.facts import UnreadFact
from proximity_tui.core.model import Action, Container, Kind, PortMapping
from proximity_tui.core.model.actions.plan_options import CreateOptions
from proximity_tui.core.model.config_revision import ConfigRevision
from proximity_tui.core.model.guests.probe_result import PortObservation, PortOutcome
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import operations, port_observations
from proximity_tui.core.store.revisions import revisions


@value_object
class Recorded:
    """What is recorded of some containers, by id: the config that was read last, and the ports behind which nothing
    listened at the last probe. `templates` are those that the native ones were created from.
    """

    configs: Mapping[int, Mapping[str, Any] | UnreadFact]
    silent_ports: Mapping[int, tuple[PortMapping, ...] | UnreadFact]
    templates: frozenset[str]


def read_recorded(containers: Sequence[Container]) -> Recorded:
    """Return what is recorded of these containers. Raises StoreError."""
    read = revisions.last_or_why_not(one.id for one in containers)
    observed = port_observations.of_containers(one.id for one in containers if one.ports)
    return Recorded(
        {one.id: _config(read.get(one.id)) for one in containers},
        {one.id: _silent_ports(one, observed.get(one.id, ())) for one in containers},
        _templates(containers),
    )


def _config(found: ConfigRevision | StoreError | None) -> Mapping[str, Any] | UnreadFact:
    if isinstance(found, StoreError):
        return UnreadFact(f"its config cannot be read from our records: {found}")
    return UnreadFact("its config was never read") if found is None else found.config


def _silent_ports(
    container: Container, observations: Sequence[PortObservation]
) -> tuple[PortMapping, ...] | UnreadFact:
    """Return the ports behind which nothing listened at the last probe; why not, where none was made of one of them."""
    met: dict[int, set[PortOutcome]] = {}
    for one in observations:
        if one.outcome is not PortOutcome.FILTERED:  # Silence of the network says nothing of what listens.
            met.setdefault(one.port, set()).add(one.outcome)
    unseen = [str(port.container) for port in container.ports if port.container not in met]
    if unseen:
        return UnreadFact(f"some ports were never probed (`ports probe`): {', '.join(unseen)}")
    return tuple(port for port in container.ports if PortOutcome.OPEN not in met[port.container])


def _templates(containers: Sequence[Container]) -> frozenset[str]:
    created = operations.for_containers((one.id for one in containers if one.kind is Kind.NATIVE), Action.CREATE)
    return frozenset(one.plan.options.template for one in created if isinstance(one.plan.options, CreateOptions))
