"""Limits of the program that a busy machine would meet: in the process of the tests they are so long that none does."""

from __future__ import annotations

import math
from dataclasses import fields

from proximity_tui.config import secrets
from proximity_tui.connect import certificates
from proximity_tui.core.alerting import attempt
from proximity_tui.core.alerting.notifier import Notifier
from proximity_tui.core.engine.observe import collect, identity_check, inspection, list_recorder, poller
from proximity_tui.core.engine.reconcile import cluster_alerts, evidence, reconciler
from proximity_tui.core.proxmox.reads import guest_reads
from proximity_tui.core.proxmox.transport import thread_connections
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.store.db import pool, waits
from proximity_tui.doctor import cluster_facts, examination
from proximity_tui.simulator.server import transport
from tests.support.timing.waiting import LONGEST

LONGER_THAN_A_TEST = 2 * LONGEST
"""Seconds. Every wait of a test ends before, so that what is given up after this is never given up for being slow."""


def be_patient() -> None:
    """Give an answer of a simulator as much time as a test has, except where a test says less."""
    for limit in fields(ClusterSettings):
        if limit.name in ("connect_timeout", "read_timeout", "write_timeout"):
            limit.default = LONGER_THAN_A_TEST
    identity_check.PATIENCE = identity_check.HANGS = identity_check.LONGEST = LONGER_THAN_A_TEST
    poller.PATIENCE = list_recorder.PATIENCE = collect.PATIENCE = inspection.PATIENCE = LONGER_THAN_A_TEST
    guest_reads.SEARCH_PATIENCE = cluster_alerts.PATIENCE = evidence.PATIENCE = LONGER_THAN_A_TEST
    reconciler._EVIDENCE_PATIENCE = reconciler._RETURNED_PATIENCE = LONGER_THAN_A_TEST
    cluster_facts.CONNECTING = cluster_facts.READING = cluster_facts.PATIENCE = LONGER_THAN_A_TEST
    examination.PATIENCE = LONGER_THAN_A_TEST
    certificates.PATIENCE = LONGER_THAN_A_TEST
    transport._HANDSHAKE_SECONDS = LONGER_THAN_A_TEST
    # Neither side closes a connection for being idle: ours may send a write just when theirs closes.
    thread_connections.LONGEST_IDLE, transport.IDLE_SECONDS = math.inf, LONGER_THAN_A_TEST
    secrets.COMMAND_TIMEOUT = LONGER_THAN_A_TEST
    attempt.LIMIT = LONGER_THAN_A_TEST
    Notifier.__init__.__kwdefaults__["timeout"] = LONGER_THAN_A_TEST  # type: ignore[index]
    pool.NETWORK = {**pool.NETWORK, "connect_timeout": int(LONGER_THAN_A_TEST)}
    pool.PATIENCE = pool.PROBE_PATIENCE = LONGER_THAN_A_TEST
    waits.PREPARED = waits.WRITER = waits.STATEMENT = waits.IDLE = waits.CONNECTION = LONGER_THAN_A_TEST
