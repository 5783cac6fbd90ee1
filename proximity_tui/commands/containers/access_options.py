"""The options of `create` for the access to the new container: a root password and SSH keys, never as an argument.

Whoever lists the processes of a host reads every argument, and a shell keeps them in its history.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from proximity_tui.commands.base.confirm import no_terminal, typed_unseen
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.parser import path_of
from proximity_tui.config.files.private_file import read_small
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.model.actions.credentials import Credentials, read_password, read_ssh_keys

if TYPE_CHECKING:
    from pathlib import Path

_T = TypeVar("_T")


def access_options(parser: ArgumentParser) -> None:
    """Declare the options."""
    access = parser.add_argument_group("access, which is kept nowhere")
    one = access.add_mutually_exclusive_group()
    one.add_argument("--password", action="store_true", help="ask twice for a root password on the terminal")
    one.add_argument(
        "--password-file", type=path_of, metavar="FILE", help="a file with the root password alone, mode 0600"
    )
    access.add_argument(
        "--ssh-key",
        type=path_of,
        metavar="FILE",
        action="append",
        default=[],
        help="a file with public SSH keys of root; repeatable",
    )


def read_access(args: Namespace) -> Credentials:
    """Return what the files hold. Raises CommandEnd, which quotes nothing of it."""
    keys: list[Secret] = []
    for path in args.ssh_key:
        keys += _read(path, read_ssh_keys)
    if args.password and not args.plan and not sys.stdin.isatty():
        purpose = "ask for a password, and nothing was created"
        raise CommandEnd(Exit.USAGE, no_terminal("--password-file FILE", purpose))
    file = args.password_file
    password = None if file is None else _read(file, lambda text: read_password(text.removesuffix("\n")), private=True)
    return Credentials(password, tuple(keys))


def ask_password(args: Namespace, access: Credentials) -> Credentials:
    """Return `access` with the password that a person types twice, where `--password` says so. Raises CommandEnd."""
    if not args.password:
        return access
    try:
        password = read_password(_typed("Root password of the new container: "))
    except ValueError as error:
        raise CommandEnd(Exit.USAGE, f"nothing was created: {error}") from None
    again = _typed("Again: ")
    if password.reveal() != again:
        raise CommandEnd(Exit.USAGE, "nothing was created: the two passwords differ")
    return Credentials(password, access.ssh_keys)


def _typed(prompt: str) -> str:
    password = typed_unseen(prompt)
    if password is None:
        raise CommandEnd(Exit.USAGE, "nothing was created: no password was typed")
    return password


def _read(path: Path, make: Callable[[str], _T], *, private: bool = False) -> _T:
    try:
        text = read_small(path, private=private)
    except ValueError as error:
        raise CommandEnd(Exit.USAGE, str(error)) from None
    try:
        return make(text)
    except ValueError as error:
        # Behind a name such as `root-password:` the next word would be masked.
        raise CommandEnd(Exit.USAGE, f"{error} ({path})") from None
