"""`show`: everything that is known of one container or other guest, from our records and, if it is seen, Proxmox."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.base.options import json_option
from proximity_tui.commands.base.refresh import PATIENCE, at_once, not_checked, not_inspected, refresh_all
from proximity_tui.commands.base.resolve import container_argument, find_optional, find_row
from proximity_tui.commands.containers.show_guest import KnownGuest, describe_guest, guest_document, know_guest
from proximity_tui.commands.containers.show_text import KnownContainer, describe
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.json_documents import event_document, observation_document
from proximity_tui.commands.printed.row_documents import row_document
from proximity_tui.core.doctrine.observation.backup_list import owner_of
from proximity_tui.core.doctrine.observation.judge import judge
from proximity_tui.core.fleet import FleetRow, managed_rows
from proximity_tui.core.model import Backup, Container, GuestLookup, GuestNotSeen, Inventory

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

_EVENTS = 20


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `show`."""
    container_argument(parser)
    parser.add_argument("--reveal", action="store_true", help="also print settings that may be secret")
    json_option(parser)


def run(args: Namespace) -> int:
    """Print it. Returns 0 also when the cluster is silent: the records still answer. Raises CommandEnd where nothing,
    or more than one, is meant.
    """
    with context_of(args, partly=True) as context:
        known = _know(context, args)
    if isinstance(known, KnownGuest):
        _print_guest(known, args)
    elif args.json:
        output.document(_document(known), reveal=args.reveal)
    else:
        describe(known, reveal=args.reveal)
    return Exit.DONE


def _print_guest(known: KnownGuest, args: Namespace) -> None:
    if args.json:
        output.document(guest_document(known, _live(known.lookup, None)), reveal=args.reveal)
    else:
        describe_guest(known, reveal=args.reveal)


def _know(context: AppContext, args: Namespace) -> KnownContainer | KnownGuest:
    """Return what is known of the record that was named, else of the guest."""
    chosen = find_optional(args.container, args.cluster, closed=True)
    if chosen is not None:
        return _know_container(context, chosen)
    row, polls = find_row(context, args.container, args.cluster)
    if isinstance(row, FleetRow) and row.container is not None:
        return _know_container(context, row.container)
    return know_guest(context, row, polls)


def _know_container(context: AppContext, chosen: Container) -> KnownContainer:
    from proximity_tui.core.engine.observe.drift_check import compare_with_record
    from proximity_tui.core.store import events
    from proximity_tui.core.store.records import operations, port_observations, records

    polls = refresh_all(context, only=chosen.cluster)
    container = records.get(chosen.id)
    silent = {**polls.silent, **not_checked(context, (container,))}
    standing = operations.without_dead_owners(operations.open_operations())
    rows = managed_rows([container], polls.inventories, standing, silent)
    answers = container.cluster in polls.inventories and not container.is_tombstone
    seen = _inspect(context, container, polls.inventories[container.cluster]) if answers else None
    why = None if seen is not None else _why_not_inspected(container, silent, answers=answers)
    found = compare_with_record(container, seen, remember=not context.settings.read_only, rules=context.settings.drift)
    row = replace(rows[0], drift=len(found.changes) if found.changes is not None else None)
    history = events.list_events(container=container.id, limit=_EVENTS)
    inventory = polls.inventories.get(container.cluster)
    unreadable = inventory.row_set_aside(container.vmid) if inventory is not None else None
    observed = port_observations.of_container(container.id)
    return KnownContainer(row, seen, why, found.kept, found.changes, history, unreadable, observed, found.not_ours)


def _inspect(context: AppContext, container: Container, listed: Inventory) -> GuestLookup | None:
    """Return a close inspection of its guest, which the list that was just read says where to find."""
    from proximity_tui.core.engine.observe.inspection import inspect_guest

    client = context.clients[container.cluster]
    if container.vmid is None:
        return None
    read = partial(client.inspect, backups=True, quorum=listed.quorum)
    look = partial(inspect_guest, client, container.vmid, inventory=listed, read=read)
    return at_once(context, {"look": look}, PATIENCE).get("look")


def _why_not_inspected(container: Container, silent: Mapping[str, str], *, answers: bool) -> str:
    if container.is_tombstone:
        return "its record is closed"
    if container.vmid is None:
        return "it has no VMID"
    if answers:
        return not_inspected(container.cluster)
    return silent.get(container.cluster, f"{container.cluster} was not contacted")


def _document(known: KnownContainer) -> dict[str, Any]:
    record = known.row.container
    return {
        **row_document(known.row),
        "changes": known.changes,
        "not_compared": known.not_compared,
        "record": record,
        "live": _live(known.lookup, record),
        "live_error": known.not_inspected,
        "row_set_aside": known.unreadable,
        "clinical_record": known.clinical,
        "observed_ports": [observation_document(one) for one in known.observed],
        "events": [event_document(event) for event in known.events],
    }


def _live(lookup: GuestLookup | None, record: Container | None) -> dict[str, Any] | None:
    if isinstance(lookup, GuestNotSeen):
        return {"seen": False, "presence": lookup.presence, "reason": lookup.reason, "taken_at": lookup.taken_at}
    if lookup is None:
        return None
    return {
        "seen": True,
        "taken_at": lookup.taken_at,
        "node": lookup.node,
        "status": lookup.status,
        "lock": lookup.lock,
        "template": lookup.template,
        "protection": lookup.protection,
        "ha_state": lookup.ha_state,
        "replicated": lookup.replicated,
        "busy_tasks": lookup.busy_tasks,
        "fingerprint": lookup.fingerprint,
        "identity": None if record is None else judge(record, lookup, lookup.taken_at),
        "digest": lookup.digest,
        "config": lookup.config,
        "gaps": [str(gap) for gap in lookup.gaps],
        "backups": [_backup(one, record) for one in lookup.backups],
        "backups_unlisted": lookup.backups_unlisted,
    }


def _backup(backup: Backup, record: Container | None) -> dict[str, Any]:
    """Return the document of a backup. `of` says whose it is: a VMID outlives its containers, and so do the backups."""
    return {
        "volid": backup.volid,
        "at": backup.at,
        "size": backup.size,
        "protected": backup.protected,
        "of": None if record is None else owner_of(backup, record),
    }
