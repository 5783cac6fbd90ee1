"""The guard of a backup that a plan makes: whether our token may make it, and whether its storage takes one more.

It only reads, and is asked when the plan is made and again before anything is shut down for it.
"""

from __future__ import annotations

from collections.abc import Mapping

from proximity_tui.core.doctrine.actions.backup import backup_rules as rules
from proximity_tui.core.doctrine.guards.refusals import privileges_unread
from proximity_tui.core.doctrine.observation import backup_list
from proximity_tui.core.model import Plan, Refusal, RefusalCode
from proximity_tui.core.model.actions.plan_options import BackupOptions
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError


def refuse_without_rights(clients: Mapping[str, PveClient], planned: Plan | Refusal) -> Refusal | None:
    """Return the refusal when our token could not make the backup of a plan; None when it can, or
    when there is none.
    """
    if isinstance(planned, Refusal) or planned.vmid is None:
        return None
    order = rules.ordered(planned)
    if order is None:
        return None
    client, storage = clients[planned.cluster], order.storage
    guest, place = f"/vms/{planned.vmid}", f"/storage/{storage}"
    try:
        granted = {**client.permissions(guest), **client.permissions(place)}
    except ProxmoxError as error:
        return Refusal(RefusalCode.UNKNOWN_STATUS, privileges_unread(error.sentence), unread=True)
    on_guest, on_storage = granted.get(guest, frozenset()), granted.get(place, frozenset())
    return rules.check_rights(planned.vmid, storage, on_guest, on_storage) or _refuse_too_many(
        client, planned.vmid, str(planned.node), order, on_storage
    )


def _refuse_too_many(
    client: PveClient, vmid: int, node: str, order: BackupOptions, on_storage: frozenset[str]
) -> Refusal | None:
    """Return the refusal when one more backup would fail in its task, because none is removed for it; None also where
    the limit cannot be known before.
    """
    storage = order.storage
    try:
        limits = client.backup_limits(storage)
        listed = client.backups(node, vmid, (storage,))
    except ProxmoxError as error:
        reason = f"which backups of CT {vmid} are on {storage} is not known: {error.sentence}"
        return Refusal(RefusalCode.UNKNOWN_STATUS, reason, unread=True)
    if not order.protected:
        return backup_list.check_retention(vmid, storage, listed, limits.kept)
    return backup_list.check_limit(vmid, storage, listed, backup_list.limit_of(limits.protected, on_storage))
