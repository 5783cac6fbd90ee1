"""The routes between screens. A screen is imported when it is first opened: that keeps the start quick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.core.fleet import FleetRow, GuestRow, ReadOnlyRow
from proximity_tui.core.model import Operation
from proximity_tui.screens.app.routes_protocol import Routes
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.main_routes import MainRoutes
from proximity_tui.widgets.background_work import in_background


class AppRoutes(MainRoutes, Routes):
    """The routes inside one App."""

    def open_help(self, screen_id: ScreenId) -> None:
        from proximity_tui.screens.command_line.help import HelpScreen

        self._app.push_screen(HelpScreen(screen_id))

    def open_palette(self, screen_id: ScreenId, chosen: Callable[[str | None], None]) -> None:
        from proximity_tui.screens.command_line.palette import Palette

        self._app.push_screen(Palette(screen_id), chosen)

    def open_container(self, container_id: int) -> None:
        from proximity_tui.screens.container.container_page import ContainerScreen

        self._app.push_screen(ContainerScreen(container_id))

    def open_row(self, row: GuestRow, *, at_tasks: bool = False) -> None:
        from proximity_tui.screens.container.container_page import ContainerScreen
        from proximity_tui.screens.container.guest_page import GuestScreen
        from proximity_tui.screens.container.read_only import ReadOnlyScreen

        if row.id is not None:
            self._app.push_screen(ContainerScreen(row.id, at_tasks=at_tasks))
        elif isinstance(row, FleetRow):
            self._app.push_screen(GuestScreen(row, at_tasks=at_tasks))
        elif isinstance(row, ReadOnlyRow):
            self._app.push_screen(ReadOnlyScreen(row))

    def open_delete(self, container_ids: Sequence[int]) -> None:
        from proximity_tui.screens.delete.delete_dialog import DeleteDialog
        from proximity_tui.screens.delete.delete_many import DeleteManyDialog

        only = container_ids[0] if len(container_ids) == 1 else None
        self._app.push_screen(DeleteManyDialog(container_ids) if only is None else DeleteDialog(only))

    def open_probe(self, container_ids: Sequence[int]) -> None:
        from proximity_tui.screens.ports.probe_dialog import ProbeDialog

        self._app.push_screen(ProbeDialog(container_ids))

    def open_power(self, container_ids: Sequence[int]) -> None:
        if len(container_ids) == 1:
            from proximity_tui.screens.power.power_dialog import PowerDialog

            self._app.push_screen(PowerDialog(container_ids[0]))
        else:
            from proximity_tui.screens.power.power_many import PowerManyDialog

            self._app.push_screen(PowerManyDialog(tuple(container_ids)))

    def open_edit(self, container_ids: Sequence[int]) -> None:
        if len(container_ids) == 1:
            from proximity_tui.screens.change.edit_form import EditForm
            from proximity_tui.screens.request.request_dialog import RequestDialog

            self._app.push_screen(RequestDialog(EditForm(container_ids[0])))
        else:
            from proximity_tui.screens.change.change_many import ChangeManyDialog

            self._app.push_screen(ChangeManyDialog(tuple(container_ids)))

    def open_migrate(self, container_id: int) -> None:
        from proximity_tui.screens.change.migrate_form import MigrateForm
        from proximity_tui.screens.request.request_dialog import RequestDialog

        self._app.push_screen(RequestDialog(MigrateForm(container_id)))

    def open_create(self, cluster: str) -> None:
        from proximity_tui.screens.create.create_dialog import CreateDialog
        from proximity_tui.screens.create.create_form import CreateForm

        self._app.push_screen(CreateDialog(CreateForm(cluster)))

    def open_download(self, cluster: str, storage: str | None, template: str, done: Callable[[], None]) -> None:
        from proximity_tui.screens.create.download import DownloadDialog, DownloadForm

        form = DownloadForm(cluster, f"{storage or ''}:vztmpl/{template}")
        self._app.push_screen(DownloadDialog(form), lambda _: done())

    def open_clone(self, container_id: int) -> None:
        from proximity_tui.screens.create.clone_form import CloneForm
        from proximity_tui.screens.request.request_dialog import RequestDialog

        self._app.push_screen(RequestDialog(CloneForm(container_id)))

    def open_adopt(self, guests: Sequence[FleetRow]) -> None:
        from proximity_tui.screens.adopt.adopt_dialog import AdoptDialog

        self._app.push_screen(AdoptDialog([(row.cluster, row.vmid) for row in guests if row.vmid is not None]))

    def open_raw(self, cluster: str, vmid: int, container_id: int | None = None) -> None:
        from proximity_tui.screens.container.raw import RawScreen

        self._app.push_screen(RawScreen(cluster, vmid, container_id))

    def open_drift(self, container_id: int) -> None:
        from proximity_tui.screens.drift.drift_screen import DriftScreen

        self._app.push_screen(DriftScreen(container_id))

    def open_explain(self, guest: GuestRow | int) -> None:
        from proximity_tui.screens.container.explain import ExplainScreen

        self._app.push_screen(ExplainScreen(guest))

    def open_snapshots(self, container_id: int) -> None:
        from proximity_tui.screens.snapshots.snapshots_screen import SnapshotsScreen

        self._app.push_screen(SnapshotsScreen(container_id))

    def open_undo(self, *, container: int | None = None, event: int | None = None, alert: int | None = None) -> None:
        from proximity_tui.screens.undo_dialog import UndoDialog, UndoForm, event_of

        self._app.push_screen(UndoDialog(UndoForm(self._app.controller.context, event_of(container, event, alert))))

    def open_restore(self, record_id: int, backup: str | None = None) -> None:
        from proximity_tui.screens.restore.restore_dialog import RestoreDialog

        self._app.push_screen(RestoreDialog(record_id, backup))

    def open_backups(self, container_id: int) -> None:
        from proximity_tui.screens.backups.backups_screen import BackupsScreen

        self._app.push_screen(BackupsScreen(container_id))

    def open_back_up(self, container_ids: Sequence[int]) -> None:
        if len(container_ids) == 1:
            from proximity_tui.screens.backups.backup_form import BackupForm
            from proximity_tui.screens.request.request_dialog import RequestDialog

            self._app.push_screen(RequestDialog(BackupForm(container_ids[0])))
        else:
            from proximity_tui.screens.backups.backup_many import BackupManyDialog

            self._app.push_screen(BackupManyDialog(tuple(container_ids)))

    def open_guests_of(self, cluster: str, node: str) -> None:
        self.go(ScreenId.EVERYTHING)
        self.narrow(f"node:{node} cluster:{cluster}")

    def open_alert(self, alert_id: int) -> None:
        from proximity_tui.screens.alerts.alert_page import AlertScreen

        self._app.push_screen(AlertScreen(alert_id))

    def open_connect(self) -> None:
        from proximity_tui.connect.connect_request import ConfigPlace
        from proximity_tui.screens.connect.connect_screen import ConnectScreen

        def connected(name: str) -> None:
            in_background(self._app, partial(self._add_cluster, name), group="connected")

        where = ConfigPlace(self._app.controller.context.settings.path, records_open=True)
        self._app.push_screen(ConnectScreen(where, connected))

    async def _add_cluster(self, name: str) -> None:
        controller = self._app.controller
        try:
            await controller.ask(controller.services.add_cluster, name)
        except ConfigError as error:
            self._app.show_message(f"{name} is connected, but is shown only after a restart: {error}", bad=True)
        else:
            self._app.show_message(
                f"{name} is connected. Unmanaged ({bound_key('unmanaged')}) lists the containers that can be adopted."
            )

    def open_retrust(self, cluster: str) -> None:
        from proximity_tui.screens.connect.retrust_dialog import RetrustDialog

        self._app.push_screen(RetrustDialog(cluster))

    def open_interrupted(self, operations: Sequence[Operation]) -> None:
        from proximity_tui.screens.operation.interrupted import ask_next

        ask_next(self._app, tuple(operations))
