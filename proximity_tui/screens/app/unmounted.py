"""What arrives when a screen is already being taken down, widget by widget: there is nothing left to show it on."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from textual.css.query import NoMatches
from textual.screen import Screen

P = ParamSpec("P")
S = TypeVar("S", bound=Screen[None])

log = logging.getLogger(__name__)


def unless_unmounted(show: Callable[Concatenate[S, P], None]) -> Callable[Concatenate[S, P], None]:
    """Make a method that shows something do nothing once its widgets are gone: an answer may outlive its question."""

    @functools.wraps(show)
    def shown(screen: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            show(screen, *args, **kwargs)
        except NoMatches as gone:
            log.debug("too late for %s: %s", type(screen).__name__, gone)

    return shown
