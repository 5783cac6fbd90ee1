"""The options that many commands have, and what a person typed that a command cannot use: it is never ignored."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace, _ActionsContainer
from collections.abc import Collection, Mapping

from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.core.base.text import quoted, whole_number


def digits(word: str) -> int:
    """Return the number in a word, for an argument. Raise ArgumentTypeError for anything but digits, which may have a
    minus before them.
    """
    found = whole_number(word.removeprefix("-"))
    if found is None:
        raise ArgumentTypeError(f"{quoted(word)} is not a valid number")
    return -found if word.startswith("-") else found


def json_option(parser: _ActionsContainer) -> None:
    """Declare `--json`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def refuse_unused(args: Namespace, options: Mapping[str, str], taken: Collection[str], by: str) -> None:
    """Raise CommandEnd for one of these `options`, from attribute to flag, that was given and is not `taken` by this
    form of a command.
    """
    for name, flag in options.items():
        given = getattr(args, name)
        if name not in taken and given is not None and given is not False and given != []:
            raise CommandEnd(Exit.USAGE, f"`{by}` takes no {flag}: nothing was done")


def is_blank(text: str | None) -> bool:
    """Return whether a required text is missing, or says nothing, such as that of a variable that is not set."""
    return text is None or not text.strip()
