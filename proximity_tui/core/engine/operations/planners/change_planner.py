"""The plans of changes: settings of a config, disks that grow, a move to another node, and the way back to the
baseline or to any revision. It writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.engine.operations.planners.plan_reads import reads_once, refused_where_denied
from proximity_tui.core.engine.operations.planners.planner import Planner
from proximity_tui.core.model import Container, GuestDetail, GuestLookup, NodeStatus, Plan, Refusal, RefusalCode
from proximity_tui.core.model.actions.plan_options import ChangeOptions
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.records import clinical_records
from proximity_tui.core.store.revisions import revisions

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.actions.changing.requests import SettingRequest
    from proximity_tui.core.doctrine.actions.changing.settings import Consent
    from proximity_tui.core.model.actions.plan_options import ConfigChange, DiskGrowth


class ChangePlanner(Planner):
    """The part of the planner that is about changes. What sets a config back is planned, and executed, as a change."""

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
        from proximity_tui.core.doctrine.actions.changing.change_rules import plan_change
        from proximity_tui.core.doctrine.actions.changing.settings import NO_CONSENT

        found = self.inspect_to_change(container, lookup)
        if isinstance(found, Refusal):
            return found
        planned = plan_change(container, found, changes, growth, consent or NO_CONSENT)
        if isinstance(planned, Refusal) or not isinstance(found, GuestDetail):
            return planned
        return replace(planned, warnings=(*planned.warnings, *self._room_to_grow(found, planned)))

    def _room_to_grow(self, seen: GuestDetail, plan: Plan) -> Iterator[str]:
        """Yield what is to be said of the free space of the storages on which the disks of a plan grow."""
        from proximity_tui.core.doctrine.actions.changing.change_rules import added_by_storage
        from proximity_tui.core.doctrine.actions.free_space import growth_warnings

        growth = plan.options.growth if isinstance(plan.options, ChangeOptions) else ()
        if not growth:
            return
        try:
            free = {one.name: one.available for one in self.clients[seen.cluster].storages(seen.node)}
        except ProxmoxError:
            free = {}
        yield from growth_warnings(added_by_storage(growth, seen.config or {}), free)

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
    @reads_once
    def plan_migrate(self, container: Container, target: str, *, offline: bool = False) -> Plan | Refusal:
        """Return the plan to move a container to the node `target`, or the refusal. Raises ProxmoxError when the
        cluster cannot be read.
        """
        from proximity_tui.core.doctrine.actions.changing.migration import TargetFacts, plan_migrate
        from proximity_tui.core.engine.observe.places.placement import read_target

        lookup = self.inspect_to_change(container)
        if isinstance(lookup, Refusal):
            return lookup
        if not isinstance(lookup, GuestDetail):
            return plan_migrate(container, lookup, TargetFacts(target, NodeStatus.UNKNOWN))
        return plan_migrate(
            container, lookup, read_target(self.clients[container.cluster], lookup, target), offline=offline
        )

    def plan_revert(
        self,
        container: Container,
        number: int | None = None,
        *,
        keys: Sequence[str] = (),
        with_restart: bool = False,
        lookup: GuestLookup | None = None,
    ) -> Plan | Refusal:
        """Return the plan that sets a config back to revision `number`, or to the baseline, or the refusal; from a
        fresh inspection unless the one is given that was shown. Raises `RecordNotFound` for a revision that is none.
        """
        from proximity_tui.core.doctrine.actions.drift import reverting
        from proximity_tui.core.doctrine.actions.drift.acceptance import check_ours

        wanted, target = _target(container, number)
        if wanted is None:
            return Refusal(RefusalCode.NO_CLINICAL_RECORD, f"{container.name} has no baseline to be set back to")
        seen = lookup or self.inspect(container)
        if seen is None:
            return refusals.no_guest_to_ask(container)
        if not isinstance(seen, GuestDetail):
            return refusals.not_seen(container, seen)
        found = check_ours(container, seen) or reverting.reversal(
            container, seen, wanted, keys=keys, with_restart=with_restart
        )
        if isinstance(found, Refusal):
            return found
        warnings = reverting.warnings_of(found, seen, self._config_to_come(seen))
        plan = self.plan_change(container, found.changes, lookup=seen)
        return plan if isinstance(plan, Refusal) else reverting.named(plan, target, warnings)

    def _config_to_come(self, seen: GuestDetail) -> Mapping[str, Any] | None:
        try:
            return self.clients[seen.cluster].config_to_come(seen.vmid, seen.node)
        except ProxmoxError:
            return None


def _target(container: Container, number: int | None) -> tuple[Mapping[str, Any] | None, str]:
    """Return the config that is wanted, and what it is called."""
    if number is not None:
        return revisions.get(container.id, number).config, f"revision {number}"
    latest = clinical_records.latest(container.id)
    return latest.record.config if latest is not None else None, "the baseline"
