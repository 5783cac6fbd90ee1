"""The plans of changes: settings of a config, and disks that grow. It writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from proximity_tui.core.engine.operations.planners.asking_once import asking_once
from proximity_tui.core.engine.operations.planners.denied import refused_where_denied
from proximity_tui.core.engine.operations.planners.planner import Planner
from proximity_tui.core.model import Container, GuestDetail, GuestLookup, NodeStatus, Plan, Refusal

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.actions.changing.requests import SettingRequest
    from proximity_tui.core.doctrine.actions.changing.settings import Consent
    from proximity_tui.core.model.actions.plan_options import ConfigChange, DiskGrowth


class ChangePlanner(Planner):
    """The part of the planner that is about changes."""

    def plan_change(
        self,
        container: Container,
        changes: Sequence[ConfigChange],
        growth: Sequence[DiskGrowth] = (),
        *,
        lookup: GuestLookup | None = None,
        consent: Consent | None = None,
    ) -> Plan | Refusal:
        """Return the plan for a change of settings and disks, or the refusal; from a fresh inspection unless the one is
        given that the changes were made from.
        """
        from proximity_tui.core.doctrine.actions.changing.change import plan_change
        from proximity_tui.core.doctrine.actions.changing.settings import NO_CONSENT

        found = self.inspect_to_change(container, lookup)
        if isinstance(found, Refusal):
            return found
        return plan_change(container, found, changes, growth, consent or NO_CONSENT)

    def plan_settings(
        self,
        container: Container,
        requested: Sequence[SettingRequest],
        *,
        lookup: GuestLookup | None = None,
        consent: Consent | None = None,
    ) -> Plan | Refusal:
        """Return the plan for what a person requested, or the refusal; from a fresh inspection unless one is given."""
        from proximity_tui.core.doctrine.actions.changing.requests import resolve

        lookup = lookup or self.inspect(container)
        config = lookup.config if isinstance(lookup, GuestDetail) else None
        resolved = resolve(requested, config or {})
        if isinstance(resolved, Refusal):
            return resolved
        return self.plan_change(container, resolved.changes, resolved.growth, lookup=lookup, consent=consent)

    @refused_where_denied
    @asking_once
    def plan_migrate(self, container: Container, target: str, *, offline: bool = False) -> Plan | Refusal:
        """Return the plan to move a container to the node `target`, or the refusal. Raises ProxmoxError when the
        cluster cannot be read.
        """
        from proximity_tui.core.doctrine.actions.changing.migration import TargetFacts, plan_migrate
        from proximity_tui.core.engine.observe.places.migration import read_target

        lookup = self.inspect_to_change(container)
        if isinstance(lookup, Refusal):
            return lookup
        if not isinstance(lookup, GuestDetail):
            return plan_migrate(container, lookup, TargetFacts(target, NodeStatus.UNKNOWN))
        return plan_migrate(
            container, lookup, read_target(self.clients[container.cluster], lookup, target), offline=offline
        )
