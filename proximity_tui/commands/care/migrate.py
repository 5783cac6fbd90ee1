"""`migrate`: containers are moved to another node, and done when they are seen there."""

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
from proximity_tui.core.model import Container
from proximity_tui.core.model.actions.plan_content import MigrateOptions

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome
    from proximity_tui.runtime.context import AppContext


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `migrate`."""
    containers_argument(parser)
    parser.add_argument("--node", metavar="NODE", required=True, help="the node to move to")
    parser.add_argument(
        "--offline", action="store_true", help="only move what is stopped; a running container is restarted otherwise"
    )
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """Plan, ask and move; return the exit code."""
    with session_of(args) as session:
        confirm.may_change(args, session.settings)
        containers = selected(args, session)
        if len(containers) > 1 or args.filter is not None:
            return run_many(args, session, containers, _many(args, session))
        container = containers[0]
        planned = session.engine.plan_migrate(container, args.node, offline=args.offline)
        plan = agreed(session, container.cluster, planned)
        if confirm.present(args, plan):
            return Exit.DONE
        confirm.ask(args, f"Move {container.name} to {args.node}?")
        result = run_plan(args, session, lambda: session.engine.carry_out(plan, container))
    after = result.container or container
    return finish(args, result, _document(after, result), _sentence(after))


def _many(args: Namespace, session: AppContext) -> ManyAction:
    return ManyAction(
        doing="migrating",
        plan=lambda container: session.engine.plan_migrate(container, args.node, offline=args.offline),
        execute=session.engine.carry_out,
        document=_document,
        sentence=lambda container, _: _sentence(container),
        ask=lambda plans: confirm.ask(args, f"Move {confirm.these(len(plans))} to {args.node}?"),
    )


def _sentence(container: Container) -> str:
    return f"{container.label} is {container.state}"


def _document(container: Container, result: Outcome) -> dict[str, Any]:
    plan = result.plan
    options = plan.options if plan is not None else None
    return {
        "success": result.success,
        "action": "migrate",
        "container": container.id,
        "cluster": container.cluster,
        "from": plan.node if plan is not None else None,
        "node": container.node,
        "vmid": container.vmid,
        "name": container.name,
        "state": container.state,
        "restart": options.restart if isinstance(options, MigrateOptions) else False,
        "steps": step_documents(plan, result.operation, done=result.success),
        "error": result.error,
    }
