"""What a scenario is: a name, one sentence, and a function that prepares a simulator before it answers anything.

It knows of a simulator no more than the stage that it is handed: neither ports nor certificates are its business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from proximity_tui.simulator.faults import Faults
from proximity_tui.simulator.world.world import World


class Stage(Protocol):
    """What a scenario may use of the simulator that it prepares."""

    world: World
    faults: Faults
    token_id: str

    def set_acl(self, token_id: str, acl: Mapping[str, Iterable[str]]) -> None:
        """Replace everything a token may do."""

    def schedule(self, seconds: float, happening: Callable[[World], object]) -> None:
        """Let something happen to the world that many simulated seconds from now."""


@dataclass(frozen=True)
class Scenario:
    """`prepare` furnishes the world and may schedule what happens to it later, in simulated seconds from the start."""

    name: str
    description: str
    prepare: Callable[[Stage], None]
