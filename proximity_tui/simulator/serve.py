"""The simulator on its own, for scripts and drills: says where it is and runs until it is told to stop."""

from __future__ import annotations

import json
import signal
import sys
import threading
from types import FrameType

from proximity_tui.simulator.clock import RealClock
from proximity_tui.simulator.simulator import Simulator


def serve(listen: tuple[str, int], scenario: str, seed: int, speed: float) -> int:
    """Run until SIGINT or SIGTERM; the first line on stdout is one JSON object that tells how to connect."""
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    with Simulator(scenario, seed=seed, clock=RealClock(speed), listen=listen, auth_delay=3.0) as simulator:
        access = {
            "url": simulator.url,
            "token_id": simulator.token_id,
            "token_secret": simulator.token_secret,
            "fingerprint": simulator.fingerprint,
        }
        sys.stdout.write(json.dumps(access) + "\n")
        sys.stdout.flush()
        while not ended.wait(1.0):
            pass
    return 0
