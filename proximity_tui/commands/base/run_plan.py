"""Carries a plan out while a person watches: progress as it happens, and Ctrl-C or SIGTERM leave it resumable.

The engine works on a daemon thread, so an interrupted command need not wait for Proxmox. What it was doing is in the
journal, like after any other death of a process.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING

from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit
from proximity_tui.commands.base.interruption import CommandInterrupted, watched
from proximity_tui.commands.base.output import note
from proximity_tui.core.model import Operation, Plan, Refusal, StepOutcome

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Result
    from proximity_tui.runtime.context import AppContext

_DOUBTFUL = frozenset({"unknown_status", "changed"})
_ENDED = (StepOutcome.DONE, StepOutcome.SKIPPED, StepOutcome.FAILED)


def agreed(session: AppContext, cluster: str, planned: Plan | Refusal) -> Plan:
    """The plan, or the end of the command: refused, or, where nothing was seen, what keeps the cluster silent."""
    if isinstance(planned, Plan):
        return planned
    if planned.code in _DOUBTFUL:
        must_answer(session, cluster)
    raise CommandRefused(planned)


def must_answer(session: AppContext, cluster: str) -> None:
    """Ask a cluster once more why nothing was seen: silence is not a refusal. Raises ProxmoxError if it is silent."""
    client = session.clients.get(cluster)
    if client is not None:
        client.inventory()


def run_plan(args: Namespace, session: AppContext, work: Callable[[], Result]) -> Result:
    """The result of `work`, one of the engine's calls. Ctrl-C and SIGTERM raise CommandEnd, which says how to go on."""

    def run() -> Result:
        try:
            return work()
        finally:
            session.hang_up()

    progress = _Progress(session.engine.owner, quiet=args.json)
    try:
        result = watched(run, tick=progress.print_steps)
    except CommandInterrupted:
        raise _left_open(session.engine.owner) from None
    progress.print_rest(result.operation)
    return result


class _Progress:
    """Tells a person of each step as it ends."""

    def __init__(self, owner: str, *, quiet: bool) -> None:
        self._owner = owner
        self._quiet = quiet
        self._told = 0

    def print_steps(self) -> None:
        """Tell the steps that ended since the last call."""
        if not self._quiet:
            self.print_rest(_carried_by(self._owner))

    def print_rest(self, operation: Operation | None) -> None:
        """Print the steps of `operation` that were not printed yet: it may have ended between two calls."""
        if operation is None or self._quiet:
            return
        ended = [step for step in operation.steps if step.outcome in _ENDED]
        for step in ended[self._told :]:
            note(f"  {step.seq}/{len(operation.steps)} {step.name}: {step.outcome}")
        self._told = len(ended)


def _carried_by(owner: str) -> Operation | None:
    from proximity_tui.core.store.records import operations

    mine = (operation for operation in operations.open_operations() if operation.owner == owner)
    return next(mine, None)


def _left_open(owner: str) -> CommandEnd:
    operation = _carried_by(owner)
    if operation is None:
        return CommandEnd(Exit.INTERRUPTED, "interrupted; no operation was under way")
    number = operation.id
    return CommandEnd(
        Exit.RESUMABLE,
        f"{operation.action} of {operation.name} was interrupted at step {operation.progress}; go on with"
        f" `proximity-tui operations resume {number}`, or end it with `proximity-tui operations abandon {number}`",
        {"operation": number},
    )
