"""The execution of a command: its log and signals, and what is printed and returned when it ends, however it ends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext

from proximity_tui.commands import OWN_SIGNALS, PROG
from proximity_tui.commands.base import streams
from proximity_tui.commands.base.echo import shortened
from proximity_tui.commands.base.exit_codes import CommandEnding, Exit, ending_of
from proximity_tui.commands.base.interruption import (
    CommandInterrupted,
    early_signals_kept,
    interrupted_once,
    is_asked_to_end,
    keep_answer,
)
from proximity_tui.commands.log import log_setup
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.progress_line import waits_told
from proximity_tui.core.base.secret import redact
from proximity_tui.core.base.text import UNEXPECTED

log = logging.getLogger(__name__)

_ON_THEIR_OWN = frozenset({None, *OWN_SIGNALS})
"""The commands that handle signals themselves and tell what they wait for; None is that of the screens."""

_CHANGES_ARE_KEPT = f"; if anything was changed, that stays, and `{PROG} audit` has it"


def execute(name: str | None, command: Callable[[], int], words: Sequence[str]) -> int:
    """Run the command called `name` (None: the screens) and return its exit code; never raises."""
    with _signals_handled(name):
        try:
            code = _code_of(name, command, words)
            if name not in _ON_THEIR_OWN:
                keep_answer()
            return code
        finally:
            # While signals are still handled: one that came here would become a second answer.
            log_setup.stop()


def _code_of(name: str | None, command: Callable[[], int], words: Sequence[str]) -> int:
    """Run a command, print how it ended, and return its exit code."""
    try:
        log_setup.start()
        with nullcontext() if name in _ON_THEIR_OWN else waits_told():
            code = command()
        streams.flush()
    except BaseException as error:
        return ended_by(error, words)
    return code


def ended_by(error: BaseException, words: Sequence[str]) -> int:
    """Print the ending of a command that raised `error`, and return its exit code."""
    match error:
        case SystemExit():
            return _flushed(int(error.code or 0))
        case BrokenPipeError():
            # Whoever read our output has read enough.
            streams.write_no_more()
            return Exit.FAILED
        case KeyboardInterrupt() | CommandInterrupted():
            return _print_ending(CommandEnding(Exit.INTERRUPTED, "interrupted"), words)
        case Exception():
            return _tell_failure(error, words)
    raise error


def unusable(reason: str, words: Sequence[str]) -> int:
    """Print why the words make no command, and return the exit code."""
    return _print_ending(CommandEnding(Exit.USAGE, reason), words)


def unflushed(code: int, error: OSError) -> int:
    """Return the exit code of a help text whose rest could not be written; `code` where that is no failure."""
    lost = _unwritten(error)
    return _print_ending(lost, ()) if lost is not None else code


@contextmanager
def _signals_handled(command: str | None) -> Iterator[None]:
    """Handle Ctrl-C during a command, as one interruption, until it has answered. Some commands do it themselves."""
    if command == "daemon":
        with early_signals_kept():
            yield
    elif command in _ON_THEIR_OWN:
        yield
    else:
        with interrupted_once(), output.answered_by(keep_answer):
            yield


def _tell_failure(error: Exception, words: Sequence[str]) -> int:
    if (lost := _unwritten(error, _CHANGES_ARE_KEPT)) is not None:
        return _print_ending(lost, ())
    if (ending := ending_of(error)) is None and is_asked_to_end():
        # The interruption came where something took it for an error of its own.
        ending = CommandEnding(Exit.INTERRUPTED, "interrupted")
    return _print_ending(ending or _unexpected(error), words)


def _print_ending(ending: CommandEnding, words: Sequence[str]) -> int:
    """Print an ending and return its exit code: on stdout as JSON where that was requested, else on stderr."""
    ending = shortened(ending, words)
    if "--json" in words and _documented(ending):
        return ending.code
    if ending.refusal is not None:
        output.note(f"refused ({ending.refusal.code}): {redact(ending.sentence)}")
    else:
        output.note(f"{PROG}: {redact(ending.sentence)}")
    return ending.code


def _documented(ending: CommandEnding) -> bool:
    """Print the JSON document of an ending. Return False where it could not be written, so that stderr gets it."""
    try:
        output.document(ending.document)
        streams.flush()
    except OSError:
        streams.write_no_more()
        return False
    return True


def _unwritten(error: Exception, more: str = "") -> CommandEnding | None:
    """Return the ending of a command whose answer could not be written, with `more` to know; else None. Its work is
    done, only the answer is missing.
    """
    reason = streams.why_unwritten(error)
    if reason is None:
        return None
    streams.write_no_more()
    return CommandEnding(Exit.FAILED, f"the output could not be written: {reason}{more}")


def _flushed(code: int) -> int:
    """Return the exit code, once everything is written."""
    try:
        streams.flush()
    except OSError as error:
        return unflushed(code, error)
    return code


def _unexpected(error: Exception) -> CommandEnding:
    log.error("unexpected: %s", error, exc_info=error)
    kept = f"; the details are in {log_setup.path()}" if log_setup.path() else ""
    return CommandEnding(Exit.FAILED, f"{UNEXPECTED}: {type(error).__name__}: {redact(str(error))}{kept}")
