"""The routes between screens, so that none needs to know the others: `self.app.routes.open_delete(ids)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from proximity_tui.core.fleet import FleetRow, GuestRow
from proximity_tui.core.model import Operation
from proximity_tui.screens.app.saved_views import ListView
from proximity_tui.screens.keyboard.screen_ids import ScreenId


class Routes(Protocol):
    """The routes. Each lays a screen over the current one, except where it says otherwise."""

    def go(self, screen_id: ScreenId) -> None:
        """Show one of the main screens as it was left, with nothing on top of it."""

    def go_back(self) -> None:
        """Leave a main screen without a number for the last one with a number; from that nothing leads back."""

    def narrow(self, text: str, order: str | None = None) -> None:
        """Filter the list that is on top by `text`, once it is there, and order it by the column `order` (`-cpu`: the
        reverse; empty: its own order; None: as it is).
        """

    def shown_list(self) -> ListView | None:
        """Return the list that is on top, as it is shown now; None where there is none."""

    def filter_complaint(self, screen_id: ScreenId, text: str) -> str | None:
        """Return why `text` is no filter of this list, in a sentence, or None."""

    def complete_filter(self, screen_id: ScreenId, text: str) -> Sequence[str]:
        """Return what a filter of this list that was begun may become, the best first."""

    def forget_unseen_lists(self) -> None:
        """Let go of what lists that are not shown keep for such a filter: it is of a view that is over."""

    def open_help(self, screen_id: ScreenId) -> None:
        """Show the keys of a screen."""

    def open_palette(self, screen_id: ScreenId, chosen: Callable[[str | None], None]) -> None:
        """Offer the commands of a screen; `chosen` gets the id of one, or None."""

    def open_container(self, container_id: int) -> None:
        """Open the page of a container."""

    def open_row(self, row: GuestRow, *, at_tasks: bool = False) -> None:
        """Open the page of a guest: a container of ours, an unmanaged one, or one that is never touched. With
        `at_tasks` begin with its tasks, where the page has them.
        """

    def open_delete(self, container_ids: Sequence[int]) -> None:
        """Open the soft/hard dialog for one container or several."""

    def open_probe(self, container_ids: Sequence[int]) -> None:
        """Open the dialog that probes the ports of one container or several."""

    def open_power(self, container_ids: Sequence[int]) -> None:
        """Open the dialog that starts, shuts down, stops or reboots one container or several."""

    def open_edit(self, container_ids: Sequence[int]) -> None:
        """Open the form that changes one container, or the dialog that changes several."""

    def open_migrate(self, container_id: int) -> None:
        """Open the form that moves a container to another node."""

    def open_create(self, cluster: str) -> None:
        """Open the form for a new native container on a cluster."""

    def open_download(self, cluster: str, storage: str | None, template: str, done: Callable[[], None]) -> None:
        """Open the form that downloads a template, by default to a storage; call `done` when it is closed."""

    def open_clone(self, container_id: int) -> None:
        """Open the form for a native copy of a container."""

    def open_adopt(self, guests: Sequence[FleetRow]) -> None:
        """Open the adoption of unmanaged guests."""

    def open_raw(self, cluster: str, vmid: int, container_id: int | None = None) -> None:
        """Show the config of a guest as Proxmox has it, and with a record how it differs from that."""

    def open_drift(self, container_id: int) -> None:
        """Open the revisions of a container's config."""

    def open_explain(self, guest: GuestRow | int) -> None:
        """Explain what is concluded of a guest, or of the record with this id."""

    def open_snapshots(self, container_id: int) -> None:
        """Open the snapshots of a container."""

    def open_undo(self, *, container: int | None = None, event: int | None = None, alert: int | None = None) -> None:
        """Ask whether something is to be taken back: the last that was done with a record, an event, or the
        acknowledgement of an alert. Exactly one is given.
        """

    def open_restore(self, record_id: int, backup: str | None = None) -> None:
        """Open the dialog that restores the container of a record, from `backup` or the newest one."""

    def open_backups(self, container_id: int) -> None:
        """Show the backups of a container."""

    def open_back_up(self, container_ids: Sequence[int]) -> None:
        """Open the form that backs one container up, or the dialog for several."""

    def open_guests_of(self, cluster: str, node: str) -> None:
        """Show the list of guests, narrowed to those of a node."""

    def open_alert(self, alert_id: int) -> None:
        """Show everything that is known of an alert."""

    def open_connect(self) -> None:
        """Open the wizard that connects another cluster; this context then includes it."""

    def open_retrust(self, cluster: str) -> None:
        """Open the dialog that trusts a cluster again."""

    def open_interrupted(self, operations: Sequence[Operation]) -> None:
        """Ask about each interrupted operation in turn: resume, abandon or later."""
