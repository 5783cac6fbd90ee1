"""`ports`: the registry of public ports, and `ports reserve|move|release`. Contacts no cluster."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from proximity_tui.commands.base import confirm, output
from proximity_tui.commands.base.context import records_of, session_of
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit
from proximity_tui.commands.base.resolve import find, whole_number
from proximity_tui.commands.ports import documents
from proximity_tui.core.model import Refusal
from proximity_tui.core.model.actions.port_plan import PortChange, PortPlan, PortRequest
from proximity_tui.core.model.port_registry import PortHolding, PortRegistry

QUESTIONS = {
    PortChange.RESERVE: "Reserve it?",
    PortChange.MOVE: "Move it?",
    PortChange.RELEASE: "Release it?",
}
DONE = {PortChange.RESERVE: "reserved", PortChange.MOVE: "moved", PortChange.RELEASE: "released"}


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `ports`."""
    parser.add_argument(
        "verb", nargs="?", choices=[str(one) for one in PortChange], help="what to do with a port (default: list them)"
    )
    parser.add_argument(
        "port", nargs="?", metavar="PORT", help="the public port; reserve without one takes the next free one"
    )
    parser.add_argument("--for", dest="holder", metavar="CONTAINER", help="the container that is to hold it")
    parser.add_argument("--leads-to", type=int, metavar="N", help="the port of the container that it leads to")
    parser.add_argument("--to", type=int, metavar="PORT", help="move: the public port that it becomes")
    parser.add_argument("--note", metavar="TEXT", help="what it is reserved for, where no container holds it yet")
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """List the ports, or change one; return the exit code."""
    return _list(args) if args.verb is None else _change(args)


def _list(args: Namespace) -> int:
    from proximity_tui.core.store.records import ports

    with records_of(args) as settings:
        holdings = tuple(one for one in ports.registry() if args.cluster in (None, one.cluster))
        registry = PortRegistry(holdings, settings.ports.public)
    if args.json:
        output.document(documents.registry_document(registry))
    else:
        documents.print_registry(registry)
    return Exit.DONE


def _change(args: Namespace) -> int:
    from proximity_tui.core.engine.operations.actions import port_change

    with session_of(args) as session:
        confirm.may_change(args, session.settings)
        settings, now = session.engine.settings, session.engine.clock.now
        plan = _agreed(port_change.plan(_request(args), settings, now()))
        if args.plan and args.json:
            output.document({"plan": documents.plan_document(plan)})
        if args.plan or not args.yes:
            _show(plan, to_stdout=args.plan and not args.json)
        if args.plan:
            return Exit.DONE
        confirm.ask(args, QUESTIONS[plan.request.change])
        held = port_change.execute(plan, settings, now())
    if isinstance(held, Refusal):
        raise CommandRefused(held)
    document = {"success": True, **documents.plan_document(plan)}
    if args.json:
        output.document({**document, "port": documents.holding_document(held) if held else None})
    else:
        output.print_line(f"{DONE[plan.request.change]}: {_words(held or plan.before)}")
    return Exit.DONE


def _show(plan: PortPlan, *, to_stdout: bool) -> None:
    line = output.print_line if to_stdout else output.note
    line(plan.summary)
    for warning in plan.warnings:
        line(f"  note: {warning}")


def _words(holding: PortHolding | None) -> str:
    return holding.words if holding is not None else "nothing"


def _agreed(planned: PortPlan | Refusal) -> PortPlan:
    if isinstance(planned, Refusal):
        raise CommandRefused(planned)
    return planned


def _request(args: Namespace) -> PortRequest:
    change = PortChange(args.verb)
    if args.to is not None and change is not PortChange.MOVE:
        raise CommandEnd(Exit.USAGE, "--to works only with move")
    holder = find(args.holder, args.cluster).id if args.holder is not None else None
    public = _public(args)
    if change is PortChange.RESERVE:
        return PortRequest(change, None, public, holder, args.leads_to, args.note)
    held = _holding(public, holder if change is PortChange.RELEASE else None)
    if change is PortChange.RELEASE:
        return PortRequest(change, held.key)
    if args.to is None and holder is None and args.leads_to is None and args.note is None:
        raise CommandEnd(Exit.USAGE, "say what to move: --to PORT, --for CONTAINER or --leads-to N")
    return PortRequest(change, held.key, args.to, holder, args.leads_to, args.note)


def _public(args: Namespace) -> int | None:
    if args.port is None:
        return None
    number = whole_number(args.port)
    if number is None:
        raise CommandEnd(Exit.USAGE, f"{args.port} is not a port: name the public port by its number")
    return number


def _holding(public: int | None, container: int | None) -> PortHolding:
    """Return the holding of a public port; where two hold it, the one of the named container."""
    from proximity_tui.core.store.records import ports

    if public is None:
        raise CommandEnd(Exit.USAGE, "name the public port: `ports` lists them")
    found = [one for one in ports.registry() if one.public == public and container in (None, one.container)]
    if not found:
        raise CommandEnd(Exit.NOT_FOUND, f"nobody holds port {public}: `ports` lists those that are held")
    if len(found) > 1:
        holders = " and ".join(one.holder for one in found)
        raise CommandEnd(Exit.USAGE, f"port {public} is held twice, by {holders}: say which, with --for CONTAINER")
    return found[0]
