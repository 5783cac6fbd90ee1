"""What a list says that the reconciler should judge at once, and what it could not judge anyway."""

from __future__ import annotations

import pytest

from proximity_tui.core.doctrine.reconciliation.run_at_once import wants_reconciler
from proximity_tui.core.model import BadRow, Container, Inventory, Presence, Quorum
from tests.support.records.make import after, container, guest, inventory

LATER = after(60)


@pytest.mark.parametrize(
    ("record", "told", "wanted"),
    [
        (container(), inventory(), True),
        (container(), inventory(guest()), False),
        (container(presence=Presence.REPLACED), inventory(guest()), True),
        (container(missing_since=LATER), inventory(), False),
        (container(presence=Presence.HIDDEN), inventory(), False),
        (container(), inventory(set_aside=(BadRow("status", "no such status", "{}", 101),)), False),
        (container(), inventory(guest(lock="destroyed")), True),
        (container(half_destroyed_since=after(0)), inventory(guest(lock="destroyed")), False),
        (container(half_destroyed_since=after(0)), inventory(guest()), True),
        (container(vmid=None), inventory(), False),
        (container(), inventory(complete=False, reasons=("a row was malformed",)), False),
        (container(), inventory(quorum=Quorum(quorate=False)), False),
        (container(), inventory(nodes={"pve2": "online"}), False),
    ],
)
def test_the_reconciler_is_wanted_at_once_for_what_it_could_judge(
    record: Container, told: Inventory, wanted: bool
) -> None:
    assert wants_reconciler(record, told) is wanted
