"""Lint: the facts, gathered from records, the last lists, the configs that were read and a few requests; and judged.

What could not be read is a fact, too: it says why. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.lint.facts import LintFacts, LintSubject, SnapshotAge, UnreadFact, UnusedTemplate
from proximity_tui.core.doctrine.lint.findings import lint as judge
from proximity_tui.core.doctrine.lint.findings import with_waivers
from proximity_tui.core.doctrine.lint.rules import can_have_old_snapshot
from proximity_tui.core.doctrine.observation.last_backup import last_backup
from proximity_tui.core.engine.reconcile.random_sample import draw
from proximity_tui.core.fleet import FleetRow, managed_rows
from proximity_tui.core.model import Container, Guest, Inventory, NewestBackups, Presence
from proximity_tui.core.model.lint_report import LintReport, LintRule
from proximity_tui.core.proxmox.errors import ProxmoxError, Unknown, Unreachable
from proximity_tui.core.store import waivers
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import records
from proximity_tui.insight.lint_records import Recorded, read_recorded

if TYPE_CHECKING:
    from proximity_tui.core.proxmox.client import PveClient
    from proximity_tui.runtime.context import AppContext

MOST_SNAPSHOTS = 200
"""How many containers are asked for their snapshots. A recorded config does not tell who has none: to take one makes
no revision."""


@value_object
class LastLists:
    """The last list of each cluster, and of those that have none the reason."""

    inventories: Mapping[str, Inventory]
    silent: Mapping[str, str]


def lint(
    context: AppContext, lists: LastLists, only: str | None = None, rules: Collection[LintRule] = tuple(LintRule)
) -> LintReport:
    """Return what will hurt, of one cluster or of all, by the last lists; what other `rules` need is not asked for.
    Blocks; raises StoreError.
    """
    off = context.settings.lint.disabled.union(one for one in LintRule if one not in rules)
    facts = _gather(context, lists, off, only)
    limits = replace(context.settings.lint, disabled=off)
    return judge(facts, limits, waivers.open_waivers(), context.clock.now())


def waived_again(report: LintReport) -> LintReport:
    """Return a report with the waivers that are open by now. Asks nobody; raises StoreError."""
    return with_waivers(report, waivers.open_waivers())


def _gather(context: AppContext, lists: LastLists, disabled: frozenset[LintRule], only: str | None = None) -> LintFacts:
    """Return the facts, of one cluster or of all. Blocks for a few requests; raises StoreError."""
    containers = records.active(only)
    silent = {**lists.silent, **_not_asked(context, containers, lists)}
    rows = managed_rows(containers, lists.inventories, (), silent, context.drifts.known())
    clients = {name: one for name, one in context.clients.items() if only in (None, name) and name not in silent}
    recorded = read_recorded(containers)
    templates = {} if LintRule.TEMPLATE_UNUSED in disabled else _templates(clients, lists, recorded.templates)
    old = _can_have_old_snapshot(context, containers)
    subjects = tuple(_subjects(rows, lists, clients, disabled, recorded, old))
    return LintFacts(subjects, alerts.open_alerts(only), templates)


def _not_asked(context: AppContext, containers: Iterable[Container], lists: LastLists) -> dict[str, str]:
    """Return why there is no list of the clusters that have records and are not asked."""
    known = lists.inventories.keys() | lists.silent.keys()
    others = {one.cluster for one in containers} - known
    return {name: context.settings.why_not_contacted(name) for name in others}


def _subjects(
    rows: Sequence[FleetRow],
    lists: LastLists,
    clients: Mapping[str, PveClient],
    disabled: frozenset[LintRule],
    recorded: Recorded,
    old: frozenset[int],
) -> Iterator[LintSubject]:
    newest = {} if LintRule.NO_BACKUP in disabled else _newest_backups(clients)
    guests = {row.container.id: _guest(row, lists) for row in rows if row.container is not None}
    asked = frozenset[int]() if LintRule.OLD_SNAPSHOT in disabled else _asked_for_snapshots(guests, recorded, old)
    silent: dict[tuple[str, str], UnreadFact] = {}
    for row in rows:
        if row.container is None:
            continue
        guest, config = guests[row.container.id], recorded.configs[row.container.id]
        snapshots: tuple[SnapshotAge, ...] | UnreadFact = ()
        if LintRule.OLD_SNAPSHOT not in disabled and (row.container.id in old or isinstance(guest, UnreadFact)):
            snapshots = _snapshots(clients.get(row.cluster), guest, row.container.id in asked, silent)
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


def _can_have_old_snapshot(context: AppContext, containers: Iterable[Container]) -> frozenset[int]:
    limits, now = context.settings.lint, context.clock.now()
    return frozenset(one.id for one in containers if can_have_old_snapshot(one, limits, now))


def _asked_for_snapshots(
    guests: Mapping[int, Guest | UnreadFact], recorded: Recorded, old: frozenset[int]
) -> frozenset[int]:
    """Return the containers that are asked for their snapshots, those first whose config names one: of the others
    nothing can be `old` enough to be found. Of more than can be asked some are drawn by lot, so that each is read in
    time; a part is always left to those whose config names none.
    """
    there = [one for one, guest in guests.items() if one in old and isinstance(guest, Guest)]
    named = [one for one in there if _names_a_snapshot(recorded.configs[one])]
    others = list(set(there).difference(named))
    first = draw(named, max(MOST_SNAPSHOTS - len(others), MOST_SNAPSHOTS * 3 // 4))
    return frozenset((*first, *draw(others, MOST_SNAPSHOTS - len(first))))


def _names_a_snapshot(config: Mapping[str, Any] | UnreadFact) -> bool:
    """Return whether a config names the snapshot that the container stands on."""
    return not isinstance(config, UnreadFact) and bool(config.get("parent"))


def _snapshots(
    client: PveClient | None, guest: Guest | UnreadFact, is_asked: bool, silent: dict[tuple[str, str], UnreadFact]
) -> tuple[SnapshotAge, ...] | UnreadFact:
    """Return the snapshots of a container, or why they are not known. A node that did not answer is added to `silent`,
    and nobody waits for it again.
    """
    if isinstance(guest, UnreadFact):
        return guest
    if client is None:
        return UnreadFact("its cluster was not asked")
    if not is_asked:
        return UnreadFact(f"only the snapshots of {MOST_SNAPSHOTS} containers are read at once, which are drawn by lot")
    place = client.cluster, guest.node
    if place in silent:
        return silent[place]
    try:
        listed = client.snapshots(guest.node, guest.vmid)
    except ProxmoxError as error:
        unread = UnreadFact(f"its snapshots could not be read: {error.sentence}")
        if isinstance(error, Unreachable | Unknown):
            silent[place] = unread
        return unread
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
