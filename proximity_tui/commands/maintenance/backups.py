"""`backups`: the backups of a container on every storage that can be seen, and what could not be seen; with
`--uncovered` the containers that no backup job covers.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandEnding, CommandRefused, Exit, ending_of
from proximity_tui.commands.base.options import json_option
from proximity_tui.commands.base.resolve import container_argument, find
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.json_documents import whose_document
from proximity_tui.core.base.text import first_of, human_age, human_bytes
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.observation.backup_list import owner_note, owner_of
from proximity_tui.core.doctrine.observation.privileges import is_shown
from proximity_tui.core.model import Backup, BackupGap, BackupList, Container
from proximity_tui.core.proxmox.errors import ProxmoxError

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

_MOST_NAMED = 10
_HEADERS = ("MADE", "AGE", "SIZE", "STORAGE", "VERIFIED", "PROTECTED", "NOTE", "VOLUME")


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `backups`."""
    container_argument(parser, optional=True)
    parser.add_argument(
        "--uncovered", action="store_true", help="list the managed containers that no backup job covers, instead"
    )
    json_option(parser)


def run(args: Namespace) -> int:
    """List the backups, or the containers without a backup job; return the exit code. Raises CommandRefused for a
    refusal, and CommandEnd for whatever else ends it.
    """
    if args.uncovered == (args.container is not None):
        raise CommandEnd(Exit.USAGE, "name a container, or use --uncovered")
    return _run_uncovered(args) if args.uncovered else _run_list(args)


def _run_uncovered(args: Namespace) -> int:
    """List the managed containers without a backup job, cluster by cluster; return the exit code of the first that did
    not say.
    """
    from proximity_tui.core.store.records import records

    rows: list[Container] = []
    unknown: dict[str, CommandEnding] = {}
    with context_of(args) as context:
        ours = records.active(args.cluster)
        for name in sorted({one.cluster for one in ours}):
            found, why = _uncovered(context, name, [one for one in ours if one.cluster == name])
            rows += found
            if why is not None:
                unknown[name] = why
    if args.json:
        document = [{"cluster": one.cluster, "vmid": one.vmid, "name": one.name, "container": one.id} for one in rows]
        output.document({"uncovered": document, "unknown": {name: why.sentence for name, why in unknown.items()}})
    else:
        for one in rows:
            output.print_line(f"{one.cluster}: {one.label} is in no backup job")
        if not rows and not unknown:
            where = f" of {args.cluster}" if args.cluster is not None else ""
            none = f"no container{where} is managed"
            output.note(f"every managed container{where} is in a backup job" if ours else none)
        for name, why in unknown.items():
            output.note(f"{name}: it is not known which containers have no backup job: {why.sentence}")
    return next((why.code for why in unknown.values()), Exit.DONE)


def _uncovered(
    context: AppContext, name: str, ours: Sequence[Container]
) -> tuple[list[Container], CommandEnding | None]:
    """Return those of our containers of a cluster that are in no backup job, and why there may be more, if so."""
    try:
        uncovered = context.clients[name].uncovered()
        granted = context.clients[name].permissions()
    except (KeyError, ProxmoxError) as error:
        return [], ending_of(error) or CommandEnding(Exit.UNANSWERED, f"{name} is not checked")
    rows = [one for one in ours if one.vmid in uncovered]
    covered = [one for one in ours if one.vmid is not None and one.vmid not in uncovered]
    hidden = [one.label for one in covered if not is_shown(one.vmid, granted)]
    if not hidden:
        return rows, None
    lacks = f"our token may not see {first_of(hidden, _MOST_NAMED)} (needs VM.Audit on /vms)"
    return rows, CommandEnding(Exit.UNANSWERED, lacks)


def _run_list(args: Namespace) -> int:
    with context_of(args) as context:
        container = find(args.container, args.cluster)
        client = context.clients.get(container.cluster)
        if container.vmid is None or client is None:
            raise CommandRefused(refusals.no_guest_to_ask(container))
        listed, now = client.all_backups(container.vmid), context.clock.now()
    if args.json:
        output.document(_document(container, listed, now))
    else:
        _print(container, listed, now)
    return Exit.DONE


def _print(container: Container, listed: BackupList, now: datetime) -> None:
    if listed.found:
        output.table(_HEADERS, [_cells(container, backup, now) for backup in listed.found])
    elif listed.says_none:
        output.note(f"there is no backup of {container.label}")
    else:
        output.note(f"whether there is a backup of {container.label} is not known")
    for sentence in listed.unlisted:
        output.note(sentence)


def _cells(container: Container, backup: Backup, now: datetime) -> list[str | None]:
    return [
        output.local(backup.at),
        human_age((now - backup.at).total_seconds()),
        None if backup.size is None else human_bytes(backup.size),
        backup.storage,
        backup.verification,
        "yes" if backup.protected else None,
        f"{backup.notes or ''}{owner_note(owner_of(backup, container), container.vmid)}" or None,
        backup.volid,
    ]


def _document(container: Container, listed: BackupList, now: datetime) -> dict[str, Any]:
    return {
        **whose_document(container),
        "read_at": output.utc(now),
        "complete": not listed.gaps,
        "backups": [_row(container, backup) for backup in listed.found],
        "gaps": [_gap(gap) for gap in listed.gaps],
    }


def _row(container: Container, backup: Backup) -> dict[str, Any]:
    return {
        "volume": backup.volid,
        "storage": backup.storage,
        "nodes": list(backup.nodes),
        "at": output.utc(backup.at),
        "size": backup.size,
        "format": backup.format,
        "note": backup.notes,
        "protected": backup.protected,
        "verified": backup.verification,
        "encrypted": backup.encrypted,
        "owner": owner_of(backup, container),
    }


def _gap(gap: BackupGap) -> dict[str, Any]:
    return {"code": gap.why, "storage": gap.storage, "node": gap.node, "reason": gap.sentence}
