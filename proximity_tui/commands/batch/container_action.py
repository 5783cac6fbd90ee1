"""One action for a container or for several: every plan is shown, one question is asked, each is done alone."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit, of_result
from proximity_tui.commands.base.interruption import is_asked_to_end
from proximity_tui.commands.base.run_plan import agreed, finish, run_plan
from proximity_tui.commands.batch.batch import (
    CommandItem,
    first_failure,
    for_every,
    mark_untouched,
    print_failure,
    print_failures,
    print_plans,
    why_document,
)
from proximity_tui.commands.batch.selection import selected
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.json_documents import plan_document, whose_document
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.guards.checks import is_typed
from proximity_tui.core.model import Container, Plan, Refusal, RefusalCode

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome
    from proximity_tui.runtime.context import AppContext

_UNCHANGED = frozenset({RefusalCode.UNCHANGED})
_FINISHING = "interrupted: finishing what is in progress; press Ctrl-C again to stop at once"
_CHECK = (
    "interrupted while it was in progress, so what was sent may have been carried out:"
    " `proximity-tui operations` lists what can be resumed"
)


@value_object
class ContainerAction:
    """An action as a command for one container or several needs it."""

    doing: str
    """The title of its progress."""
    plan: Callable[[Container], Plan | Refusal]
    execute: Callable[[Plan, Container], Outcome]
    document: Callable[[Container, Outcome], dict[str, Any]]
    sentence: Callable[[Container, Outcome], str]
    ask: Callable[[str, Sequence[Plan]], None]
    """Returns when a person agreed to these plans, named as in a question: `web1`, `these 3`. Raises CommandRefused."""
    pointless: frozenset[RefusalCode] = _UNCHANGED
    """The codes of refusals that say: it is as it was wanted."""


@dataclass(slots=True)
class ContainerItem(CommandItem):
    """One of several containers, and the result of the action."""

    container: Container
    result: Outcome | None = None

    @property
    def label(self) -> str:
        """The container, and its cluster: the same VMID may be in each."""
        return f"{self.container.cluster}: {self.container.label}"

    @property
    def succeeded(self) -> bool:
        """True when the action ended well."""
        return self.result is not None and self.result.success

    def failed(self, action: ContainerAction) -> bool:
        """Return whether it is not as it was wanted."""
        refusal = self.failure.refusal if self.failure is not None else None
        return self.failure is not None and (refusal is None or refusal.code not in action.pointless)


def run_action(args: Namespace, action_of: Callable[[AppContext], ContainerAction]) -> int:
    """Plan, ask and execute for the containers that are named or chosen by a filter; return the exit code."""
    with context_of(args) as context:
        confirm.refuse_read_only(context.settings)
        action, containers = action_of(context), selected(args, context)
        confirm.refuse_unasked(args)
        if len(containers) > 1 or args.filter is not None:
            return run_many(args, context, containers, action)
        container = containers[0]
        plan = agreed(context, container.cluster, action.plan(container))
        if confirm.present(args, plan):
            return Exit.DONE
        action.ask(container.name, [plan])
        result = run_plan(args, context, lambda: action.execute(plan, container))
    after = result.container or container
    return finish(args, result, action.document(after, result), action.sentence(after, result))


def run_many(args: Namespace, context: AppContext, containers: Sequence[Container], action: ContainerAction) -> int:
    """Plan all of them, ask once, do it a few at a time; return the exit code of the first failure. What was as wanted
    before is none.
    """
    items = [ContainerItem(one.cluster, one) for one in containers]
    if _plan_all(context, items, action) and not args.plan:
        planned = [item for item in items if item.plan is not None]
        if planned:
            _ask(args, items, action)
            _do_all(context, planned, action, print_each=not args.json)
    return _end(args, items, action)


def _plan_all(context: AppContext, items: Sequence[ContainerItem], action: ContainerAction) -> bool:
    # Not before it is used: with it comes what speaks HTTP, which no help needs.
    from proximity_tui.core.proxmox.transport.answer_cache import AnswerCache

    kept = {name: AnswerCache(context.clock.monotonic) for name in context.clients}

    def plan(item: ContainerItem) -> str:
        client = context.clients.get(item.cluster)
        with nullcontext() if client is None else client.keeping(kept[item.cluster]):
            item.plan = agreed(context, item.cluster, action.plan(item.container))
        return f"checked {item.container.name}"

    return for_every(context, items, plan, "checking")


def _ask(args: Namespace, items: Sequence[ContainerItem], action: ContainerAction) -> None:
    """Show what would be done to each, also that it is nothing, and ask once."""
    if not args.yes:
        for item in items:
            if item.plan is not None:
                output.note(f"{item.label}: {item.plan.summary}")
                for warning in item.plan.warnings:
                    output.note(f"  note: {warning}")
            else:
                print_failure(item)
    plans = [item.plan for item in items if item.plan is not None]
    action.ask(confirm.these(len(plans)), plans)


def _do_all(context: AppContext, items: Sequence[ContainerItem], action: ContainerAction, *, print_each: bool) -> None:
    from proximity_tui.core.engine.operations.outcome import Done, Failed, Refused, Resumable

    def do(item: ContainerItem) -> str:
        assert item.plan is not None
        item.result = result = action.execute(item.plan, item.container)
        match result:
            case Refused(refusal) | Failed(refusal=Refusal() as refusal):
                raise CommandRefused(refusal)
            case Resumable(reason) | Failed(reason):
                raise CommandEnd(of_result(result), reason)
            case Done():
                return "done"

    def print_item(item: ContainerItem) -> None:
        if item.result is not None:
            output.print_line(action.sentence(item.result.container or item.container, item.result))

    shown = print_item if print_each else None
    for_every(context, items, do, action.doing, print_item=shown, finishing=_FINISHING)


def _end(args: Namespace, items: Sequence[ContainerItem], action: ContainerAction) -> int:
    if args.plan and not is_asked_to_end():
        return _show_plans(args, items, action)
    interrupted = is_asked_to_end() and mark_untouched(items, _CHECK)
    if args.json:
        document: dict[str, Any] = {"interrupted": True} if interrupted else {}
        output.document(document | {"results": [_document(item, action) for item in items]})
    else:
        print_failures(items)
    return Exit.RESUMABLE if interrupted else _exit_code(items, action)


def _exit_code(items: Sequence[ContainerItem], action: ContainerAction) -> int:
    return first_failure([item for item in items if item.failed(action)])


def _show_plans(args: Namespace, items: Sequence[ContainerItem], action: ContainerAction) -> int:
    if args.json:
        output.document({"plans": [plan_document(item.plan) if item.plan else _refused(item) for item in items]})
    else:
        print_plans(args, items)
    return _exit_code(items, action)


def _document(item: ContainerItem, action: ContainerAction) -> dict[str, Any]:
    """Return the document that the command has for one container, or who it is and why nothing was done."""
    if item.result is not None:
        return action.document(item.result.container or item.container, item.result) | why_document(item)
    return _refused(item)


def _refused(item: ContainerItem) -> dict[str, Any]:
    error = item.failure.sentence if item.failure else None
    return {"success": False, **whose_document(item.container), "error": error, **why_document(item)}


def ask_count(args: Namespace, wanted: int, sentence: str) -> None:
    """Return when a person confirmed by the number of containers, typed or as `--confirm`. Raises CommandRefused."""
    given = args.confirm
    if given is None:
        given = "" if args.yes else confirm.typed(f"{sentence} Type {wanted} to confirm: ")
    if not is_typed(str(wanted), given):
        reason = f"the confirmation has to be the number of containers, {wanted}: nothing was done"
        raise CommandRefused(Refusal(RefusalCode.CONFIRMATION, reason))
