"""`connect`: trust a cluster on first use, and write it into the configuration; `--retrust`: trust it again.

Not a byte of HTTP goes to a server before a person, `--fingerprint` or `--ca-file` confirmed that it is the right one.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import open_records
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit
from proximity_tui.commands.base.options import json_option, refuse_unused
from proximity_tui.commands.base.parser import path_of, text_or_blank
from proximity_tui.core.doctrine.guards.refusals import READ_ONLY

if TYPE_CHECKING:
    from pathlib import Path

    from proximity_tui.config.schema import Settings


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `connect`."""
    parser.add_argument("--name", metavar="NAME", help="your name for the cluster")
    parser.add_argument("--url", action="append", metavar="URL", help="https://host:8006; repeat it for more nodes")
    parser.add_argument("--token-id", metavar="ID", help="user@realm!name")
    secret = parser.add_mutually_exclusive_group()
    secret.add_argument("--token-secret-file", type=path_of, metavar="FILE", help="a file with its secret (mode 0600)")
    secret.add_argument("--token-secret-env", metavar="VARIABLE", help="the environment variable with its secret")
    trust = parser.add_mutually_exclusive_group()
    trust.add_argument(
        "--fingerprint", action="append", metavar="SHA256", help="SHA-256 of the certificate; one for each node"
    )
    trust.add_argument("--ca-file", type=path_of, metavar="FILE", help="pve-root-ca.pem of the cluster")
    parser.add_argument(
        "--retrust", metavar="NAME", help="trust a configured cluster again after its certificate or root CA changed"
    )
    parser.add_argument(
        "--confirm", type=text_or_blank, metavar="NAME", help="with --retrust: the cluster name, instead of typing it"
    )
    parser.add_argument("--yes", action="store_true", help="write it without asking")
    json_option(parser)
    parser.epilog = "On a terminal it asks for missing values."


def run(args: Namespace) -> int:
    """Connect a new cluster, or trust one again; return the exit code. Raises CommandRefused for a refusal, and
    CommandEnd for whatever else ends it.
    """
    if args.retrust is not None:
        from proximity_tui.commands.setup import retrust

        return retrust.run(args)
    refuse_unused(args, {"confirm": "--confirm"}, (), "connect")
    return _connect(args)


def _connect(args: Namespace) -> int:
    from proximity_tui.commands.setup import connect_terminal
    from proximity_tui.commands.setup.connect_terminal import request_of
    from proximity_tui.config import load as config
    from proximity_tui.config.files import edit
    from proximity_tui.config.locate import locate
    from proximity_tui.connect import certificates, connect_request, save
    from proximity_tui.runtime.context import who_acts

    path, _ = locate(args.config)
    before = edit.current_text(path)
    existing = config.load(args.config, database=args.database, read_only=args.read_only) if before else None
    _may_write(args, existing)
    request = request_of(args, existing, path)
    name = request.cluster.name
    facts = certificates.read_facts(request.cluster)
    identity = certificates.identity_of(facts)

    def load(draft: Path) -> Settings:
        return config.load(path, database=args.database, read_only=args.read_only, draft=draft)

    with connect_request.prepared(path, before, request, load) as (draft, settings), open_records(settings):
        try:
            connect_terminal.print_check_results(facts, connect_request.known_only_as(name, identity))
            connect_request.known_by_no_other_name(name, identity)
        except connect_request.NameTaken as taken:
            raise CommandEnd(Exit.CONFLICT, str(taken), {"expected": taken.known, "seen": taken.seen}) from taken
        except connect_request.ClusterHasAnotherName as second:
            raise CommandEnd(Exit.CONFLICT, str(second), {"known_as": second.known_as}) from second
        confirm.ask(args, f"Write {name} into {path}?")
        save.keep_new(draft, facts, identity, request.pins, who_acts(settings))
    message = f"{name} is in {path}; list its guests with: proximity-tui list --kind all"
    connect_terminal.print_result(args, facts, path, request.pins, identity, message)
    return Exit.DONE


def _may_write(args: Namespace, existing: Settings | None) -> None:
    from proximity_tui.config.load import read_only_without_file  # only here: `--help` reads no configuration

    if existing.read_only if existing is not None else read_only_without_file(args.read_only):
        raise CommandRefused(READ_ONLY)
    if not args.yes:
        confirm.refuse_without_terminal("--yes, with --fingerprint or --ca-file")
