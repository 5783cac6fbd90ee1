"""The terminal of the screens before they are loaded: what the Fleet list showed last, with its age.

It loads the settings and nothing heavy. Whatever is wrong with them is said by the command itself, a moment later.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING

from proximity_tui.runtime.early_screen import EarlyScreen

if TYPE_CHECKING:
    from argparse import Namespace


@contextmanager
def opened(args: Namespace) -> Iterator[None]:
    """Take the terminal, paint, and give it back at the end unless somebody else took it over."""
    with EarlyScreen() as early:
        if EarlyScreen.opened is not None:
            with suppress(Exception):
                _paint(early, args)
        yield


def check(early: EarlyScreen, database: str) -> None:
    """Take away what was painted where another database is open now than the one that it was taken of."""
    from proximity_tui.core.store import events
    from proximity_tui.last_list import file, paint

    shown = file.read(database)
    if shown is not None and shown.origin != events.origin():
        file.forget(database)
        early.paint(paint.opening(early.size, paint.NO_COLOUR))


def _paint(early: EarlyScreen, args: Namespace) -> None:
    """Paint what the list showed last, or that the program starts."""
    from proximity_tui.config import load as config
    from proximity_tui.last_list import file, paint
    from proximity_tui.widgets.colors import ColorDepth, color_depth
    from proximity_tui.widgets.glyphs import UNICODE, glyphs
    from proximity_tui.widgets.terminal.background import ASK_BACKGROUND

    if color_depth(os.environ) > ColorDepth.FEW:
        early.paint(ASK_BACKGROUND)
    # In the colours that the terminal has anyway: which theme it will be is not known yet.
    early.paint(paint.opening(early.size, paint.NO_COLOUR))
    args.loaded = settings = config.load(args.config, database=args.database, read_only=args.read_only)
    found, now = file.read(settings.database), file.present()
    age = file.age(found, now) if found is not None and found.unicode <= (glyphs() is UNICODE) else None
    if found is not None and age is not None:
        taken = datetime.fromtimestamp(now.wall - age)
        palette = paint.palette_for(os.environ, settings.theme, light=found.light)
        early.paint(paint.screen(found, taken, age, early.size, palette, read_only=settings.read_only))
