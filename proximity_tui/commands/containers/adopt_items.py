"""The guests of one `adopt`: the plan and the result of each, and their output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from proximity_tui.commands.batch.batch import CommandItem, why_document
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.json_documents import plan_document
from proximity_tui.core.model import Container


@dataclass(slots=True)
class AdoptItem(CommandItem):
    """One guest to adopt, and at last its result."""

    vmid: int
    container: Container | None = None
    detail: dict[str, Any] | None = None

    @property
    def label(self) -> str:
        """Its cluster and VMID: it has no other name yet."""
        return f"{self.cluster}/{self.vmid}"

    @property
    def succeeded(self) -> bool:
        """True when it is managed now."""
        return self.container is not None


def print_item(item: AdoptItem) -> None:
    """Print the result of one that was adopted for a person."""
    if item.container and item.detail:
        keys, port = item.detail["config_keys_count"], item.detail["public_port"]
        leads = f", public port {port}" if port else ""
        output.print_line(f"adopted {item.container.label}, {item.container.status}, {keys} config keys kept{leads}")


def plans_document(items: Sequence[AdoptItem]) -> dict[str, Any]:
    """Return the JSON document of `adopt --plan`."""
    return {"plans": [plan_document(item.plan) if item.plan else _document(item) for item in items]}


def results_document(items: Sequence[AdoptItem], *, interrupted: bool = False) -> dict[str, Any]:
    """Return the JSON document of `adopt`. The first refusal also stands where every command has its refusal."""
    results = [_document(item) for item in items]
    refusals = [result["refused"] for result in results if "refused" in result]
    document: dict[str, Any] = {"success": False, "interrupted": True} if interrupted else {}
    if refusals:
        document |= {"success": False, "refused": refusals[0]}
    return {**document, "results": results}


def _document(item: AdoptItem) -> dict[str, Any]:
    made, plan, detail = item.container, item.plan, item.detail or {}
    return {
        "success": made is not None,
        "container": made.id if made else None,
        "cluster": item.cluster,
        "node": made.node if made else plan.node if plan else None,
        "vmid": item.vmid,
        "name": made.name if made else plan.name if plan else None,
        "kind": "adopted",
        "state": made.state if made else None,
        "status_at_adoption": detail.get("status_at_adoption"),
        "config_snapshot_captured": detail.get("config_snapshot_captured", False),
        "config_keys_count": detail.get("config_keys_count", 0),
        "public_port": detail.get("public_port"),
        "error": item.failure.sentence if item.failure else None,
        **why_document(item),
    }
