"""One container of ours among several, by its record: its plans, and how its work goes, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

from proximity_tui.core.base.tone import Tone
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Container, Plan, Refusal
from proximity_tui.screens.batch.item import BatchItem


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
