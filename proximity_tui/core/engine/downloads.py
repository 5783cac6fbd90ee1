"""The part of the engine that downloads templates. There is no record and no guest, so the audit trail is the journal:
the intent is in it before the request, then the task, and the end after it. Nothing is sent twice: who asks again
follows the task whose end the trail does not have, or is told that the template is there, or that one runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.engine.operations.outcome import (
    Done,
    Failed,
    Outcome,
    Refused,
    Resumable,
    not_in_the_trail,
    task_failure,
)
from proximity_tui.core.engine.operations.planners.plan_reads import reads_once
from proximity_tui.core.engine.operations.planners.planner import Planner
from proximity_tui.core.engine.operations.write import refused_at_once
from proximity_tui.core.model import NodeStatus, Refusal, RefusalCode
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.actions.template_plan import TemplateDownload, TemplatePlan, TemplateRequest
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store import events
from proximity_tui.core.store.db.store_errors import StoreError

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.actions.download_rules import TemplateFacts
    from proximity_tui.core.proxmox.client import PveClient

LONGEST = 3600.0
"""Seconds that the task of a download is followed."""

TASK = "download"

_OPEN = "open"
"""In the evidence of an event: whether the end of its task is not known yet."""

_RECENT = 1000
"""The number of events of a cluster among which an unfinished download is looked for."""


class TemplateDownloads(Planner):
    """The right of one process to download templates to the storages of its clusters."""

    @reads_once
    def plan_download(self, request: TemplateRequest) -> TemplatePlan | Refusal:
        """Return the plan of a download, or the refusal. Raises ProxmoxError where the cluster cannot be asked."""
        from proximity_tui.core.doctrine.actions import download_rules

        refused = self.refuse_acting_on(request.cluster)
        if refused:
            return refused
        client = self.clients[request.cluster]
        unfinished = _unfinished_task(request)
        if unfinished is not None:
            return TemplatePlan(request, client.now(), follows=unfinished)
        plan = download_rules.plan_download(request, _read(client, request))
        if isinstance(plan, TemplatePlan):
            running = [one.upid for one in client.find_tasks(request.node, source="active", of_type=TASK)]
            if running:
                return Refusal(RefusalCode.BUSY, f"{request.node} downloads something already: task {running[0]}")
        return plan

    def download(self, agreed: TemplatePlan) -> TemplateDownload | Refusal:
        """Execute a confirmed download; refused where it is not as it was shown any more."""
        from proximity_tui.core.doctrine.guards.permit import PermitError
        from proximity_tui.core.doctrine.guards.storage_permits import permit_download

        request = agreed.request
        plan = self.plan_download(request)
        if isinstance(plan, Refusal):
            return plan
        # How much room there is changes all the time, and forbids nothing.
        if replace(plan, taken_at=agreed.taken_at, warnings=agreed.warnings) != agreed:
            return refusals.changed(f"what {request.node} offers changed")
        client = self.clients[request.cluster]
        if plan.follows is not None:
            return self._end(_followed(client, request, plan.follows))
        # It may have been frozen, or set to read-only, while that was read.
        permit = self.refuse_acting_on(request.cluster) or permit_download(plan, self.clock.now())
        if isinstance(permit, Refusal):
            return permit
        self._note(request, f"{plan.summary}: asked for", {})
        try:
            task = client.download_template(permit)
        except PermitError as error:
            # The database kept the intent waiting for that long.
            return self._end(TemplateDownload(request, None, f"{error}; nothing was sent"))
        except ProxmoxError as error:
            return self._end(_unanswered(request, error))
        # It runs, whatever becomes of our database: the end has its task, too.
        with suppress(StoreError):
            self._note(request, f"{plan.summary}: its task is {task}", {"task": task, _OPEN: True})
        return self._end(_followed(client, request, task))

    def _end(self, end: TemplateDownload) -> TemplateDownload:
        request = end.request
        if end.error is None:
            message = f"downloaded {request.volid} on {request.node}"
        else:
            outcome = "is not known to have ended" if end.unknown else "failed"
            message = f"the download of {request.volid} on {request.node} {outcome}: {end.error}"
        try:
            self._note(request, message, {"task": end.task, _OPEN: end.unknown and end.task is not None})
        except StoreError as error:
            return replace(end, error=f"{message}; {not_in_the_trail(error)}")
        return end

    def _note(self, request: TemplateRequest, message: str, evidence: dict[str, object]) -> None:
        events.append(
            actor=self.settings.actor,
            action=EventAction.TEMPLATE_DOWNLOAD,
            message=message,
            cluster=request.cluster,
            evidence={"node": request.node, "volume": request.volid, **evidence},
        )


def _read(client: PveClient, request: TemplateRequest) -> TemplateFacts:
    """Read what the rules need; of a node or storage that the cluster does not have nothing more."""
    from proximity_tui.core.doctrine.actions.download_rules import TemplateFacts

    taken_at, nodes = client.now(), {node.name: node.status for node in client.nodes()}
    if nodes.get(request.node) is not NodeStatus.ONLINE:
        return TemplateFacts(taken_at, nodes, storages={}, offered={}, volumes=(), privileges=())
    listed = {one.name: one for one in client.storages(request.node, "vztmpl")}
    place = f"/storage/{request.storage}"
    return TemplateFacts(
        taken_at,
        nodes,
        {name: one.active for name, one in listed.items()},
        offered={one.template: one.headline for one in client.details.downloads(request.node)},
        volumes=[one.volid for one in client.templates(request.node)],
        privileges=client.permissions(place).get(place, ()) if request.storage in listed else (),
        free=listed[request.storage].available if request.storage in listed else None,
    )


def _unfinished_task(request: TemplateRequest) -> str | None:
    """Return the task of the last download of a template to that place, if the trail does not have its end."""
    for event in events.list_events(cluster=request.cluster, limit=_RECENT):
        told = event.evidence
        if event.action == EventAction.TEMPLATE_DOWNLOAD and _place(told) == (request.node, request.volid):
            return str(told["task"]) if told.get(_OPEN) else None
    return None


def _place(told: Mapping[str, Any]) -> tuple[object, object]:
    return told.get("node"), told.get("volume")


def _unanswered(request: TemplateRequest, error: ProxmoxError) -> TemplateDownload:
    """Return the end of a download whose request was refused, or has no answer."""
    if error.may_have_run:
        told = f"{error.sentence}; ask for it again later: what is there, or runs, is not downloaded twice"
        return TemplateDownload(request, None, told, unknown=True)
    failed = refused_at_once(error, request.template)
    return TemplateDownload(request, None, failed.reason, code=failed.code)


def _followed(client: PveClient, request: TemplateRequest, task: str) -> TemplateDownload:
    """Return the end of the task, and whether the storage lists the template then."""
    again = "; ask for the download again to follow it"
    try:
        ended = client.wait_task(task, LONGEST)
        there = not ended.running and request.volid in {one.volid for one in client.templates(request.node)}
    except ProxmoxError as error:
        return TemplateDownload(request, task, f"{error.sentence}; its task is {task}{again}", unknown=True)
    if ended.running:
        return TemplateDownload(request, task, f"it still runs; its task is {task}{again}", unknown=True)
    if ended.failed:
        failed = task_failure(f"{request.node} could not download it", str(ended.exitstatus))
        more = f"; the log of its task says more: {task}. Then ask for it again"
        return TemplateDownload(request, task, f"{failed.reason}{more}", code=failed.code)
    missing = f"{request.storage} does not list it, although its task {task} is over: ask for it again"
    return TemplateDownload(request, task, None if there else missing)


def outcome_of(end: TemplateDownload | Refusal) -> Outcome:
    """Return the end of a download as one of the four outcomes of everything that is executed."""
    if isinstance(end, Refusal):
        return Refused(end)
    if end.error is None:
        return Done(detail={"volume": end.request.volid, "task": end.task})
    return Resumable(end.error) if end.unknown else Failed(end.error, end.code)
