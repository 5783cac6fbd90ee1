"""The options of this call, for the commands that its sentences advise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proximity_tui.commands import COMMANDS, PROG
from proximity_tui.core.base.advised_commands import take_call

if TYPE_CHECKING:
    from argparse import Namespace


def take_options_of(args: Namespace) -> None:
    """Put the options of this call into every command that is advised from now on."""
    take_call(PROG, COMMANDS, {"--config": args.config, "--database": args.database})
