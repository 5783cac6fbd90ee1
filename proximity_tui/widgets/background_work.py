"""Work of a screen that goes on beside its messages, and ends with it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any, cast

from textual import worker_manager
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.worker import Worker, WorkType

log = logging.getLogger(__name__)


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


def in_background(
    node: DOMNode, function: Callable[[], Coroutine[Any, Any, None]], *, group: str = "default", exclusive: bool = False
) -> None:
    """Run `function` as a worker of `node`; an `exclusive` one cancels those of its group.

    It is given as a function, never as a coroutine: work that is cancelled before it began would leave a coroutine
    behind that nobody awaits, and Python warns of it in the middle of something else.
    """
    node.run_worker(cast(WorkType[None], function), group=group, exclusive=exclusive)
