"""`adopt`: manage containers that exist already. A few at a time; each succeeds or fails alone."""

from __future__ import annotations

import logging
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from proximity_tui.commands.base import confirm, output
from proximity_tui.commands.base.context import session_of, the_cluster
from proximity_tui.commands.base.exit_codes import (
    CommandEnd,
    CommandEnding,
    CommandRefused,
    Exit,
    ending_of,
    of_result,
)
from proximity_tui.commands.base.interruption import CommandInterrupted, is_asked_to_end, watched
from proximity_tui.commands.base.parallel import for_each
from proximity_tui.commands.base.progress import Progress
from proximity_tui.commands.base.run_plan import agreed
from proximity_tui.commands.containers.adopt_items import (
    AdoptItem,
    SilentClusters,
    first_failure,
    mark_untouched,
    plans_document,
    print_failures,
    print_item,
    results_document,
)
from proximity_tui.core.base.secret import redact
from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
from proximity_tui.core.model import Plan
from proximity_tui.core.proxmox.paths import LARGEST_VMID, SMALLEST_VMID

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

AT_ONCE = 4
"""How many guests are looked at or adopted at the same time, each on a connection that is kept: pveproxy has three
workers, and other people use them, too."""

GRACE = 60.0
"""Seconds that an interrupted command waits for the adoptions under way: each is one transaction, or nothing."""

_FINISHING = "interrupted: finishing the current adoptions; press Ctrl-C again to stop at once"

log = logging.getLogger(__name__)

