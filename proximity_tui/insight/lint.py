"""Lint: the facts, gathered from records, the last lists, the configs that were read and a few requests; and judged.

What could not be read is a fact, too: it says why. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.lint.facts import LintFacts, LintSubject, SnapshotAge, UnreadFact, UnusedTemplate
from proximity_tui.core.doctrine.lint.lint_rules import lint as judge
from proximity_tui.core.doctrine.observation.last_backup import last_backup
from proximity_tui.core.fleet import FleetRow, managed_rows
from proximity_tui.core.model import Container, Guest, Inventory, NewestBackups, Presence
from proximity_tui.core.model.lint_report import LintReport, LintRule
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store import waivers
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import records
from proximity_tui.insight.lint_records import Recorded, read_recorded

if TYPE_CHECKING:
    from proximity_tui.core.proxmox.client import PveClient
    from proximity_tui.runtime.context import AppContext

MOST_SNAPSHOTS = 200
"""How many containers are asked for their snapshots; only those are whose config names one."""


@value_object
class LastLists:
    """The last list of each cluster, and of those that have none the reason."""

    inventories: Mapping[str, Inventory]
    silent: Mapping[str, str]


def lint(context: AppContext, lists: LastLists, only: str | None = None) -> LintReport:
    """Return what will hurt, of one cluster or of all, by the last lists. Blocks; raises StoreError."""
    facts = _gather(context, lists, only)
    return judge(facts, context.settings.lint, waivers.open_waivers(), context.clock.now())


def _gather(context: AppContext, lists: LastLists, only: str | None = None) -> LintFacts:
    """Return the facts, of one cluster or of all. Blocks for a few requests; raises StoreError."""
    containers = records.active(only)
    silent = {**lists.silent, **_not_asked(context, containers, lists)}
    rows = managed_rows(containers, lists.inventories, (), silent, context.drifts.known())
    clients = {name: one for name, one in context.clients.items() if only in (None, name) and name not in silent}
    disabled = context.settings.lint.disabled
    recorded = read_recorded(containers)
    templates = {} if LintRule.TEMPLATE_UNUSED in disabled else _templates(clients, lists, recorded.templates)
    return LintFacts(tuple(_subjects(rows, lists, clients, disabled, recorded)), alerts.open_alerts(only), templates)


def _not_asked(context: AppContext, containers: Iterable[Container], lists: LastLists) -> dict[str, str]:
    """Return why there is no list of the clusters that have records and are not asked."""
    known = lists.inventories.keys() | lists.silent.keys()
    others = {one.cluster for one in containers} - known
    return {name: context.settings.why_not_contacted(name) for name in others}


def _subjects(
    rows: Iterable[FleetRow],
    lists: LastLists,
    clients: Mapping[str, PveClient],
    disabled: frozenset[LintRule],
    recorded: Recorded,
) -> Iterator[LintSubject]:
    asked, newest = 0, {} if LintRule.NO_BACKUP in disabled else _newest_backups(clients)
    for row in rows:
        if row.container is None:
            continue
        guest, config = _guest(row, lists), recorded.configs[row.container.id]
        snapshots: tuple[SnapshotAge, ...] | UnreadFact = ()
        if LintRule.OLD_SNAPSHOT not in disabled and _may_have_snapshots(config):
            snapshots = _snapshots(clients.get(row.cluster), guest, config, asked)
            asked += 1
        made = _last_backup(newest.get(row.cluster), row.container)
        ports = recorded.silent_ports[row.container.id]
        yield LintSubject(row.container, guest, config, row.drift, row.addresses, made, snapshots, ports)


def _newest_backups(clients: Mapping[str, PveClient]) -> dict[str, NewestBackups | UnreadFact]:
    """Return the newest backups of each cluster, or why they are not known."""
    found: dict[str, NewestBackups | UnreadFact] = {}
    for name, client in clients.items():
        try:
            found[name] = client.newest_backups()
        except ProxmoxError as error:
            found[name] = UnreadFact(f"its backups could not be read: {error.sentence}")
    return found


def _last_backup(newest: NewestBackups | UnreadFact | None, container: Container) -> datetime | UnreadFact | None:
    if newest is None or isinstance(newest, UnreadFact):
        return newest or UnreadFact("its backups were not read")
    last = last_backup(newest, container)
    if last.backup is None:
        return None if last.is_none else UnreadFact(f"whether it has a backup is not known: {last.unknown}")
    return last.backup.at


def _guest(row: FleetRow, lists: LastLists) -> Guest | UnreadFact:
    """Return the guest of a container in the last list; why not, where it is not seen to be there."""
    inventory = lists.inventories.get(row.cluster)
    guest = inventory.guests.get(row.vmid or 0) if inventory is not None and row.listed else None
    if guest is None or row.presence is not Presence.PRESENT:
        return UnreadFact(row.reason or f"its guest is {row.presence}")
    return guest


def _may_have_snapshots(config: Mapping[str, Any] | UnreadFact) -> bool:
    """Return whether a container may have a snapshot: its config names the one that it stands on."""
    return isinstance(config, UnreadFact) or bool(config.get("parent"))


def _snapshots(
    client: PveClient | None, guest: Guest | UnreadFact, config: Mapping[str, Any] | UnreadFact, asked: int
) -> tuple[SnapshotAge, ...] | UnreadFact:
    for unread in (config, guest):
        if isinstance(unread, UnreadFact):
            return unread
    if client is None:
        return UnreadFact("its cluster was not asked")
    if asked >= MOST_SNAPSHOTS:
        return UnreadFact(f"only the snapshots of {MOST_SNAPSHOTS} containers are read at once")
    assert isinstance(guest, Guest)
    try:
        listed = client.snapshots(guest.node, guest.vmid)
    except ProxmoxError as error:
        return UnreadFact(f"its snapshots could not be read: {error.sentence}")
    return tuple(SnapshotAge(one.name, one.at) for one in listed.snapshots)


def _templates(
    clients: Mapping[str, PveClient], lists: LastLists, used: Collection[str]
) -> dict[str, tuple[UnusedTemplate, ...] | UnreadFact]:
    """Return by cluster the templates from which no container of ours was created, or why they are not known."""
    found: dict[str, tuple[UnusedTemplate, ...] | UnreadFact] = {
        name: UnreadFact(why) for name, why in lists.silent.items()
    }
    for name, client in clients.items():
        try:
            found[name] = tuple(
                UnusedTemplate(name, volid) for volid in _listed_templates(client, lists) if volid not in used
            )
        except ProxmoxError as error:
            found[name] = UnreadFact(f"the templates could not be read: {error.sentence}")
    return found


def _listed_templates(client: PveClient, lists: LastLists) -> list[str]:
    """Return the volume ids of the templates on all storages that are available, each once. Raises a ProxmoxError."""
    inventory = lists.inventories.get(client.cluster)
    storages = () if inventory is None else inventory.storages.values()
    return [one.volid for one in client.all_templates(storages)]
