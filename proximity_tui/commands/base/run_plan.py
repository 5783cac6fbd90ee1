"""The execution of a plan while a person watches, and the ending of the command: one document or one sentence, and the
exit code.

The engine works on a daemon thread, so an interrupted command need not wait for Proxmox: Ctrl-C and SIGTERM leave the
operation resumable. The journal holds the progress, as after any other death of a process.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import output
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit, of_result
from proximity_tui.commands.base.interruption import CommandInterrupted, watched
from proximity_tui.commands.base.output import note
from proximity_tui.commands.base.task_log import TaskLog
from proximity_tui.core.model import Operation, Plan, Refusal, RefusalCode, StepOutcome, StepRecord

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome
    from proximity_tui.runtime.context import AppContext

_DOUBTFUL = frozenset({RefusalCode.UNKNOWN_STATUS, RefusalCode.CHANGED})
_ENDED = (StepOutcome.DONE, StepOutcome.SKIPPED, StepOutcome.FAILED)


def agreed(session: AppContext, cluster: str, planned: Plan | Refusal) -> Plan:
    """Return the plan. Raises CommandRefused for a refusal, or the error of the cluster where the
    guest was not seen.
    """
    if isinstance(planned, Plan):
        return planned
    if planned.code in _DOUBTFUL:
        must_answer(session, cluster)
    raise CommandRefused(planned)


def must_answer(session: AppContext, cluster: str) -> None:
    """Contact a cluster once more to find out why nothing was seen: silence is not a refusal.
    Raises its ProxmoxError.
    """
    client = session.clients.get(cluster)
    if client is not None:
        client.inventory()


def run_plan(args: Namespace, session: AppContext, work: Callable[[], Outcome], *, with_log: bool = False) -> Outcome:
    """Return the result of `work`, one of the engine's calls; `with_log` prints what its tasks write meanwhile. Ctrl-C
    and SIGTERM raise CommandEnd, which says how to continue.
    """

    def run() -> Outcome:
        try:
            return work()
        finally:
            session.hang_up()

    log = TaskLog(session) if with_log and not args.json else None
    progress = _Progress(session.engine.owner, quiet=args.json, log=log)
    try:
        result = watched(run, tick=progress.print_steps)
    except CommandInterrupted:
        raise _left_open(session.engine.owner) from None
    progress.print_rest(result.operation)
    return result


class _Progress:
    """The progress lines: one for each step when it ends, and before it what its task logs, where that is wanted."""

    def __init__(self, owner: str, *, quiet: bool, log: TaskLog | None) -> None:
        self._owner = owner
        self._quiet = quiet
        self._log = log
        self._printed = 0

    def print_steps(self) -> None:
        """Print the steps that ended since the last call."""
        if not self._quiet:
            self.print_rest(_carried_by(self._owner))

    def print_rest(self, operation: Operation | None) -> None:
        """Print the remaining steps of `operation`: it may have ended between two calls."""
        if operation is None or self._quiet:
            return
        ended = [step for step in operation.steps if step.outcome in _ENDED]
        for step in ended[self._printed :]:
            self._print_log(operation, step)
            note(f"  {step.seq}/{len(operation.steps)} {step.name}: {step.outcome}")
            for warning in step.warnings:
                note(f"      Proxmox warned: {warning}")
        self._printed = len(ended)
        self._print_log(operation, operation.current)

    def _print_log(self, operation: Operation, step: StepRecord | None) -> None:
        if self._log is not None:
            self._log.print_new(operation, step)


def _carried_by(owner: str) -> Operation | None:
    from proximity_tui.core.store.records import operations

    mine = (operation for operation in operations.open_operations() if operation.owner == owner)
    return next(mine, None)


def _left_open(owner: str) -> CommandEnd:
    from proximity_tui.core.doctrine.actions.sent_requests import with_doubt

    operation = _carried_by(owner)
    if operation is None:
        return CommandEnd(Exit.INTERRUPTED, "interrupted; no operation was under way")
    number = operation.id
    told = with_doubt(f"{operation.action} of {operation.name} was interrupted at step {operation.progress}", operation)
    return CommandEnd(
        Exit.RESUMABLE,
        f"{told}; go on with"
        f" `proximity-tui operations resume {number}`, or end it with `proximity-tui operations abandon {number}`",
        {"operation": number},
    )


def finish(args: Namespace, result: Outcome, document: Mapping[str, Any], sentence: str) -> int:
    """Print `document`, or `sentence` where all went well, and return the exit code.

    Raises CommandRefused or CommandEnd for every other ending, with the document's fields.
    """
    from proximity_tui.core.engine.operations.outcome import Done, Failed, Refused, Resumable

    code = of_result(result)
    match result:
        case Refused(refusal):
            raise CommandRefused(refusal)
        case Resumable(reason, operation=Operation(id=number)):
            raise CommandEnd(
                code,
                f"{reason}; continue with `proximity-tui operations resume {number}`, or end it with"
                f" `proximity-tui operations abandon {number}`",
                {**document, "interrupted": True, "operation": number},
            )
        case Resumable(reason) | Failed(reason):
            raise CommandEnd(code, reason, document)
        case Done():
            if args.json:
                output.document(document)
            else:
                output.print_line(sentence)
            return code
