"""The download of a template that a new container is to be made from: its form, and the dialog that carries it out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import ClassVar

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.engine.downloads import outcome_of
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import NodeStatus, Refusal
from proximity_tui.core.model.actions.template_plan import TemplatePlan, TemplateRequest
from proximity_tui.core.model.names import file_of, storage_of
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.screens.app.background_task import BackgroundTask, ShowsEnds
from proximity_tui.screens.presentation.operation_text import summary_lines
from proximity_tui.screens.request.form_dialog import FormDialog
from proximity_tui.screens.request.request_form import PlannedForm
from proximity_tui.screens.text.form import Field, read_fields
from proximity_tui.screens.text.lines import TextLine
from proximity_tui.widgets.background_work import in_background


@value_object
class DownloadForm(PlannedForm[TemplateRequest, TemplatePlan]):
    """Where a template goes. `volume` is the one that it would be, `node` where the container is to be, if that is
    known.
    """

    VERB: ClassVar[str] = "download"

    cluster: str
    volume: str = ""
    node: str = ""

    @property
    def template(self) -> str:
        """Return the name of the file."""
        return file_of(self.volume)

    @property
    def heading(self) -> str:
        return f"Download {self.template} on cluster {self.cluster}"

    @property
    def fields(self) -> Sequence[Field]:
        return (
            Field("node", "node", self.node, offered=True, hint="where the container is to be"),
            Field("storage", "storage", storage_of(self.volume), offered=True, hint="one that takes templates"),
        )

    def read(self, typed: Mapping[str, str], chosen: Collection[str]) -> TemplateRequest | dict[str, str]:
        values, problems = read_fields(self.fields, typed, lambda field, value: value)
        return problems or TemplateRequest(self.cluster, values["node"], values["storage"], self.template)

    def read_offer(self, client: PveClient) -> Mapping[str, Sequence[str]]:
        """Return the online nodes, and the storages for templates of the one that the form opens with, else of the
        first.
        """
        nodes = [node.name for node in client.nodes() if node.status == NodeStatus.ONLINE]
        here = self.node if self.node in nodes else next(iter(nodes), None)
        storages = client.storages(here, "vztmpl") if here is not None else ()
        return {"node": nodes, "storage": [one.name for one in storages if one.active]}

    def plan(self, engine: Engine, request: TemplateRequest) -> TemplatePlan | Refusal:
        """Return the plan of the download, or the refusal."""
        return engine.plan_download(request)

    def plan_lines(self, plan: TemplatePlan) -> list[TextLine]:
        """Return what is downloaded, and the steps."""
        return summary_lines(plan.summary, plan.steps, plan.warnings)


class DownloadDialog(ShowsEnds, FormDialog[TemplateRequest, TemplatePlan]):
    """A dialog that carries the confirmed download out. It may be closed meanwhile: the download goes on, and its end
    is told all the same.
    """

    downloaded: TemplateRequest | None = None
    """What was downloaded, once it is there."""

    def agree(self, plan: TemplatePlan, request: TemplateRequest) -> None:
        """Carry the plan out; what is refused or fails stays in sight."""
        self.busy = True
        self._known = [[("Downloading. It goes on when this is closed.", "normal")]]
        self._show()
        controller = self.app.controller
        engine = controller.context.engine
        task = controller.begin(f"download {plan.request.volid}", lambda: outcome_of(engine.download(plan)))
        self.show_end_of(task)
        in_background(self, partial(self._await_end, task, request))

    async def _await_end(self, task: BackgroundTask, request: TemplateRequest) -> None:
        ended = await task.wait()
        if ended.success:
            self.downloaded = request
            self.app.show_message(f"Downloaded {request.volid} on {request.node}.")
            self.dismiss()
        else:
            self._give_up(ended.outcome)

    def _give_up(self, reason: str) -> None:
        self._known = []
        self.reject(reason)
