"""The commands as data, read from the parser: their options, what each takes, and the sentence of each.

Knows no shell. Loads every command, so only who prints a completion or a manual pays for it.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from proximity_tui.commands import COMMANDS
from proximity_tui.commands.base.parser import parser_with
from proximity_tui.core.base.value_object import value_object


class ValueKind(StrEnum):
    """What a shell can offer for a value."""

    WORDS = "words"
    FILE = "file"
    FOLDER = "folder"
    CONTAINER = "containers"
    UNMANAGED = "unmanaged"
    CLUSTER = "clusters"
    NODE = "nodes"
    STORAGE = "storages"
    BRIDGE = "bridges"
    POOL = "pools"
    TEMPLATE = "templates"
    TEXT = "text"
    """Anything: nothing is offered."""


ASKED = (
    ValueKind.CONTAINER,
    ValueKind.UNMANAGED,
    ValueKind.CLUSTER,
    ValueKind.NODE,
    ValueKind.STORAGE,
    ValueKind.BRIDGE,
    ValueKind.POOL,
    ValueKind.TEMPLATE,
)
"""What a script asks the program for, each by this word: `completion nodes`."""

_BY_METAVAR = {"FILE": ValueKind.FILE, "DIR": ValueKind.FOLDER, "OLD": ValueKind.CLUSTER, "STORAGE": ValueKind.STORAGE}
_BY_DEST = {
    "cluster": ValueKind.CLUSTER,
    "retrust": ValueKind.CLUSTER,
    "vmids": ValueKind.UNMANAGED,
    "node": ValueKind.NODE,
    "storage": ValueKind.STORAGE,
    "bridge": ValueKind.BRIDGE,
    "pool": ValueKind.POOL,
    "template": ValueKind.TEMPLATE,
}


@value_object
class Argument:
    """An option (with `flags`) or a positional argument (without). `takes` is None for an option without a value."""

    flags: tuple[str, ...]
    metavar: str
    takes: ValueKind | None
    words: tuple[str, ...]
    help: str


@value_object
class CommandTree:
    """A command, or (without a name) the program itself with its global options."""

    name: str
    help: str
    options: tuple[Argument, ...]
    arguments: tuple[Argument, ...]
    epilog: str = ""

    @property
    def follows(self) -> Argument | None:
        """The argument behind the verb, for a command that begins with one; None where there is none."""
        verb = self.arguments[0].takes is ValueKind.WORDS if self.arguments else False
        return self.arguments[1] if verb and len(self.arguments) > 1 else None


def program() -> CommandTree:
    """Return the program with its global options."""
    parser = parser_with(())
    return CommandTree("", parser.description or "", tuple(_options(parser)), ())


def commands() -> tuple[CommandTree, ...]:
    """Return every command, in the order of the help, without the global options."""
    shared = {flag for option in program().options for flag in option.flags}
    found = []
    for name, parser in _parsers():
        own = tuple(one for one in _options(parser) if shared.isdisjoint(one.flags))
        positional = tuple(_argument(one) for one in _told(parser) if not one.option_strings)
        found.append(CommandTree(name, COMMANDS[name].help, own, positional, parser.epilog or ""))
    return tuple(found)


def _parsers() -> Iterable[tuple[str, argparse.ArgumentParser]]:
    (named,) = (one for one in parser_with(COMMANDS)._actions if isinstance(one, argparse._SubParsersAction))
    return named.choices.items()


def _options(parser: argparse.ArgumentParser) -> Iterator[Argument]:
    yield from (_argument(one) for one in _told(parser) if one.option_strings)


def _told(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield the arguments that the help tells of."""
    yield from (one for one in parser._actions if one.help != argparse.SUPPRESS)


def _argument(action: argparse.Action) -> Argument:
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    # What the help does not name is for the scripts alone.
    told = metavar.split("|") if "|" in metavar else None
    choices = tuple(str(one) for one in action.choices or () if told is None or one in told)
    words = _scenarios() if action.dest == "scenario" else choices
    # What takes no value has no number of values.
    takes = None if action.option_strings and action.nargs == 0 else _takes(action, words, metavar)
    return Argument(tuple(action.option_strings), metavar, takes, words, _help(action))


def _scenarios() -> tuple[str, ...]:
    """Return the names of the scenarios. The parser does not know them: they cost a start more than it may take."""
    from proximity_tui.simulator import SCENARIOS

    return tuple(SCENARIOS)


def _takes(action: argparse.Action, words: tuple[str, ...], metavar: str) -> ValueKind:
    if words:
        return ValueKind.WORDS
    # Such as `[accept|revert] CONTAINER` and `CONTAINER|ALERT`.
    if "CONTAINER" in re.split(r"[^A-Z]", metavar):
        return ValueKind.CONTAINER
    return _BY_DEST.get(action.dest) or _BY_METAVAR.get(metavar, ValueKind.TEXT)


def _help(action: argparse.Action) -> str:
    return (action.help or "").replace("%(default)s", str(action.default)).replace("%%", "%")
