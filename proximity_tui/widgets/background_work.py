"""Work of a screen that goes on beside its messages, and ends with it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any, cast

from textual import worker_manager
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.worker import Worker, WorkType, get_current_worker

log = logging.getLogger(__name__)

Work = Callable[[], Coroutine[Any, Any, None]]


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
    # The node has them itself: whatever else had them would keep it, because the work is most often a method of it.
    turns: dict[str, _Turns] = vars(node).setdefault("_turns", {})
    turns.setdefault(group, _Turns()).ask_for(node, function, group)


class _Turns:
    """What runs one after the other: the work that is wanted next, and who runs it."""

    def __init__(self) -> None:
        self._wanted: Work | None = None
        self._worker: Worker[None] | None = None

    def ask_for(self, node: DOMNode, function: Work, group: str) -> None:
        """Run `function` next. A worker that was cancelled takes no turn any more, and may never have begun."""
        self._wanted = function
        if self._worker is None or self._worker.is_cancelled or self._worker.is_finished:
            self._worker = node.run_worker(cast(WorkType[None], self._run), group=group)

    async def _run(self) -> None:
        # From Python 3.12 on it runs before `run_worker` returns, and may be asked for more meanwhile.
        self._worker = get_current_worker()
        while (function := self._wanted) is not None:
            self._wanted = None
            await function()
