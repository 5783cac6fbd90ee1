"""The program without a command: the screens, or, where nothing is configured, the first-run screen."""

from __future__ import annotations

from argparse import Namespace

from proximity_tui.commands.base import log_setup
from proximity_tui.commands.base.context import session_of, settings_of
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.base.streams import must_be_terminal
from proximity_tui.commands.setup import demo
from proximity_tui.config.errors import NoConfiguration


def run(args: Namespace) -> int:
    """Show the screens until the person quits; return the exit code."""
    must_be_terminal()
    from proximity_tui import app

    try:
        settings_of(args)
    except NoConfiguration as missing:
        log_setup.start(screen=True)
        answer = app.run_first(missing.path, args.database, read_only=args.read_only)
        if answer == "demo":
            return demo.run_with()
        if answer is None:
            return Exit.DONE
    with session_of(args, on_screen=True) as session:
        log_setup.start(screen=True)
        return app.run(session)
