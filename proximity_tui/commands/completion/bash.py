"""The completion for bash. Pure: the commands in, a script out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from proximity_tui.commands import PROG
from proximity_tui.commands.completion.command_tree import ASKED, Argument, CommandTree, ValueKind

_SCRIPT = """\
# bash completion of {prog}; made by `{prog} completion bash`
_proximity_tui_offer() {{
    case "$1" in
        # Readline itself quotes a blank, and goes on with what was begun in quotes.
        file) compopt -o default ;;
        folder) compopt -o dirnames ;;
        {asked})
            COMPREPLY=($(compgen -W "$({prog} completion "$1" "${{named[@]}}" -- "$cur" 2>/dev/null)" -- "$cur")) ;;
        text) ;;
        *) COMPREPLY=($(compgen -W "$1" -- "$cur")) ;;
    esac
    # Of local:vztmpl/x bash replaces only what stands behind the colon.
    if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then COMPREPLY=("${{COMPREPLY[@]#"${{cur%"${{cur##*:}}"}}"}}"); fi
}}

_proximity_tui() {{
    local cur prev command= word words=() named=() last=-1 assigned= i
    COMPREPLY=()
    # A word with a colon comes in parts, and so does --config=x.
    for word in "${{COMP_WORDS[@]:0:COMP_CWORD + 1}}"; do
        if [[ $last -ge 0 && ( $word == :* || ${{words[last]}} == *: ) ]]; then words[last]+=$word
        elif [[ $last -ge 0 && $word == = && ${{words[last]}} == --* ]]; then assigned=1; continue
        else words[++last]=$word; fi
        assigned=
    done
    [[ $assigned ]] && words[++last]=
    cur=${{words[last]}} prev=${{words[last - 1]}}
    # Names are those of the configuration and the database of this line. The value of an option is no command.
    for ((i = 1; i < last; i++)); do
        case "${{words[i]}}" in
            --config|--database) ((++i < last)) && named+=("${{words[i - 1]}}" "${{words[i]}}") ;;
            {valued}) ((++i)) ;;
            {names}) [[ $command ]] || command=${{words[i]}} ;;
        esac
    done
    case "$command $prev" in
{values}
    esac
    if [[ $cur == -* ]]; then
        case "$command" in
{options}
        esac
        return
    fi
    case "$command" in
{arguments}
    esac
}}
complete -F _proximity_tui {prog}
"""


def script(program: CommandTree, commands: Sequence[CommandTree]) -> str:
    """Return the script that bash reads."""
    names = [one.name for one in commands]
    shared = [flag for option in program.options for flag in option.flags]
    options = [_case("''", " ".join(shared)), *(_case(one.name, " ".join([*_flags(one), *shared])) for one in commands)]
    arguments = [_case("''", " ".join(names))]
    arguments += [line for one in commands if one.arguments for line in _positional(one)]
    taking = [
        *_values("*", program.options),
        *(line for one in commands for line in _values(one.name, one.options)),
    ]
    return _SCRIPT.format(
        prog=PROG,
        names="|".join(names),
        valued="|".join(flag for option in program.options if option.takes is not None for flag in option.flags),
        asked="|".join(ASKED),
        values="\n".join(taking),
        options="\n".join(options),
        arguments="\n".join(arguments),
    )


def _positional(command: CommandTree) -> Iterable[str]:
    """Yield what is offered: of a command that begins with a verb, the verb, and behind it what it is about."""
    first = command.arguments[0]
    if command.follows is not None:
        verbs = "|".join(f'*" {word} "*' for word in first.words)
        yield f'            {command.name}) case " ${{words[*]:1:last - 1}} " in'
        yield f'                {verbs}) _proximity_tui_offer "{_offer(command.follows)}" ;;'
        yield f'                *) _proximity_tui_offer "{_offer(first)}" ;;'
        yield "            esac ;;"
    else:
        yield _case(command.name, _offer(first))


def _flags(command: CommandTree) -> Iterable[str]:
    return (flag for option in command.options for flag in option.flags)


def _values(command: str, options: Iterable[Argument]) -> Iterable[str]:
    start = "*" if command == "*" else f'"{command}"'
    for option in options:
        if option.takes is not None:
            patterns = "|".join(f'{start}" {flag}"' for flag in option.flags)
            yield f'        {patterns}) _proximity_tui_offer "{_offer(option)}"; return ;;'


def _offer(argument: Argument) -> str:
    return " ".join(argument.words) if argument.takes is ValueKind.WORDS else str(argument.takes)


def _case(pattern: str, offered: str) -> str:
    return f'            {pattern}) _proximity_tui_offer "{offered}" ;;'
