"""N13 in the middle of an operation: nothing more is sent, and wherever a person reads of it both certificates are
named, the trusted one and the one that was shown.
"""

from __future__ import annotations

from proximity_tui.commands.base.exit_codes import ending_of
from proximity_tui.core.engine.operations.outcome import Resumable
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.proxmox.errors import CertificateMismatch
from proximity_tui.core.proxmox.transport.trust import Trust
from proximity_tui.core.store.records import operations, records
from proximity_tui.screens.chrome.banner import banner_lines
from proximity_tui.screens.presentation.alert_text import headline
from proximity_tui.simulator import Simulator
from tests.support.house import House, gateway_to
from tests.support.records.alerted import the_open_alert
from tests.support.records.every_action import BACKUP
from tests.support.timing.meddling import asked, when


def test_n13_a_certificate_that_changes_during_an_operation_is_named_beside_the_trusted_one(
    house: House, simulator: Simulator
) -> None:
    trusted = simulator.fingerprint
    ready = BACKUP.prepare(house)
    house.clients["lab"] = gateway_to(simulator, trust=Trust(fingerprints=(trusted,)))
    engine = house.hands()
    # Each write has a connection of its own, so the last read before it is the last one that is answered.
    when(simulator, asked("GET", f"/lxc/{ready.at}/config"), simulator.renew_certificate, nth=2)
    simulator.journal.clear()

    result = ready.execute(engine)

    assert isinstance(result, Resumable), result
    assert BACKUP.writes(house) == 0
    assert result.operation is not None
    assert result.container is not None
    shown = simulator.fingerprint
    assert shown != trusted
    for told in (
        result.reason,
        operations.get(result.operation.id).error,
        records.get(result.container.id).last_error,
    ):
        assert f"shows the certificate {shown}, not the trusted {trusted}; nothing was sent to it" in str(told)


def test_n13_the_banner_names_both_in_its_first_words(house: House, simulator: Simulator) -> None:
    trusted = simulator.fingerprint
    simulator.renew_certificate()
    shown = simulator.fingerprint
    house.clients["lab"] = gateway_to(simulator, trust=Trust(fingerprints=(trusted,)))

    house.reconcile()

    alert = the_open_alert(AlertKind.CERTIFICATE_CHANGED)
    assert alert.message.count(shown) == 1
    assert alert.message.count(trusted) == 1
    banner = " ".join(banner_lines(headline(alert, house.clock.now()), "[3] alerts", 80))
    assert shown[:11] in banner
    assert trusted[:11] in banner
    assert "nothing was sent to it. Compare" in banner, "what it means stands before both in full"
    assert "shows the certificate" not in alert.message, "it was said already"


def test_n13_a_command_says_it_once_and_names_all_trusted_ones() -> None:
    trusted, shown = ("AA:01", "BB:02"), "CC:03"
    error = CertificateMismatch("prod", "https://pve1.example:8006", expected=trusted, seen=shown)
    assert error.sentence.startswith(
        "prod: https://pve1.example:8006 shows the certificate CC:03, not one of the trusted AA:01 and BB:02;"
        " nothing was sent to it"
    )
    ending = ending_of(error)
    assert ending is not None
    assert ending.sentence == error.sentence
