"""`adopt`: take containers that are already there under management. Several at once; each succeeds or fails alone."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from proximity_tui.commands import confirm, output
from proximity_tui.commands.adoption_items import Item, first_failure, plans_document, results_document, tell
from proximity_tui.commands.carrying import agreed, carry
from proximity_tui.commands.exits import CommandEnd, Ending, Exit, ending_of, of_result
from proximity_tui.commands.opening import session_of, the_cluster
from proximity_tui.core.doctrine.adoption import AdoptionWish
from proximity_tui.core.model import Plan
from proximity_tui.core.proxmox.paths import LARGEST_VMID, SMALLEST_VMID

if TYPE_CHECKING:
    from proximity_tui.session import Session

Target = tuple[str | None, int]
"""The cluster, if it was said, and the VMID."""


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
        planned = [(item, item.plan) for item in items if item.plan]
        if planned:
            _ask(args, [plan for _, plan in planned])
        for item, plan in planned:
            _adopt(args, session, item, plan, wish)
    if args.json:
        output.document(results_document(items))
    else:
        for item in items:
            tell(item)
    return first_failure(items)


def _target(text: str) -> Target:
    cluster, slash, number = text.rpartition("/")
    if not (number.isascii() and number.isdecimal() and (cluster or not slash)):
        raise ArgumentTypeError(f"{text} is not a VMID: write a number, or CLUSTER/NUMBER")
    vmid = int(number)
    if not SMALLEST_VMID <= vmid <= LARGEST_VMID:
        raise ArgumentTypeError(f"{text} is not a VMID: they go from {SMALLEST_VMID} to {LARGEST_VMID}")
    return cluster or None, vmid


def _plan(session: Session, item: Item, wish: AdoptionWish) -> None:
    try:
        item.plan = agreed(session, item.cluster, session.engine.plan_adopt(item.cluster, item.vmid, wish))
    except Exception as error:
        item.failure = _failure(error)


def _ask(args: Namespace, plans: Sequence[Plan]) -> None:
    if args.yes:
        return
    for plan in plans:
        confirm.show(plan, output.note)
    confirm.ask(args, f"Adopt {'it' if len(plans) == 1 else f'these {len(plans)}'}?")


def _adopt(args: Namespace, session: Session, item: Item, plan: Plan, wish: AdoptionWish) -> None:
    try:
        result = carry(args, session, lambda: session.engine.adopt(plan, wish))
        if result.refused is not None:
            agreed(session, item.cluster, result.refused)
        if not result.success:
            raise CommandEnd(of_result(result), result.error or "it was not adopted")
    except Exception as error:
        item.failure = _failure(error)
    else:
        item.container, item.detail = result.container, dict(result.detail)


def _failure(error: Exception) -> Ending:
    """How one guest failed; what nobody thought of, and Ctrl-C, end the whole command."""
    ending = ending_of(error)
    if ending is None or ending.code is Exit.INTERRUPTED:
        raise error
    return ending


def _show_plans(args: Namespace, items: Sequence[Item]) -> int:
    if args.json:
        output.document(plans_document(items))
        return first_failure(items)
    for item in items:
        if item.plan:
            confirm.show(item.plan, output.say)
        else:
            tell(item)
    return first_failure(items)
