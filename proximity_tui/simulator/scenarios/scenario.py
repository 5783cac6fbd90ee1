"""The shape of a scenario: a name, one sentence, and a function that prepares a simulator before it answers anything.

It knows only the stage of a simulator: neither ports nor certificates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from proximity_tui.simulator.faults import Faults
from proximity_tui.simulator.world.world import World


class Stage(Protocol):
    """The part of a simulator that a scenario may use to prepare it."""

    world: World
    faults: Faults
    token_id: str

    def set_acl(self, token_id: str, acl: Mapping[str, Iterable[str]]) -> None:
        """Replace all privileges of a token."""

    def schedule(self, seconds: float, happening: Callable[[World], object]) -> None:
        """Let something happen to the world that many simulated seconds from now."""


@dataclass(frozen=True)
class Scenario:
    """`prepare` populates the world and may schedule what happens to it later, in simulated seconds from the start."""

    name: str
    description: str
    prepare: Callable[[Stage], None]
