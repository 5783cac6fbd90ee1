"""`snapshot list|take|delete|rollback`: the snapshots of one container, each change asked for by name."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.options import is_blank, refuse_unused
from proximity_tui.commands.base.parser import text_or_blank
from proximity_tui.commands.base.resolve import container_argument, find
from proximity_tui.commands.base.run_plan import agreed, finish, run_plan
from proximity_tui.commands.maintenance import snapshot_list
from proximity_tui.commands.printed.json_documents import outcome_document, state_fields
from proximity_tui.core.model import Container, Plan, Refusal

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

TAKE, DELETE, ROLLBACK = "take", "delete", "rollback"

_OF_A_CHANGE = {
    "name": "--name", "note": "--note", "start": "--start", "confirm": "--confirm", "confirm_vmid": "--confirm-vmid",
}  # fmt: skip

_DONE = {TAKE: "took snapshot {}", DELETE: "deleted snapshot {}", ROLLBACK: "rolled back to {}"}


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `snapshot`."""
    parser.add_argument("verb", choices=("list", TAKE, DELETE, ROLLBACK), help="what to do")
    container_argument(parser)
    parser.add_argument("--name", metavar="NAME", help="the name of the snapshot")
    parser.add_argument("--note", type=text_or_blank, metavar="TEXT", help="take: one line that says what it is for")
    parser.add_argument("--start", action="store_true", help="rollback: start the container afterwards")
    parser.add_argument(
        "--confirm",
        type=text_or_blank,
        metavar="NAME",
        help="delete: the name of the snapshot; rollback: the name of the container",
    )
    confirm.vmid_option(parser, "delete, rollback")
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """List the snapshots, or plan, ask and execute; return the exit code. Raises CommandRefused for a refusal, and
    CommandEnd for whatever else ends it.
    """
    _check_usage(args)
    if args.verb == "list":
        return snapshot_list.run(args)
    with context_of(args) as context:
        confirm.refuse_read_only(context.settings)
        container = find(args.container, args.cluster)
        confirm.refuse_unasked(args)
        _check_in_advance(args, container)
        plan = agreed(context, container.cluster, _planned(args, context, container))
        if confirm.present(args, plan):
            return Exit.DONE
        _ask(args, container)
        result = run_plan(args, context, lambda: context.engine.carry_out(plan, container))
    after = result.container or container
    action = result.plan.action if result.plan else args.verb
    document = outcome_document(after, result, action, snapshot=args.name, **state_fields(after))
    done = _DONE[args.verb].format(args.name)
    return finish(args, result, document, f"{done}; {after.label} is {after.state}")


def _check_usage(args: Namespace) -> None:
    if args.verb == "list":
        refuse_unused(args, {**_OF_A_CHANGE, **confirm.CONSENT}, (), "snapshot list")
        return
    if args.name is None:
        raise CommandEnd(Exit.USAGE, f"name the snapshot to {args.verb}: --name NAME")
    if args.note is not None and args.verb != TAKE:
        raise CommandEnd(Exit.USAGE, "--note works only with `snapshot take`")
    if args.verb == TAKE:
        refuse_unused(args, {"confirm": "--confirm"}, (), "snapshot take")
    if args.start and args.verb != ROLLBACK:
        raise CommandEnd(Exit.USAGE, "--start works only with `snapshot rollback`")


def _planned(args: Namespace, context: AppContext, container: Container) -> Plan | Refusal:
    from proximity_tui.core.model.actions.plan_options import RollbackOptions, SnapshotOptions

    compared = args.confirm_vmid is not None and args.confirm_vmid == container.vmid
    if args.verb == ROLLBACK:
        back = RollbackOptions(args.name, start=args.start, unsure_confirmed=compared)
        return context.engine.plan_rollback_snapshot(container, back)
    # A blank note, such as that of a variable that is not set, is none: a snapshot needs none.
    request = SnapshotOptions(args.name, "" if is_blank(args.note) else args.note, unsure_confirmed=compared)
    if args.verb == DELETE:
        return context.engine.plan_delete_snapshot(container, request)
    return context.engine.plan_snapshot(container, request)


def _check(args: Namespace, container: Container) -> confirm.Check | None:
    """Return the check of what is typed to confirm; None where nothing is destroyed."""
    from proximity_tui.core.doctrine.actions.snapshot import rollback_rules as snapshot_rollback
    from proximity_tui.core.doctrine.actions.snapshot import snapshot_rules

    if args.verb == DELETE:
        return lambda typed: snapshot_rules.check_confirmation(args.name, typed)
    if args.verb == ROLLBACK:
        return lambda typed: snapshot_rollback.check_confirmation(container, typed)
    return None


def _check_in_advance(args: Namespace, container: Container) -> None:
    """Refuse, before the guest is inspected, a confirmation that is wrong or that nobody can type."""
    confirm.check_vmid(args, container)
    check = _check(args, container)
    if check is not None:
        confirm.check_typed(args, check)


def _ask(args: Namespace, container: Container) -> None:
    check = _check(args, container)
    if check is None:
        confirm.ask(args, f"Take snapshot {args.name} of {container.name}?")
        return
    verb = "Delete snapshot" if args.verb == DELETE else f"Roll {container.name} back to"
    wanted = args.name if args.verb == DELETE else container.name
    confirm.ask_typed(args, wanted, check, f"{verb} {args.name}?")
