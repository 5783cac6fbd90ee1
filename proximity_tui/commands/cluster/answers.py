"""What the commands about clusters share: the last list of each, and the exit code where one does not answer.

There is no record to answer from, so a silent cluster is an error, unlike for `list`; the others are printed all the
same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.printed import output
from proximity_tui.core.base.text import human_age, human_bytes, percent

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext


def refuse_no_cluster(context: AppContext, named: str | None) -> None:
    """Raise CommandEnd where there is no cluster to ask: an empty list would say that nothing is there."""
    if not context.clients:
        what = "no cluster is enabled" if named is None else f"cluster {named} is disabled"
        raise CommandEnd(Exit.USAGE, f"{what} in {context.settings.path}: there is no cluster to ask")


def ending(silent: Iterable[str]) -> Exit:
    """Note why clusters did not answer, and return the exit code."""
    reasons = list(silent)
    for reason in reasons:
        output.note(reason)
    return Exit.UNANSWERED if reasons else Exit.DONE


def share(value: float | None) -> str | None:
    """Return a share in percent; None where it is not known."""
    return None if value is None else percent(value)


def span_words(seconds: float | None) -> str | None:
    """Return a span of time; None where it is not known."""
    return None if seconds is None else human_age(seconds)


def of_total(used: int | None, total: int | None) -> str | None:
    """Return what is used of what; None where it is not known."""
    if used is None:
        return None
    return f"{human_bytes(used)}/{'?' if total is None else human_bytes(total)}"
