"""`delete`: soft closes our record and leaves the container as it is; hard destroys one that we created. No default."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit
from proximity_tui.commands.base.options import refuse_unused
from proximity_tui.commands.base.parser import name_of, text_or_blank
from proximity_tui.commands.base.run_plan import agreed, finish, run_plan
from proximity_tui.commands.batch.container_action import ContainerAction, ask_count, run_many
from proximity_tui.commands.batch.selection import containers_argument, selected
from proximity_tui.commands.printed.json_documents import step_documents
from proximity_tui.core.doctrine.actions.deletion import Choice, HardOptions, check_confirmation
from proximity_tui.core.doctrine.guards.checks import check_native, check_typed
from proximity_tui.core.model import Container, Kind, Plan, Refusal

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome
    from proximity_tui.runtime.context import AppContext


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `delete`."""
    containers_argument(parser)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument(
        "--soft", action="store_true", help="stop managing it: close our record; the container is not touched"
    )
    choice.add_argument("--hard", action="store_true", help="destroy the container and its volumes")
    parser.add_argument(
        "--confirm",
        type=text_or_blank,
        metavar="NAME",
        help="confirm with the name of the container; for several, with their number; needed for a hard delete",
    )
    confirm.vmid_option(parser, "hard")
    parser.add_argument(
        "--purge", action="store_true", help="hard: also remove it from backup jobs, replication and HA"
    )
    parser.add_argument(
        "--backup-first",
        action="store_true",
        help="hard: back it up after the stop, and destroy it only if the backup is verified",
    )
    parser.add_argument(
        "--backup-storage",
        type=name_of,
        metavar="STORAGE",
        help="storage for --backup-first (default: the one with its last backup, else the only backup storage)",
    )
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """Plan, ask, execute; return the exit code. Raises CommandRefused for a refusal, and CommandEnd for whatever else
    ends it.
    """
    _check_usage(args)
    with context_of(args) as context:
        confirm.refuse_read_only(context.settings)
        containers = selected(args, context)
        confirm.refuse_unasked(args)
        choice = Choice.HARD if args.hard else Choice.SOFT
        if len(containers) > 1 or args.filter is not None:
            return run_many(args, context, containers, _many(args, context, choice))
        container = containers[0]
        if args.hard:
            _check_in_advance(args, container)
        elif args.confirm is not None:
            confirm.check_typed(args, partial(_check_name, container))
        doubt_confirmed = args.confirm_vmid is not None and args.confirm_vmid == container.vmid
        planned = context.engine.plan_delete(container, choice, _options(args, doubt_confirmed=doubt_confirmed))
        plan = agreed(context, container.cluster, planned)
        if confirm.present(args, plan):
            return Exit.DONE
        _ask(args, container)
        result = run_plan(args, context, lambda: context.engine.delete(plan, container))
    return finish(args, result, _document(container, choice, result), _sentence(container, choice, result))


def _options(args: Namespace, *, doubt_confirmed: bool = False) -> HardOptions:
    return HardOptions(
        purge=args.purge,
        unsure_confirmed=doubt_confirmed,
        backup_first=args.backup_first,
        backup_storage=args.backup_storage,
    )


def _many(args: Namespace, context: AppContext, choice: Choice) -> ContainerAction:
    """Return the deletion of several containers. Hard needs their number, typed or as `--confirm`; a guest whose
    identity is not certain is not among them.
    """
    if args.confirm_vmid is not None:
        raise CommandEnd(Exit.USAGE, "--confirm-vmid is for one container: name only that one")

    def plan(container: Container) -> Plan | Refusal:
        never = check_native(container) if choice is Choice.HARD else None
        return never or context.engine.plan_delete(container, choice, _options(args))

    def ask(whom: str, plans: Sequence[Plan]) -> None:
        if choice is Choice.HARD:
            ask_count(args, len(plans), f"Destroy {whom} and all volumes?")
            return
        if args.confirm is not None:
            ask_count(args, len(plans), f"Stop managing {whom}?")
        confirm.ask(args, f"Stop managing {whom}?")

    return ContainerAction(
        doing="destroying" if choice is Choice.HARD else "closing records",
        plan=plan,
        execute=context.engine.delete,
        document=lambda container, result: _document(container, choice, result),
        sentence=lambda container, result: _sentence(container, choice, result),
        ask=ask,
    )


def _check_usage(args: Namespace) -> None:
    """Refuse the options of `--hard` without it: what was requested is never ignored silently."""
    if args.soft:
        refuse_unused(args, {"confirm_vmid": "--confirm-vmid"}, (), "delete --soft")
    if args.soft and args.backup_first:
        raise CommandEnd(Exit.USAGE, "--backup-first needs --hard: a soft delete does not touch the container")
    if args.soft and args.purge:
        raise CommandEnd(Exit.USAGE, "--purge needs --hard: a soft delete does not touch the container")
    if args.backup_storage is not None and not args.backup_first:
        raise CommandEnd(Exit.USAGE, "--backup-storage needs --backup-first")


def _check_in_advance(args: Namespace, container: Container) -> None:
    """Refuse, before the guest is inspected, a container that is not ours, and a confirmation that nobody can type."""
    never = check_native(container)
    if never:
        raise CommandRefused(never)
    confirm.check_vmid(args, container)
    confirm.check_typed(args, partial(check_confirmation, container))


def _check_name(container: Container, typed: str | None) -> Refusal | None:
    """Return None for the name of the container, else the refusal: a soft delete needs none, and takes no wrong one."""
    return check_typed(container.name, typed, "a soft delete with the container's name")


def _ask(args: Namespace, container: Container) -> None:
    if args.soft:
        confirm.ask(args, f"Stop managing {container.name}?")
    else:
        confirm.ask_typed(args, container.name, partial(check_confirmation, container), f"Destroy {container.name}?")


def _document(container: Container, choice: Choice, result: Outcome) -> dict[str, Any]:
    kept = "vmid_preserved" if choice is Choice.SOFT else "vmid_destroyed"
    return {
        "success": result.success,
        "container": container.id,
        "cluster": container.cluster,
        "name": container.name,
        "deletion_type": choice,
        "adopted": container.kind is Kind.ADOPTED,
        # Of a hard delete that did not end well it is not known that anything was destroyed.
        kept: container.vmid if result.success or choice is Choice.SOFT else None,
        "node": container.node,
        # A backup that was made is there however the rest ended.
        "backup": _backup(result),
        "steps": step_documents(result.plan, result.operation, done=result.success),
        "error": result.error,
    }


def _sentence(container: Container, choice: Choice, result: Outcome) -> str:
    if choice is Choice.SOFT:
        return f"stopped managing {container.label}: its record is closed, the container was not touched"
    volume = _backup(result)
    kept = f"; its backup is {volume}" if volume else ""
    return f"destroyed {container.label}: it is gone, its record is closed{kept}"


def _backup(result: Outcome) -> str | None:
    """Return the volume id of the verified backup, or None."""
    from proximity_tui.core.doctrine.actions.sent_requests import volume_of

    return volume_of(result.operation) if result.operation is not None else None
