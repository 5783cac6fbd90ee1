"""The names that a shell may offer: from the configuration, our records and the last lists. No cluster is asked."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from proximity_tui.commands.base.command_context import records_of, settings_of
from proximity_tui.commands.completion.command_tree import ValueKind
from proximity_tui.core.model import Container
from proximity_tui.core.model.guests.guest_config import is_network, named_properties
from proximity_tui.core.model.names import storage_of

if TYPE_CHECKING:
    from proximity_tui.last_list.completion_names import ListedNames

MOST_CONFIGS = 200
"""Recorded configs that are read for the names of bridges: those of the newest records."""


def known_names(args: Namespace) -> Iterable[str]:
    """Return the names of the kind `args.shell`, where `args.word` was begun. Raises what the database raises."""
    settings = settings_of(args)
    if args.shell == ValueKind.CLUSTER:
        return tuple(settings.clusters)
    from proximity_tui.core.store.records import records
    from proximity_tui.last_list import completion_names

    listed = {name: one for name, one in completion_names.read(settings.database).items() if name in settings.clusters}
    with records_of(args):
        containers = records.active(args.cluster)
        if args.shell == ValueKind.CONTAINER:
            return sorted(_with_cluster(containers) if "/" in args.word else _unique_names(containers))
        if args.shell == ValueKind.UNMANAGED:
            return _unmanaged(listed, containers, with_cluster="/" in args.word or len(settings.clusters) > 1)
        return sorted({*_recorded(args.shell, containers), *_listed(args.shell, listed)})


def _unique_names(containers: Sequence[Container]) -> Iterable[str]:
    """Yield the names that mean one container; the others by cluster and VMID, or by the id of the record."""
    counts = Counter(one.name for one in containers)
    for one in containers:
        place = f"id:{one.id}" if one.vmid is None else f"{one.cluster}/{one.vmid}"
        yield one.name if counts[one.name] == 1 else place


def _with_cluster(containers: Sequence[Container]) -> Iterable[str]:
    """Yield each container by cluster and VMID, and by cluster and name where that means one."""
    counts = Counter((one.cluster, one.name) for one in containers)
    for one in containers:
        if one.vmid is not None:
            yield f"{one.cluster}/{one.vmid}"
        if counts[one.cluster, one.name] == 1:
            yield f"{one.cluster}/{one.name}"


def _unmanaged(
    listed: Mapping[str, ListedNames], containers: Sequence[Container], *, with_cluster: bool
) -> Iterable[str]:
    """Yield the VMIDs in the last lists that have no record."""
    ours = {(one.cluster, str(one.vmid)) for one in containers}
    for cluster, names in sorted(listed.items()):
        for vmid in names.guests:
            if (cluster, vmid) not in ours:
                yield f"{cluster}/{vmid}" if with_cluster else vmid


def _listed(kind: str, listed: Mapping[str, ListedNames]) -> Iterable[str]:
    """Yield the names of one kind in the last lists."""
    if kind != ValueKind.BRIDGE:
        yield from (name for names in listed.values() for name in getattr(names, kind))


def _recorded(kind: str, containers: Sequence[Container]) -> Iterable[str]:
    """Return the names of one kind in our records."""
    if kind == ValueKind.NODE:
        return (one.node for one in containers if one.node)
    if kind == ValueKind.STORAGE:
        volumes = (one.fingerprint.rootfs for one in containers if one.fingerprint and one.fingerprint.rootfs)
        return (storage_of(volume) for volume in volumes if ":" in volume)
    return _bridges(containers) if kind == ValueKind.BRIDGE else ()


def _bridges(containers: Sequence[Container]) -> Iterable[str]:
    from proximity_tui.core.store.revisions import revisions

    newest = sorted((one.id for one in containers), reverse=True)[:MOST_CONFIGS]
    for revision in revisions.last_of(newest).values():
        for key, value in revision.config.items():
            if is_network(key) and (bridge := named_properties(value).get("bridge")):
                yield bridge
