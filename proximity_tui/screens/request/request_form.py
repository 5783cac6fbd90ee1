"""The description of a form for a request: its fields, and what becomes of them. It draws nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar, Generic, TypeVar

from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.operations.outcome import Outcome
from proximity_tui.core.model import Plan, Refusal
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.screens.text.form import Field
from proximity_tui.screens.text.lines import TextLine

R = TypeVar("R")
"""The request that a form makes."""


class RequestForm(ABC, Generic[R]):
    """The description of a form: its fields, and what becomes of them. It is frozen; `learn` returns another one."""

    VERB: ClassVar[str]
    """What is done, as the button says it: `create`. The widgets of the dialog are called after it."""
    FIELDS: ClassVar[Sequence[Field]]
    MORE: ClassVar[Sequence[Field]] = ()
    """The fields below them that few need: shown by a key."""
    CHOICES: ClassVar[Mapping[str, str]]
    """What can be switched on and off below the fields, and how it is called."""

    cluster: str | None
    """The cluster whose offer can be chosen from; None while that is not known."""
    chosen: frozenset[str]
    """The choices that are on by default."""
    known: Sequence[TextLine]
    """What there is to say before anything is typed."""

    present: Mapping[str, str] = {}
    """What stands in the fields already; filled in as it is learnt."""

    def effect(self, plan: Plan) -> list[TextLine]:
        """Return what the plan would do, above its steps."""
        return [[(plan.summary, "accent")]]

    @property
    @abstractmethod
    def heading(self) -> str:
        """Return the title."""

    @abstractmethod
    def choice(self, name: str) -> tuple[str, bool]:
        """Return the text beside a choice, and whether it can be switched."""

    @abstractmethod
    def read(self, typed: Mapping[str, str], chosen: Collection[str]) -> R | dict[str, str]:
        """Return the request, or the problem of each field."""

    @abstractmethod
    def read_offer(self, client: PveClient) -> Mapping[str, Sequence[str] | Mapping[str, str]]:
        """Return what can be chosen, by field; of a mapping the values are the hints beside it. Blocks; raises
        ProxmoxError.
        """

    @abstractmethod
    def learn(self, engine: Engine) -> RequestForm[R] | None:
        """Return the form with the next thing that is to be known first, or None if there is nothing more.

        Blocks; raises ProxmoxError, StoreError and ValueError.
        """

    @abstractmethod
    def plan(self, engine: Engine, request: R) -> Plan | Refusal:
        """Return the plan of a request. Blocks; raises ProxmoxError, StoreError and ValueError."""

    @abstractmethod
    def execute(self, engine: Engine, plan: Plan, request: R) -> Outcome:
        """Execute the confirmed plan of `request`. Blocks."""
