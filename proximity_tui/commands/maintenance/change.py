"""The change of settings of containers, as `set` and `resize` share it: planned, asked about, and done when the config
shows it.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.exit_codes import CommandRefused
from proximity_tui.commands.batch.container_action import ContainerAction, run_action
from proximity_tui.commands.printed.json_documents import outcome_document, state_fields
from proximity_tui.core.doctrine.actions.changing.requests import SettingRequest, read_request
from proximity_tui.core.doctrine.actions.changing.settings import Consent
from proximity_tui.core.model import Container, Refusal
from proximity_tui.core.model.actions.plan_options import ChangeOptions

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome
    from proximity_tui.runtime.context import AppContext


def run_change(args: Namespace, texts: Iterable[str], consent: Consent) -> int:
    """Plan a change of settings, each as KEY=VALUE, ask and carry it out; return the exit code. Raises CommandRefused
    for what cannot be understood.
    """
    requested = [_understood(text) for text in texts]
    return run_action(args, lambda context: _action(args, context, requested, consent))


def _understood(text: str) -> SettingRequest:
    request = read_request(text)
    if isinstance(request, Refusal):
        raise CommandRefused(request)
    return request


def _action(
    args: Namespace, context: AppContext, requested: Sequence[SettingRequest], consent: Consent
) -> ContainerAction:
    return ContainerAction(
        doing="changing",
        plan=lambda container: context.engine.plan_settings(container, requested, consent=consent),
        execute=context.engine.carry_out,
        document=change_document,
        sentence=change_sentence,
        ask=lambda whom, _: confirm.ask(args, f"Change {whom}?"),
    )


def change_sentence(container: Container, result: Outcome) -> str:
    """Return the result of a change that went well, for a person."""
    pending = _found(result, "pending")
    waits = f"; pending until its next start: {', '.join(pending)}" if pending else ""
    return f"{container.label} is changed{waits}"


def change_document(container: Container, result: Outcome) -> dict[str, Any]:
    """Return the outcome of a change as its JSON document."""
    options = result.plan.options if result.plan is not None else None
    changes, growth = (options.changes, options.growth) if isinstance(options, ChangeOptions) else ((), ())
    return outcome_document(
        container,
        result,
        "update",
        **state_fields(container),
        changes=[{"key": one.key, "before": one.before, "after": one.value} for one in changes],
        growth=[{"disk": one.disk, "before": one.before, "after": one.size} for one in growth],
        stored=_found(result, "stored"),
        pending=_found(result, "pending"),
        not_stored=_found(result, "missing"),
    )


def _found(result: Outcome, what: str) -> list[str]:
    """Return the settings that the journal calls stored or pending, each once."""
    steps = result.operation.steps if result.operation is not None else ()
    return list(dict.fromkeys(str(key) for step in steps for key in step.detail.get(what, ())))
