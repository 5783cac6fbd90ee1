"""The dialog for a new container: as every request, and a key that downloads the template where it is not there yet."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from proximity_tui.core.model.actions.template_plan import TemplateRequest
from proximity_tui.screens.create.create_form import CreateForm, CreateInput
from proximity_tui.screens.request.request_dialog import RequestDialog


class CreateDialog(RequestDialog[CreateInput]):
    """The form of a new container."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+d", "download", "Download", priority=True, tooltip="Download the template to a storage."),
    ]

    _request: CreateForm

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return False for the download of a template that is there."""
        return super().check_action(action, parameters) if action != "download" else bool(self._download_hint)

    def action_download(self) -> None:
        """Open the download of the template in the form; afterwards it can be chosen, on the node that has it then."""
        from proximity_tui.screens.create.download import DownloadDialog, DownloadForm

        typed = self._form.typed()
        dialog = DownloadDialog(DownloadForm(self._request.cluster, typed["template"], typed["node"].strip()))
        self.app.push_screen(dialog, lambda _: self._fill_in(dialog.downloaded))

    @property
    def _download_hint(self) -> str:
        return self._form.hint_of("template")

    def _fill_in(self, done: TemplateRequest | None) -> None:
        if done is not None:
            self.query_one("#create-node", Input).value = done.node
            self.query_one("#create-template", Input).value = done.volid
            self._form.forget_hint("template", done.volid)
            self._show()
