"""The completion for fish. Pure: the commands in, a script out."""

from __future__ import annotations

from collections.abc import Sequence

from proximity_tui.commands import PROG
from proximity_tui.commands.completion.command_tree import ASKED, Argument, CommandTree, ValueKind

_FUNCTIONS = """\
# The configuration and the database of this line: names are theirs.
function __proximity_tui_named
    set -l words (commandline -opc)
    for i in (seq (count $words))
        switch $words[$i]
            case '--config=*' '--database=*'
                echo $words[$i]
            case --config --database
                if test $i -lt (count $words)
                    string join \\n -- $words[$i] $words[(math $i + 1)]
                end
        end
    end
end
# Whether this is the command of this line; without a name: whether there is none yet. The value of an option is none.
function __proximity_tui_in
    set -l words (commandline -opc)[2..]
    while set -q words[1]
        switch $words[1]
            case {valued}
                set words $words[2..]
            case '-*'
            case '*'
                test "$words[1]" = "$argv[1]"
                return
        end
        set words $words[2..]
    end
    test -z "$argv[1]"
end"""


def script(program: CommandTree, commands: Sequence[CommandTree]) -> str:
    """Return the script that fish reads."""
    valued = (flag for option in program.options if option.takes is not None for flag in option.flags)
    lines = [
        f"# fish completion of {PROG}; made by `{PROG} completion fish`",
        _FUNCTIONS.replace("{valued}", " ".join(valued)),
        f"complete -c {PROG} -f",
        *(_option(one, "") for one in program.options),
    ]
    for command in commands:
        seen = f"__proximity_tui_in {command.name}"
        lines.append(f"complete -c {PROG} -n __proximity_tui_in -a {command.name} -d {_quoted(command.help)}")
        lines += [_option(one, f" -n {_quoted(seen)}") for one in command.options]
        if command.arguments and (offered := _offer(command.arguments[0])):
            lines.append(f"complete -c {PROG} -n {_quoted(_before_verb(command, seen))} {offered}")
        if command.follows is not None and (offered := _offer(command.follows)):
            verbs = " ".join(command.arguments[0].words)
            behind = f"{seen}; and __fish_seen_subcommand_from {verbs}"
            lines.append(f"complete -c {PROG} -n {_quoted(behind)} {offered}")
    return "\n".join(lines) + "\n"


def _before_verb(command: CommandTree, seen: str) -> str:
    """Return the condition under which the first argument is offered: of one that is a verb, until it is there."""
    if command.follows is None:
        return seen
    return f"{seen}; and not __fish_seen_subcommand_from {' '.join(command.arguments[0].words)}"


def _option(option: Argument, condition: str) -> str:
    names = "".join(f" -l {flag[2:]}" if flag.startswith("--") else f" -s {flag[1:]}" for flag in option.flags)
    # Without -x fish would offer files, too.
    exclusive = "-r" if option.takes in (ValueKind.FILE, ValueKind.FOLDER) else "-x"
    value = "" if option.takes is None else f" {exclusive} {_offer(option)}".rstrip()
    return f"complete -c {PROG}{condition}{names}{value} -d {_quoted(option.help)}"


def _offer(argument: Argument) -> str:
    """Return what is offered for a value, as options of `complete`."""
    match argument.takes:
        case ValueKind.WORDS:
            return f"-a {_quoted(' '.join(argument.words))}"
        case takes if takes in ASKED:
            # The current word, so that one with a cluster in front is completed as such.
            return (
                f"-a {_quoted(f'({PROG} completion {takes} (__proximity_tui_named) -- (commandline -ct) 2>/dev/null)')}"
            )
        case ValueKind.FILE:
            return "-F"
        case ValueKind.FOLDER:
            return "-a '(__fish_complete_directories)'"
        case _:
            return ""


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
