"""`adopt`: manage containers that exist already. A few at a time; each succeeds or fails alone."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import context_of, the_cluster
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit, of_result
from proximity_tui.commands.base.interruption import is_asked_to_end
from proximity_tui.commands.base.options import digits
from proximity_tui.commands.base.resolve import refuse_two_clusters
from proximity_tui.commands.base.run_plan import agreed
from proximity_tui.commands.batch.batch import (
    CommandItem,
    first_failure,
    for_every,
    mark_untouched,
    print_failures,
    print_plans,
    why_document,
)
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.json_documents import plan_document
from proximity_tui.core.base.pace import AT_ONCE
from proximity_tui.core.base.text import quoted, whole_number
from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
from proximity_tui.core.model import Container, Plan
from proximity_tui.core.proxmox.paths import LARGEST_VMID, SMALLEST_VMID

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext


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
    """Return the JSON document of `adopt --plan`, with the first refusal as in that of `adopt`."""
    plans = [plan_document(item.plan) if item.plan else _document(item) for item in items]
    return {**_first_refusal(plans), "plans": plans}


def results_document(items: Sequence[AdoptItem], *, interrupted: bool = False) -> dict[str, Any]:
    """Return the JSON document of `adopt`. The first refusal also stands where every command has its refusal."""
    results = [_document(item) for item in items]
    document: dict[str, Any] = {"success": False, "interrupted": True} if interrupted else {}
    return {**document, **_first_refusal(results), "results": results}


def _first_refusal(documents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    refusals = [one["refused"] for one in documents if "refused" in one]
    return {"success": False, "refused": refusals[0]} if refusals else {}


_FINISHING = "interrupted: finishing the current adoptions; press Ctrl-C again to stop at once"
"""Each adoption is one transaction, or nothing."""

_CHECK = "interrupted during its adoption: check the result with `proximity-tui list`"

AdoptTarget = tuple[str | None, int]
"""The cluster, if it was said, and the VMID."""


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `adopt`."""
    parser.add_argument("vmids", metavar="VMID", nargs="+", type=_target, help="a VMID, or CLUSTER/VMID")
    parser.add_argument("--port", type=digits, help="a port of each container to publish")
    parser.add_argument(
        "--without-record",
        action="store_true",
        help="adopt also a container that cannot be read completely; it will have no clinical record",
    )
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """Plan all of them, ask once, adopt a few at a time; return the exit code of the first failure. Raises
    CommandRefused and CommandEnd for what concerns all of them.
    """
    request = AdoptionRequest(args.port, args.without_record)
    with context_of(args) as context:
        confirm.refuse_read_only(context.settings)
        items = _items(context, args)
        confirm.refuse_unasked(args)
        if not _plan_all(context, items, request) or args.plan:
            return _end(args, items)
        planned = [item for item in items if item.plan]
        if planned:
            _ask(args, [item.plan for item in planned if item.plan])
        _adopt_all(context, planned, request, print_each=not args.json)
    return _end(args, items)


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


def _items(context: AppContext, args: Namespace) -> list[AdoptItem]:
    """Return the items in the order in which they were named, each once. Each cluster is contacted once."""
    for cluster, vmid in args.vmids:
        refuse_two_clusters(f"{cluster}/{vmid}", cluster, args.cluster)
    wanted = [(cluster or args.cluster, vmid) for cluster, vmid in args.vmids]
    clusters = {named: the_cluster(context, named) for named in dict.fromkeys(named for named, _ in wanted)}
    return [AdoptItem(*found) for found in dict.fromkeys((clusters[named], vmid) for named, vmid in wanted)]


def _plan_all(context: AppContext, items: Sequence[AdoptItem], request: AdoptionRequest) -> bool:
    """Inspect and plan all of them, from one inventory of each cluster. Return False when that was interrupted."""
    from proximity_tui.core.engine.observe.shared_inventory import SharedInventory

    engine = context.engine
    inventories = {
        cluster: SharedInventory(context.clients[cluster], engine.clock) for cluster in {item.cluster for item in items}
    }

    def plan(item: AdoptItem) -> str:
        if refused := engine.refuse_write_to(item.cluster):
            raise CommandRefused(refused)
        shown = engine.inspect_to_adopt(item.cluster, item.vmid, inventories[item.cluster].read())
        item.plan = agreed(context, item.cluster, engine.plan_adopt(item.cluster, item.vmid, request, shown))
        return f"checked {item.plan.name}"

    return for_every(context, items, plan, "checking")


def _adopt_all(context: AppContext, items: Sequence[AdoptItem], request: AdoptionRequest, *, print_each: bool) -> None:
    """Adopt them, printing each end at once; a signal stops before the next ones.

    With a port they are adopted one by one, so that the public ports follow the order of the command line.
    """
    from proximity_tui.core.engine.operations.outcome import Done, Failed, Refused, Resumable

    def adopt(item: AdoptItem) -> str:
        assert item.plan is not None
        result = context.engine.adopt(item.plan, request)
        match result:
            case Refused(refusal):
                agreed(context, item.cluster, refusal)
            case Resumable(reason) | Failed(reason):
                raise CommandEnd(of_result(result), reason)
            case Done(detail=detail):
                item.container, item.detail = result.container, dict(detail)
        return f"adopted {item.plan.name}"

    at_once = AT_ONCE if request.port is None else 1
    shown = print_item if print_each else None
    for_every(context, items, adopt, "adopting", print_item=shown, finishing=_FINISHING, at_once=at_once)


def _target(text: str) -> AdoptTarget:
    cluster, slash, number = text.rpartition("/")
    if not (number.isascii() and number.isdecimal() and (cluster or not slash)):
        raise ArgumentTypeError(f"{quoted(text)} is not a VMID: write a number, or CLUSTER/NUMBER")
    vmid = whole_number(number)
    if vmid is None or not SMALLEST_VMID <= vmid <= LARGEST_VMID:
        raise ArgumentTypeError(f"{quoted(text)} is not a VMID: they go from {SMALLEST_VMID} to {LARGEST_VMID}")
    return cluster or None, vmid


def _ask(args: Namespace, plans: Sequence[Plan]) -> None:
    if args.yes:
        return
    for plan in plans:
        confirm.show(plan, output.note)
    confirm.ask(args, f"Adopt {confirm.these(len(plans))}?")


def _end(args: Namespace, items: Sequence[AdoptItem]) -> int:
    """Print the results of all of them, also when a signal ended the command before the last one;
    return the exit code.
    """
    interrupted = is_asked_to_end() and mark_untouched(items, _CHECK)
    if args.plan and not interrupted:
        return _show_plans(args, items)
    if args.json:
        output.document(results_document(items, interrupted=interrupted))
    else:
        print_failures(items)
    if interrupted:
        made = sum(1 for item in items if item.container)
        output.note(f"interrupted: {made} of {len(items)} adopted; run the same command again to adopt the rest")
        return Exit.RESUMABLE
    return first_failure(items)


def _show_plans(args: Namespace, items: Sequence[AdoptItem]) -> int:
    if args.json:
        output.document(plans_document(items))
    else:
        print_plans(args, items)
    return first_failure(items)
