"""The guard for results that arrive while a screen is being removed: there is no widget left to show them."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from textual.css.query import NoMatches
from textual.screen import Screen

P = ParamSpec("P")
S = TypeVar("S", bound=Screen[Any])

log = logging.getLogger(__name__)


def unless_unmounted(show: Callable[Concatenate[S, P], None]) -> Callable[Concatenate[S, P], None]:
    """Return a method that does nothing once its widgets are gone: an answer may outlive its question."""

    @functools.wraps(show)
    def shown(screen: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            show(screen, *args, **kwargs)
        except NoMatches as gone:
            log.debug("too late for %s: %s", type(screen).__name__, gone)

    return shown
