"""One of several: any one, and a container of ours with its plans; how the work on each goes, and how far all of them
are. What is done with them is not known here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any, Self

from proximity_tui.core.base.pace import time_left
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Container, Plan, Refusal
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
    def record_id(self) -> int | None:
        """The id of its record; None for a guest without one."""
        return None

    def not_read(self) -> Self:
        """Return it as it was before it was read."""
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


@value_object
class RecordItem(BatchItem):
    """A container by its record id."""

    id: int
    trouble: str | None = None
    """Why it could not be inspected."""
    record: Container | None = None

    @property
    def key(self) -> str:
        return str(self.id)

    @property
    def cluster_name(self) -> str:
        return self.container.cluster if self.container is not None else ""

    @property
    def record_id(self) -> int:
        return self.id

    def not_read(self) -> Self:
        return type(self)(self.id)

    @property
    def container(self) -> Container | None:
        """The record; None while it is not read."""
        return self.record

    def unreadable(self, reason: str) -> Self:
        return replace(self, trouble=reason)

    def plan(self, choice: Any) -> Plan | None:
        """Return its plan for a choice; None where there is none."""
        raise NotImplementedError

    def is_read(self, choice: Any) -> bool:
        """Return whether it is known what a choice would do to it, or why that cannot be known."""
        raise NotImplementedError

    def outcome(self, choice: Any) -> tuple[str, Tone]:
        """Return its state, in words."""
        raise NotImplementedError

    def progress(self) -> tuple[str, Tone] | None:
        """Return how its work went, in words; None while none was begun and nothing is wrong."""
        if self.ended is not None:
            return self.ended.outcome, "good" if self.ended.success else "bad"
        if self.trouble is not None:
            return self.trouble, "bad"
        if self.untouched:
            return "untouched", "dim"
        return ("in progress", "accent") if self.begun else None


@value_object
class PlannedItem(RecordItem):
    """A container with a plan or a refusal for each choice. Without `outcomes` it was not inspected yet."""

    outcomes: Mapping[Any, Plan | Refusal] | None = None

    def progress(self) -> tuple[str, Tone] | None:
        """Return how far it is, in words; None while nothing was begun and it can be chosen what to do."""
        return RecordItem.progress(self) or (("reading", "dim") if self.outcomes is None else None)

    def is_read(self, choice: Any) -> bool:
        return self.outcomes is not None or self.trouble is not None

    def plan(self, choice: Any) -> Plan | None:
        """Return its plan for a choice; None where there is none."""
        found = self.outcomes.get(choice) if self.outcomes is not None else None
        return found if isinstance(found, Plan) else None
