"""The manual page. Pure: the commands in, the text of proximity-tui(1) in the macros of man(7) out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from proximity_tui import __version__
from proximity_tui.commands import PROG
from proximity_tui.commands.completion.command_tree import Argument, CommandTree

_EXIT_CODES = (
    ("0", "done"),
    ("1", "failed"),
    ("2", "usage or configuration"),
    ("3", "refused; the reason is printed"),
    ("4", "Proxmox VE could not be asked, or did not say"),
    ("5", "not found"),
    ("6", "conflict: someone else holds it, it is managed already, or it changed since the plan"),
    ("75", "interrupted, and resumable"),
    ("130", "ended by Ctrl-C"),
)
_FILES = (
    ("~/.config/proximity-tui/proximity-tui.toml", "the configuration; --config or $PROXIMITY_TUI_CONFIG name another"),
    ("~/.local/share/proximity-tui/proximity.db", "the records, unless the configuration names another database"),
    ("~/.local/state/proximity-tui/log/", "the log"),
)


def page(program: CommandTree, commands: Sequence[CommandTree]) -> str:
    """Return the manual page of the program, as roff."""
    lines = [
        f'.TH PROXIMITY\\-TUI 1 "" "{PROG} {__version__}" "User Commands"',
        ".SH NAME",
        f"{_text(PROG)} \\- a terminal dashboard for the LXC containers of Proxmox VE clusters",
        ".SH SYNOPSIS",
        f".B {_text(PROG)}",
        "[global options] [COMMAND [options]]",
        ".SH DESCRIPTION",
        _text(program.help),
        "Every command that changes something shows its plan and asks, unless \\-\\-yes.",
        ".SH GLOBAL OPTIONS",
        *(line for option in program.options for line in _listed(option)),
        ".SH COMMANDS",
    ]
    for command in commands:
        lines += [f".SS {_synopsis(command)}", _sentence(command.help)]
        lines += [line for one in (*command.arguments, *command.options) for line in _listed(one)]
        lines += [".PP", _text(command.epilog)] if command.epilog else []
    lines += [".SH EXIT STATUS", *_pairs(_EXIT_CODES), ".SH FILES", *_pairs(_FILES)]
    return "\n".join(lines) + "\n"


def _synopsis(command: CommandTree) -> str:
    return " ".join([f'"{_text(command.name)}', *(_text(one.metavar) for one in command.arguments)]) + '"'


def _listed(argument: Argument) -> Iterable[str]:
    value = f" \\fI{_text(argument.metavar)}\\fR" if argument.takes is not None and argument.flags else ""
    names = ", ".join(f"\\fB{_text(flag)}\\fR" for flag in argument.flags) or f"\\fI{_text(argument.metavar)}\\fR"
    words = f" ({', '.join(argument.words)})" if argument.words else ""
    return (".TP", f"{names}{value}", _text(f"{argument.help}{words}") or "\\&")


def _pairs(pairs: Iterable[tuple[str, str]]) -> Iterable[str]:
    return (line for name, said in pairs for line in (".TP", f"\\fB{_text(name)}\\fR", _text(said)))


def _sentence(text: str) -> str:
    return _text(f"{text[0].upper()}{text[1:]}.")


def _text(text: str) -> str:
    """Return a text that no macro and no escape of roff is taken from."""
    shown = text.replace("\\", "\\e").replace("-", "\\-").replace("\n", " ")
    return f"\\&{shown}" if shown.startswith((".", "'")) else shown
