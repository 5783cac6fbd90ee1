"""`connect --retrust NAME`: trust a configured cluster again whose certificate, root CA or nodes have changed.

Trusted and shown certificates stand beside each other, and only the typed name of the cluster replaces one by the
other. Until then nothing is sent to a server with another certificate.
"""

from __future__ import annotations

from argparse import Namespace

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import open_records, settings_of
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit
from proximity_tui.commands.base.options import refuse_unused
from proximity_tui.commands.printed import output
from proximity_tui.commands.setup import connect_terminal
from proximity_tui.commands.setup.connect_terminal import agree_to
from proximity_tui.config.schema import ClusterConfig
from proximity_tui.connect import certificates, rotate
from proximity_tui.core.doctrine.guards.checks import is_typed
from proximity_tui.core.doctrine.guards.refusals import READ_ONLY
from proximity_tui.core.model import Refusal, RefusalCode
from proximity_tui.core.store import clusters
from proximity_tui.runtime.context import who_acts

_OF_A_NEW_ONE = {
    "name": "--name",
    "url": "--url",
    "token_id": "--token-id",
    "token_secret_file": "--token-secret-file",
    "token_secret_env": "--token-secret-env",
    "ca_file": "--ca-file",
}
"""Options of `connect` whose settings are changed in the configuration, once a cluster is in it."""


def run(args: Namespace) -> int:
    """Show what the cluster shows now, ask, and record what is trusted from now on; return the exit code. Raises
    CommandRefused for a refusal, and CommandEnd for whatever else ends it.
    """
    refuse_unused(args, _OF_A_NEW_ONE, (), "connect --retrust")
    name = args.cluster = args.retrust
    settings = settings_of(args)
    if settings.read_only:
        raise CommandRefused(READ_ONLY)
    if args.confirm is None:
        confirm.refuse_without_terminal(f"--confirm {name}", "type the name")
    was = settings.clusters[name]
    now = _trusted_now(args, was)
    facts = certificates.read_facts(now)
    identity = certificates.identity_of(facts)
    new = rotate.pins_of(now)
    with open_records(settings):
        known = clusters.known_identity(name)
        connect_terminal.print_check_results(facts, identity)
        if known is not None and identity != known:
            _agree_to_cluster(args, name, known, identity)
        members = rotate.other_members(facts) if identity == known else None
        if members is not None:
            for sentence in rotate.members_sentences(name, members):
                output.note(sentence)
            _type_name(args, name)
        if now == was and identity == known and members is None:
            message = f"{name} shows what is already trusted: nothing to do"
            connect_terminal.print_result(args, facts, settings.path, new, identity, message)
            return Exit.DONE
        rotate.keep(settings.path, was, now, (known, identity), who_acts(settings), members)
    connect_terminal.print_result(args, facts, settings.path, new, identity, f"{name} is trusted as it is now")
    return Exit.DONE


def _trusted_now(args: Namespace, was: ClusterConfig) -> ClusterConfig:
    """Return the cluster with the certificates that it shows pinned, when a person confirmed the new ones."""
    change = rotate.read_again(was)
    if change.untrusted:
        output.note(f"{was.name} shows another certificate than the trusted one.")
        for fingerprint in rotate.pins_of(was):
            output.note(f"trusted until now: {fingerprint}")
        agree_to(args, was.name, change.untrusted, lambda: _type_name(args, was.name))
        if args.fingerprint:
            _type_name(args, was.name)
    return change.trusted()


def _agree_to_cluster(args: Namespace, name: str, known: str, identity: str | None) -> None:
    if identity is None:
        raise CommandEnd(Exit.UNANSWERED, rotate.shows_no_identity(name))
    output.note(f"{name}: ANOTHER CLUSTER answers. Our records under this name belong to the previous cluster.")
    output.note(f"known until now: {known}")
    output.note(f"shown now:       {identity}")
    output.note(
        "Our containers that it does not have will be found missing. Only go on if the cluster was reinstalled."
    )
    _type_name(args, name)


def _type_name(args: Namespace, name: str) -> None:
    answer = args.confirm if args.confirm is not None else confirm.typed(f"Type {name} to trust it: ")
    if not is_typed(name, answer):
        raise CommandRefused(Refusal(RefusalCode.CONFIRMATION, "not trusted: nothing was changed"))
