"""Asks everything that one reconciliation run needs to know of a cluster, and hands it over as data.

One inventory request for the whole cluster; the existence oracle only for what is missing from it; a close look where
the list looks odd, and a config here and there where it does not. The judging is the doctrine's, and it never sees the
gateway (law 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from proximity_tui.core.clock import Clock
from proximity_tui.core.doctrine.belief import doubt_identity, doubt_privileges, doubt_quorum
from proximity_tui.core.doctrine.granting import AUDIT, Permissions, held_at
from proximity_tui.core.doctrine.identity import UNSETTLED_LOCKS, compare, half_destroyed
from proximity_tui.core.doctrine.observation import follow
from proximity_tui.core.doctrine.verdict import Probe, Rung, Survey, Trouble
from proximity_tui.core.engine import patrol
from proximity_tui.core.engine.reader import Reader
from proximity_tui.core.model import Container, Fingerprint, Guest, Inventory, Match, Observation, Presence
from proximity_tui.core.proxmox.errors import CertificateMismatch, ProxmoxError, WrongCluster
from proximity_tui.core.proxmox.identity import answering

MOST_PROBES = 200
"""How many missing VMIDs are asked for in one run; above it the breaker has more to say than the oracle."""

MOST_CLOSE_LOOKS = 20
"""How many odd rows are read closely in one run; the rest wait for the next."""

PATIENCE = 120.0
"""Seconds for everything that one run asks (law 10). What was not asked by then is not known in this run."""

PROBES_LOST = 3
"""After so many failures in a row the oracle is not asked again in this run: the API is dying (N2)."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What fingerprints showed, by VMID: who has it now, what a destroy left, what agrees in part and what wholly; and
    the odd rows that were not read."""

    replaced: dict[int, str] = field(default_factory=dict)
    remains: dict[int, str] = field(default_factory=dict)
    weakened: dict[int, str] = field(default_factory=dict)
    confirmed: set[int] = field(default_factory=set)
    unread: set[int] = field(default_factory=set)


def survey(
    reader: Reader,
    containers: Sequence[Container],
    held: Iterable[int],
    clock: Clock,
    known: str | None = None,
    *,
    doubted: bool = False,
) -> Survey:
    """Everything one run knows of the cluster, whose root CA is `known`, and asked for in any case if it is `doubted`.
    Raises nothing of Proxmox's: what failed is in the survey, and so is what was not asked within `PATIENCE`."""
    with reader.within(PATIENCE):
        return _survey(reader, containers, held, clock, known, doubted=doubted)


def _survey(
    reader: Reader,
    containers: Sequence[Container],
    held: Iterable[int],
    clock: Clock,
    known: str | None,
    *,
    doubted: bool,
) -> Survey:
    held_ids = frozenset(held)
    try:
        inventory = reader.inventory(quorum_age=0.0)
    except WrongCluster as error:
        refused = (Rung.IDENTITY, error.sentence)
        return Survey(None, clock.now(), {}, {}, held_ids, trouble=refused, identity=error.seen)
    except ProxmoxError as error:
        return Survey(None, clock.now(), {}, {}, held_ids, trouble=_why_unread(error))
    missing = _missing(containers, inventory)
    identity, unsure = None, None
    if missing or doubted or known is None:
        identity, unsure = _whose(reader, inventory, known)
    if unsure is not None and identity is not None:
        return Survey(None, clock.now(), {}, {}, held_ids, trouble=unsure, identity=identity)
    # Without a quorum that we may see a free VMID proves nothing, but a taken one still says what we may not see.
    probes = _probe(reader, missing) if inventory.complete and inventory.quorum.quorate is not False else {}
    privileges, unread = _privileges(reader) if probes else (None, None)
    if privileges is not None:
        probes = {vmid: _with_right(reader, vmid, probe, privileges) for vmid, probe in probes.items()}
    trouble = _trouble(inventory, privileges, unread) or unsure
    shown = _look_at_odd_rows(reader, containers, inventory)
    for container, guest, seen in patrol.go_round(reader.fingerprint, containers, inventory, held_ids, clock):
        _sort_in(shown, container, guest, seen, None)
    return Survey(
        inventory,
        clock.now(),
        probes,
        replaced=shown.replaced,
        held=held_ids,
        unread=frozenset(shown.unread),
        remains=shown.remains,
        trouble=trouble,
        identity=identity,
        weakened=shown.weakened,
        confirmed=frozenset(shown.confirmed),
        token_id=reader.token_id,
        privileges=privileges,
    )


def _why_unread(error: ProxmoxError) -> Trouble:
    if isinstance(error, CertificateMismatch):
        return Rung.CERTIFICATE, f"{error.sentence} (trusted: {', '.join(error.expected)})"
    return Rung.API, error.sentence


