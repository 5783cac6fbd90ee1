"""`show`: everything that is known of one container, from our records and, where it can be seen, from Proxmox."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from proximity_tui.commands import output
from proximity_tui.commands.documents import event_document, row_document
from proximity_tui.commands.exits import Exit
from proximity_tui.commands.looking import PATIENCE, at_once, look_at_all, not_checked
from proximity_tui.commands.opening import session_of
from proximity_tui.commands.portrait import Known, describe
from proximity_tui.commands.selection import container_argument, find
from proximity_tui.core.fleet import managed_rows
from proximity_tui.core.model import Container, Missing, Sighting

if TYPE_CHECKING:
    from proximity_tui.session import Session

_EVENTS = 20


def arguments(parser: ArgumentParser) -> None:
    """Declare what `show` takes."""
    container_argument(parser)
    parser.add_argument("--reveal", action="store_true", help="print also what may be secret in its settings")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: Namespace) -> int:
    """Print it. It is also 0 when the cluster is silent: the records still answer."""
    with session_of(args) as session:
        known = _know(session, args)
    if args.json:
        output.document(_document(known), reveal=args.reveal)
    else:
        describe(known, reveal=args.reveal)
    return Exit.DONE


def _know(session: Session, args: Namespace) -> Known:
    from proximity_tui.core.engine.comparing import compare_with_record
    from proximity_tui.core.store import events, operations, records

    chosen = find(args.container, args.cluster, closed=True)
    looks = look_at_all(session, only=chosen.cluster)
    container = records.get(chosen.id)
    silent = {**looks.silent, **not_checked(session, (container,))}
    rows = managed_rows([container], looks.inventories, operations.open_operations(), silent)
    answers = container.cluster in looks.inventories and not container.is_tombstone
    seen = _look(session, container) if answers else None
    found = compare_with_record(container, seen, remember=not session.settings.read_only)
    row = replace(rows[0], drift=len(found.changes) if found.changes is not None else None)
    history = events.list_events(container=container.id, limit=_EVENTS)
    inventory = looks.inventories.get(container.cluster)
    unreadable = inventory.row_set_aside(container.vmid) if inventory is not None else None
    return Known(row, seen, found.kept, found.changes, history, unreadable)


def _look(session: Session, container: Container) -> Sighting | None:
    return at_once(session, {"look": lambda: session.engine.look(container)}, PATIENCE).get("look")


def _document(known: Known) -> dict[str, Any]:
    record = known.row.container
    return {
        **row_document(known.row),
        "changes": known.changes,
        "record": record,
        "live": _live(known.sighting),
        "row_set_aside": known.unreadable,
        "clinical_record": known.clinical,
        "events": [event_document(event) for event in known.events],
    }


def _live(sighting: Sighting | None) -> dict[str, Any] | None:
    if isinstance(sighting, Missing):
        return {"seen": False, "presence": sighting.presence, "reason": sighting.reason, "taken_at": sighting.taken_at}
    if sighting is None:
        return None
    return {
        "seen": True,
        "taken_at": sighting.taken_at,
        "node": sighting.node,
        "status": sighting.status,
        "lock": sighting.lock,
        "template": sighting.template,
        "protection": sighting.protection,
        "ha_state": sighting.ha_state,
        "replicated": sighting.replicated,
        "busy_tasks": sighting.busy_tasks,
        "fingerprint": sighting.fingerprint,
        "digest": sighting.digest,
        "config": sighting.config,
        "gaps": sighting.gaps,
    }
