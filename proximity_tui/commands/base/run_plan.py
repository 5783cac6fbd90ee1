"""The execution of a plan while a person watches, and the ending of the command: one document or one sentence, and the
exit code.

The engine works on a daemon thread, so an interrupted command need not wait for Proxmox: Ctrl-C and SIGTERM leave the
operation resumable. The journal holds the progress, as after any other death of a process.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit, of_result
from proximity_tui.commands.base.interruption import CommandInterrupted, watched
from proximity_tui.commands.base.task_log import TaskLog
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.output import note
from proximity_tui.commands.printed.progress_line import ProgressLine
from proximity_tui.core.base.text import human_age
from proximity_tui.core.model import Operation, Plan, Refusal, RefusalCode, StepOutcome, StepRecord

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome
    from proximity_tui.core.model.actions.step_record import Silence
    from proximity_tui.runtime.context import AppContext

_DOUBTFUL = frozenset({RefusalCode.UNKNOWN_STATUS, RefusalCode.CHANGED})
_NO_OPERATION = (
    "interrupted; no operation was in progress. What changes only our records may be done: `proximity-tui audit` tells"
)
_POLL = 0.2
_ENDED = (StepOutcome.DONE, StepOutcome.SKIPPED, StepOutcome.FAILED)


def agreed(context: AppContext, cluster: str, planned: Plan | Refusal) -> Plan:
    """Return the plan. Raises CommandRefused for a refusal, or the error of the cluster where the
    guest was not seen.
    """
    if isinstance(planned, Plan):
        return planned
    if planned.code in _DOUBTFUL:
        must_answer(context, cluster)
    raise CommandRefused(planned)


def must_answer(context: AppContext, cluster: str) -> None:
    """Contact a cluster once more to find out why nothing was seen: silence is not a refusal.
    Raises its ProxmoxError.
    """
    client = context.clients.get(cluster)
    if client is not None:
        client.inventory()


def run_plan(
    args: Namespace, context: AppContext, work: Callable[[], Outcome], *, settled: Operation | None = None
) -> Outcome:
    """Return the result of `work`, one of the engine's calls. Meanwhile each step is printed when it ends, and what its
    task logs; with --json nothing. Of an operation that is `settled` the steps that had ended are left out. Ctrl-C and
    SIGTERM raise CommandEnd, which says how to continue.
    """

    def run() -> Outcome:
        try:
            return work()
        finally:
            context.close_connections()

    progress = _StepProgress(context, settled=settled)
    try:
        with nullcontext() if args.json else progress.following():
            result = watched(run)
    except CommandInterrupted:
        raise _left_open(context.owner) from None
    if not args.json:
        progress.print_rest(result.operation)
    return result


class _StepProgress:
    """The progress on stderr: a line for each step when it ends, before it what its task logs, and on a terminal below
    them how long the present step runs.
    """

    def __init__(self, context: AppContext, *, settled: Operation | None) -> None:
        self._context = context
        self._log = TaskLog(context)
        self._status = ProgressLine()
        self._over = Event()
        self._silence: Silence | None = None
        self._printed = 0 if settled is None else len(_ended(settled))

    @contextmanager
    def following(self) -> Iterator[None]:
        """Print what is new, on a thread of its own: a cluster that hangs must hold up no Ctrl-C."""
        follower = Thread(target=self._follow, name="progress", daemon=True)
        follower.start()
        try:
            yield
            self._over.set()
            follower.join()
        finally:
            self._over.set()
            self._status.clear()

    def print_rest(self, operation: Operation | None) -> None:
        """Print the steps of an operation that ended since the last call."""
        if operation is None:
            return
        for step in _ended(operation)[self._printed :]:
            logged = [f"      {line}" for line in self._log.read(operation, step)]
            warned = [f"      Proxmox warned: {warning}" for warning in step.warnings]
            self._print(
                [*logged, f"  {step.seq}/{len(operation.steps)} {step.name.words}: {step.outcome_words}", *warned]
            )
            self._printed += 1

    def _follow(self) -> None:
        from proximity_tui.core.store.db.store_errors import StoreError

        try:
            while not self._over.wait(_POLL):
                # The journal is read again, and who closed stderr wants no progress: the result depends on neither.
                with suppress(StoreError, OSError):
                    self._print_new(_carried_by(self._context.owner))
        finally:
            self._context.close_connections()

    def _print_new(self, operation: Operation | None) -> None:
        """Print what is new of an operation, and show the step that runs."""
        if operation is None:
            return
        self.print_rest(operation)
        step = operation.current
        if step is not None and step.outcome is StepOutcome.INTENDED:
            self._print(f"      {line}" for line in self._log.read_at_times(operation, step))
            self._print_silence(step)
            if not self._over.is_set():
                self._status.draw(self._running(operation, step))

    def _print_silence(self, step: StepRecord) -> None:
        """Print once that nothing is heard of the task of a step, and that it is again."""
        from proximity_tui.core.doctrine.actions.sent_requests import silence_sentence

        if step.silence == self._silence:
            return
        self._silence = step.silence
        heard = "the status of its task can be read again"
        self._print([f"      {heard if step.silence is None else silence_sentence(step.silence)}"])

    def _print(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._status.above(partial(note, line))

    def _running(self, operation: Operation, step: StepRecord) -> str:
        began = step.intent_at or operation.started_at
        lasts = human_age((self._context.clock.now() - began).total_seconds())
        return f"{_named(operation, step)}: running for {lasts}"


def _named(operation: Operation, step: StepRecord) -> str:
    return f"  {step.seq}/{len(operation.steps)} {step.name.words}"


def _ended(operation: Operation) -> list[StepRecord]:
    return [step for step in operation.steps if step.outcome in _ENDED]


def _carried_by(owner: str) -> Operation | None:
    from proximity_tui.core.store.records import operations

    mine = (operation for operation in operations.open_operations() if operation.owner == owner)
    return next(mine, None)


def _left_open(owner: str) -> CommandEnd:
    from proximity_tui.core.doctrine.actions.sent_requests import interrupted_sentence

    operation = _carried_by(owner)
    if operation is None:
        return CommandEnd(Exit.INTERRUPTED, _NO_OPERATION)
    number = operation.id
    return CommandEnd(
        Exit.RESUMABLE,
        f"{interrupted_sentence(operation)}; {_resume_or_abandon(number)}",
        {"operation": number},
    )


def _resume_or_abandon(number: int) -> str:
    command = "proximity-tui operations"
    return f"continue with `{command} resume {number}`, or end it with `{command} abandon {number}`"


def finish(args: Namespace, result: Outcome, document: Mapping[str, Any], sentence: str) -> int:
    """Print `document`, or `sentence` where all went well, and return the exit code.

    Raises CommandRefused or CommandEnd for every other ending, with the document's fields.
    """
    from proximity_tui.core.engine.operations.outcome import Done, Failed, Refused, Resumable

    code = of_result(result)
    match result:
        case Refused(refusal):
            raise CommandRefused(refusal)
        case Failed(refusal=Refusal() as refusal):
            # It was begun, and refused before anything was done: its document says how far it came.
            raise CommandRefused(refusal, document)
        case Resumable(reason, operation=Operation(id=number)):
            raise CommandEnd(
                code,
                f"{reason}; {_resume_or_abandon(number)}",
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
