"""`restore`: a lost container comes back from a backup. Without `--backup` the plan proposes the newest one of it."""

from __future__ import annotations

from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit
from proximity_tui.commands.base.options import digits, refuse_unused
from proximity_tui.commands.base.resolve import find
from proximity_tui.commands.base.run_plan import agreed, finish, run_plan
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.json_documents import port_document, state_fields, step_documents
from proximity_tui.commands.printed.row_documents import made_sentence
from proximity_tui.core.base.text import human_age, human_bytes, whole_number
from proximity_tui.core.model import Backup, BackupList, Container, Plan, Refusal, RefusalCode
from proximity_tui.core.proxmox.errors import ProxmoxError

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.actions.restore.restoring import RestoreRequest
    from proximity_tui.core.engine.operations.outcome import Outcome
    from proximity_tui.runtime.context import AppContext

ALERT = "alert:"
_CHOICES = {
    name: f"--{name.replace('_', '-')}"
    for name in (
        *("backup", "vmid", "node", "storage", "bridge", "pool", "unique"),
        *("unprivileged", "start", "other_guest", "empty", "template"),
    )
}
"""The options that say what to restore, and how."""
_HEADERS = ("BACKUP", "MADE", "AGE", "SIZE", "PROTECTED", "VERIFIED", "NODES", "NOTES")


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `restore`."""
    add = parser.add_argument
    add(
        "lost",
        metavar="CONTAINER|ALERT",
        help="a container by name, VMID or record id (id:7), also one whose record is closed; or an alert: alert:12",
    )
    add("--list", action="store_true", help="list the backups that it can be restored from, and do nothing")
    add("--backup", metavar="VOLID", help="the backup (default: the newest one of this container)")
    add("--vmid", type=digits, metavar="N", help="VMID (default: its own if that is free, else the lowest free one)")
    add("--node", help="node (default: its own, where that reaches the backup)")
    add("--storage", help="storage for its volumes (default: the one it had)")
    add("--bridge", metavar="NAME", help="network bridge of net0 (default: as in the backup)")
    add("--pool", metavar="NAME", help="resource pool to put it into (default: none; a destroy took it out of its own)")
    add("--unique", action="store_true", help="give its network cards new hardware addresses")
    add(
        "--unprivileged",
        action=BooleanOptionalAction,
        help="whether it is unprivileged (default: as in the backup)",
    )
    add("--start", action=BooleanOptionalAction, help="start it afterwards (default: if it ran when it was lost)")
    add(
        "--other-guest",
        action="store_true",
        help="agree to a backup of another guest, which gets neither history nor ports of this container",
    )
    add(
        "--empty",
        action="store_true",
        help="without a backup: make an EMPTY container as its clinical record says; see what is lost with --plan",
    )
    add("--template", metavar="VOLID", help="with --empty: the template (default: the newest of its distribution)")
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """List the backups; or plan, ask, execute. Return the exit code. Raises CommandRefused for a refusal, and
    CommandEnd for whatever else ends it.
    """
    _check_usage(args)
    with context_of(args) as context:
        if not args.list:
            confirm.refuse_read_only(context.settings)
        record = lost_container(args, context)
        if args.list:
            return _list(args, context, record)
        confirm.refuse_unasked(args)
        planned = _plan(args, context, record)
        if isinstance(planned, Refusal) and planned.code == RefusalCode.NOT_FOUND and not (args.empty or args.backup):
            planned = _with_advice(planned, context, record)
        plan = agreed(context, record.cluster, planned)
        if confirm.present(args, plan):
            return Exit.DONE
        confirm.ask(args, f"Make an EMPTY {plan.name}?" if args.empty else f"Restore {plan.name}?")
        execute = context.engine.create if args.empty else context.engine.restore
        result = run_plan(args, context, lambda: execute(plan))
    return finish(args, result, _document(record, result), _sentence(args, result.container))


def _check_usage(args: Namespace) -> None:
    if args.list:
        refuse_unused(args, {**_CHOICES, **confirm.CONSENT}, (), "restore --list")
    if args.template is not None and not args.empty:
        raise CommandEnd(Exit.USAGE, "--template needs --empty: a backup brings its own system")
    given = [name for name in ("backup", "bridge", "pool", "unprivileged") if getattr(args, name) is not None]
    given += [name for name in ("unique", "other_guest") if getattr(args, name)]
    if args.empty and given:
        raise CommandEnd(Exit.USAGE, f"--{given[0].replace('_', '-')} is for a backup, and --empty uses none")


def _plan(args: Namespace, context: AppContext, record: Container) -> Plan | Refusal:
    if not args.empty:
        return context.engine.plan_restore(record, _request(args))
    from proximity_tui.core.doctrine.actions.restore.recreating import RecreateRequest

    wanted = RecreateRequest(args.template, args.vmid, args.node, args.storage, args.start)
    return context.engine.plan_recreate(record, wanted)


def lost_container(args: Namespace, context: AppContext) -> Container:
    """Return the record of the container that an argument names, open or closed, also by an alert. Raises CommandEnd
    where there is none.
    """
    if not args.lost.startswith(ALERT):
        return context.engine.lost_record(find(args.lost, args.cluster, closed=True).id)
    from proximity_tui.core.store.alerts import alerts

    number = whole_number(args.lost.removeprefix(ALERT))
    if number is None:
        raise CommandEnd(Exit.USAGE, f"{args.lost} is not an alert: write {ALERT}12, with a number that `alerts` lists")
    alert = alerts.get(number)
    if alert.container is None:
        raise CommandEnd(Exit.USAGE, f"alert {number} is about no container: {alert.message}")
    return context.engine.lost_record(alert.container)


def _request(args: Namespace) -> RestoreRequest:
    from proximity_tui.core.doctrine.actions.restore.restoring import RestoreRequest

    return RestoreRequest(
        backup=args.backup,
        vmid=args.vmid,
        node=args.node,
        storage=args.storage,
        unprivileged=args.unprivileged,
        bridge=args.bridge,
        unique=args.unique,
        pool=args.pool,
        start=args.start,
        other_guest=args.other_guest,
    )


def _list(args: Namespace, context: AppContext, record: Container) -> int:
    found = context.engine.restorable(record)
    if isinstance(found, Refusal):
        raise CommandRefused(found)
    now = context.clock.now()
    if args.json:
        output.document(
            {
                "container": record.id,
                "cluster": record.cluster,
                "vmid": record.vmid,
                "name": record.name,
                "backups": [_backup_document(one) for one in found.found],
                "unseen": list(found.unlisted),
            }
        )
        return Exit.DONE
    if found.found:
        output.table(_HEADERS, [_cells(one, (now - one.at).total_seconds()) for one in found.found])
    else:
        output.note(f"no backup of {record.name} is listed{_what_now(found, context, record)}")
    for gap in found.unlisted:
        output.note(f"not seen: {gap}")
    return Exit.DONE


def _what_now(found: BackupList, context: AppContext, record: Container) -> str:
    """Return what else helps. Nobody is led to an empty container while a backup may only be hidden, or while the
    container is there.
    """
    if not found.says_none:
        return ", but not every storage could be seen"
    try:
        refused = context.engine.refuse_recreation(record)
    except ProxmoxError as error:
        return f"; whether --empty is possible is not known: {error.sentence}"
    return (
        "; --empty makes an empty container as its clinical record says" if refused is None else f"; {refused.reason}"
    )


def _with_advice(refused: Refusal, context: AppContext, record: Container) -> Refusal:
    try:
        found = context.engine.restorable(record)
    except ProxmoxError:
        return refused
    if isinstance(found, Refusal) or found.found or not found.says_none:
        return refused
    return Refusal(refused.code, f"{refused.reason}{_what_now(found, context, record)}")


def _cells(one: Backup, age: float) -> list[str | None]:
    return [
        one.volid,
        output.local(one.at),
        human_age(age),
        None if one.size is None else human_bytes(one.size),
        "yes" if one.protected else None,
        None if one.verification is None else one.verification.value,
        ", ".join(one.nodes),
        one.notes,
    ]


def _backup_document(one: Backup) -> dict[str, Any]:
    return {
        "volid": one.volid,
        "at": output.utc(one.at),
        "size": one.size,
        "protected": one.protected,
        "notes": one.notes,
        "verified": one.verification,
        "encrypted": one.encrypted,
        "nodes": list(one.nodes),
    }


def _sentence(args: Namespace, back: Container | None) -> str:
    done = "created, empty," if args.empty else "restored"
    wrong = back.last_error if back is not None else None
    return f"{made_sentence(done, back)}{f'; {wrong}' if wrong else ''}"


def _document(record: Container, result: Outcome) -> dict[str, Any]:
    made, plan = result.container, result.plan
    return {
        "success": result.success,
        "container": made.id if made else None,
        "restored_from_record": record.id,
        "cluster": plan.cluster if plan else None,
        "node": plan.node if plan else None,
        "vmid": plan.vmid if plan else None,
        "name": plan.name if plan else None,
        "kind": made.kind if made else None,
        **state_fields(made),
        "ports": [port_document(port) for port in made.ports] if made else [],
        "steps": step_documents(plan, result.operation, done=result.success),
        "error": result.error,
    }