def _missing(containers: Sequence[Container], inventory: Inventory) -> list[int]:
    """The VMIDs that are not listed. One that is listed in a row that cannot be read is not missing."""
    known = {*inventory.guests, *(row.vmid for row in inventory.set_aside)}
    return [one.vmid for one in containers if one.vmid is not None and one.vmid not in known]


def _whose(reader: Reader, inventory: Inventory, known: str | None) -> tuple[str | None, Trouble | None]:
    """The root CA of whoever answers, and why that one may not be believed. Asked for only where it matters: while we
    do not know it, and before anything that is missing is called gone (rung 1)."""
    nodes = answering(inventory.nodes)
    if not nodes:
        return None, None if known is None else (Rung.IDENTITY, "no node is online to say which cluster this is")
    try:
        identity = reader.cluster_identity(nodes[0])
    except ProxmoxError as error:
        if known is None:
            return None, None
        return None, (Rung.IDENTITY, f"which cluster answers could not be read: {error.sentence}")
    return identity, doubt_identity(reader.cluster, known, identity)


def _probe(reader: Reader, missing: Sequence[int]) -> dict[int, Probe]:
    """Ask the oracle for every VMID that the list does not have."""
    probes: dict[int, Probe] = {}
    failures = 0
    for vmid in missing[:MOST_PROBES]:
        if failures >= PROBES_LOST:
            probes[vmid] = Probe(None, "Proxmox stopped answering during this run")
            continue
        try:
            probes[vmid] = Probe(reader.is_free(vmid))
            failures = 0
        except ProxmoxError as error:
            probes[vmid] = Probe(None, error.sentence)
            failures += 1
    return probes


def _privileges(reader: Reader) -> tuple[Permissions | None, Trouble | None]:
    """What our token may do, or why that could not be read. Asked for only where something is missing."""
    try:
        return reader.permissions(), None
    except ProxmoxError as error:
        return None, (Rung.PRIVILEGES, f"our own privileges could not be read: {error.sentence}")


def _with_right(reader: Reader, vmid: int, probe: Probe, privileges: Permissions) -> Probe:
    """What is taken, with whether our token may see it. One question more only where `/vms` would show it: an entry of
    its own may forbid it, and Proxmox does not tell of what forbids everything."""
    if probe.free is not False:
        return probe
    path = f"/vms/{vmid}"
    if path in privileges or AUDIT not in held_at("/vms", privileges):
        return replace(probe, audit=AUDIT in held_at(path, privileges))
    try:
        return replace(probe, audit=AUDIT in reader.permissions(path).get(path, ()))
    except ProxmoxError:
        return probe


def _trouble(inventory: Inventory, privileges: Permissions | None, unread: Trouble | None) -> Trouble | None:
    """Why no absence may be concluded on this answer, if there is a reason."""
    doubt = doubt_quorum(inventory.quorum) or unread
    return doubt_privileges(privileges) if doubt is None and privileges is not None else doubt


def _look_at_odd_rows(reader: Reader, containers: Sequence[Container], inventory: Inventory) -> _Shown:
    """Read the fingerprint where the list looks odd. What is known to be replaced is read last, so that it crowds
    nobody out."""
    shown = _Shown()
    looked = 0
    for container in sorted(containers, key=lambda one: one.presence is Presence.REPLACED):
        seen = follow(container, inventory)
        if seen.guest is None or seen.guest.type != "lxc" or not seen.suspicious:
            continue
        close = None
        if looked < MOST_CLOSE_LOOKS:
            looked += 1
            close = _look_closely(reader, seen.guest.vmid, seen.guest.node)
        if close is None:
            shown.unread.add(seen.guest.vmid)
            if seen.presence is Presence.REPLACED:
                shown.replaced[seen.guest.vmid] = container.presence_reason or "it was replaced"
        else:
            _sort_in(shown, container, seen.guest, close.fingerprint, close.lock)
    return shown


def _sort_in(shown: _Shown, container: Container, guest: Guest, seen: Fingerprint | None, lock: str | None) -> None:
    identity = compare(container.fingerprint, seen, lock)
    remains = half_destroyed(container.fingerprint, lock, seen)
    if identity.match is Match.DIFFERENT:
        shown.replaced[guest.vmid] = f"CT {guest.vmid} is now {guest.display_name}: {identity.sentence}"
    elif remains is not None:
        shown.remains[guest.vmid] = remains
    elif identity.match is Match.SAME:
        shown.confirmed.add(guest.vmid)
    elif container.fingerprint is not None:
        shown.weakened[guest.vmid] = identity.sentence


def _look_closely(reader: Reader, vmid: int, node: str) -> Observation | None:
    """The guest, if its fingerprint can be read and is its own now."""
    try:
        close = reader.observe(vmid, node)
    except ProxmoxError:
        return None
    return None if close.lock in UNSETTLED_LOCKS or close.fingerprint is None else close
