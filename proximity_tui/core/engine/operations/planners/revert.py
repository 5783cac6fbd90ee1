"""The plans that set the config of a container back to the baseline, or to any revision. It writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.engine.operations.planners.change import ChangePlanner
from proximity_tui.core.model import Container, GuestDetail, GuestLookup, Plan, Refusal, RefusalCode
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.records import clinical
from proximity_tui.core.store.revisions import revisions


class RevertPlanner(ChangePlanner):
    """The part of the planner that is about setting back. Such a plan is one of a change, and is executed as one."""

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
    latest = clinical.latest(container.id)
    return latest.record.config if latest is not None else None, "the baseline"
