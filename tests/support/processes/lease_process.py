"""A process that wants the lease of `prod` and says what becomes of it; run as a module by the tests of leases.

It prints `GAINED token` and `LOST token`, and for each line on its input tries a fenced write: `WROTE` or `FENCED`.
"""

from __future__ import annotations

import os
import sys

from proximity_tui.core import store
from proximity_tui.core.jobs.lease import LeaseKeeper
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.job import Lease
from proximity_tui.core.store import events
from proximity_tui.core.store.db.store_errors import LostLease
from proximity_tui.core.store.jobs import leases
from tests.support.timing.unhurried import UNHURRIED


def main(url: str, owner: str) -> None:
    """Keep the lease until the input ends; write under the last lease that was gained, lost or not."""
    store.open_store(url)
    gained: list[Lease] = []

    def on_gained(lease: Lease) -> None:
        gained.append(lease)
        say("GAINED", lease.token)

    keeper = LeaseKeeper(
        "prod",
        owner,
        times=UNHURRIED,
        on_gained=on_gained,
        on_lost=lambda lease: say("LOST", lease.token),
    )
    keeper.start()
    for _ in sys.stdin:
        try:
            with leases.fenced(gained[-1]):
                action = EventAction.OBSERVE
                events.append(actor=owner, action=action, message="written under the lease", cluster="prod")
            say("WROTE", gained[-1].token)
        except LostLease:
            say("FENCED", gained[-1].token)
    keeper.stop()
    store.close_store()


def say(word: str, token: int) -> None:
    # One write a line: two threads speak here, and lines must not mix.
    os.write(sys.stdout.fileno(), f"{word} {token}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
