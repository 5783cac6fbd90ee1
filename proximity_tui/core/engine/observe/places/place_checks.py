"""The checks of the parts of a request on one node. What the token may not see becomes a warning in the plan; what
could not be read is raised as the error that it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from proximity_tui.core.doctrine.actions.create.creation import download_line
from proximity_tui.core.doctrine.actions.free_space import copy_warnings, space_warnings
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.guards.offered import (
    SEES_BRIDGES,
    SEES_POOLS,
    SEES_STORAGES,
    Offer,
    Unchecked,
    check_offered,
)
from proximity_tui.core.model import GuestDetail, Refusal, RefusalCode, names
from proximity_tui.core.model.guests.guest_config import disks, sizes_by_storage, volumes_size
from proximity_tui.core.model.privilege import Privilege
from proximity_tui.core.proxmox.catalogue import Storage, most_free
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.records import public_ports

USUAL_BRIDGE = "vmbr0"

SETS_TAGS = Privilege.VM_OPTIONS


class PlaceChecks:
    """The checks of one request on one node: the first refusal, and the warnings about parts that
    could not be checked.
    """

    def __init__(self, client: PveClient, node: str) -> None:
        self.refused: Refusal | None = None
        self.warnings: list[str] = []
        self._client = client
        self._node = node

    def root_storage(self, wanted: str | None, size: int) -> str | None:
        """Return the storage for the root volume of a new container, `size` in bytes: the requested one, checked, else
        the one with the most free space, None without one. It warns where the volume may not fit.
        """
        listed = self._client.storages(self._node)
        if wanted is not None:
            self._check_storage(wanted, "root volumes", listed)
            chosen = next((one for one in listed if one.name == wanted), None)
        else:
            chosen = most_free(listed)
        if chosen is None:
            return wanted
        self.warnings += space_warnings(chosen.name, size, chosen.available)
        return chosen.name

    def room(self, config: Mapping[str, Any], storage: str | None) -> None:
        """Warn where a copy of the volumes in a config may not fit: each on its storage, or all on one."""
        if self.refused is not None:
            return
        needed = sizes_by_storage(config) if storage is None else {storage: volumes_size(config)}
        free = {one.name: one.available for one in self._client.storages(self._node)}
        self.warnings += copy_warnings(needed, free)

    def storage(self, wanted: str, content: str, called: str) -> bool:
        """Check that a storage exists, takes `content`, in words `called`, and is active; return whether it was seen
        to be so.
        """
        return self._check_storage(wanted, called, self._client.storages(self._node, content))

    def _check_storage(self, wanted: str, content: str, found: Sequence[Storage]) -> bool:
        listed = {storage.name: storage for storage in found}
        if not self._offered(wanted, self._storages(wanted, content, listed)):
            return False
        if not listed[wanted].active:
            self._refuse(refusals.storage_inactive(wanted, self._node))
        return listed[wanted].active

    def template(self, volume: str) -> None:
        """Check that a template lies on a storage that this node reaches."""
        storage = names.storage_of(volume)
        if self.refused is None and self.storage(storage, "vztmpl", "templates"):
            found = self._client.volumes(self._node, storage, "vztmpl")
            if not self._offered(volume, Offer("template", f"on {storage} of {self._node}", found)):
                self._advise_download(storage, names.file_of(volume))

    def _advise_download(self, storage: str, template: str) -> None:
        """Add to the refusal the command that brings the template, where the node can download it."""
        try:
            offered = {one.template for one in self._client.details.downloads(self._node)}
        except ProxmoxError:
            return
        if self.refused is not None and template in offered:
            ours = f"proximity-tui templates download {self._node} {storage} {template}"
            how = f"it can be downloaded: {ours}; or as root on {self._node}: {download_line(storage, template)}"
            self.refused = replace(self.refused, reason=f"{self.refused.reason}; {how}")

    def bridge(self, wanted: str | None) -> str | None:
        """Return the bridge to use: the requested one, checked, else the usual one, else the first one.

        None only where the place is refused already and none was requested.
        """
        if self.refused is not None:
            return wanted
        name = wanted or USUAL_BRIDGE
        try:
            found = self._client.bridges(self._node)
        except ProxmoxError as error:
            self.warnings.append(f"not checked: whether there is a bridge {name} on {self._node}; {error.sentence}")
            return name
        if wanted is None and found and name not in found:
            return found[0]
        where, zone = f"on {self._node}", f"/sdn/zones/localnetwork/{name}"
        self._offered(name, self._seen_with(Offer("bridge", where, found), zone, SEES_BRIDGES, name in found))
        return name

    def bridges_in_backup(self, bridges: Collection[str]) -> None:
        """Warn of bridges that the node lacks: a restore succeeds without them, and a start does not."""
        for name in sorted(bridges) if self.refused is None else ():
            self.bridge(name)
            if self.refused is not None:
                self.warnings.append(f"{self.refused.reason}; it would not start: choose another (--bridge)")
                self.refused = None

    def shared(self, seen: GuestDetail) -> None:
        """Check that another node reaches the volumes of the guest, which are where it is now."""
        shared = {storage.name: storage.shared for storage in self._client.storages(seen.node)}
        for storage in sorted(_storages_of(seen.config or {})):
            if not shared.get(storage, True):
                message = f"CT {seen.vmid} is on {storage}, which only {seen.node} has: clone it there"
                self._refuse(Refusal(RefusalCode.NOT_SHARED, message))

    def pool(self, wanted: str | None) -> None:
        """Check that a resource pool exists."""
        if wanted is None or self.refused is not None:
            return
        try:
            found = self._client.pools()
        except ProxmoxError as error:
            self.warnings.append(f"not checked: pool {wanted}; {error.sentence}")
            return
        offer = Offer("pool", f"in {self._client.cluster}", found)
        self._offered(wanted, self._seen_with(offer, f"/pool/{wanted}", SEES_POOLS, wanted in found))

    def tags(self, wanted: tuple[str, ...], vmid: int) -> tuple[str, ...]:
        """Return the tags to create with. Proxmox takes none from a token whose right to set them comes from a pool."""
        if not wanted or self.refused is not None:
            return wanted
        path = f"/vms/{vmid}"
        try:
            granted = self._client.permissions(path).get(path, frozenset())
        except ProxmoxError as error:
            self.warnings.append(f"not checked: whether our token may set tags; {error.sentence}")
            return wanted
        if SETS_TAGS in granted:
            return wanted
        self.warnings.append(
            f"it will have no tags: our token has no {SETS_TAGS} on {path}, and for tags that of a pool does not count."
            f" Set them afterwards: pct set {vmid} --tags '{';'.join(wanted)}'"
        )
        return ()

    def port(self, wanted: int | None, ports: range) -> None:
        """Warn where no public port is left for the one that is to be published."""
        if wanted is not None and not set(ports) - public_ports.used():
            self.warnings.append(
                f"all {len(ports)} public ports from {ports.start} to {ports.stop - 1} are in use: it will have none"
            )

    def _storages(self, wanted: str, content: str, listed: Collection[str]) -> Offer:
        offer = Offer("storage", f"for {content} on {self._node}", listed)
        return self._seen_with(offer, f"/storage/{wanted}", SEES_STORAGES, wanted in listed)

    def _seen_with(self, offer: Offer, path: str, rights: Collection[str], seen: bool) -> Offer:
        """Return the offer with `sees_all`: whether our token, by its privileges at `path`, would see a thing that was
        not seen.
        """
        if seen:
            return offer
        try:
            granted = self._client.permissions(path).get(path, frozenset())
        except ProxmoxError as error:
            return replace(offer, sees_all=None, unseen=refusals.privileges_unread(error.sentence))
        if granted & frozenset(rights):
            return offer
        return replace(offer, sees_all=False, unseen=f"our token has no {' or '.join(sorted(rights))} on {path}")

    def _offered(self, wanted: str, offer: Offer) -> bool:
        """Return whether `wanted` is offered. Keeps the refusal or the warning."""
        match check_offered(wanted, offer):
            case Refusal() as refusal:
                self._refuse(refusal)
            case Unchecked(sentence):
                self.warnings.append(sentence)
            case None:
                return True
        return False

    def _refuse(self, refusal: Refusal) -> None:
        self.refused = self.refused or refusal


def _storages_of(config: Mapping[str, Any]) -> set[str]:
    found = (disk.volume for _, disk in disks(config))
    return {names.storage_of(volume) for volume in found if volume is not None and names.is_volume(volume)}
