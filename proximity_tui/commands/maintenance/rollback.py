"""`rollback`, and `drift revert`: the config of a container is set back to a revision, or to the baseline.

Both are a plan of config writes, bound to the config that was shown; disks and hardware addresses are never among them.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.parser import name_of
from proximity_tui.commands.base.resolve import container_argument, find, row_number
from proximity_tui.commands.base.run_plan import agreed, finish, run_plan
from proximity_tui.commands.maintenance.change import change_document, change_sentence

if TYPE_CHECKING:
    from proximity_tui.core.model import Container, Plan, Refusal
    from proximity_tui.runtime.context import AppContext


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `rollback`."""
    container_argument(parser)
    parser.add_argument(
        "--to", type=row_number, metavar="REVISION", required=True, help="the revision, as `drift CONTAINER` numbers it"
    )
    revert_options(parser)
    confirm.consent_options(parser)
    parser.epilog = "Only the config is set back, no data: for that there are snapshots and backups."


def revert_options(parser: ArgumentParser) -> None:
    """Add the options of setting back to a parser."""
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        type=name_of,
        metavar="KEY",
        help="only this setting or field (net0, net0.bridge)",
    )
    parser.add_argument("--with-restart", action="store_true", help="also what waits for the next start")


def run(args: Namespace) -> int:
    """Set the config back to a revision; return the exit code. Raises CommandRefused for a refusal, and CommandEnd for
    whatever else ends it.
    """
    return set_back(args, args.container, args.to)


def set_back(args: Namespace, name: str, number: int | None) -> int:
    """Plan, ask and set the config of a container back to a revision, or to the baseline; return the exit code."""
    with context_of(args) as context:
        confirm.refuse_read_only(context.settings)
        container = find(name, args.cluster)
        confirm.refuse_unasked(args)
        plan = agreed(context, container.cluster, _plan(args, context, container, number))
        if confirm.present(args, plan):
            return Exit.DONE
        confirm.ask(args, f"Set the config of {container.name} back?")
        result = run_plan(args, context, lambda: context.engine.carry_out(plan, container))
    after = result.container or container
    return finish(args, result, change_document(after, result), change_sentence(after, result))


def _plan(args: Namespace, context: AppContext, container: Container, number: int | None) -> Plan | Refusal:
    from proximity_tui.core.store.db.store_errors import RecordNotFound

    try:
        return context.engine.plan_revert(container, number, keys=args.key, with_restart=args.with_restart)
    except RecordNotFound:
        listed = f"`proximity-tui drift {container.cluster}/{container.vmid}` lists them"
        reason = f"{container.name} has no revision {number}: {listed}"
        raise CommandEnd(Exit.NOT_FOUND, reason) from None
