"""What a scenario is: a name, one sentence, and a function that prepares a simulator before it answers anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proximity_tui.simulator.simulator import Simulator


@dataclass(frozen=True)
class Scenario:
    """`prepare` furnishes the world and may schedule what happens to it later, in simulated seconds from the start."""

    name: str
    description: str
    prepare: Callable[[Simulator], None]
