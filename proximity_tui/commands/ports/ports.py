"""`ports`: the registry of public ports, its changes, and what is observed of the ports of containers."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from enum import StrEnum

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import records_of
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.base.options import digits, refuse_unused
from proximity_tui.commands.base.parser import note_of
from proximity_tui.commands.ports import documents
from proximity_tui.commands.printed import output
from proximity_tui.core.model.limits import USUAL_PORTS
from proximity_tui.core.model.port_registry import PortRegistry


class Verb(StrEnum):
    """What is done with ports."""

    RESERVE = "reserve"
    MOVE = "move"
    RELEASE = "release"
    PROBE = "probe"
    ACCEPT = "accept"


_OPTIONS = {"holder": "--for", "leads_to": "--leads-to", "to": "--to", "note": "--note"}
_TAKEN = {Verb.RESERVE: ("holder", "leads_to", "note"), Verb.MOVE: tuple(_OPTIONS), Verb.RELEASE: ("holder",)}


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `ports`."""
    parser.add_argument(
        "verb", nargs="?", choices=[str(one) for one in Verb], help="what to do with ports (default: list them)"
    )
    parser.add_argument(
        "words",
        nargs="*",
        metavar="PORT",
        help="reserve, move, release: the public port; reserve without one takes the next free one."
        " probe: the containers. accept: the container and its port that was observed open",
    )
    parser.add_argument("--for", dest="holder", metavar="CONTAINER", help="the container that gets the port")
    parser.add_argument("--leads-to", type=digits, metavar="N", help="the port of the container that it leads to")
    parser.add_argument("--to", type=digits, metavar="PORT", help="move: the new public port")
    for_nobody = "what it is reserved for, where no container holds it yet"
    parser.add_argument("--note", type=note_of, metavar="TEXT", help=for_nobody)
    confirm.consent_options(parser, by_hand=False)
    parser.epilog = f"Without [probe] ports in the configuration these are probed: {', '.join(map(str, USUAL_PORTS))}."


def run(args: Namespace) -> int:
    """List the ports, change one, or probe those of containers; return the exit code. Raises CommandRefused for a
    refusal, and CommandEnd for whatever else ends it.
    """
    name = f"ports {args.verb}" if args.verb is not None else "ports"
    refuse_unused(args, _OPTIONS, _TAKEN.get(args.verb, ()), name)
    if args.verb is None:
        refuse_unused(args, {"plan": "--plan", "yes": "--yes"}, (), name)
        return _list(args)
    if args.holder is not None:
        # A note is of a port that no container holds.
        refuse_unused(args, {"note": "--note"}, (), f"{name} --for")
    if args.verb == Verb.PROBE:
        from proximity_tui.commands.ports import probe

        return probe.run(args)
    from proximity_tui.commands.ports import port_change

    return port_change.accept(args) if args.verb == Verb.ACCEPT else port_change.run(args)


def _list(args: Namespace) -> int:
    from proximity_tui.core.store.records import public_ports

    with records_of(args) as settings:
        registry = PortRegistry(public_ports.registry_with_givers(), settings.ports.public)
    # The range belongs to all clusters together: what is free is judged by every held port.
    listed = [one for one in registry.holdings if args.cluster in (None, one.cluster)]
    if args.json:
        output.document(documents.registry_document(registry, listed))
    else:
        documents.print_registry(registry, listed)
    return Exit.DONE
