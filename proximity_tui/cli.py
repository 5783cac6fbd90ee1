"""The command line: global options, subcommands, and the exit code of every ending.

It knows the commands and loads only the requested one; their work is in `commands`.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from proximity_tui import __version__
from proximity_tui.commands import COMMANDS, OWN_SIGNALS, SCREEN
from proximity_tui.commands.base import log_setup, output, streams
from proximity_tui.commands.base.exit_codes import CommandEnding, Exit, ending_of
from proximity_tui.commands.base.interruption import CommandInterrupted, heard_early, interrupted_once, is_asked_to_end
from proximity_tui.core.base.secret import redact

PROG = "proximity-tui"

log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. It never ends in a traceback."""
    words = list(sys.argv[1:] if argv is None else argv)
    streams.make_usable()
    try:
        args = parse(words)
        log_setup.start()
        command = COMMANDS[args.command] if args.command else SCREEN
        with _signals_of(args.command):
            code = int(_module(command.module).run(args))
        streams.flush()
        return code
    except SystemExit as end:
        # argparse leaves this way after --help and --version.
        return _flushed(int(end.code or 0))
    except _UsageError as error:
        sys.stderr.write(error.usage)
        return _tell(CommandEnding(Exit.USAGE, str(error)), words)
    except BrokenPipeError:
        # Whoever read our output has read enough.
        streams.write_no_more()
        return Exit.FAILED
    except (KeyboardInterrupt, CommandInterrupted):
        return _tell(CommandEnding(Exit.INTERRUPTED, "interrupted"), words)
    except Exception as error:
        if (lost := _unwritten(error)) is not None:
            return _tell(lost, ())
        if (ending := ending_of(error)) is None and is_asked_to_end():
            # The interruption came where something took it for an error of its own.
            ending = CommandEnding(Exit.INTERRUPTED, "interrupted")
        return _tell(ending or _unexpected(error), words)
    finally:
        log_setup.stop()


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments, with the global options wherever they stood. Only a named command's module is
    imported.
    """
    shared = _global_options()
    parser = _Parser(
        prog=PROG,
        description="A terminal dashboard for the LXC containers of Proxmox VE clusters. Without a command it shows the"
        " screens.",
        parents=[shared],
    )
    named = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", parser_class=_Parser)
    for name, command in COMMANDS.items():
        sub = named.add_parser(name, help=command.help, description=f"{command.help}.", parents=[shared])
        if name in words:
            _module(command.module).arguments(sub)
    defaults = argparse.Namespace(config=None, database=None, cluster=None, read_only=None, json=False)
    return parser.parse_args(words, defaults)


def _signals_of(command: str | None) -> AbstractContextManager[None]:
    """Return the handling of Ctrl-C during a command: one interruption. Some commands handle signals themselves."""
    if command == "daemon":
        return heard_early()
    return nullcontext() if command in (None, *OWN_SIGNALS) else interrupted_once()


class _UsageError(Exception):
    """Raised when the words make no command; `usage` is the correct form."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.usage = usage


class _Parser(argparse.ArgumentParser):
    """A parser that raises instead of exiting, and never guesses an abbreviation."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def _print_message(self, message: str, file: Any = None) -> None:
        # argparse would keep silent where the answer finds no room.
        (file or sys.stdout).write(message)

    def error(self, message: str) -> NoReturn:
        raise _UsageError(message, self.format_usage())


def _global_options() -> _Parser:
    # Suppressed defaults: what stands before the command must not be undone by what does not stand after it.
    shared = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    options = shared.add_argument_group("global options, before or after the command")
    options.add_argument("--config", type=Path, metavar="FILE", help="the configuration to use")
    options.add_argument("--database", metavar="URL", help="sqlite:////path or postgresql://user@host/name")
    options.add_argument("--cluster", metavar="NAME", help="only this cluster")
    options.add_argument("--read-only", action="store_true", help="change nothing")
    options.add_argument("--version", action="version", version=f"{PROG} {__version__}")
    return shared


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"proximity_tui.commands.{name}")


def _tell(ending: CommandEnding, words: Sequence[str]) -> int:
    """Print an ending and return its exit code: on stdout as JSON where that was requested, else on stderr."""
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


def _unwritten(error: Exception) -> CommandEnding | None:
    """Return the ending of a command whose answer could not be written, or None: its work is done, only the answer is
    missing.
    """
    reason = streams.why_unwritten(error)
    if reason is None:
        return None
    streams.write_no_more()
    return CommandEnding(Exit.FAILED, f"the output could not be written: {reason}")


def _flushed(code: int) -> int:
    """Return the exit code, once everything is written."""
    try:
        streams.flush()
    except OSError as error:
        lost = _unwritten(error)
        return _tell(lost, ()) if lost is not None else code
    return code


def _unexpected(error: Exception) -> CommandEnding:
    log.error("unexpected: %s", error, exc_info=error)
    kept = f"; the details are in {log_setup.path()}" if log_setup.path() else ""
    return CommandEnding(
        Exit.FAILED, f"unexpected error (a bug in proximity-tui): {type(error).__name__}: {redact(str(error))}{kept}"
    )
