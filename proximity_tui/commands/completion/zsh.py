"""The completion for zsh. Pure: the commands in, a script out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from proximity_tui.commands import PROG
from proximity_tui.commands.completion.command_tree import ASKED, Argument, CommandTree, ValueKind

_SCRIPT = """\
#compdef {prog}
# zsh completion of {prog}; made by `{prog} completion zsh`
_proximity_tui_names() {{
    local -a names
    names=(${{(f)"$({prog} completion $1 $named -- "$PREFIX" 2>/dev/null)"}})
    compadd -a names
}}

_proximity_tui() {{
    local state line i
    local -a shared commands named
    # Names are those of the configuration and the database of this line.
    for ((i = 2; i < CURRENT; i++)); do
        case $words[i] in
            --config=*|--database=*) named+=(${{(Q)words[i]}}) ;;
            --config|--database) ((i + 1 < CURRENT)) && named+=($words[i] ${{(Q)words[i+1]}}) ;;
        esac
    done
    shared=(
{shared}
    )
    commands=(
{commands}
    )
    # What stands behind the command is for the command, global options too.
    _arguments -C -A '-*' $shared '1:command:->command' '*::argument:->argument'
    case $state in
        command) _describe command commands ;;
        argument)
            case $line[1] in
{cases}
            esac ;;
    esac
}}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _proximity_tui "$@"; else compdef _proximity_tui {prog}; fi
"""


def script(program: CommandTree, commands: Sequence[CommandTree]) -> str:
    """Return the script that zsh reads, from a file of `fpath` or by `source`."""
    return _SCRIPT.format(
        prog=PROG,
        shared="\n".join(f"        {line}" for line in _options(program.options)),
        commands="\n".join(f"        {_quoted(f'{one.name}:{_escaped(one.help)}')}" for one in commands),
        cases="\n".join(map(_case, commands)),
    )


def _case(command: CommandTree) -> str:
    parts = [*_options(command.options)]
    if command.arguments:
        first = command.arguments[0]
        place = "*" if command.follows is None else "1"
        parts.append(_quoted(f"{place}:{_escaped(first.metavar)}:{_offer(first)}"))
        if command.follows is not None:
            parts.append(_quoted(f"*:{_escaped(command.follows.metavar)}:{_offer(command.follows)}"))
    return f"                {command.name}) _arguments $shared {' '.join(parts)} ;;"


def _options(options: Iterable[Argument]) -> Iterable[str]:
    for option in options:
        value = "" if option.takes is None else f":{_escaped(option.metavar)}:{_offer(option)}"
        for flag in option.flags:
            # The value may stand in the same word.
            joined = "=" if value and flag.startswith("--") else ""
            yield _quoted(f"{flag}{joined}[{_escaped(option.help)}]{value}")


def _offer(argument: Argument) -> str:
    match argument.takes:
        case ValueKind.WORDS:
            return f"({' '.join(argument.words)})"
        case takes if takes in ASKED:
            # With a blank in front it is called with these words alone.
            return f" _proximity_tui_names {takes}"
        case ValueKind.FILE:
            return "_files"
        case ValueKind.FOLDER:
            return "_files -/"
        case _:
            return " "


def _escaped(text: str) -> str:
    """Return a text in which what `_arguments` would take for its own has a backslash in front."""
    return re.sub(r"([\\:\[\]])", r"\\\1", text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
