"""`create`: a native container, with our marker, so that it is recognised even if our record is lost."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.context import session_of, the_cluster
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.json_documents import step_documents
from proximity_tui.commands.base.run_plan import agreed, finish, run_plan
from proximity_tui.core.model import Container, CreateRequest

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `create`."""
    add = parser.add_argument
    add(
        "--template",
        metavar="VOLID",
        required=True,
        help="a container template, such as local:vztmpl/debian-12-standard.tar.zst",
    )
    add("--hostname", metavar="NAME", required=True, help="the hostname")
    add("--node", help="node (default: the one with the most free memory)")
    add("--storage", help="storage for the root volume (default: the one with the most free space)")
    add("--bridge", metavar="NAME", help="network bridge (default: vmbr0 if it exists, else the first one)")
    add("--cores", type=int, metavar="N", default=1, help="CPU cores (%(default)s)")
    add("--memory", type=int, metavar="MIB", default=512, help="memory in MiB (%(default)s)")
    add("--disk", type=int, metavar="GIB", default=4, help="size of the root volume in GiB (%(default)s)")
    add("--port", type=int, help="a port of the container to publish")
    add("--start", action="store_true", help="start it afterwards")
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """Plan, ask, execute; return the exit code."""
    request = CreateRequest(
        template=args.template,
        hostname=args.hostname,
        node=args.node,
        storage=args.storage,
        cores=args.cores,
        memory_mib=args.memory,
        disk_gib=args.disk,
        port=args.port,
        start=args.start,
        bridge=args.bridge,
    )
    with session_of(args) as session:
        confirm.may_change(args, session.settings)
        cluster = the_cluster(session, args.cluster)
        try:
            planned = session.engine.plan_create(cluster, request)
        except ValueError as error:
            raise CommandEnd(Exit.USAGE, str(error)) from error
        plan = agreed(session, cluster, planned)
        if confirm.present(args, plan):
            return Exit.DONE
        confirm.ask(args, f"Create {args.hostname}?")
        result = run_plan(args, session, lambda: session.engine.create(plan))
    return finish(args, result, made_document(result), made_sentence("created", result.container))


def made_document(result: Outcome) -> dict[str, Any]:
    """Return the result of a new container, in JSON."""
    made, plan = result.container, result.plan
    ports = made.ports if made else ()
    return {
        "success": result.success,
        "container": made.id if made else None,
        "cluster": plan.cluster if plan else None,
        "node": plan.node if plan else None,
        "vmid": plan.vmid if plan else None,
        "name": plan.name if plan else None,
        "kind": "native",
        "state": made.state if made else None,
        "public_port": ports[0].public if ports else None,
        "steps": step_documents(plan, result.operation, done=result.success),
        "error": result.error,
    }


def made_sentence(done: str, made: Container | None) -> str:
    """Return the result for a person; `done` is the action in the past tense."""
    if made is None:
        return done
    ports = "".join(f", port {port.public} leads to its port {port.container}" for port in made.ports)
    return f"{done} {made.label}, {made.state}{ports}"
