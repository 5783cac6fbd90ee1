"""`undo [CONTAINER|event:N]`: take back what an event of the audit trail says, where something undoes it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from functools import partial
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit
from proximity_tui.commands.base.resolve import find
from proximity_tui.commands.base.run_plan import finish, run_plan
from proximity_tui.core.base.text import whole_number
from proximity_tui.core.model import Event, Refusal

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.undo.undo_rules import UndoPlan
    from proximity_tui.runtime.context import AppContext

_EVENT = "event:"


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `undo`."""
    parser.add_argument(
        "what",
        metavar="CONTAINER|EVENT",
        nargs="?",
        help="a container, to take back what was done with it last, or an event of `audit` as event:42"
        " (default: the last thing that you did)",
    )
    confirm.consent_options(parser, by_hand=False)


def run(args: Namespace) -> int:
    """Show the plan, ask, and take it back; return the exit code. Raises CommandRefused for a refusal, and CommandEnd
    for whatever else ends it.
    """
    from proximity_tui.insight.undo_answer import plan_undo, undo

    with context_of(args) as context:
        confirm.refuse_read_only(context.settings)
        event = _event(context, args)
        confirm.refuse_unasked(args)
        planned = event if isinstance(event, Refusal) else plan_undo(context, event)
        if isinstance(planned, Refusal):
            raise CommandRefused(planned)
        if confirm.present_shown(args, planned, partial(undo_document, planned)):
            return Exit.DONE
        confirm.ask(args, "Take it back?")
        result = run_plan(args, context, lambda: undo(context, planned))
    record = result.container
    document = {
        "success": result.success,
        "event": planned.event.seq,
        "undo": planned.kind,
        "container": None if record is None else record.id,
        "name": planned.name,
        "error": result.error,
    }
    return finish(args, result, document, f"done: {planned.summary}")


def undo_document(plan: UndoPlan) -> dict[str, Any]:
    """Return the document of a plan to take something back, as `--plan` prints it."""
    return {
        "action": "undo",
        "undo": plan.kind,
        "event": plan.event.seq,
        "cluster": plan.event.cluster,
        "vmid": plan.event.vmid,
        "name": plan.name,
        "summary": plan.summary,
        "steps": [{"step": step.name, "reason": step.reason} for step in plan.steps],
        "warnings": list(plan.warnings),
    }


def _event(context: AppContext, args: Namespace) -> Event | Refusal:
    from proximity_tui.insight import undo_answer

    if args.what is None:
        return undo_answer.last_of_actor(str(context.engine.settings.actor), args.cluster)
    if args.what.startswith(_EVENT):
        number = whole_number(args.what.removeprefix(_EVENT))
        if number is None:
            raise CommandEnd(Exit.USAGE, f"{args.what} is not an event: name it by its number, such as event:42")
        return undo_answer.with_number(number)
    return undo_answer.last_of_container(find(args.what, args.cluster, closed=True).id)
