"""Work of a screen that goes on beside its messages, and ends with it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, cast
from weakref import WeakKeyDictionary

from textual import worker_manager
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.worker import Worker, WorkType

log = logging.getLogger(__name__)

Work = Callable[[], Coroutine[Any, Any, None]]

_TURNS: WeakKeyDictionary[DOMNode, dict[str, Work | None]] = WeakKeyDictionary()
"""By node and group what runs one after the other: the work that is wanted next, None where there is none."""


class NodeWorker(Worker[Any]):
    """The work of a screen or a widget. While that is removed its parts go first and its work is cancelled last, so
    what is not found by then is no error: there is nothing left to show an answer in.
    """

    async def run(self) -> Any:
        """Run the work, and return its result; None where its parts went meanwhile."""
        try:
            return await super().run()
        except NoMatches as gone:
            if self.node.is_attached and not self.node._pruning:
                raise
            log.debug("too late for %s: %s", type(self.node).__name__, gone)
            return None


worker_manager.Worker = NodeWorker  # type: ignore[attr-defined]


def in_background(node: DOMNode, function: Work, *, group: str = "default", exclusive: bool = False) -> None:
    """Run `function` as a worker of `node`; an `exclusive` one cancels those of its group.

    It is given as a function, never as a coroutine: work that is cancelled before it began would leave a coroutine
    behind that nobody awaits, and Python warns of it in the middle of something else.
    """
    node.run_worker(cast(WorkType[None], function), group=group, exclusive=exclusive)


def in_turn(node: DOMNode, function: Work, *, group: str) -> None:
    """Run `function` as a worker of `node`; while one of its group runs, once more after that. An exclusive one never
    ends where it is asked for again and again before it is over; this one does.
    """
    turns = _TURNS.setdefault(node, {})
    if group in turns:
        turns[group] = function
        return
    turns[group] = function
    in_background(node, partial(_one_after_the_other, turns, group), group=group)


async def _one_after_the_other(turns: dict[str, Work | None], group: str) -> None:
    try:
        while (function := turns[group]) is not None:
            turns[group] = None
            await function()
    finally:
        del turns[group]
