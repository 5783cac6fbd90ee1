"""The plan of a download: a template of containers, to one storage of one node. It concerns no guest and no record."""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.actions.refusal import RefusalCode


@value_object
class TemplateRequest:
    """What a person asked for: the file of a template, as the node offers it, and where to."""

    cluster: str
    node: str
    storage: str
    template: str

    @property
    def volid(self) -> str:
        """The volume that it is once it was downloaded."""
        return f"{self.storage}:vztmpl/{self.template}"


@value_object
class TemplatePlan:
    """A download that can be made, by what was read at `taken_at`."""

    request: TemplateRequest
    taken_at: datetime
    headline: str | None = None
    warnings: tuple[str, ...] = ()
    follows: str | None = None
    """The task of an earlier download of it whose end the audit trail does not have: it is followed to its end."""

    @property
    def summary(self) -> str:
        """All of it in one line."""
        wanted = self.request
        told = f" ({self.headline})" if self.headline else ""
        return f"download {wanted.template}{told} to {wanted.storage} of {wanted.node}, cluster {wanted.cluster}"

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps, in order, each with its reason."""
        wanted = self.request
        asked = f"ask {wanted.node} to download it from where Proxmox VE has it, and follow the task"
        if self.follows is not None:
            asked = f"it was asked for before, and is not asked for again: follow its task {self.follows}"
        return asked, f"verify that {wanted.volid} is listed"


@value_object
class TemplateDownload:
    """The end of a download. `error` is None where the volume is listed; with `unknown` the task may still run."""

    request: TemplateRequest
    task: str | None = None
    error: str | None = None
    unknown: bool = False
    code: RefusalCode | None = None
    """The code of what forbade it; None where it is done, not known, or a failure of another kind."""
