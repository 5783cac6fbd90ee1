"""What arrives while a screen, or a widget, is being removed: there is nothing left to show it in."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from textual.css.query import NoMatches
from textual.widget import Widget

P = ParamSpec("P")
W = TypeVar("W", bound=Widget)

log = logging.getLogger(__name__)


def unless_unmounted(show: Callable[Concatenate[W, P], None]) -> Callable[Concatenate[W, P], None]:
    """Return a method that does nothing once its widgets are gone: an answer may outlive its question."""

    @functools.wraps(show)
    def shown(widget: W, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            show(widget, *args, **kwargs)
        except NoMatches as gone:
            log.debug("too late for %s: %s", type(widget).__name__, gone)

    return shown
