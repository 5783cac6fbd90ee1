"""The simulator on its own, for scripts and drills: it prints its address and runs until it is told to stop."""

from __future__ import annotations

import json
import queue
import signal
import sys
from types import FrameType

from proximity_tui.simulator.simulator import Simulator
from proximity_tui.simulator.world.clock import RealClock


class CannotListen(Exception):
    """Raised when the address cannot be listened on; the text is the reason."""


def serve(listen: tuple[str, int], scenario: str, seed: int, speed: float) -> int:
    """Run until SIGINT or SIGTERM; the first line on stdout is one JSON object that tells how to connect.

    Raises CannotListen.
    """
    # Not an Event: a handler may come where the main thread holds the lock of one, and would wait for itself.
    told: queue.SimpleQueue[int] = queue.SimpleQueue()

    def end(number: int, frame: FrameType | None) -> None:
        told.put(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    try:
        made = Simulator(scenario, seed=seed, clock=RealClock(speed), listen=listen, auth_delay=3.0)
    except (OSError, UnicodeError) as error:
        raise CannotListen((getattr(error, "strerror", None) or str(error)).lower()) from error
    with made as simulator:
        access = {
            "url": simulator.url,
            "token_id": simulator.token_id,
            "token_secret": simulator.token_secret,
            "fingerprint": simulator.fingerprint,
        }
        sys.stdout.write(json.dumps(access) + "\n")
        sys.stdout.flush()
        told.get()
    return 0
