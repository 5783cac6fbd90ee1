"""The scenarios that a simulator can start with, by name. Each populates a cluster, and some have
an accident waiting.
"""

from __future__ import annotations

from collections.abc import Mapping

from proximity_tui.simulator.scenarios.accidents import ACCIDENTS
from proximity_tui.simulator.scenarios.scenario import Scenario
from proximity_tui.simulator.scenarios.settled import DEMO, EMPTY, LARGE

SCENARIOS: Mapping[str, Scenario] = {scenario.name: scenario for scenario in (DEMO, EMPTY, LARGE, *ACCIDENTS)}

__all__ = ["SCENARIOS", "Scenario"]
