"""The change of a backup as a shell line, for the day we are down."""

from __future__ import annotations

from proximity_tui.core.doctrine.pct_commands.shell_line import Value, shell_line
from proximity_tui.core.model.actions.backup_change import BackupChangePlan


def lines_by_hand(plan: BackupChangePlan) -> tuple[str, ...]:
    """Return the lines for a plan, in their order; one that begins with `#` is for the reader."""
    given: dict[str, Value] = {}
    if plan.note is not None:
        given["notes"] = plan.note
    if plan.protected is not None:
        given["protected"] = int(plan.protected)
    path = f"/nodes/{plan.node}/storage/{plan.request.storage}/content/{plan.request.volume}"
    check = (
        f"# as root on {plan.node}; check first that it is there: pvesm list {plan.request.storage} --vmid {plan.vmid}"
    )
    return check, shell_line("pvesh", "set", path, **given)
