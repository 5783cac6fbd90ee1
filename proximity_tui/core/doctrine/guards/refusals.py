"""The refusals that several decisions give: each sentence stands here once. When one applies is for the guards."""

from __future__ import annotations

from proximity_tui.core.model import (
    ClosedReason,
    Container,
    GuestDetail,
    GuestNotSeen,
    Identity,
    Presence,
    Refusal,
    RefusalCode,
    Unread,
    names,
)

NEVER_DESTROYED = "Proximity never destroys what it did not create"

ADOPTED = Refusal(RefusalCode.ADOPTED, NEVER_DESTROYED)
KIND_UNKNOWN = Refusal(
    RefusalCode.KIND_UNKNOWN, "its kind cannot be read, so it counts as not ours and is never destroyed"
)
READ_ONLY = Refusal(RefusalCode.READ_ONLY, "read-only mode: changes are disabled")
NOT_READY = Refusal(RefusalCode.NO_QUORUM, "cluster not ready - no quorum?")
"""In the words of Proxmox, which refuses the same."""


def managed(existing: Container) -> Refusal:
    """Return the refusal to manage a guest that has a record already."""
    return Refusal(RefusalCode.MANAGED, f"CT {existing.vmid} is already managed: {existing.label}")


def not_configured(cluster: str) -> Refusal:
    """Return the refusal to act on a cluster that cannot be asked."""
    message = f"cluster {cluster} is not configured here: its guests cannot be inspected"
    return Refusal(RefusalCode.UNKNOWN_STATUS, message)


def second_name(name: str, known_as: str) -> Refusal:
    """Return the refusal to work under the second `name` of a cluster that our records know as `known_as`."""
    return Refusal(
        RefusalCode.SAME_CLUSTER,
        f"{name} and {known_as} are one and the same cluster (the same root CA), known to our records as {known_as}: "
        f"under the name {name} nothing is read into our records and nothing is changed. Take {name} out of the "
        f"configuration; or, where {known_as} is to be called {name} from now on: "
        f"proximity-tui cluster rename {known_as} {name}",
    )


def no_guest_to_ask(container: Container) -> Refusal:
    """Return the refusal to act on a record that leads to no guest that can be looked at."""
    message = f"{container.name} has no VMID, or {container.cluster} is not configured"
    return Refusal(RefusalCode.UNKNOWN_STATUS, message)


def privileges_unread(why: str) -> str:
    """Return the sentence about privileges of our token that nobody could read; `why` is the error."""
    return f"the privileges of our token could not be read: {why}"


def not_seen(container: Container, missing: GuestNotSeen) -> Refusal:
    """Return the refusal to act on a guest that was not seen: missing, hidden, replaced or not readable (law 2)."""
    if missing.presence is Presence.REPLACED:
        return Refusal(RefusalCode.REPLACED, missing.reason)
    if missing.presence is Presence.ABSENT:
        return Refusal(RefusalCode.ABSENT, f"CT {missing.vmid} is not there: {missing.reason}")
    message = f"nothing certain is known of {container.name}: {missing.reason}"
    return Refusal(RefusalCode.UNKNOWN_STATUS, message)


def another_guest(seen: GuestDetail, identity: Identity) -> Refusal:
    """Return the refusal of a guest whose fingerprint is not that of the record (law 3)."""
    message = f"the guest at CT {seen.vmid} is not the one we recorded: {identity.sentence}"
    return Refusal(RefusalCode.REPLACED, message)


def config_unread(seen: GuestDetail) -> Refusal:
    """Return the refusal of a guest whose config could not be read: it may be another one (law 3)."""
    gap = seen.gap(Unread.CONFIG)
    why = f" ({gap.why})" if gap is not None else ""
    message = f"the config of CT {seen.vmid} could not be read{why}: it may be another guest"
    return Refusal(RefusalCode.IDENTITY_UNSURE, message, unread=True)


def changed(what: str) -> Refusal:
    """Return the refusal of a plan that is void; `what` says what is not as it was: `web1 moved from pve1 to pve2`."""
    return Refusal(RefusalCode.CHANGED, f"{what} since the plan was made: make the plan again")


def moved(what: str, before: object, now: str) -> Refusal:
    """Return the refusal of a plan whose guest is on another node now."""
    return changed(f"{what} moved from {before} to {now}")


def config_changed(what: str) -> Refusal:
    """Return the refusal of a plan whose guest has another config now."""
    return changed(f"the config of {what} changed")


def vmid_taken(vmid: int | None) -> Refusal:
    """Return the refusal to make a container at a VMID that somebody else has by now."""
    return changed(f"VMID {vmid} was taken")


def vmid_not_free(vmid: int, ours: str | None, free: int, rule: str = "") -> Refusal:
    """Return the refusal to make a container at a VMID that is taken: by our record called `ours`, or by another guest.
    `free` is the lowest one that is not, and `rule` says why a taken one is no choice.
    """
    holder = "another guest has it" if ours is None else f"our record of {ours} has it"
    parts = (f"VMID {vmid} is taken: {holder}", rule, f"{free} is free")
    return Refusal(RefusalCode.VMID_TAKEN, "; ".join(filter(None, parts)))


def invalid_port(given: object) -> Refusal:
    """Return the refusal of what is not the number of a port."""
    return Refusal(RefusalCode.INVALID, names.not_a_port(given))


def not_absent(vmid: int | None) -> Refusal:
    """Return the refusal where a guest is at the VMID of a container that the plan took for gone."""
    return Refusal(RefusalCode.CHANGED, f"CT {vmid} is not absent any more: make the plan again")


def back_already(record: Container, successor: Container) -> Refusal:
    """Return the refusal to restore what was restored or attached again."""
    return Refusal(RefusalCode.MANAGED, f"{record.name} is back already: {successor.label}")


def not_managed(container: Container) -> Refusal:
    """Return the refusal to do something with a record that was closed meanwhile."""
    return Refusal(RefusalCode.CLOSED, f"{container.label} is not managed any more: {container.closed_words}")


def closed_record(container: Container) -> Refusal:
    """Return the refusal to act on a closed record that a person named: since when it is closed, why, and what can be
    done about it.
    """
    when = f" since {container.closed_at:%Y-%m-%d %H:%M:%S} UTC" if container.closed_at is not None else ""
    told = f"record id:{container.id} of {container.label} is closed{when}: {container.closed_words}"
    if container.closed_reason == ClosedReason.FORGOTTEN and container.vmid is not None:
        again = f"`proximity-tui adopt {container.cluster}/{container.vmid}` manages the guest again"
    elif container.closed_reason == ClosedReason.NEVER_CREATED and container.predecessor is None:
        again = "no guest of it is left"
    else:
        again = f"`proximity-tui restore id:{container.id}` brings it back from a backup"
    return Refusal(
        RefusalCode.CLOSED, f"{told}; `proximity-tui audit id:{container.id}` shows its history, and {again}"
    )


def busy(container: Container, holder: str) -> Refusal:
    """Return the refusal to act on a record that an operation holds; `holder` says which."""
    return Refusal(RefusalCode.BUSY, f"{container.name} is busy: {holder}")


def not_at_vmid(container: Container, vmid: int) -> Refusal:
    """Return the refusal of a confirmation by another VMID than that of the container."""
    return Refusal(RefusalCode.CONFIRMATION, f"{container.name} is not at VMID {vmid}")


def storage_inactive(storage: str, node: str) -> Refusal:
    """Return the refusal for a storage that the node has and cannot reach now."""
    return Refusal(RefusalCode.INACTIVE, f"storage {storage} is not active on {node} now")
