"""`start`, `shutdown`, `stop` and `reboot`: requested by name, and done when the guest is seen in that status."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from proximity_tui.commands.base import confirm
from proximity_tui.commands.batch.container_action import ContainerAction, run_action
from proximity_tui.commands.batch.selection import containers_argument
from proximity_tui.commands.printed.json_documents import outcome_document, state_fields
from proximity_tui.core.doctrine.actions.power_rules import pointless_of
from proximity_tui.core.model import Action

if TYPE_CHECKING:
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
    """Plan, ask and execute the action of the command's name; return the exit code. Raises CommandRefused for a
    refusal, and CommandEnd for whatever else ends it.
    """
    action = Action(args.command)
    return run_action(args, lambda context: _action(args, context, action))


def _action(args: Namespace, context: AppContext, action: Action) -> ContainerAction:
    return ContainerAction(
        doing=_DOING[action],
        plan=lambda container: context.engine.plan_power(container, action),
        execute=context.engine.carry_out,
        document=lambda container, result: outcome_document(container, result, action, **state_fields(container)),
        sentence=lambda container, _: f"{container.label} is {container.state}",
        ask=lambda whom, _: confirm.ask(args, _QUESTIONS[action].format(whom)),
        pointless=pointless_of(action),
    )
