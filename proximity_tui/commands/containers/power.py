"""`start`, `shutdown`, `stop` and `reboot`: requested by name, and done when the guest is seen in that status."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.context import session_of
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.base.json_documents import step_documents
from proximity_tui.commands.base.run_plan import agreed, finish, run_plan
from proximity_tui.commands.batch.many import ManyAction, run_many
from proximity_tui.commands.batch.selection import containers_argument, selected
from proximity_tui.core.model import Action, Container

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome
    from proximity_tui.runtime.context import AppContext

_DOING = {
    Action.START: "starting",
    Action.SHUTDOWN: "shutting down",
    Action.STOP: "stopping",
    Action.REBOOT: "rebooting",
}
_QUESTIONS = {
    Action.START: "Start {}?",
    Action.SHUTDOWN: "Shut down {}?",
    Action.STOP: "Stop {} at once, like pulling the plug? What is not written is lost.",
    Action.REBOOT: "Reboot {}?",
}


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of each of the four."""
    containers_argument(parser)
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """Plan, ask and execute the action of the command's name; return the exit code."""
    action = Action(args.command)
    with session_of(args) as session:
        confirm.may_change(args, session.settings)
        containers = selected(args, session)
        if len(containers) > 1 or args.filter is not None:
            return run_many(args, session, containers, _many(args, session, action))
        container = containers[0]
        plan = agreed(session, container.cluster, session.engine.plan_power(container, action))
        if confirm.present(args, plan):
            return Exit.DONE
        confirm.ask(args, _QUESTIONS[action].format(container.name))
        result = run_plan(args, session, lambda: session.engine.carry_out(plan, container))
    after = result.container or container
    return finish(args, result, _document(action, after, result), _sentence(after))


def _many(args: Namespace, session: AppContext, action: Action) -> ManyAction:
    """Return the action for several containers. A filter or a list that is empty of work asks nothing."""
    return ManyAction(
        doing=_DOING[action],
        plan=lambda container: session.engine.plan_power(container, action),
        execute=session.engine.carry_out,
        document=lambda container, result: _document(action, container, result),
        sentence=lambda container, _: _sentence(container),
        ask=lambda plans: confirm.ask(args, _QUESTIONS[action].format(confirm.these(len(plans)))),
    )


def _sentence(container: Container) -> str:
    return f"{container.label} is {container.state}"


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
