"""The description of a form for a request: its fields, and what becomes of them. It draws nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Generic, Self, TypeVar

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.operations.outcome import Outcome
from proximity_tui.core.model import Container, Plan, Refusal
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.records import records
from proximity_tui.screens.presentation.operation_text import steps_lines
from proximity_tui.screens.text.form import Field
from proximity_tui.screens.text.lines import TextLine

R = TypeVar("R")
"""The request that a form makes."""
P = TypeVar("P")
"""The plan of such a request."""

READING: Sequence[TextLine] = ([("Reading the record.", "dim")],)


class PlannedForm(ABC, Generic[R, P]):
    """The description of a form: its fields, and their plan. It is frozen; `learn` returns another one."""

    VERB: ClassVar[str]
    """What is done, in one word: `create`. The widgets of the dialog are called after it."""
    FIELDS: ClassVar[Sequence[Field]] = ()
    """A form without fields is planned at once."""
    MORE: ClassVar[Sequence[Field]] = ()
    """The fields below them that few need: shown by a key."""
    CHOICES: ClassVar[Mapping[str, str]] = {}
    """What can be switched on and off below the fields, and how it is called."""

    cluster: str | None = None
    """The cluster whose offer can be chosen from; None while that is not known."""
    chosen: frozenset[str] = frozenset()
    """The choices that are on by default."""
    known: Sequence[TextLine] = ()
    """What there is to say before anything is typed."""
    present: Mapping[str, str] = {}
    """What stands in the fields already; filled in as it is learnt."""

    @property
    def fields(self) -> Sequence[Field]:
        """The fields of the form, in their order."""
        return self.FIELDS

    @property
    def followed(self) -> Sequence[int]:
        """The ids of the records that its plans are made from."""
        return ()

    @property
    def offered(self) -> Mapping[str, Sequence[str]]:
        """The choices that are known without asking a cluster, by field."""
        return {}

    @property
    @abstractmethod
    def heading(self) -> str:
        """Return the title."""

    @property
    def agrees(self) -> str:
        """The words of the button that agrees to the plan."""
        return self.VERB.capitalize()

    @property
    def is_dangerous(self) -> bool:
        """True where the button is to look like it."""
        return False

    def takes_down(self, plan: P) -> bool:
        """Return whether a plan shuts a running container down: it is agreed to by its button alone."""
        return False

    def choice(self, name: str) -> tuple[str, bool]:
        """Return the text beside a choice, and whether it can be switched."""
        return "", True

    @abstractmethod
    def read(self, typed: Mapping[str, str], chosen: Collection[str]) -> R | dict[str, str]:
        """Return the request, or the problem of each field."""

    def read_offer(self, client: PveClient) -> Mapping[str, Sequence[str] | Mapping[str, str]]:
        """Return what can be chosen, by field; of a mapping the values are the hints beside it. Blocks; raises
        ProxmoxError.
        """
        return {}

    def learn(self, engine: Engine) -> Self | None:
        """Return the form with the next thing that is to be known first, or None if there is nothing more.

        Blocks; raises ProxmoxError, StoreError, and ValueError with the reason why it cannot be known.
        """
        return None

    @abstractmethod
    def plan(self, engine: Engine, request: R) -> P | Refusal:
        """Return the plan of a request. Blocks; raises ProxmoxError and StoreError, for bad keys ValueError."""

    @abstractmethod
    def plan_lines(self, plan: P) -> list[TextLine]:
        """Return the plan as it is shown."""


class RequestForm(PlannedForm[R, Plan]):
    """The description of a form whose plan is carried out as an operation."""

    @abstractmethod
    def execute(self, engine: Engine, plan: Plan, request: R) -> Outcome:
        """Execute the confirmed plan of `request`. Blocks."""

    def effect(self, plan: Plan) -> list[TextLine]:
        """Return what the plan would do, above its steps."""
        return [[(plan.summary, "accent")]]

    def plan_lines(self, plan: Plan) -> list[TextLine]:
        """Return what the plan would do, and its steps."""
        return [*self.effect(plan), *steps_lines(plan)]


@value_object
class ContainerForm(RequestForm[R]):
    """The description of a form for one of our containers, whose record is read first."""

    DOES: ClassVar[str]
    """What is done with it, as the title says it: `Back up`."""

    container_id: int
    record: Container | None = None
    cluster: str | None = None
    chosen: frozenset[str] = frozenset()
    known: Sequence[TextLine] = READING

    @property
    def followed(self) -> Sequence[int]:
        return (self.container_id,)

    @property
    def heading(self) -> str:
        """Return what is done, and with which container."""
        if self.record is None:
            return f"{self.DOES} a container"
        return f"{self.DOES} {self.record.label}, cluster {self.record.cluster}"

    def words_of(self, record: Container) -> str:
        """Return what there is to say once the record is read; it may be nothing."""
        return f"reading CT {record.vmid or '-'}..."

    def learn(self, engine: Engine) -> Self | None:
        """Read the record first, then what else is to be known of the container."""
        if self.record is not None:
            return self.inspect(engine, self.record)
        record = records.get(self.container_id)
        words = self.words_of(record)
        known: list[TextLine] = [[(words, "dim")]] if words else []
        return replace(self, record=record, cluster=record.cluster, known=known)

    def inspect(self, engine: Engine, record: Container) -> Self | None:
        """Return the form with what an inspection says, or None if there is nothing more."""
        return None

    def execute(self, engine: Engine, plan: Plan, request: R) -> Outcome:
        """Execute the plan on the record as it is now."""
        return engine.carry_out(plan, records.get(self.container_id))


def names_or_none(read: Callable[[], Sequence[str]]) -> Sequence[str]:
    """Return what there is to choose from; nothing where it cannot be read, because it can be typed all the same."""
    try:
        return read()
    except ProxmoxError:
        return ()