Target = tuple[str | None, int]
"""The cluster, if it was said, and the VMID."""


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `adopt`."""
    parser.add_argument("vmids", metavar="VMID", nargs="+", type=_target, help="a VMID, or CLUSTER/VMID")
    parser.add_argument("--port", type=int, help="a port of each container to publish")
    parser.add_argument(
        "--without-record",
        action="store_true",
        help="adopt also a container that cannot be read completely; it will have no clinical record",
    )
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """Plan all of them, ask once, adopt a few at a time; return the exit code of the first failure."""
    request = AdoptionRequest(args.port, args.without_record)
    with session_of(args) as session:
        confirm.may_change(args, session.settings)
        items = _items(session, args)
        if not _plan_all(session, items, request) or args.plan:
            return _end(args, items)
        planned = [item for item in items if item.plan]
        if planned:
            _ask(args, [item.plan for item in planned if item.plan])
        _adopt_all(session, planned, request, print_each=not args.json)
    return _end(args, items)


def _items(session: AppContext, args: Namespace) -> list[AdoptItem]:
    """Return the items in the order in which they were named, each once. Each cluster is contacted once."""
    wanted = [(cluster or args.cluster, vmid) for cluster, vmid in args.vmids]
    clusters = {named: the_cluster(session, named) for named in dict.fromkeys(named for named, _ in wanted)}
    return [AdoptItem(*found) for found in dict.fromkeys((clusters[named], vmid) for named, vmid in wanted)]


def _plan_all(session: AppContext, items: Sequence[AdoptItem], request: AdoptionRequest) -> bool:
    """Inspect and plan all of them, from one inventory of each cluster. Return False when that was interrupted."""
    from proximity_tui.core.engine.observe.shared_inventory import SharedInventory

    engine = session.engine
    inventories = {
        cluster: SharedInventory(session.clients[cluster], engine.clock) for cluster in {item.cluster for item in items}
    }

    def plan(item: AdoptItem) -> str:
        if refused := engine.refuse_write_to(item.cluster):
            raise CommandRefused(refused)
        shown = engine.inspect_to_adopt(item.cluster, item.vmid, inventories[item.cluster].read())
        item.plan = agreed(session, item.cluster, engine.plan_adopt(item.cluster, item.vmid, request, shown))
        return f"looked at {item.plan.name}"

    return _each(session, items, plan, "looking")


def _adopt_all(session: AppContext, items: Sequence[AdoptItem], request: AdoptionRequest, *, print_each: bool) -> None:
    """Adopt them, printing each end at once; a signal stops before the next ones.

    With a port they are adopted one by one, so that the public ports follow the order of the command line.
    """
    from proximity_tui.core.engine.operations.outcome import Done, Failed, Refused, Resumable

    def adopt(item: AdoptItem) -> str:
        assert item.plan is not None
        result = session.engine.adopt(item.plan, request)
        match result:
            case Refused(refusal):
                agreed(session, item.cluster, refusal)
            case Resumable(reason) | Failed(reason):
                raise CommandEnd(of_result(result), reason)
            case Done(detail=detail):
                item.container, item.detail = result.container, dict(detail)
        return f"adopted {item.plan.name}"

    at_once = AT_ONCE if request.port is None else 1
    _each(session, items, adopt, "adopting", print_each=print_each, grace=GRACE, at_once=at_once)


def _each(
    session: AppContext,
    items: Sequence[AdoptItem],
    do: Callable[[AdoptItem], str],
    doing: str,
    *,
    print_each: bool = False,
    grace: float = 0.0,
    at_once: int = AT_ONCE,
) -> bool:
    """Do something with every item, with progress, on a few threads that keep their connections. The failure of an item
    affects only that item, until its cluster does not answer any more. Return False when a signal ended it before the
    last.
    """
    progress, silent = Progress(doing, len(items), session.engine.clock.monotonic), SilentClusters()

    def one(item: AdoptItem) -> None:
        if silent.leave(item):
            return
        item.begun = True
        try:
            message = do(item)
        except Exception as error:
            item.failure = _failure(error)
            message = item.failure.sentence
        item.begun = False
        silent.note(item)
        if print_each and item.container:
            progress.above(partial(print_item, item))
        progress.step(f"{item.cluster}/{item.vmid}: {message}")

    def work() -> None:
        for_each(items, one, threads=at_once, go_on=lambda: not is_asked_to_end(), at_end=session.hang_up)

    try:
        watched(work, tick=_ticking(progress, ending=bool(grace)), grace=grace)
    except CommandInterrupted:
        return False
    finally:
        progress.clear()
    return not is_asked_to_end()


def _ticking(progress: Progress, *, ending: bool) -> Callable[[], None]:
    """Return a function to call again and again: it draws the progress, and where an `ending` is waited for it tells
    the person once that their signal arrived.
    """
    told: list[bool] = []

    def tick() -> None:
        if ending and is_asked_to_end() and not told:
            told.append(True)
            progress.above(partial(output.note, _FINISHING))
        progress.draw()

    return tick


def _target(text: str) -> Target:
    cluster, slash, number = text.rpartition("/")
    if not (number.isascii() and number.isdecimal() and (cluster or not slash)):
        raise ArgumentTypeError(f"{text} is not a VMID: write a number, or CLUSTER/NUMBER")
    vmid = int(number)
    if not SMALLEST_VMID <= vmid <= LARGEST_VMID:
        raise ArgumentTypeError(f"{text} is not a VMID: they go from {SMALLEST_VMID} to {LARGEST_VMID}")
    return cluster or None, vmid


def _ask(args: Namespace, plans: Sequence[Plan]) -> None:
    if args.yes:
        return
    for plan in plans:
        confirm.show(plan, output.note)
    confirm.ask(args, f"Adopt {'it' if len(plans) == 1 else f'these {len(plans)}'}?")


def _failure(error: Exception) -> CommandEnding:
    """Return the ending of one guest that failed. An unexpected error is its failure, too: the other guests go on."""
    ending = ending_of(error)
    if ending is not None:
        return ending
    log.error("unexpected: %s", error, exc_info=error)
    return CommandEnding(Exit.FAILED, f"unexpected error ({type(error).__name__}: {redact(str(error))})")


def _end(args: Namespace, items: Sequence[AdoptItem]) -> int:
    """Print the results of all of them, also when a signal ended the command before the last one;
    return the exit code.
    """
    interrupted = is_asked_to_end() and mark_untouched(items)
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
        return first_failure(items)
    for item in items:
        if item.plan:
            confirm.show(item.plan, output.print_line)
        else:
            print_item(item)
    return first_failure(items)
