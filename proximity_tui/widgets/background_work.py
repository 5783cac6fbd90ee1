"""Work of a screen that goes on beside its messages, and ends with it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, cast

from textual.dom import DOMNode
from textual.worker import WorkType


def in_background(
    node: DOMNode, function: Callable[[], Coroutine[Any, Any, None]], *, group: str = "default", exclusive: bool = False
) -> None:
    """Run `function` as a worker of `node`; an `exclusive` one cancels those of its group.

    It is given as a function, never as a coroutine: work that is cancelled before it began would leave a coroutine
    behind that nobody awaits, and Python warns of it in the middle of something else.
    """
    node.run_worker(cast(WorkType[None], function), group=group, exclusive=exclusive)
