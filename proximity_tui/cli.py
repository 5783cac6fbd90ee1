"""The command line: global options and subcommands, and the call of the one that was requested.

It knows the commands and loads only that one; `--version` and `--help` run none, and load next to nothing.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, NoReturn

from proximity_tui import __version__
from proximity_tui.commands import COMMANDS, PROG, SCREEN
from proximity_tui.commands.base import streams

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


class UsageError(Exception):
    """Raised when the words make no command; `usage` is the correct form."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.usage = usage


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. It never ends in a traceback."""
    words = list(sys.argv[1:] if argv is None else argv)
    streams.make_usable()
    try:
        args = parse(words)
    except SystemExit as end:
        # argparse leaves this way after --help and --version.
        return _flushed(int(end.code or 0))
    except BaseException as error:
        return _ended_by(error, words)
    try:
        with nullcontext() if args.command else _early_list(args):
            from proximity_tui.commands.base import execution

            command = COMMANDS[args.command] if args.command else SCREEN
            return execution.execute(args.command, lambda: int(_module(command.module).run(args)), words)
    except KeyboardInterrupt as error:
        # It came before the command could hear it.
        return _ended_by(error, words)


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments, with the global options wherever they stood. Only a named command's module is
    imported. Raises UsageError.
    """
    shared = _global_options()
    parser = _Parser(
        prog=PROG,
        description="A terminal dashboard for the LXC containers of Proxmox VE clusters. Without a command it shows the"
        " screens.",
        parents=[shared],
    )
    named = parser.add_subparsers(prog=PROG, dest="command", metavar="COMMAND", title="commands", parser_class=_Parser)
    for name, command in COMMANDS.items():
        sub = named.add_parser(name, help=command.help, description=f"{command.help}.", parents=[shared])
        if name in words:
            _module(command.module).arguments(sub)
    defaults = argparse.Namespace(config=None, database=None, cluster=None, read_only=None, json=False)
    return parser.parse_args(words, defaults)


class _Parser(argparse.ArgumentParser):
    """A parser that raises instead of exiting, and never guesses an abbreviation."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def _print_message(self, message: str, file: Any = None) -> None:
        # argparse would keep silent where the answer finds no room.
        (file or sys.stdout).write(message)

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, self.format_usage())


class _Version(argparse.Action):
    """The answer to `--version`. The one of argparse loads what lays out a help text first."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        sys.stdout.write(f"{PROG} {__version__}\n")
        parser.exit()


def _global_options() -> _Parser:
    # Suppressed defaults: what stands before the command must not be undone by what does not stand after it.
    shared = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    options = shared.add_argument_group("global options, before or after the command")
    options.add_argument("--config", type=_path, metavar="FILE", help="the configuration to use")
    options.add_argument("--database", metavar="URL", help="sqlite:////path or postgresql://user@host/name")
    options.add_argument("--cluster", metavar="NAME", help="only this cluster")
    options.add_argument("--read-only", action="store_true", help="change nothing")
    options.add_argument("--version", action=_Version, nargs=0, help="show program's version number and exit")
    return shared


def _early_list(args: argparse.Namespace) -> AbstractContextManager[object]:
    """Return the terminal of the screens, taken before anything heavy is loaded."""
    from proximity_tui.commands.setup import early_list

    return early_list.opened(args)


def _path(word: str) -> Path:
    from pathlib import Path

    return Path(word)


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"proximity_tui.commands.{name}")


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

    if isinstance(error, UsageError):
        sys.stderr.write(error.usage)
        return execution.unusable(str(error), words)
    return execution.ended_by(error, words)
