"""The parser of the command line: global options and subcommands. It knows the commands, and loads only those that it
is asked for: `--version` and `--help` load next to nothing.
"""

from __future__ import annotations

import argparse
import importlib
import re
import sys
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from proximity_tui import __version__
from proximity_tui.commands import COMMANDS, PROG

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

_BLANK = "it is empty: is a variable not set?"


class UsageError(Exception):
    """Raised when the words make no command; `usage` is the correct form."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.usage = usage


def parser_with(loaded: Collection[str]) -> argparse.ArgumentParser:
    """Return the parser of all commands; only the modules of those that are `loaded` are imported, and only these know
    their arguments. Its errors are UsageError.
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
        if name in loaded:
            sub = named.add_parser(name, help=command.help, description=f"{command.help}.", parents=[shared])
            module_of(command.module).arguments(sub)
        else:
            # Only its line in the help is needed: the options of fifty parsers would take longer than a command.
            named.add_parser(name, help=command.help, add_help=False)
    return parser


def module_of(name: str) -> ModuleType:
    """Return the module of a command."""
    return importlib.import_module(f"proximity_tui.commands.{name}")


class _Parser(argparse.ArgumentParser):
    """A parser that raises instead of exiting, and never guesses an abbreviation."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)
        # What begins like a negative number is a value, though a wrong one: `-1h` is told why, as `-1` is.
        self._negative_number_matcher = re.compile(r"-\.?[0-9]")

    def parse_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """Parse the words of a command. Raise UsageError with the usage of that command where some are left over."""
        found, left = self.parse_known_args(args, namespace)
        if left:
            raise UsageError(f"unrecognized arguments: {' '.join(left)}", self._usage_of(found.command))
        return found

    def _usage_of(self, command: str | None) -> str:
        if command is None or self._subparsers is None:
            return self.format_usage()
        [named] = [one for one in self._subparsers._group_actions if isinstance(one, argparse._SubParsersAction)]
        usage: str = named.choices[command].format_usage()
        return usage

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> tuple[Any, list[str]]:  # type: ignore[override]
        """Parse the words of a command wherever its options stand."""
        words = list(sys.argv[1:] if args is None else args)
        return super().parse_known_args(
            words if self._subparsers is not None else self._options_first(words), namespace
        )

    def _options_first(self, words: list[str]) -> list[str]:
        """Return the words with the options before the names: argparse takes all names that may be left out where the
        first one stands, and knows none behind an option. Words that make no sense stay as they are: it judges them.
        """
        options: list[str] = []
        names: list[str] = []
        rest = list(words)
        while rest and rest[0] != "--":
            word = rest.pop(0)
            if not word.startswith("-") or word == "-":
                names.append(word)
                continue
            flag, has_value, _ = word.partition("=")
            action = self._option_string_actions.get(flag)
            options.append(word)
            if action is None:
                return words
            if action.nargs is None and not has_value:
                if not rest or rest[0].startswith("-"):
                    return words
                options.append(rest.pop(0))
        return [*options, *names, *rest]

    def _print_message(self, message: str, file: Any = None) -> None:
        # argparse would keep silent where the answer finds no room.
        (file or sys.stdout).write(message)

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        # Nothing is no value of an option unless its type says so, and a type would say of it what it is not. What a
        # blank name means is for the command to say.
        typed = action.type is not None or (action.option_strings and action.choices is None)
        if typed and action.type is not text_or_blank and not arg_string.strip():
            raise argparse.ArgumentError(action, _BLANK)
        return super()._get_value(action, arg_string)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        # argparse would list each choice as Python writes it, and of fifty commands all.
        if action.choices is None or value in action.choices:
            return
        from proximity_tui.core.base.text import did_you_mean

        if not str(value).strip():
            raise argparse.ArgumentError(action, _BLANK)
        # Where the help names only some, the others are for the completion alone.
        shown = str(action.metavar or "")
        known = shown.split("|") if "|" in shown else [str(choice) for choice in action.choices]
        advice = did_you_mean(str(value), known, f"there are: {', '.join(known)}")
        raise argparse.ArgumentError(action, f"there is no {value}; {advice}")

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, self.format_usage())


class _VersionAction(argparse.Action):
    """The answer to `--version`. The one of argparse loads what lays out a help text first."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        sys.stdout.write(f"{PROG} {__version__}\n")
        parser.exit()


def _global_options() -> _Parser:
    # Suppressed defaults: what stands before the command must not be undone by what does not stand after it.
    shared = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    options = shared.add_argument_group("global options, before or after the command")
    options.add_argument("--config", type=path_of, metavar="FILE", help="the configuration to use")
    options.add_argument("--database", metavar="URL", help="sqlite:////path or postgresql://user@host/name")
    options.add_argument("--cluster", type=name_of, metavar="NAME", help="only this cluster")
    options.add_argument("--read-only", action="store_true", help="change nothing")
    options.add_argument("--version", action=_VersionAction, nargs=0, help="show program's version number and exit")
    return shared


def name_of(word: str) -> str:
    """Return the name in a word. Raise ArgumentTypeError for a blank one, which is neither a name nor a default."""
    if not word.strip():
        raise argparse.ArgumentTypeError(_BLANK)
    return word


def text_or_blank(word: str) -> str:
    """Return any word, for an option to which a blank one means something."""
    return word


def note_of(word: str) -> str:
    """Return a note or a reason for our records. Raise ArgumentTypeError for one that is too long to be read."""
    from proximity_tui.core.model.limits import LONGEST_NOTE

    if len(word) > LONGEST_NOTE:
        raise argparse.ArgumentTypeError(f"at most {LONGEST_NOTE} characters, not {len(word)}")
    return word


def path_of(word: str) -> Path:
    """Return the path in a word. Raise ArgumentTypeError for an empty one, which would be the working directory."""
    from pathlib import Path

    if not word:
        raise argparse.ArgumentTypeError(_BLANK)
    return Path(word)
