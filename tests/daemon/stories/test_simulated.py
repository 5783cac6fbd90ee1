"""A daemon on the database of a demo says so, and wakes nobody."""

from __future__ import annotations

from proximity_tui.core.store import flags
from proximity_tui.core.store.alerts import alerts
from proximity_tui.simulator import Simulator
from tests.daemon.site import Site
from tests.support.records.notifying import an_alert, state_of
from tests.support.servers.sentry_receiver import sentry_receiver


def test_a_daemon_on_the_database_of_a_demo_says_so_and_sends_nothing(bare: Site, lab: Simulator) -> None:
    with sentry_receiver() as receiver:
        bare.configure(f'[sentry]\ndsn = "{receiver.dsn}"', lab=lab)
        bare.open()
        flags.mark_simulated()
        alert = an_alert()
        daemon = bare.working()
        daemon.says(", SIMULATED")
        daemon.says("no Sentry: the database is a demo's")
        assert receiver.bodies == []
        assert state_of(alert) == "pending"
        assert len(alerts.open_alerts("prod")) == 1
