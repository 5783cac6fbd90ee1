"""`ports reserve|move|release|accept`: one change of the registry, planned, asked, carried out. Contacts no cluster."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from functools import partial

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit
from proximity_tui.commands.base.resolve import find
from proximity_tui.commands.ports import documents
from proximity_tui.commands.printed import output
from proximity_tui.core.base.text import quoted, whole_number
from proximity_tui.core.model import Refusal
from proximity_tui.core.model.actions.port_plan import PortChange, PortRequest
from proximity_tui.core.model.guests.probe_result import PortOutcome
from proximity_tui.core.model.port_registry import PortHolding

_DONE = {PortChange.RESERVE: "reserved", PortChange.MOVE: "moved", PortChange.RELEASE: "released"}


def run(args: Namespace) -> int:
    """Reserve, move or release a port; return the exit code. Raises CommandRefused for a refusal, and CommandEnd for
    whatever else ends it.
    """
    return _change(args, _request)


def accept(args: Namespace) -> int:
    """Take an observed open port for a fact: reserve a public port that leads to it; return the exit code."""
    return _change(args, _accepted)


def _change(args: Namespace, request: Callable[[Namespace], PortRequest]) -> int:
    from proximity_tui.core.engine.operations.actions import change_ports

    with context_of(args) as context:
        confirm.refuse_read_only(context.settings)
        asked = request(args)
        confirm.refuse_unasked(args)
        settings, now = context.engine.settings, context.clock.now
        plan = change_ports.plan(asked, settings, now())
        if isinstance(plan, Refusal):
            raise CommandRefused(plan)
        if confirm.present_shown(args, plan, partial(documents.plan_document, plan)):
            return Exit.DONE
        confirm.ask(args, f"{plan.request.change.capitalize()} it?")
        held = change_ports.execute(plan, settings, now())
    if isinstance(held, Refusal):
        raise CommandRefused(held)
    if args.json:
        port = documents.holding_document(held) if held else None
        output.document({"success": True, **documents.plan_document(plan), "port": port})
    else:
        concerned = held or plan.before
        output.print_line(f"{_DONE[plan.request.change]}: {concerned.words if concerned else ''}")
    return Exit.DONE


def _request(args: Namespace) -> PortRequest:
    change = PortChange(args.verb)
    if len(args.words) > 1:
        raise CommandEnd(Exit.USAGE, "name one public port")
    public = _number(args.words[0]) if args.words else None
    holder = find(args.holder, args.cluster).id if args.holder is not None else None
    if change is PortChange.RESERVE:
        return PortRequest(change, None, public, holder, args.leads_to, args.note)
    held = _holding(public, holder if change is PortChange.RELEASE else None, change)
    if change is PortChange.RELEASE:
        return PortRequest(change, held.key)
    if args.to is None and holder is None and args.leads_to is None and args.note is None:
        raise CommandEnd(Exit.USAGE, "say what to move: --to PORT, --for CONTAINER or --leads-to N")
    return PortRequest(change, held.key, args.to, holder, args.leads_to, args.note)


def _accepted(args: Namespace) -> PortRequest:
    from proximity_tui.core.store.records import port_observations

    if len(args.words) != 2:
        raise CommandEnd(Exit.USAGE, "name the container and its port, as in `proximity-tui ports accept web1 80`")
    container, port = find(args.words[0], args.cluster), _number(args.words[1])
    seen = [one for one in port_observations.of_container(container.id) if one.port == port]
    opened = next((one for one in seen if one.outcome is PortOutcome.OPEN), None)
    if opened is None:
        was = f"was last seen {seen[0].outcome}" if seen else "was never probed"
        probe = f"`proximity-tui ports probe {container.cluster}/{container.vmid}` probes it"
        raise CommandEnd(Exit.NOT_FOUND, f"port {port} of {container.name} {was}: {probe}")
    return PortRequest(PortChange.RESERVE, None, None, container.id, port, observed=opened.evidence)


def _number(word: str) -> int:
    number = whole_number(word)
    if number is None:
        raise CommandEnd(Exit.USAGE, f"{quoted(word)} is not a port: name it by its number")
    return number


def _holding(public: int | None, container: int | None, change: PortChange) -> PortHolding:
    """Return the holding of a public port; where two hold it, the one of the named container."""
    from proximity_tui.core.store.records import public_ports

    if public is None:
        raise CommandEnd(Exit.USAGE, "name the public port: `proximity-tui ports` lists them")
    found = [one for one in public_ports.registry() if one.public == public and container in (None, one.container)]
    if not found:
        raise CommandEnd(Exit.NOT_FOUND, f"port {public} is not held: `proximity-tui ports` lists those that are")
    if len(found) > 1:
        holders = " and ".join(one.holder for one in found)
        # Of a move --for is the new holder, and cannot say whose port it is.
        release = f"release one first: proximity-tui ports release {public}"
        how = "say which, with" if change is PortChange.RELEASE else release
        raise CommandEnd(Exit.USAGE, f"port {public} is held twice, by {holders}; {how} --for CONTAINER")
    return found[0]
