"""`migrate`: containers are moved to another node, and done when they are seen there."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.parser import name_of
from proximity_tui.commands.batch.container_action import ContainerAction, run_action
from proximity_tui.commands.batch.selection import containers_argument
from proximity_tui.commands.printed.json_documents import outcome_document, state_fields
from proximity_tui.core.model import Container
from proximity_tui.core.model.actions.plan_options import MigrateOptions

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome
    from proximity_tui.runtime.context import AppContext


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `migrate`."""
    containers_argument(parser)
    parser.add_argument("--node", type=name_of, metavar="NODE", required=True, help="the node to move to")
    parser.add_argument(
        "--offline", action="store_true", help="only move what is stopped; a running container is restarted otherwise"
    )
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """Plan, ask and move; return the exit code. Raises CommandRefused for a refusal, and CommandEnd for whatever else
    ends it.
    """
    return run_action(args, lambda context: _action(args, context))


def _action(args: Namespace, context: AppContext) -> ContainerAction:
    return ContainerAction(
        doing="migrating",
        plan=lambda container: context.engine.plan_migrate(container, args.node, offline=args.offline),
        execute=context.engine.carry_out,
        document=_document,
        sentence=lambda container, _: f"{container.label} is {container.state}",
        ask=lambda whom, _: confirm.ask(args, f"Move {whom} to {args.node}?"),
    )


def _document(container: Container, result: Outcome) -> dict[str, Any]:
    plan = result.plan
    options = plan.options if plan is not None else None
    return outcome_document(
        container,
        result,
        "migrate",
        **{"from": plan.node if plan is not None else None},
        **state_fields(container),
        restart=options.restart if isinstance(options, MigrateOptions) else False,
    )
