"""A simulated cluster called `lab`, and a site whose configuration points at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proximity_tui.simulator import RealClock, Simulator
from tests.daemon.site import Site
from tests.support.servers.free_ports import free_port


@pytest.fixture
def lab() -> Iterator[Simulator]:
    """The demo's cluster, with a clock so fast that no task is worth waiting for."""
    with Simulator("demo", clock=RealClock(50.0)) as simulator:
        yield simulator


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Site]:
    """A site without a configuration."""
    site = Site(tmp_path)
    yield site
    site.close()


@pytest.fixture
def site(bare: Site, lab: Simulator) -> Site:
    """A site with one cluster, `lab`."""
    bare.configure(lab=lab)
    return bare


@pytest.fixture
def port() -> int:
    """A port for the metrics."""
    return free_port()
