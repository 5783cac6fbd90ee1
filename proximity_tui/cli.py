"""The command line: it parses the words, and calls the one command that was requested.

Only that one is loaded; `--version` and `--help` run none, and load next to nothing. The screens load no parser.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from importlib import import_module
from typing import TYPE_CHECKING

from proximity_tui.commands import COMMANDS, SCREEN
from proximity_tui.commands.base import streams
from proximity_tui.commands.setup.screen_words import screen_arguments

if TYPE_CHECKING:
    from argparse import Namespace


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. It never ends in a traceback."""
    streams.make_usable()
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    finally:
        streams.forget_unread()


def _run(words: Sequence[str]) -> int:
    """Run the command that the words name and return its exit code."""
    try:
        args = screen_arguments(words) or parse(words)
    except SystemExit as end:
        # argparse leaves this way after --help and --version.
        return _flushed(int(end.code or 0))
    except BaseException as error:
        return _ended_by(error, words)
    try:
        with nullcontext() if args.command else _early_list(args):
            from proximity_tui.commands.base import execution
            from proximity_tui.commands.printed.called_with import take_options_of

            take_options_of(args)
            command = COMMANDS[args.command] if args.command else SCREEN
            module = f"proximity_tui.commands.{command.module}"
            return execution.execute(args.command, lambda: int(import_module(module).run(args)), words)
    except KeyboardInterrupt as error:
        # It came before the command could hear it.
        return _ended_by(error, words)


def parse(words: Sequence[str]) -> Namespace:
    """Return the parsed arguments, with the global options wherever they stood. Only a named command's module is
    imported. Raises UsageError.
    """
    from argparse import Namespace

    from proximity_tui.commands.base.parser import parser_with

    defaults = Namespace(config=None, database=None, cluster=None, read_only=None, json=False)
    return parser_with([name for name in COMMANDS if name in words]).parse_args(words, defaults)


def _early_list(args: Namespace) -> AbstractContextManager[object]:
    """Return the terminal of the screens, taken before anything heavy is loaded."""
    from proximity_tui.commands.setup import early_list

    return early_list.opened(args)


def _flushed(code: int) -> int:
    """Return the exit code, once everything is written."""
    try:
        streams.flush()
    except OSError as error:
        from proximity_tui.commands.base import execution

        return execution.unflushed(code, error)
    return code


def _ended_by(error: BaseException, words: Sequence[str]) -> int:
    """Say why there is no command to run, and return the exit code."""
    from proximity_tui.commands.base import execution
    from proximity_tui.commands.base.parser import UsageError

    if isinstance(error, UsageError):
        with suppress(OSError):
            sys.stderr.write(error.usage)
        return execution.unusable(str(error), words)
    return execution.ended_by(error, words)
