"""`completion SHELL`: the script that completes commands, options and names; `completion man`: the manual page.

The scripts ask back for names (`completion containers`, `completion nodes`): from our records, the last lists and the
configuration, silently, because whatever is wrong must not be printed into a line that somebody types.
"""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Iterable

from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.completion.command_tree import ASKED
from proximity_tui.core.base.text import plain

_SPECIAL = frozenset(" '\"\\$`;&|<>()*?[]{}!#~")
_NAMES = tuple(str(one) for one in ASKED)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `completion`."""
    parser.add_argument(
        "shell", choices=("bash", "zsh", "fish", "man", *_NAMES), metavar="bash|zsh|fish|man", help="what to print"
    )
    parser.add_argument("word", nargs="?", default="", help=SUPPRESS)
    parser.epilog = (
        "bash: add `source <(proximity-tui completion bash)` to ~/.bashrc. zsh: the same with zsh in ~/.zshrc, after"
        " compinit. fish: proximity-tui completion fish > ~/.config/fish/completions/proximity-tui.fish. man:"
        " proximity-tui completion man > ~/.local/share/man/man1/proximity-tui.1"
    )


def run(args: Namespace) -> int:
    """Print the script, the page or the names; return the exit code. Raises CommandEnd for a word too many."""
    if args.shell in _NAMES:
        for name in _names(args):
            # As a whole word of a shell, whatever it is called: nothing of it may end the word or be run.
            if name.isprintable() and _SPECIAL.isdisjoint(name):
                print(plain(name))
        return Exit.DONE
    if args.word:
        # Only what is typed so far of a name stands there, when a script asks back.
        raise CommandEnd(Exit.USAGE, f"unrecognized arguments: {args.word}")
    print(_text(args.shell), end="")
    return Exit.DONE


def _text(shell: str) -> str:
    from proximity_tui.commands.completion import bash, command_tree, fish, man, zsh

    made = {"bash": bash.script, "zsh": zsh.script, "fish": fish.script, "man": man.page}[shell]
    return made(command_tree.program(), command_tree.commands())


def _names(args: Namespace) -> Iterable[str]:
    from proximity_tui.commands.completion.known_names import known_names

    try:
        args.read_only, args.json = True, True
        return tuple(known_names(args))
    except Exception:
        return ()
