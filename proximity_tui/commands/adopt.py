"""`adopt`: take containers that are already there under management. Several at once; each succeeds or fails alone."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proximity_tui.commands import confirm, output
from proximity_tui.commands.carrying import agreed, carry
from proximity_tui.commands.documents import plan_document
from proximity_tui.commands.exits import Ending, Exit, ending_of, of_result
from proximity_tui.commands.opening import session_of, the_cluster
from proximity_tui.core.doctrine.adoption import AdoptionWish
from proximity_tui.core.model import Container, Plan

if TYPE_CHECKING:
    from proximity_tui.core.engine.outcome import Result
    from proximity_tui.session import Session

Target = tuple[str | None, int]
"""The cluster, if it was said, and the VMID."""


@dataclass(slots=True)
class Item:
    """One guest that is to be adopted: its plan or why there is none, and at last what became of it."""

    cluster: str
    vmid: int
    plan: Plan | None = None
    container: Container | None = None
    detail: dict[str, Any] | None = None
    failure: Ending | None = None

    @property
    def code(self) -> Exit:
        """What it adds to the exit code."""
        return self.failure.code if self.failure else Exit.DONE


def arguments(parser: ArgumentParser) -> None:
    """Declare what `adopt` takes."""
    parser.add_argument("vmids", metavar="VMID", nargs="+", type=_target, help="a VMID, or CLUSTER/VMID")
    parser.add_argument("--port", type=int, help="a port of each container to publish")
    parser.add_argument(
        "--without-record",
        action="store_true",
        help="adopt also what cannot be read whole; there will be nothing to compare with later",
    )
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """Plan all of them, ask once, adopt one after the other. The exit code is that of the first failure."""
    wish = AdoptionWish(args.port, args.without_record)
    with session_of(args) as session:
        confirm.may_change(args, session.settings)
        wanted = dict.fromkeys(args.vmids)
        items = [Item(the_cluster(session, cluster or args.cluster), vmid) for cluster, vmid in wanted]
        for item in items:
            _plan(session, item, wish)
        if args.plan:
            return _show_plans(args, items)
        planned = [item for item in items if item.plan]
        if planned and not args.yes:
            for item in planned:
                confirm.show(item.plan, output.note) if item.plan else None
            confirm.ask(args, f"Adopt {'it' if len(planned) == 1 else f'these {len(planned)}'}?")
        for item in planned:
            _adopt(args, session, item, wish)
    return _finish(args, items)


def _target(text: str) -> Target:
    cluster, slash, number = text.rpartition("/")
    if not (number.isascii() and number.isdecimal() and (cluster or not slash)):
        raise ArgumentTypeError(f"{text} is not a VMID: write a number, or CLUSTER/NUMBER")
    return cluster or None, int(number)


def _plan(session: Session, item: Item, wish: AdoptionWish) -> None:
    try:
        item.plan = agreed(session, item.cluster, session.engine.plan_adopt(item.cluster, item.vmid, wish))
    except Exception as error:
        item.failure = _failure(error)


def _adopt(args: Namespace, session: Session, item: Item, wish: AdoptionWish) -> None:
    plan = item.plan
    if plan is None:
        return
    try:
        result = carry(args, session, lambda: session.engine.adopt(plan, wish))
        if not result.success:
            item.failure = _of(session, item, result)
            return
    except Exception as error:
        item.failure = _failure(error)
        return
    item.container, item.detail = result.container, dict(result.detail)


def _of(session: Session, item: Item, result: Result) -> Ending:
    if result.refused is not None:
        agreed(session, item.cluster, result.refused)
    return Ending(of_result(result), result.error or "it was not adopted")


def _failure(error: Exception) -> Ending:
    ending = ending_of(error)
    if ending is None or ending.code is Exit.INTERRUPTED:
        raise error
    return ending


def _show_plans(args: Namespace, items: list[Item]) -> int:
    if args.json:
        output.document({"plans": [plan_document(item.plan) if item.plan else _document(item) for item in items]})
    else:
        for item in items:
            confirm.show(item.plan, output.say) if item.plan else _tell(item)
    return _first_failure(items)


def _finish(args: Namespace, items: list[Item]) -> int:
    if args.json:
        refusals = [item.failure.refusal for item in items if item.failure and item.failure.refusal]
        document: dict[str, Any] = {"results": [_document(item) for item in items]}
        if refusals:
            # Every refusal is found in the same place, whatever the command.
            first = {"code": refusals[0].code, "reason": refusals[0].reason}
            document = {"success": False, "refused": first, **document}
        output.document(document)
    else:
        for item in items:
            _tell(item)
    return _first_failure(items)


def _first_failure(items: list[Item]) -> int:
    return next((item.code for item in items if item.code), Exit.DONE)


def _tell(item: Item) -> None:
    if item.failure:
        output.note(f"{item.cluster}/{item.vmid}: {item.failure.sentence}")
    elif item.container and item.detail:
        keys, port = item.detail["config_keys_count"], item.detail["public_port"]
        leads = f", public port {port}" if port else ""
        output.say(f"adopted {item.container.label}, {item.container.status}, {keys} config keys kept{leads}")


def _document(item: Item) -> dict[str, Any]:
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
        **({"refused": {"code": refusal.code, "reason": refusal.reason}} if refusal else {}),
    }
