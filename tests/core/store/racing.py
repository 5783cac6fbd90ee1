"""What the rival processes of the race tests do; a module of its own, because each of them imports it."""

from __future__ import annotations

from proximity_tui.core import store
from proximity_tui.core.store.db.store_errors import Conflict
from proximity_tui.core.store.records import operations, records
from tests.core.store.making import a_container, a_plan


def open_and_close(url: str) -> int:
    """Open the store, as programs do that are started at once."""
    store.open_store(url)
    count = len(records.active())
    store.close_store()
    return count


def adopt_all(url: str, vmids: range) -> tuple[list[int], list[int]]:
    """Adopt guests that somebody else adopts too: the VMIDs that were ours, and those that were taken."""
    store.open_store(url)
    won: list[int] = []
    lost: list[int] = []
    for vmid in vmids:
        try:
            with store.transaction():
                container = a_container(vmid=vmid)
                operations.begin(a_plan(vmid=vmid), container, "anna", "o:1:x", transient=None, message="adopt")
            won.append(vmid)
        except Conflict:
            lost.append(vmid)
    store.close_store()
    return won, lost
