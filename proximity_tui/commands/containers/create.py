"""`create`: a native container, with our marker, so that it is recognised even if our record is lost.

A root password and SSH keys are never an argument: whoever lists the processes of a host reads every argument, and a
shell keeps them in its history.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import context_of, the_cluster
from proximity_tui.commands.base.confirm import no_terminal, typed_unseen
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.options import digits
from proximity_tui.commands.base.parser import path_of
from proximity_tui.commands.base.run_plan import agreed, finish, run_plan
from proximity_tui.commands.printed.json_documents import state_fields, step_documents
from proximity_tui.commands.printed.row_documents import made_sentence
from proximity_tui.config.files.private_file import read_small
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.model import CreateRequest
from proximity_tui.core.model.actions.credentials import Credentials, read_password, read_ssh_keys

if TYPE_CHECKING:
    from pathlib import Path

    from proximity_tui.core.engine.operations.outcome import Outcome


DHCP = "dhcp"


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
    add("--vlan", type=digits, metavar="TAG", help="VLAN tag on the bridge (default: none)")
    add("--address", metavar="CIDR", default="dhcp", help="IPv4 address such as 10.0.0.5/24, or dhcp (%(default)s)")
    add("--gateway", metavar="IP", help="IPv4 gateway, within the network of the address")
    add("--address6", metavar="CIDR", help="IPv6 address such as 2001:db8::5/64, or auto or dhcp (default: none)")
    add("--gateway6", metavar="IP", help="IPv6 gateway, within the network of that address, or link-local")
    add("--dns", metavar="IP", action="append", default=[], help="DNS server (default: those of the node); repeatable")
    add("--search-domain", metavar="NAME", help="DNS search domain (default: that of the node)")
    add("--vmid", type=digits, metavar="N", help="VMID (default: the lowest free one)")
    add("--cores", type=digits, metavar="N", default=1, help="CPU cores (%(default)s)")
    add("--memory", type=digits, metavar="MIB", default=512, help="memory in MiB (%(default)s)")
    add("--swap", type=digits, metavar="MIB", help="swap in MiB (default: 512, as Proxmox gives)")
    add("--disk", type=digits, metavar="GIB", default=4, help="size of the root volume in GiB (%(default)s)")
    add("--tag", metavar="TAG", action="append", default=[], help="a tag; repeatable")
    add("--pool", metavar="NAME", help="resource pool to put it into")
    add("--onboot", action="store_true", help="start it when its node boots")
    add(
        "--nesting",
        action=BooleanOptionalAction,
        help="whether containers may run inside it, as a newer systemd needs (default: where the template needs it)",
    )
    add("--port", type=digits, help="a port of the container to publish")
    add("--start", action="store_true", help="start it afterwards")
    access_options(parser)
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """Plan, ask, execute; return the exit code. Raises CommandRefused for a refusal, and CommandEnd for whatever else
    ends it.
    """
    access = read_access(args)
    with context_of(args) as context:
        confirm.refuse_read_only(context.settings)
        cluster = the_cluster(context, args.cluster)
        confirm.refuse_unasked(args)
        plan = agreed(context, cluster, context.engine.plan_create(cluster, _request(args, access)))
        if confirm.present(args, plan):
            return Exit.DONE
        confirm.ask(args, f"Create {args.hostname}?")
        credentials = ask_password(args, access)
        result = run_plan(args, context, lambda: context.engine.create(plan, credentials))
    return finish(args, result, made_document(result), made_sentence("created", result.container))


def _request(args: Namespace, access: Credentials) -> CreateRequest:
    return CreateRequest(
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
        vmid=args.vmid,
        vlan=args.vlan,
        address=None if args.address == DHCP else args.address,
        gateway=args.gateway,
        address6=args.address6,
        gateway6=args.gateway6,
        dns=tuple(args.dns),
        search_domain=args.search_domain,
        swap_mib=args.swap,
        tags=tuple(args.tag),
        pool=args.pool,
        onboot=args.onboot,
        nesting=args.nesting,
        password=args.password or access.password is not None,
        ssh_keys=len(access.ssh_keys),
    )


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
        **state_fields(made),
        "public_port": ports[0].public if ports else None,
        "steps": step_documents(plan, result.operation, done=result.success),
        "error": result.error,
    }


_T = TypeVar("_T")


def access_options(parser: ArgumentParser) -> None:
    """Declare the options."""
    access = parser.add_argument_group("access, which is kept nowhere")
    one = access.add_mutually_exclusive_group()
    one.add_argument("--password", action="store_true", help="ask twice for a root password on the terminal")
    one.add_argument(
        "--password-file", type=path_of, metavar="FILE", help="a file with the root password alone, mode 0600"
    )
    access.add_argument(
        "--ssh-key",
        type=path_of,
        metavar="FILE",
        action="append",
        default=[],
        help="a file with public SSH keys of root; repeatable",
    )


def read_access(args: Namespace) -> Credentials:
    """Return what the files hold. Raises CommandEnd, which quotes nothing of it."""
    keys: list[Secret] = []
    for path in args.ssh_key:
        keys += _read(path, read_ssh_keys)
    if args.password and not args.plan and not sys.stdin.isatty():
        purpose = "ask for a password, and nothing was created"
        raise CommandEnd(Exit.USAGE, no_terminal("--password-file FILE", purpose))
    file = args.password_file
    password = None if file is None else _read(file, lambda text: read_password(text.removesuffix("\n")), private=True)
    return Credentials(password, tuple(keys))


def ask_password(args: Namespace, access: Credentials) -> Credentials:
    """Return `access` with the password that a person types twice, where `--password` says so. Raises CommandEnd."""
    if not args.password:
        return access
    try:
        password = read_password(_typed("Root password of the new container: "))
    except ValueError as error:
        raise CommandEnd(Exit.USAGE, f"nothing was created: {error}") from None
    again = _typed("Again: ")
    if password.reveal() != again:
        raise CommandEnd(Exit.USAGE, "nothing was created: the two passwords differ")
    return Credentials(password, access.ssh_keys)


def _typed(prompt: str) -> str:
    password = typed_unseen(prompt)
    if password is None:
        raise CommandEnd(Exit.USAGE, "nothing was created: no password was typed")
    return password


def _read(path: Path, make: Callable[[str], _T], *, private: bool = False) -> _T:
    try:
        text = read_small(path, private=private)
    except ValueError as error:
        raise CommandEnd(Exit.USAGE, str(error)) from None
    try:
        return make(text)
    except ValueError as error:
        # Behind a name such as `root-password:` the next word would be masked.
        raise CommandEnd(Exit.USAGE, f"{error} ({path})") from None
