"""A configured cluster that shows another certificate, or is another cluster now: the changes, and the new trust.

It asks nobody, and sends nothing: a person decides whether the new one is the right one.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.files import edit
from proximity_tui.config.schema import ClusterConfig, PinnedCertificate
from proximity_tui.connect import certificates, save
from proximity_tui.connect.certificates import ShownCertificate
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Actor, Membership
from proximity_tui.core.proxmox.errors import Unreachable
from proximity_tui.core.store import clusters
from proximity_tui.doctor import cluster_facts
from proximity_tui.doctor.check_result import ClusterFacts


@value_object
class TrustChange:
    """The certificates that the URLs of a cluster show, beside the trusted ones. `seen` is empty where a CA is trusted,
    not a pin.
    """

    was: ClusterConfig
    seen: tuple[ShownCertificate, ...] = ()

    @property
    def untrusted(self) -> tuple[ShownCertificate, ...]:
        """The servers that show a certificate which is not trusted."""
        return tuple(one for one in self.seen if one.fingerprint not in (None, *pins_of(self.was)))

    def trusted(self) -> ClusterConfig:
        """Return the cluster with everything trusted that it shows.

        The certificate of a node that is down is not known: then its trusted one stays trusted.
        """
        if not self.untrusted:
            return self.was
        shown = {one.fingerprint for one in self.seen}
        fresh = dict.fromkeys(one.fingerprint for one in self.untrusted if one.fingerprint is not None)
        kept = (one for one in pins_of(self.was) if one in shown or None in shown)
        pins = (*fresh, *kept)
        return replace(self.was, trust=PinnedCertificate(pins[0], pins[1:]))


def read_again(was: ClusterConfig) -> TrustChange:
    """Return what a cluster shows now, without a byte of HTTP. Raises Unreachable when it shows nothing."""
    if not isinstance(was.trust, PinnedCertificate):
        return TrustChange(was)
    seen = certificates.read_certificates(was.urls)
    if all(one.fingerprint is None for one in seen):
        raise Unreachable(f"{was.name}: {seen[-1].url} shows no certificate ({seen[-1].problem})")
    return TrustChange(was, seen)


def other_members(facts: ClusterFacts) -> tuple[Membership, Membership] | None:
    """Return the nodes that a cluster is known by, and those that its server tells of, where these may be only a part
    that left it; else None. The database must be open. Raises ConfigError while another URL leads to the whole.
    """
    if facts.quorum is None or facts.quorum.told is None:
        return None
    known = clusters.held_against(facts.name, facts.quorum.told, clusters.known_members(facts.name))
    departure = facts.quorum.departure_from(known)
    if departure is None:
        return None
    for url, quorum in cluster_facts.other_quorums(facts, SystemClock()):
        if quorum.quorate and quorum.told is not None and quorum.departure_from(known) is None:
            left = facts.used.url if facts.used is not None else "the other one"
            whole = f"{url} answers for {facts.name} with a quorum: nothing was changed"
            raise ConfigError(f"{whole}. Take {left} out of the configuration")
    return departure.known, departure.told


def members_sentences(name: str, members: tuple[Membership, Membership]) -> tuple[str, ...]:
    """Return the sentences about a cluster of which only a part answers."""
    known, told = members
    return (
        f"{name} is known as a cluster of {known.listed}. The server that answers tells only of {told.listed}.",
        "It left that cluster, or has just started: then cancel. Take its URL out of the configuration, or wait.",
        f"Only go on if {name} is only {told.listed} now. Of containers on other nodes nothing is concluded even then.",
    )


def keep(
    path: Path,
    was: ClusterConfig,
    now: ClusterConfig,
    identities: tuple[str | None, str | None],
    actor: Actor,
    members: tuple[Membership, Membership] | None = None,
) -> None:
    """Record the trust in a cluster as it is `now`; `identities` are its root CA on record and the one shown, `members`
    the nodes that it is known by and those that it is accepted with.

    The database must be open. Raises ConfigError and StoreError, and then nothing has changed.
    """
    old, new = pins_of(was), pins_of(now)
    commit: Callable[[], None] = _nothing_to_write
    with ExitStack() as stack:
        if set(new) != set(old):
            from proximity_tui.config.files import toml_edit  # only here: nothing else of a screen needs tomlkit

            before = edit.current_text(path)
            after = toml_edit.with_fingerprints(before, was.name, new)
            commit = stack.enter_context(edit.draft(path, after, before)).commit
        save.keep_again(was.name, actor, identities=identities, pins=(old, new), members=members, commit=commit)


def pins_of(cluster: ClusterConfig) -> tuple[str, ...]:
    """Return the pinned certificates; none where a CA is trusted."""
    return cluster.trust.fingerprints if isinstance(cluster.trust, PinnedCertificate) else ()


def _nothing_to_write() -> None:
    """Do nothing: only the root CA changed, and that is not in the configuration."""


def shows_no_identity(name: str) -> str:
    """Return the sentence about a cluster that cannot be trusted again, because it does not say which one it is."""
    return f"{name} does not show its root CA: nothing was changed"
