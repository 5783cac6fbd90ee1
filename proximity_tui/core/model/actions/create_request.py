"""What is asked for when a container is created, and what of that its plan carries as it was asked."""

from __future__ import annotations

from proximity_tui.core.base.value_object import value_object


@value_object(kw_only=True)
class CreateSettings:
    """The settings that a plan takes over from its request as they are. Of password and keys it only holds that there
    are some; see `Credentials`.
    """

    port: int | None = None
    """Its own port to publish."""
    start: bool = False
    bridge: str | None = None
    """None: `vmbr0`, or the first bridge of the node where there is none of that name."""
    vlan: int | None = None
    address: str | None = None
    """An IPv4 address with its prefix, such as `10.0.0.5/24`; None: by DHCP."""
    gateway: str | None = None
    address6: str | None = None
    """An IPv6 address with its prefix, such as `2001:db8::5/64`, or `auto` or `dhcp`; None: none is set."""
    gateway6: str | None = None
    dns: tuple[str, ...] = ()
    """Addresses of name servers; empty: those of the node."""
    search_domain: str | None = None
    swap_mib: int | None = None
    """None: what Proxmox gives, 512 MiB."""
    tags: tuple[str, ...] = ()
    pool: str | None = None
    onboot: bool = False
    password: bool = False
    """Whether a root password comes beside the plan."""
    ssh_keys: int = 0
    """The number of SSH keys that come beside the plan."""


@value_object
class CreateRequest(CreateSettings):
    """One request for a new native container. Sizes in MiB and GiB, as Proxmox takes them. What is left open is chosen
    when it is planned; then a plan carries it as `CreateOptions`.
    """

    template: str
    hostname: str
    node: str | None = None
    storage: str | None = None
    cores: int = 1
    memory_mib: int = 512
    disk_gib: int = 4
    vmid: int | None = None
    """None: the lowest free one."""
    nesting: bool | None = None
    """None: on where the template needs it."""
