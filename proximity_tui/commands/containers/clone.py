"""`clone`: a native copy of a container of ours, whether that is native or adopted."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.base.options import digits
from proximity_tui.commands.base.resolve import container_argument, find
from proximity_tui.commands.base.run_plan import agreed, finish, run_plan
from proximity_tui.commands.containers.create import made_document
from proximity_tui.commands.printed.row_documents import made_sentence


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `clone`."""
    container_argument(parser)
    add = parser.add_argument
    add("--hostname", metavar="NAME", required=True, help="the name of the clone")
    add("--node", help="node for the clone; another node needs shared storage")
    add("--storage", help="storage for a full clone (default: the storages of the source)")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--full", action="store_true", help="make a full clone, also of a template")
    kind.add_argument(
        "--linked", action="store_true", help="make a linked clone of a template (the default for templates)"
    )
    add("--bridge", metavar="NAME", help="network bridge of the clone (default: that of the source)")
    add("--vlan", type=digits, metavar="TAG", help="VLAN tag on the bridge, 0 for none (default: that of the source)")
    add(
        "--address", metavar="CIDR", help="IPv4 address such as 10.0.0.5/24, dhcp or none (default: that of the source)"
    )
    add("--gateway", metavar="IP", help="IPv4 gateway, or none (default: that of the source)")
    add("--address6", metavar="CIDR", help="IPv6 address such as 2001:db8::5/64, auto, dhcp or none (the same)")
    add("--gateway6", metavar="IP", help="IPv6 gateway, or none (the same)")
    add("--network", metavar="NET", help="the network card that these are for, such as net1 (default: the first one)")
    add("--port", type=digits, help="a port of the container to publish")
    add("--start", action="store_true", help="start it afterwards")
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """Plan, ask, execute; return the exit code. Raises CommandRefused for a refusal, and CommandEnd for whatever else
    ends it.
    """
    from proximity_tui.core.doctrine.actions.create.cloning import CloneRequest

    request = CloneRequest(
        args.hostname,
        args.node,
        args.storage,
        True if args.full else False if args.linked else None,
        args.port,
        args.start,
        network=args.network,
        bridge=args.bridge,
        vlan=args.vlan,
        address=args.address,
        gateway=args.gateway,
        address6=args.address6,
        gateway6=args.gateway6,
    )
    with context_of(args) as context:
        confirm.refuse_read_only(context.settings)
        source = find(args.container, args.cluster)
        confirm.refuse_unasked(args)
        plan = agreed(context, source.cluster, context.engine.plan_clone(source, request))
        if confirm.present(args, plan):
            return Exit.DONE
        confirm.ask(args, f"Clone {source.name} to {args.hostname}?")
        result = run_plan(args, context, lambda: context.engine.clone(plan))
    document = {**made_document(result), "source": source.id}
    return finish(args, result, document, made_sentence("cloned", result.container))
