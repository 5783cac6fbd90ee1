"""A server is recognised by its root CA, and only as long as its connection holds."""

from __future__ import annotations

from proximity_tui.core.base.secret import Secret
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.known_servers import RECOGNISED_FOR, KnownServers
from proximity_tui.core.proxmox.transport.trust import Trust

OURS, THEIRS = ":".join(["AB"] * 32), ":".join(["CD"] * 32)


class Meeting:
    """A server that shows its root CA, how often it was asked for it, and the time."""

    def __init__(self) -> None:
        self.now, self.asked = 0.0, 0
        settings = ClusterSettings(
            "lab", ("https://pve1",), "labadmin@pve!full", Secret("secret", "the test"), Trust(fingerprints=(OURS,))
        )
        self.servers = KnownServers(settings, lambda: self.now, lambda _, __: OURS)

    def require(self) -> None:
        def ask(path: str) -> object:
            assert path == "/nodes/localhost/certificates/info"
            self.asked += 1
            return [{"filename": "pve-root-ca.pem", "fingerprint": OURS}]

        self.servers.require(0, ask)


def test_what_it_shows_by_the_way_counts_from_when_it_was_asked() -> None:
    met = Meeting()
    met.require()
    met.now = RECOGNISED_FOR - 1
    met.servers.renew(0, OURS, met.now - 1)
    met.now = 2 * RECOGNISED_FOR - 3
    met.require()
    assert met.asked == 1
    met.now += 1
    met.require()
    assert met.asked == 2


def test_another_root_ca_makes_it_no_better_known() -> None:
    met = Meeting()
    met.require()
    met.servers.renew(0, THEIRS, RECOGNISED_FOR - 1)
    met.now = RECOGNISED_FOR
    met.require()
    assert met.asked == 2


def test_an_answer_does_not_make_good_that_its_connection_failed() -> None:
    met = Meeting()
    met.servers.renew(0, OURS, 0.0)
    assert not met.servers.is_known(0)
    met.require()
    met.servers.forget(0)
    met.servers.renew(0, OURS, 0.0)
    assert not met.servers.is_known(0)
