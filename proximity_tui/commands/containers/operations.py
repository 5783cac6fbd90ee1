"""`operations`: interrupted operations, and the two ways to end them: resume or abandon."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from contextlib import suppress
from typing import TYPE_CHECKING

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import context_of, records_of
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit
from proximity_tui.commands.base.options import refuse_unused
from proximity_tui.commands.base.parser import text_or_blank
from proximity_tui.commands.base.resolve import row_number
from proximity_tui.commands.base.run_plan import finish, run_plan
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.json_documents import operation_document
from proximity_tui.core.doctrine.guards.checks import is_typed
from proximity_tui.core.model import Operation, OperationStatus, Plan, Refusal, RefusalCode

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome
    from proximity_tui.runtime.context import AppContext


_DESTROY_AGAIN = {"destroy_again": "--destroy-again", "confirm": "--confirm"}


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `operations`."""
    parser.add_argument("verb", nargs="?", choices=("resume", "abandon"), help="action (default: list)")
    parser.add_argument("id", nargs="?", type=row_number, metavar="ID", help="number of the operation")
    confirm.consent_options(parser)
    parser.add_argument(
        "--destroy-again",
        action="store_true",
        help="with resume: repeat a destroy whose answer was lost, if no task of it is found",
    )
    parser.add_argument(
        "--confirm", type=text_or_blank, metavar="NAME", help="with --destroy-again: the container's name"
    )


def run(args: Namespace) -> int:
    """List the operations without an end, or end one of them; return the exit code. Raises CommandRefused for a
    refusal, and CommandEnd for whatever else ends it.
    """
    if args.verb is None:
        refuse_unused(args, {**confirm.CONSENT, **_DESTROY_AGAIN}, (), "operations")
        return _list(args)
    if args.id is None:
        raise CommandEnd(Exit.USAGE, f"name the operation to {args.verb} by its number: `operations` lists them")
    if args.destroy_again and args.verb != "resume":
        raise CommandEnd(Exit.USAGE, "--destroy-again works only with `operations resume`")
    if not args.destroy_again:
        refuse_unused(args, _DESTROY_AGAIN, (), f"operations {args.verb}")
    with context_of(args) as context:
        confirm.refuse_read_only(context.settings)
        context.engine.mark_interrupted()
        operation = _interrupted(context, args.id)
        confirm.refuse_unasked(args)
        planned = _plan(context, operation, args)
        if isinstance(planned, Refusal):
            raise CommandRefused(planned)
        if confirm.present(args, planned):
            return Exit.DONE
        if args.destroy_again:
            _confirm_name(args, operation)
        confirm.ask(args, f"{args.verb.capitalize()} it?")
        result = run_plan(args, context, lambda: _resume_or_abandon(context, operation, args), settled=operation)
    ended = result.operation or operation
    document = {"success": result.success, **operation_document(ended), "error": result.error}
    return finish(args, result, document, f"{ended.action} of {ended.name}: {ended.status}")


def _list(args: Namespace) -> int:
    from proximity_tui.core.store.db.store_errors import StoreError
    from proximity_tui.core.store.records import operations

    with records_of(args) as settings:
        if not settings.read_only:
            # What is read needs no room on the disk: what lost its process is listed as interrupted either way.
            with suppress(StoreError):
                operations.mark_interrupted_stale()
        found = operations.without_dead_owners(operations.open_operations(args.cluster))
    if args.json:
        output.document([operation_document(operation) for operation in found])
    elif found:
        output.table(("ID", "ACTION", "CONTAINER", "STATUS", "STEP", "STARTED", "BY", "NOTE"), list(map(_cells, found)))
    else:
        output.note("no operation is in progress or interrupted")
    return Exit.DONE


def _interrupted(context: AppContext, number: int) -> Operation:
    """Return the operation, if it can be ended and its cluster can be contacted."""
    from proximity_tui.core.store.records import operations

    operation = operations.get(number)
    if operation.status is OperationStatus.OPEN:
        raise CommandEnd(Exit.CONFLICT, f"operation {number} is in progress in {operation.owner}")
    if operation.status is not OperationStatus.INTERRUPTED:
        raise CommandEnd(Exit.CONFLICT, f"operation {number} has ended: {operation.status}")
    if operation.cluster not in context.clients:
        why = context.settings.why_not_contacted(operation.cluster)
        raise CommandEnd(Exit.USAGE, f"operation {number} cannot go on: cluster {why}")
    return operation


def _plan(context: AppContext, operation: Operation, args: Namespace) -> Plan | Refusal:
    if args.verb == "abandon":
        return context.engine.plan_abandon(operation.id)
    return context.engine.plan_resume(operation.id, destroy_again=args.destroy_again)


def _resume_or_abandon(context: AppContext, operation: Operation, args: Namespace) -> Outcome:
    if args.verb == "abandon":
        return context.engine.abandon(operation.id, operation)
    return context.engine.resume(operation.id, operation, destroy_again=args.destroy_again)


def _confirm_name(args: Namespace, operation: Operation) -> None:
    """Ask for the name before a second destroy, on a terminal or by `--confirm`; `--yes` alone is not enough."""
    name = args.confirm
    if name is None and not args.yes:
        name = confirm.typed(f"Type {operation.name} to send its destroy a second time: ")
    if not is_typed(operation.name, name):
        message = f"a second destroy needs the container's name: --confirm {operation.name}"
        raise CommandRefused(Refusal(RefusalCode.CONFIRMATION, message))


def _cells(operation: Operation) -> list[str | None]:
    return [
        str(operation.id),
        operation.action,
        f"{operation.cluster}/{operation.name}",
        operation.status,
        operation.progress,
        output.local(operation.started_at),
        operation.actor,
        operation.error,
    ]
