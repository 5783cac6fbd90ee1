"""The program without a command: the screens, or, where nothing is configured, the first-run screen.

What the Fleet list showed last is painted before the libraries of the screens are loaded.
"""

from __future__ import annotations

import os
from argparse import Namespace
from datetime import datetime
from typing import TYPE_CHECKING

from proximity_tui.commands.base import log_setup, output
from proximity_tui.commands.base.context import session_with, settings_of
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.base.streams import must_be_terminal
from proximity_tui.config.errors import NoConfiguration
from proximity_tui.runtime.early_screen import EarlyScreen
from proximity_tui.snapshot import file, paint
from proximity_tui.widgets.glyphs import UNICODE, glyphs

if TYPE_CHECKING:
    from proximity_tui.config.load import Settings
    from proximity_tui.snapshot.content import Snapshot


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
    shown = _paint(early, settings) if early is not None else None
    from proximity_tui import app

    with session_with(settings) as session:
        if early is not None and shown is not None:
            _check(early, settings, shown)
        log_setup.start(screen=True)
        return app.run(session)


def _first_run(args: Namespace, missing: NoConfiguration) -> int | None:
    """Show the first-run screen; return the exit code, or None where a cluster was connected."""
    from proximity_tui import app

    log_setup.start(screen=True)
    answer = app.run_first(missing.path, args.database, read_only=args.read_only)
    if answer == "demo":
        from proximity_tui.commands.setup import demo

        return demo.run_with()
    return Exit.DONE if answer is None else None


def _paint(early: EarlyScreen, settings: Settings) -> Snapshot | None:
    """Paint what the list showed last, and return it; None where only the start can be painted."""
    palette, signs = paint.palette_for(os.environ), glyphs()
    found, now = file.read(settings.database), file.present()
    age = file.age(found, now) if found is not None and found.unicode <= (signs is UNICODE) else None
    if found is None or age is None:
        early.paint(paint.opening(early.size, palette))
        return None
    taken = datetime.fromtimestamp(now.wall - age)
    early.paint(paint.screen(found, taken, age, early.size, palette, read_only=settings.read_only))
    return found


def _check(early: EarlyScreen, settings: Settings, shown: Snapshot) -> None:
    """Take away what was painted where another database is open than the one that it was taken of."""
    from proximity_tui.core.store import events

    if events.origin() != shown.origin:
        file.forget(settings.database)
        early.paint(paint.opening(early.size, paint.palette_for(os.environ)))
