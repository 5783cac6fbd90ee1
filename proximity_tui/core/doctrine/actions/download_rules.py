"""The rules of a download: what the node offers, where it may lie, what our token may do, and that it is not there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.free_space import download_warnings
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.guards.offered import Offer, check_node, check_offered
from proximity_tui.core.model import NodeStatus, Refusal, RefusalCode
from proximity_tui.core.model.actions.template_plan import TemplatePlan, TemplateRequest
from proximity_tui.core.model.privilege import Privilege
from proximity_tui.core.model.required_privileges import WHERE_TOLD


@value_object
class TemplateFacts:
    """What was read of the cluster at `taken_at`."""

    taken_at: datetime
    nodes: Mapping[str, NodeStatus]
    storages: Mapping[str, bool]
    """The storages of the node that take templates, and whether each is active."""
    offered: Mapping[str, str | None]
    """The files that the node can download, with their headlines."""
    volumes: Collection[str]
    """The templates that are there."""
    privileges: Collection[str]
    """Those of our token on the storage."""
    free: int | None = None
    """The free space of the storage in bytes; None where that is not known."""


def plan_download(request: TemplateRequest, facts: TemplateFacts) -> TemplatePlan | Refusal:
    """Return the plan of a download, or the refusal that says why it cannot be made."""
    return _check_request(request, facts) or TemplatePlan(
        request,
        facts.taken_at,
        facts.offered[request.template],
        tuple(download_warnings(request.storage, facts.free)),
    )


def _check_request(request: TemplateRequest, facts: TemplateFacts) -> Refusal | None:
    node, storage = request.node, request.storage
    missing = (
        check_node(node, facts.nodes, request.cluster)
        or check_offered(storage, Offer("storage", f"for templates on {node}", facts.storages))
        or check_offered(request.template, Offer("template", f"that {node} can download", facts.offered))
    )
    if isinstance(missing, Refusal):
        return missing
    if not facts.storages[storage]:
        return refusals.storage_inactive(storage, node)
    if request.volid in facts.volumes:
        return Refusal(RefusalCode.UNCHANGED, f"{request.volid} is on {node} already: nothing to download")
    if Privilege.STORAGE_TEMPLATES not in facts.privileges:
        lacking = f"our token lacks {Privilege.STORAGE_TEMPLATES} on /storage/{storage}"
        return Refusal(RefusalCode.DENIED, f"nothing can be downloaded to {storage}: {lacking}; {WHERE_TOLD}")
    return None
