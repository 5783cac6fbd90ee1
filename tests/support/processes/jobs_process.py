"""A process that runs the jobs of the cluster `lab`, as TUI and daemon do; run as a module by the tests of jobs.

It prints STARTED, then every warning of its log, and ends when its input does.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import timedelta
from typing import Any

from proximity_tui.core import store
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.jobs.job_work import JobSettings
from proximity_tui.core.jobs.runner import Jobs
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.trust import Trust
from tests.support.timing.unhurried import UNHURRIED


def main(told: dict[str, Any]) -> None:
    """Run the jobs as told: database, url, token and intervals in seconds."""
    logging.basicConfig(stream=sys.stdout, level=logging.WARNING, format="%(message)s")
    store.open_store(told["database"])
    client = PveClient(
        ClusterSettings(
            "lab",
            (told["url"],),
            told["token_id"],
            Secret(told["secret"], "the test"),
            Trust(fingerprints=(told["fingerprint"],)),
            read_timeout=told["read_timeout"],
        )
    )
    settings = JobSettings(
        reconciler_interval=timedelta(seconds=told["interval"]),
        janitor_interval=timedelta(seconds=told["interval"]),
        limits=Limits(confirm_after=timedelta(0)),
        lease=UNHURRIED,
    )
    jobs = Jobs({"lab": client}, settings, told["owner"], SystemClock())
    jobs.start()
    print("STARTED", flush=True)
    sys.stdin.read()
    jobs.stop()
    store.close_store()
    print("STOPPED", flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
