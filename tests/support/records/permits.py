"""Permits to write, as the last look gives them, for tests of the writes themselves."""

from __future__ import annotations

from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit, permit_create, permit_write
from proximity_tui.core.proxmox.client import PveClient
from tests.support.records import make


def permit_to(client: PveClient, action: WriteAction, vmid: int, node: str) -> WritePermit:
    """The permit for a container whose record matches what is there."""
    seen = client.inspect(vmid, node)
    record = make.container(cluster=client.cluster, vmid=vmid, node=node, fingerprint=seen.fingerprint)
    permit = permit_write(action, record, seen, client.now(), provenance=make.PROVENANCE)
    assert isinstance(permit, WritePermit), permit
    return permit


def permit_to_make(client: PveClient, vmid: int, node: str) -> WritePermit:
    """The permit for a VMID that is free."""
    permit = permit_create(client.vacancy(vmid, node), client.now())
    assert isinstance(permit, WritePermit), permit
    return permit
