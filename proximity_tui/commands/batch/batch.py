"""One command for several containers: each is planned and done alone, a few at a time, with progress; each succeeds or
fails alone, and a signal stops before the next ones.
"""

from __future__ import annotations

import logging
import threading
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.exit_codes import CommandEnding, Exit, ending_of
from proximity_tui.commands.base.interruption import CommandInterrupted, is_asked_to_end, watched
from proximity_tui.commands.batch.parallel import for_each
from proximity_tui.commands.batch.progress import Progress
from proximity_tui.commands.printed import output
from proximity_tui.core.base.pace import AT_ONCE
from proximity_tui.core.base.secret import redact
from proximity_tui.core.model import Plan

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

MOST_UNANSWERED = 12
"""After so many guests in a row of which a cluster did not say, it is not asked about any more: each may take a minute
to fail."""

MOST_UNTOUCHED = 10
"""How many untouched containers are named one by one."""

GRACE = 60.0
"""Seconds that an interrupted command waits for what is under way."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class CommandItem:
    """One container of several: its plan, or the reason without one."""

    cluster: str
    _: KW_ONLY
    plan: Plan | None = None
    failure: CommandEnding | None = None
    begun: bool = False
    """Whether somebody is at work on it."""
    untouched: bool = False
    """Whether its turn never came: a signal ended the command, or the cluster does not answer."""

    @property
    def label(self) -> str:
        """Its name in a line of output: `lab/101`."""
        raise NotImplementedError

    @property
    def succeeded(self) -> bool:
        """True when it ended well."""
        raise NotImplementedError


T = TypeVar("T", bound=CommandItem)


class SilentClusters:
    """The clusters that stopped answering during a command. Safe to use from several threads."""

    def __init__(self) -> None:
        self._in_a_row: dict[str, int] = {}
        self._lock = threading.Lock()

    def note(self, item: CommandItem) -> None:
        """Count the end of an item: anything but another failure to answer begins again."""
        silent = item.failure is not None and item.failure.code is Exit.UNANSWERED
        with self._lock:
            self._in_a_row[item.cluster] = self._in_a_row.get(item.cluster, 0) + 1 if silent else 0

    def leave(self, item: CommandItem) -> bool:
        """Mark an item as untouched if its cluster does not answer any more, and return whether it is."""
        if self._in_a_row.get(item.cluster, 0) < MOST_UNANSWERED:
            return False
        item.untouched = True
        item.failure = CommandEnding(Exit.UNANSWERED, f"untouched: {item.cluster} does not answer any more")
        return True


def for_every(
    context: AppContext,
    items: Sequence[T],
    do: Callable[[T], str],
    doing: str,
    *,
    print_item: Callable[[T], None] | None = None,
    finishing: str | None = None,
    at_once: int = AT_ONCE,
) -> bool:
    """Call `do` with every item, on a few threads that keep their connections; it returns a message for the progress,
    whose title is `doing`. Return False when a signal ended it before the last.

    The failure of an item affects only that item, until its cluster does not answer any more. `print_item` prints each
    that succeeded at once. With `finishing` a signal waits for those under way, and this sentence says so.
    """
    progress, silent = Progress(doing, len(items), context.clock.monotonic), SilentClusters()

    def one(item: T) -> None:
        if silent.leave(item):
            return
        message = _carry_out(item, do, progress)
        silent.note(item)
        if print_item is not None and item.succeeded:
            progress.above(partial(print_item, item))
        progress.step(f"{item.label}: {message}")

    def work() -> None:
        for_each(items, one, threads=at_once, go_on=lambda: not is_asked_to_end(), at_end=context.close_connections)

    try:
        watched(work, tick=_ticking(progress, finishing), grace=GRACE if finishing else 0.0)
    except CommandInterrupted:
        return False
    finally:
        progress.end()
    return not is_asked_to_end()


def _carry_out(item: T, do: Callable[[T], str], progress: Progress) -> str:
    """Call `do` with an item, keep its failure there, and return the message for the progress."""
    item.begun = True
    try:
        message = do(item)
    except Exception as error:
        # Afterwards the database is closed under it, which is no reason: it stays begun, without a known end.
        if progress.is_over:
            return ""
        item.failure = _failure(error)
        message = item.failure.sentence
    item.begun = False
    return message


def _ticking(progress: Progress, finishing: str | None) -> Callable[[], None]:
    """Return a function to call again and again: it draws the progress, and tells the person once, where those under
    way are waited for, that their signal arrived.
    """
    told: list[bool] = []

    def tick() -> None:
        if finishing and is_asked_to_end() and not told:
            told.append(True)
            progress.above(partial(output.note, finishing, waits=False))
        progress.draw()

    return tick


def _failure(error: Exception) -> CommandEnding:
    """Return the ending of one item that failed. An unexpected error is its failure, too: the others go on."""
    ending = ending_of(error)
    if ending is not None:
        return ending
    log.error("unexpected: %s", error, exc_info=error)
    return CommandEnding(Exit.FAILED, f"unexpected error ({type(error).__name__}: {redact(str(error))})")


def mark_untouched(items: Sequence[CommandItem], check: str) -> bool:
    """Mark each item without an end as interrupted; `check` says what to do about one that was under way. Return
    whether there was any.
    """
    left = [item for item in items if not item.succeeded and item.failure is None]
    for item in left:
        if item.begun and item.plan:
            why = check
        else:
            why, item.untouched = "untouched: the command was interrupted before this container", True
        item.failure = CommandEnding(Exit.RESUMABLE, why)
    return bool(left)


def why_document(item: CommandItem) -> dict[str, Any]:
    """Return the JSON fields that say why nothing was done with an item: `untouched`, `refused`, or neither."""
    refusal = item.failure.refusal if item.failure else None
    untouched = {"untouched": True} if item.untouched else {}
    return untouched | ({"refused": {"code": refusal.code, "reason": refusal.reason}} if refusal else {})


def first_failure(items: Sequence[CommandItem]) -> int:
    """Return the exit code of them all."""
    return next((item.failure.code for item in items if item.failure), Exit.DONE)


def print_failure(item: CommandItem) -> None:
    """Print for a person why an item did not succeed."""
    if item.failure:
        output.note(f"{item.label}: {item.failure.sentence}")


def print_failures(items: Sequence[CommandItem]) -> None:
    """Print each failure for a person. Of many that are untouched only the first is named."""
    untouched = [item for item in items if item.untouched]
    for item in items:
        if item.failure and not item.untouched:
            print_failure(item)
    for item in untouched if len(untouched) <= MOST_UNTOUCHED else untouched[:1]:
        print_failure(item)
    if len(untouched) > MOST_UNTOUCHED:
        output.note(f"and {len(untouched) - 1} more are untouched")


def print_plans(args: Namespace, items: Sequence[CommandItem]) -> None:
    """Print each plan that is not to be executed, and the failure of each item that has none."""
    for item in items:
        if item.plan:
            confirm.show_only(args, item.plan)
        else:
            print_failure(item)
