"""`connect --retrust NAME`: trust a configured cluster again whose certificate, or whose root CA, is another one now.

What was trusted and what is shown stand beside each other, and only the cluster's name, typed, replaces one by the
other. Until then nothing is sent to a server with another certificate.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import NoReturn

from proximity_tui.commands import confirm, output
from proximity_tui.commands.cluster_wish import agree_to
from proximity_tui.commands.connect import open_records, report, tell
from proximity_tui.commands.exits import CommandEnd, Exit, Refused
from proximity_tui.commands.opening import settings_of
from proximity_tui.config import ClusterConfig, PinnedCertificate
from proximity_tui.connecting import keeping, meeting
from proximity_tui.connecting.meeting import Shown
from proximity_tui.core.model import Refusal
from proximity_tui.core.proxmox.errors import Unreachable
from proximity_tui.core.store import clusters
from proximity_tui.session import who_acts
from proximity_tui.settings import editing


def run(args: Namespace) -> int:
    """Look at what the cluster shows now, ask, and write down what is trusted from now on."""
    name = args.cluster = args.retrust
    settings = settings_of(args)
    if settings.read_only:
        raise Refused(Refusal("read_only", "read-only: every change is switched off"))
    if not sys.stdin.isatty() and args.confirm is None:
        raise Refused(Refusal("confirmation", f"nobody is there to type the name: use --confirm {name}"))
    was = settings.clusters[name]
    now = _trusted_now(args, was)
    facts = meeting.greet(now)
    identity = meeting.identity_of(facts)
    old, new = _pins(was), _pins(now)
    with open_records(settings), ExitStack() as stack:
        known = clusters.known_identity(name)
        tell(facts, identity)
        if known is not None and identity != known:
            _agree_to_cluster(args, name, known, identity)
        if set(new) == set(old) and identity == known:
            report(args, facts, settings.path, new, identity, f"{name} shows what is trusted already: nothing to do")
            return Exit.DONE
        commit: Callable[[], None] = _nothing_to_write
        if set(new) != set(old):
            before = editing.current_text(settings.path)
            after = editing.with_fingerprints(before, name, new)
            commit = stack.enter_context(editing.draft(settings.path, after, before)).commit
        keeping.keep_again(name, who_acts(settings), identities=(known, identity), pins=(old, new), commit=commit)
    report(args, facts, settings.path, new, identity, f"{name} is trusted as it is now")
    return Exit.DONE


def _trusted_now(args: Namespace, was: ClusterConfig) -> ClusterConfig:
    """The cluster with the certificates that it shows pinned, when a person agreed to those that are new."""
    if not isinstance(was.trust, PinnedCertificate):
        return was
    seen = meeting.look_at(was.urls)
    there = [one for one in seen if one.fingerprint is not None]
    if not there:
        raise Unreachable(f"{was.name}: {seen[-1].url} shows no certificate ({seen[-1].problem})")
    old = was.trust.fingerprints
    strangers = [one for one in there if one.fingerprint not in old]
    if not strangers:
        return was
    output.note(f"{was.name}: another certificate is shown than the trusted one.")
    for fingerprint in old:
        output.note(f"trusted until now: {fingerprint}")
    shown = agree_to(args, was.name, strangers, lambda: _type_name(args, was.name))
    if args.fingerprint:
        _type_name(args, was.name)
    return replace(was, trust=_pinned(old, there, shown, all_there=len(there) == len(seen)))


def _pinned(old: tuple[str, ...], there: list[Shown], shown: tuple[str, ...], *, all_there: bool) -> PinnedCertificate:
    """What is shown now. Of a node that is down nobody knows the certificate: then what was trusted stays trusted."""
    still = [one.fingerprint for one in there if one.fingerprint in old]
    kept = tuple(one for one in old if one in still or not all_there)
    pins = (*shown, *kept)
    return PinnedCertificate(pins[0], pins[1:])


def _agree_to_cluster(args: Namespace, name: str, known: str, identity: str | None) -> None:
    if identity is None:
        raise CommandEnd(Exit.UNANSWERED, f"{name} does not say which cluster it is: nothing was changed")
    output.note(f"{name}: ANOTHER CLUSTER answers. Every record of ours under this name is of the one known until now.")
    output.note(f"known until now: {known}")
    output.note(f"shown now:       {identity}")
    output.note("Our containers that it does not have will be found missing. Only go on if the cluster was made anew.")
    _type_name(args, name)


def _type_name(args: Namespace, name: str) -> None:
    answer = args.confirm if args.confirm is not None else confirm.typed(f"Type {name} to trust it: ")
    if answer != name:
        _not_agreed()


def _not_agreed() -> NoReturn:
    raise Refused(Refusal("confirmation", "not trusted: nothing was changed"))


def _pins(cluster: ClusterConfig) -> tuple[str, ...]:
    return cluster.trust.fingerprints if isinstance(cluster.trust, PinnedCertificate) else ()


def _nothing_to_write() -> None:
    """Only the root CA is another one, and that is not in the configuration."""
