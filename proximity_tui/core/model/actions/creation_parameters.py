"""What is asked of Proxmox for a container that is made, in its words: for the request, and for the line by hand."""

from __future__ import annotations

from proximity_tui.core.model import names
from proximity_tui.core.model.actions.plan_options import CreateOptions, RestoreOptions


def creation_parameters(options: CreateOptions) -> dict[str, str | int]:
    """Return the parameters of a creation that are left to Proxmox's defaults where nothing was asked for. Raises
    ValueError for a bridge that cannot be one.
    """
    asked: dict[str, str | int | None] = {
        "net0": _network(options) if options.bridge is not None else None,
        "nameserver": " ".join(options.dns) or None,
        "searchdomain": options.search_domain,
        "swap": options.swap_mib,
        "tags": ";".join(options.tags) or None,
        "pool": options.pool,
        "onboot": 1 if options.onboot else None,
        # The only feature that Proxmox lets a token set.
        "features": "nesting=1" if options.nesting else None,
    }
    return {key: value for key, value in asked.items() if value is not None}


def restore_parameters(options: RestoreOptions) -> dict[str, str | int]:
    """Return the parameters of a restore that are left to the backup where nothing was asked for."""
    asked: dict[str, str | int | None] = {
        "unique": 1 if options.unique else None,
        "net0": options.net0,
        "pool": options.pool,
    }
    return {key: value for key, value in asked.items() if value is not None}


def _network(options: CreateOptions) -> str:
    if not names.is_bridge(options.bridge):
        raise ValueError(f"not a bridge: {ascii(options.bridge)[:40]}")
    gateway = f",gw={options.gateway}" if options.gateway is not None else ""
    tag = f",tag={options.vlan}" if options.vlan is not None else ""
    ipv6 = f",ip6={options.address6}" if options.address6 is not None else ""
    gateway6 = f",gw6={options.gateway6}" if options.gateway6 is not None else ""
    return f"name=eth0,bridge={options.bridge},ip={options.address or 'dhcp'}{gateway}{ipv6}{gateway6}{tag}"
