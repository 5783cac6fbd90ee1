"""`start`, `shutdown`, `stop` and `reboot`: requested by name, and done when the guest is seen in that status."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.context import session_of
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.base.json_documents import step_documents
from proximity_tui.commands.base.resolve import container_argument, find
from proximity_tui.commands.base.run_plan import agreed, finish, run_plan
from proximity_tui.core.model import Action, Container

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of each of the four."""
    container_argument(parser)
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """Plan, ask and execute the action of the command's name; return the exit code."""
    action = Action(args.command)
    with session_of(args) as session:
        confirm.may_change(args, session.settings)
        container = find(args.container, args.cluster)
        plan = agreed(session, container.cluster, session.engine.plan_power(container, action))
        if confirm.present(args, plan):
            return Exit.DONE
        confirm.ask(args, f"{action.capitalize()} {container.name}?")
        result = run_plan(args, session, lambda: session.engine.power(plan, container))
    after = result.container or container
    return finish(args, result, _document(action, after, result), f"{after.label} is {after.state}")


def _document(action: Action, container: Container, result: Outcome) -> dict[str, Any]:
    return {
        "success": result.success,
        "action": action,
        "container": container.id,
        "cluster": container.cluster,
        "node": container.node,
        "vmid": container.vmid,
        "name": container.name,
        "state": container.state,
        "steps": step_documents(result.plan, result.operation, done=result.success),
        "error": result.error,
    }
