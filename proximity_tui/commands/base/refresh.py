"""One poll of every cluster at once, bounded in time: their inventories, and the errors of the others.

A cluster that does not answer delays no other, and never keeps a command from answering from the records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from proximity_tui.commands.base.listed_names import keep_listed
from proximity_tui.core.base.daemon_threads import run_together
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.privileges import Permissions, why_hidden, why_not_listed
from proximity_tui.core.model import Container, Inventory, Presence
from proximity_tui.core.proxmox.errors import ProxmoxError

if TYPE_CHECKING:
    from proximity_tui.core.engine.observe.poller import PollResult
    from proximity_tui.core.fleet import FleetRow
    from proximity_tui.core.proxmox.client import PveClient
    from proximity_tui.runtime.context import AppContext

T = TypeVar("T")

PATIENCE = 12.0
"""Seconds for all clusters together. A person waits no longer for a list, and a script has its own limits."""


@value_object
class RefreshedClusters:
    """The result of polling every cluster: the inventory of those that answered, a sentence for the others."""

    inventories: Mapping[str, Inventory] = field(default_factory=dict)
    silent: Mapping[str, str] = field(default_factory=dict)
    polls: Mapping[str, PollResult] = field(default_factory=dict)
    """What each poller found, by cluster, for what is shown as on the screens."""


def refresh_all(context: AppContext, only: str | None = None) -> RefreshedClusters:
    """Poll every enabled cluster (or `only` one), record what is seen, and return the results. One request each."""
    pollers = {name: poller for name, poller in context.pollers.items() if only in (None, name)}
    seen = at_once(context, {name: poller.poll_once for name, poller in pollers.items()}, PATIENCE)
    inventories: dict[str, Inventory] = {}
    silent: dict[str, str] = {}
    for name in pollers:
        poll = seen.get(name)
        if poll is None:
            silent[name] = too_late(name)
        elif poll.error is not None:
            silent[name] = poll.error
        elif poll.inventory is not None:
            inventories[name] = poll.inventory
    keep_listed(context, inventories.values())
    return RefreshedClusters(inventories, silent, seen)


def too_late(cluster: str) -> str:
    """Return the sentence about a cluster that did not answer within `PATIENCE`."""
    return f"{cluster} did not answer within {PATIENCE:.0f} s"


def not_inspected(cluster: str) -> str:
    """Return the sentence about a cluster of which the inspection of a guest did not end within `PATIENCE`."""
    return f"{cluster} did not answer the inspection within {PATIENCE:.0f} s"


def recorded_rows(context: AppContext, polls: RefreshedClusters, containers: tuple[Container, ...]) -> list[FleetRow]:
    """Return the row of each record by what was just polled, with the operations under way and the known drift. One of
    a cluster that was not polled says why.
    """
    from proximity_tui.core.fleet import managed_rows
    from proximity_tui.core.store.records import operations

    silent = {**polls.silent, **not_checked(context, containers)}
    standing = operations.without_dead_owners(operations.open_operations())
    return managed_rows(containers, polls.inventories, standing, silent, context.drifts.known())


def hidden_guests(context: AppContext, polls: RefreshedClusters) -> list[str]:
    """Return why the lists of the clusters that answered may lack guests: Proxmox leaves out what our token may not
    see.
    """
    clients = {name: context.clients[name] for name in polls.inventories}
    told = at_once(context, {name: partial(_why_hidden, client) for name, client in clients.items()}, PATIENCE)
    return [f"{name}: {told[name]}" for name in clients if told.get(name)]


def name_missing_rights(context: AppContext, polls: RefreshedClusters, rows: Iterable[FleetRow]) -> list[FleetRow]:
    """Return the rows; the reason of one that a list lacks names the privilege that our token lacks to see it. One
    request for each cluster with such a row.
    """
    rows = list(rows)
    clients = {row.cluster: context.clients[row.cluster] for row in rows if _is_unexplained(row, polls)}
    told = at_once(context, {name: partial(_permissions, client) for name, client in clients.items()}, PATIENCE)
    named = []
    for row in rows:
        granted = told.get(row.cluster) if _is_unexplained(row, polls) else None
        reason = None if granted is None else why_not_listed(row.cluster, row.vmid or 0, granted)
        named.append(row if reason is None else replace(row, reason=reason))
    return named


def _is_unexplained(row: FleetRow, polls: RefreshedClusters) -> bool:
    """Return whether a list that was read whole lacks a row, and nobody knows why."""
    inventory = polls.inventories.get(row.cluster)
    if inventory is None or row.vmid is None or row.listed or row.missing or row.presence is not Presence.UNKNOWN:
        return False
    return not inventory.reasons and inventory.why_unreadable(row.vmid) is None


def _permissions(client: PveClient) -> Permissions | None:
    try:
        return client.permissions()
    except ProxmoxError:
        return None


def _why_hidden(client: PveClient) -> str | None:
    try:
        return why_hidden(client.permissions())
    except ProxmoxError as error:
        return f"could not check whether our token sees every guest: {error.sentence}"


def not_checked(context: AppContext, containers: tuple[Container, ...]) -> dict[str, str]:
    """Return why the clusters of some records were not polled: they are disabled, or no longer configured."""
    strangers = {container.cluster for container in containers} - context.clients.keys()
    return {name: f"not checked: {context.settings.why_not_contacted(name)}" for name in strangers}


def at_once(context: AppContext, work: Mapping[str, Callable[[], T]], patience: float) -> dict[str, T]:
    """Return the results of those calls that end within `patience` seconds, by the names that `work` gives them. All
    are made at once; their errors are raised.

    They run on daemon threads, so an unfinished call delays nothing.
    """
    results: dict[str, T] = {}
    failures: list[Exception] = []

    def run(name: str, call: Callable[[], T]) -> None:
        try:
            results[name] = call()
        except Exception as error:
            failures.append(error)
        finally:
            context.close_connections()

    run_together(patience, {f"refresh-{name}": partial(run, name, call) for name, call in work.items()})
    if failures:
        raise failures[0]
    return dict(results)
