"""An embedded Proxmox VE API over real HTTPS, for the demo, the tests and drills. It shares no code with the client:
what both got wrong together, no test would find."""

from proximity_tui.simulator.faults import Fault, Faults
from proximity_tui.simulator.gate import Entry, Journal
from proximity_tui.simulator.scenarios import SCENARIOS, Scenario
from proximity_tui.simulator.simulator import Simulator, serve
from proximity_tui.simulator.world.timeline import Clock, ManualClock, RealClock
from proximity_tui.simulator.world.world import Container, World

__all__ = [
    "SCENARIOS",
    "Clock",
    "Container",
    "Entry",
    "Fault",
    "Faults",
    "Journal",
    "ManualClock",
    "RealClock",
    "Scenario",
    "Simulator",
    "World",
    "serve",
]
