"""The guests of one `adopt`: the plan and the result of each, and their output."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from proximity_tui.commands.base import output
from proximity_tui.commands.base.exit_codes import CommandEnding, Exit
from proximity_tui.commands.base.json_documents import plan_document
from proximity_tui.core.model import Container, Plan

MOST_UNANSWERED = 12
"""After so many guests in a row of which a cluster did not say, it is not asked about any more: each may take a minute
to fail."""

MOST_UNTOUCHED = 10
"""How many untouched containers are named one by one."""


@dataclass(slots=True)
class AdoptItem:
    """One guest to adopt: its plan or the reason without one, and at last its result."""

    cluster: str
    vmid: int
    plan: Plan | None = None
    container: Container | None = None
    detail: dict[str, Any] | None = None
    failure: CommandEnding | None = None
    begun: bool = False
    """Whether somebody is at work on it."""
    untouched: bool = False
    """Whether its turn never came: a signal ended the command, or the cluster does not answer."""


class SilentClusters:
    """The clusters that stopped answering during a command. Safe to use from several threads."""

    def __init__(self) -> None:
        self._in_a_row: dict[str, int] = {}
        self._lock = threading.Lock()

    def note(self, item: AdoptItem) -> None:
        """Count the end of an item: anything but another failure to answer begins anew."""
        silent = item.failure is not None and item.failure.code is Exit.UNANSWERED
        with self._lock:
            self._in_a_row[item.cluster] = self._in_a_row.get(item.cluster, 0) + 1 if silent else 0

    def leave(self, item: AdoptItem) -> bool:
        """Mark an item as untouched if its cluster does not answer any more, and return whether it is."""
        if self._in_a_row.get(item.cluster, 0) < MOST_UNANSWERED:
            return False
        item.untouched = True
        item.failure = CommandEnding(Exit.UNANSWERED, f"untouched: {item.cluster} does not answer any more")
        return True


def mark_untouched(items: Sequence[AdoptItem]) -> bool:
    """Mark each item without an end as interrupted. Return whether there was any."""
    left = [item for item in items if item.container is None and item.failure is None]
    for item in left:
        if item.begun and item.plan:
            why = "interrupted during its adoption: check the result with `proximity-tui list`"
        else:
            why, item.untouched = "untouched: the command was interrupted before this container", True
        item.failure = CommandEnding(Exit.RESUMABLE, why)
    return bool(left)


def first_failure(items: Sequence[AdoptItem]) -> int:
    """Return the exit code of them all."""
    return next((item.failure.code for item in items if item.failure), Exit.DONE)


def print_item(item: AdoptItem) -> None:
    """Print the result of one item for a person."""
    if item.failure:
        output.note(f"{item.cluster}/{item.vmid}: {item.failure.sentence}")
    elif item.container and item.detail:
        keys, port = item.detail["config_keys_count"], item.detail["public_port"]
        leads = f", public port {port}" if port else ""
        output.print_line(f"adopted {item.container.label}, {item.container.status}, {keys} config keys kept{leads}")


def print_failures(items: Sequence[AdoptItem]) -> None:
    """Print each failure for a person. Of many that are untouched only the first is named."""
    untouched = [item for item in items if item.untouched]
    for item in items:
        if item.failure and not item.untouched:
            print_item(item)
    for item in untouched if len(untouched) <= MOST_UNTOUCHED else untouched[:1]:
        print_item(item)
    if len(untouched) > MOST_UNTOUCHED:
        output.note(f"and {len(untouched) - 1} more are untouched")


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
    refusal = item.failure.refusal if item.failure else None
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
        **({"untouched": True} if item.untouched else {}),
        **({"refused": {"code": refusal.code, "reason": refusal.reason}} if refusal else {}),
    }
