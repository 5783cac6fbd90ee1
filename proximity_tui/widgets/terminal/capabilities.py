"""The capabilities of a terminal that a painted screen can make use of, as the system's terminfo describes it."""

from __future__ import annotations

from typing import NamedTuple


class Capabilities(NamedTuple):
    """The capabilities of a terminal beyond moves, colours and text, which all can."""

    scrolls: bool = False
    """It deletes and inserts lines within a region."""
    erases: bool = False
    """It erases a number of cells without moving the cursor."""
    erases_in_color: bool = False
    """What it erases has the present background, not that of the terminal."""


NONE = Capabilities()
"""The capabilities of a terminal of which nothing is known."""


def capabilities(term: str) -> Capabilities:
    """Return the capabilities of the terminal `term` ($TERM); none where nothing is known of it."""
    try:
        import curses

        curses.setupterm(term, 1)
    except (ImportError, OSError):
        return NONE
    except curses.error:  # the system does not know the terminal
        return NONE
    return Capabilities(
        scrolls=all(curses.tigetstr(name) for name in ("csr", "il", "dl")),
        erases=bool(curses.tigetstr("ech")),
        erases_in_color=curses.tigetflag("bce") > 0,
    )
