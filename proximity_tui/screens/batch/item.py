"""One of several, and how far all of them are. What is done with them is not known here."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from typing import Self

from proximity_tui.core.base.pace import time_left
from proximity_tui.core.base.value_object import value_object
from proximity_tui.screens.app.background_task import TaskResult


@value_object(kw_only=True)
class BatchItem:
    """One of several, with its progress."""

    begun: bool = False
    ended: TaskResult | None = None
    untouched: bool = False
    """It was stopped before its turn."""

    @property
    def key(self) -> str:
        """Its key in the table."""
        raise NotImplementedError

    @property
    def cluster_name(self) -> str:
        """Its cluster; empty while that is not known."""
        raise NotImplementedError

    @property
    def succeeded(self) -> bool:
        """True when its work ended well."""
        return self.ended is not None and self.ended.success

    def unreadable(self, reason: str) -> Self:
        """Return it as one that could not be read."""
        raise NotImplementedError


class Phase(Enum):
    """The phases of a batch."""

    ASKING = 1
    AT_WORK = 2
    STOPPING = 3
    """Somebody wants it to end after the current one."""
    OVER = 4


def asking_title(question: str, total: int, unread: int) -> str:
    """Return the title of a batch before it begins: the question, and how many items were read until all are."""
    return f"{question}: read {total - unread} of {total}" if unread else question


def progress_title(
    phase: Phase, items: Collection[BatchItem], words: tuple[str, str, str], total: int, *, at_once: int, lasted: float
) -> str:
    """Return the title of a batch that began `lasted` seconds ago; `total` is the number of items that are worked on,
    `at_once` of them at the same time, and `words` the verb in three forms.
    """
    done = sum(item.succeeded for item in items)
    if phase is Phase.OVER:
        failed = sum(item.ended is not None for item in items) - done
        rest = len(items) - done - failed
        counts = [f"{failed} failed"] * bool(failed) + [f"{rest} untouched"] * bool(rest)
        return f"{words[2]} {done} of {len(items)}{': ' if counts else ''}{', '.join(counts)}"
    title = f"{words[1]}, {done} of {total} done"
    if phase is Phase.STOPPING:
        return f"{title}; stops after the current {'one' if at_once == 1 else 'ones'}"
    left = time_left(sum(item.ended is not None for item in items), total, lasted)
    return f"{title}, {left}" if left else title
