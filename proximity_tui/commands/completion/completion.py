"""`completion SHELL`: the script that completes commands, options and names; `completion man`: the manual page.

The scripts ask back for the names of containers and clusters (`completion containers`): from our records and the
configuration, silently, because whatever is wrong must not be printed into a line that somebody types.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterable, Sequence

from proximity_tui.commands.base.context import records_of, settings_of
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.core.base.text import plain
from proximity_tui.core.model import Container

_NAMES = ("containers", "clusters")


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `completion`."""
    parser.add_argument(
        "shell", choices=("bash", "zsh", "fish", "man", *_NAMES), metavar="bash|zsh|fish|man", help="what to print"
    )
    parser.epilog = (
        "bash: add `source <(proximity-tui completion bash)` to ~/.bashrc. zsh: the same with zsh in ~/.zshrc, after"
        " compinit. fish: proximity-tui completion fish > ~/.config/fish/completions/proximity-tui.fish. man:"
        " proximity-tui completion man > ~/.local/share/man/man1/proximity-tui.1"
    )


def run(args: Namespace) -> int:
    """Print the script, the page or the names; return the exit code."""
    if args.shell in _NAMES:
        for name in _names(args):
            # As a whole word of a shell, whatever it is called.
            if name.isprintable() and not any(letter in name for letter in " \t'\"\\$`"):
                print(plain(name))
        return Exit.DONE
    print(_text(args.shell), end="")
    return Exit.DONE


def _text(shell: str) -> str:
    from proximity_tui.commands.completion import bash, command_tree, fish, man, zsh

    made = {"bash": bash.script, "zsh": zsh.script, "fish": fish.script, "man": man.page}[shell]
    return made(command_tree.program(), command_tree.commands())


def _names(args: Namespace) -> Iterable[str]:
    try:
        args.read_only, args.json = True, True
        if args.shell == "clusters":
            return tuple(settings_of(args).clusters)
        from proximity_tui.core.store.records import records

        with records_of(args):
            return sorted(_unique_names(records.active(args.cluster)))
    except Exception:
        return ()


def _unique_names(containers: Sequence[Container]) -> Iterable[str]:
    """Return the names that mean one container; the others by cluster and VMID, or by the id of the record."""
    counts = Counter(one.name for one in containers)
    for one in containers:
        place = f"id:{one.id}" if one.vmid is None else f"{one.cluster}/{one.vmid}"
        yield one.name if counts[one.name] == 1 else place
