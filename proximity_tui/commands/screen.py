"""What runs without a command: the screens, or, where nothing is configured, the first-run screen."""

from __future__ import annotations

from argparse import Namespace

from proximity_tui.commands import demo, logbook
from proximity_tui.commands.exits import Exit
from proximity_tui.commands.opening import session_of, settings_of
from proximity_tui.commands.terminal import must_be_terminal
from proximity_tui.settings.errors import NoConfiguration


def run(args: Namespace) -> int:
    """Show the screens until the person leaves."""
    must_be_terminal()
    from proximity_tui import app

    try:
        settings_of(args)
    except NoConfiguration as missing:
        logbook.start(screen=True)
        answer = app.run_first(missing.path, args.database, read_only=args.read_only)
        if answer == "demo":
            return demo.run_with()
        if answer is None:
            return Exit.DONE
    with session_of(args, on_screen=True) as session:
        logbook.start(screen=True)
        return app.run(session)
