"""What the tests of the delete dialogs share: opening one, reading it, and containers to delete."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from proximity_tui.core.doctrine.observation.identity import marker_line
from proximity_tui.core.model import Action, ClosedReason, Container, Kind
from proximity_tui.core.store.records import records
from proximity_tui.screens.delete.delete_dialog import DeleteDialog
from proximity_tui.screens.text.lines import Lines
from tests.screens.stage import Size, Stage
from tests.support.records.native import make_native
from tests.support.timing.until import until

TEMPLATE = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"


def asked(stage: Stage, container: Container, *, size: Size = (100, 30)) -> Any:
    """The app with the delete dialog of a container open, once the look came back."""
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def opened() -> Any:
        async with stage.shown(size) as pilot:
            await pilot.app.push_screen(DeleteDialog(container.id))
            await looked(pilot)
            yield pilot

    return opened()


async def looked(pilot: Pilot[Any]) -> None:
    """Wait until the dialog is there and has looked."""
    await until(pilot, lambda: isinstance(pilot.app.screen, DeleteDialog))
    title = pilot.app.screen.query_one("#delete-title", Lines)
    await until(pilot, lambda: title.text.startswith("Delete ") and "reading CT" not in title.text)
    await pilot.pause()


async def confirm(pilot: Pilot[Any], name: str) -> None:
    """Choose hard, type the name, and press the button."""
    await pilot.press("h", *name, "enter")
    await until(pilot, lambda: pilot.app.focused is pilot.app.screen.query_one("#delete-go"))
    await pilot.press("enter")


def native(stage: Stage, vmid: int) -> Container:
    """A native record of a guest of the demo, with the fingerprint that it has, as if we had created it.

    What was ever adopted is never destroyed. So a guest with an adopted record is made to be another one first, with a
    hardware address and a marker of its own.
    """
    adopted = next((record for record in records.active() if record.vmid == vmid), None)
    if adopted is not None:
        reason, action = ClosedReason.FORGOTTEN, Action.SOFT_DELETE
        records.close(adopted, reason=reason, actor="bob", action=action, message="forgotten")
        stage.simulator.world.set_config(
            vmid,
            net0=f"name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:{vmid:02X},ip=dhcp,type=veth",
            description=f"{marker_line(f'{vmid:032x}')}\n",
        )
    lookup = stage.context.engine.clients["prod"].inspect(vmid, "pve1")
    assert lookup.fingerprint is not None
    return stage.record(lookup.fingerprint.hostname or "", vmid, kind=Kind.NATIVE, fingerprint=lookup.fingerprint)


def create(stage: Stage, hostname: str, *, port: int | None = None) -> Container:
    """A running native container on the cluster."""
    return make_native(stage.context.clients["prod"], stage.simulator, hostname, port=port)


def by_name(name: str) -> Container:
    """The open record of that name."""
    return next(record for record in records.active() if record.name == name)
