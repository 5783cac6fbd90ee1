"""How screens lead to each other without importing each other: each is imported when somebody goes there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.screen import Screen

from proximity_tui.core.model import Operation
from proximity_tui.screens.keys import Place

if TYPE_CHECKING:
    from proximity_tui.screens.host import DeskApp


def go(app: App[Any], place: str) -> None:
    """Show one of the main screens as it was left, with nothing on top of it."""
    while len(app.screen_stack) > 1:
        app.pop_screen()
    if app.current_mode != place:
        app.switch_mode(place)


def narrow(app: App[Any], text: str) -> None:
    """Filter the list that is on top by `text`, once it is there."""
    from proximity_tui.screens.listing import ListScreen

    def set_filter() -> None:
        if isinstance(app.screen, ListScreen):
            app.screen.narrow(text)

    app.call_later(set_filter)


def open_help(app: App[Any], place: Place) -> None:
    """Show the keys of a screen."""
    from proximity_tui.screens.help import HelpScreen

    app.push_screen(HelpScreen(place))


def open_palette(app: App[Any], place: Place, chosen: Callable[[str | None], Awaitable[None]]) -> None:
    """Offer the commands of a screen; `chosen` gets the id of one, or None."""
    from proximity_tui.screens.palette import Palette

    app.push_screen(Palette(place), chosen)


def open_container(app: App[Any], container_id: int) -> None:
    """Open the page of a container."""
    from proximity_tui.screens.container import ContainerScreen

    app.push_screen(ContainerScreen(container_id))


def open_delete(app: App[Any], container_ids: Sequence[int]) -> None:
    """Open the soft/hard dialog for one container or several."""
    from proximity_tui.screens.delete import DeleteDialog
    from proximity_tui.screens.delete_many import DeleteManyDialog

    only = container_ids[0] if len(container_ids) == 1 else None
    app.push_screen(DeleteManyDialog(container_ids) if only is None else DeleteDialog(only))


def open_power(app: App[Any], container_id: int) -> None:
    """Open the dialog that starts, shuts down, stops or reboots a container."""
    from proximity_tui.screens.power import PowerDialog

    app.push_screen(PowerDialog(container_id))


def open_create(app: App[Any], cluster: str) -> None:
    """Open the form for a new native container on a cluster."""
    from proximity_tui.screens.create import CreateScreen

    app.push_screen(CreateScreen(cluster))


def open_adopt(app: App[Any], guests: Sequence[tuple[str, int]]) -> None:
    """Open the adoption of unmanaged guests, each named by cluster and VMID."""
    from proximity_tui.screens.adopt import AdoptDialog

    app.push_screen(AdoptDialog(tuple(guests)))


def open_raw(app: App[Any], cluster: str, vmid: int, container_id: int | None = None) -> None:
    """Show the config of a guest as Proxmox has it, and with a record how it differs from that."""
    from proximity_tui.screens.raw import RawScreen

    app.push_screen(RawScreen(cluster, vmid, container_id))


def open_alert(app: App[Any], alert_id: int) -> None:
    """Show everything that is known of an alert."""
    from proximity_tui.screens.alert import AlertScreen

    app.push_screen(AlertScreen(alert_id))


def open_connect(app: DeskApp) -> None:
    """Open the wizard that connects another cluster. This session goes on without it."""
    from proximity_tui.connecting.introduction import Where
    from proximity_tui.screens.connect import ConnectScreen

    def connected(name: str) -> None:
        app.say(f"{name} is connected. Start again to see it.")

    where = Where(app.desk.session.settings.path, records_open=True)
    app.push_screen(ConnectScreen(where, connected))


def open_retrust(app: DeskApp, cluster: str) -> None:
    """Open the dialog that trusts a cluster anew."""
    from proximity_tui.screens.retrust import RetrustDialog

    app.push_screen(RetrustDialog(cluster))


def open_interrupted(app: DeskApp, operations: Sequence[Operation]) -> None:
    """Ask of each interrupted operation in turn what shall become of it."""
    from proximity_tui.screens.interrupted import ask_next

    ask_next(app, tuple(operations))


def _fleet() -> Screen[Any]:
    from proximity_tui.screens.fleet import FleetScreen

    return FleetScreen()


def _unmanaged() -> Screen[Any]:
    from proximity_tui.screens.unmanaged import UnmanagedScreen

    return UnmanagedScreen()


def _alerts() -> Screen[Any]:
    from proximity_tui.screens.alerts import AlertsScreen

    return AlertsScreen()


def _jobs() -> Screen[Any]:
    from proximity_tui.screens.jobs import JobsScreen

    return JobsScreen()


def _audit() -> Screen[Any]:
    from proximity_tui.screens.audit import AuditScreen

    return AuditScreen()


MAIN: dict[str, Callable[[], Screen[Any]]] = {
    Place.FLEET: _fleet,
    Place.UNMANAGED: _unmanaged,
    Place.ALERTS: _alerts,
    Place.JOBS: _jobs,
    Place.AUDIT: _audit,
}
"""The screens that a number leads to; the command of that id in `keys` has the number."""
