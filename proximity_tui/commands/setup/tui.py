"""The program without a command: the screens, or, where nothing is configured, the first-run screen.

What the Fleet list showed last is on the terminal already (`early_list`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from proximity_tui.commands.base.command_context import context_with, settings_of
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.base.streams import must_be_terminal
from proximity_tui.commands.log import log_setup
from proximity_tui.commands.printed import output
from proximity_tui.commands.setup import early_list
from proximity_tui.config.config_errors import NoConfiguration
from proximity_tui.runtime.early_screen import EarlyScreen

if TYPE_CHECKING:
    from argparse import Namespace


def run(args: Namespace) -> int:
    """Show the screens until the person quits; return the exit code."""
    must_be_terminal()
    early, held = EarlyScreen.opened, list[str]()
    log_setup.start(held=held)
    try:
        return _run(args, early)
    finally:
        if early is not None:
            early.give_back()
        for line in held:
            output.note(line)


def _run(args: Namespace, early: EarlyScreen | None) -> int:
    try:
        settings = settings_of(args)
    except NoConfiguration as missing:
        answer = _first_run(args, missing)
        if isinstance(answer, int):
            return answer
        settings = settings_of(args)
    with context_with(settings) as context:
        from proximity_tui.runtime.process_memory import limit_malloc_arenas
        from proximity_tui.runtime.services import poll_ahead

        limit_malloc_arenas()
        poll_ahead(context)
        from proximity_tui import app

        if early is not None:
            early_list.check(early, settings.database)
        log_setup.start(screen=True)
        return app.run(context)


def _first_run(args: Namespace, missing: NoConfiguration) -> int | None:
    """Show the first-run screen; return the exit code, or None where a cluster was connected."""
    from proximity_tui import app

    log_setup.start(screen=True)
    end = app.run_first(missing.path, args.database, read_only=args.read_only)
    from proximity_tui.screens.first_run_screen import FirstRunEnd

    if end is FirstRunEnd.DEMO:
        from proximity_tui.commands.setup import demo

        return demo.run_with()
    return Exit.DONE if end is None else None
