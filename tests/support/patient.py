"""Connections that nobody closes for being idle, so that their number does not depend on how busy the machine is."""

from __future__ import annotations

import math

import pytest

from proximity_tui.core.proxmox.transport import http
from proximity_tui.simulator.server import transport


def keep_idle_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let neither side close a connection that is idle."""
    monkeypatch.setattr(http, "LONGEST_IDLE", math.inf)
    monkeypatch.setattr(transport, "IDLE_SECONDS", 600.0)
