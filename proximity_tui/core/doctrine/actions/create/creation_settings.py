"""The rules for the settings of a new container beyond its place and size: VMID, network, tags, pool, nesting, access.

They check a request by itself, and say in a plan what was asked for.
"""

from __future__ import annotations

import re

from proximity_tui.core.base.text import describe
from proximity_tui.core.doctrine.guards.ip_addresses import AUTOMATIC, IPV4, IPV6, LARGEST_VLAN, wrong_pair
from proximity_tui.core.doctrine.guards.wrong_texts import (
    wrong_dns_servers,
    wrong_domain,
    wrong_new_vmid,
    wrong_pool,
    wrong_tags,
)
from proximity_tui.core.model import CreateRequest, Refusal, RefusalCode, names
from proximity_tui.core.model.actions.plan_options import CreateOptions

NESTING_SINCE = {
    "debian": 12,
    "ubuntu": 22.04,
    "fedora": 0,
    "rockylinux": 9,
    "almalinux": 9,
    "centos": 9,
    "archlinux": 0,
}
"""The release of each distribution from which on its systemd needs nesting, 0 for every release."""

LARGEST_MEMORY = 128 * 1024 * 1024
"""MiB, of memory and of swap; no host has more, and it is a number that every side can count with."""

_RELEASE = re.compile(r"(?P<family>[a-z]+)-(?P<release>\d+(?:\.\d+)?)?")


def check_settings(request: CreateRequest) -> Refusal | None:
    """Return the refusal for the first setting that is wrong by itself, else None."""
    sentence = _wrong_number(request) or _wrong_name(request) or _wrong_network(request)
    return None if sentence is None else Refusal(RefusalCode.INVALID, sentence)


def needs_nesting(template: str) -> bool:
    """Return whether the systemd in a template needs nesting, as far as its file name tells."""
    found = _RELEASE.match(names.file_of(template).lower())
    since = NESTING_SINCE.get(found["family"]) if found is not None else None
    if found is None or since is None:
        return False
    return since == 0 or float(found["release"] or 0) >= since


def not_kept(options: CreateOptions) -> str | None:
    """Return why a creation that was not sent cannot be resumed: its access is kept nowhere. None for one without."""
    password = ["its root password"] if options.password else []
    missing = [*password, *(["its SSH keys"] if options.ssh_keys else [])]
    if not missing:
        return None
    verb = "was" if missing == password else "were"
    return f"a resume cannot create it, because {describe(missing)} {verb} not kept: create it again"


def settings_sentence(options: CreateOptions) -> str:
    """Return the settings of a new container as a plan says them."""
    needed = ", which the systemd of this template needs" if needs_nesting(options.template) else ""
    keys = "an SSH key" if options.ssh_keys == 1 else f"{options.ssh_keys} SSH keys"
    parts = (
        _network_sentence(options),
        f"DNS {describe(options.dns)}" if options.dns else "",
        f"search domain {options.search_domain}" if options.search_domain is not None else "",
        f"swap {options.swap_mib} MiB" if options.swap_mib is not None else "",
        f"nesting on{needed}" if options.nesting else "",
        f"{'tag' if len(options.tags) == 1 else 'tags'} {describe(options.tags)}" if options.tags else "",
        f"pool {options.pool}" if options.pool is not None else "",
        "start at boot" if options.onboot else "",
        "with a root password that is not kept" if options.password else "",
        f"with {keys}" if options.ssh_keys else "",
    )
    return "; ".join(filter(None, parts))


def _network_sentence(options: CreateOptions) -> str:
    if options.bridge is None:
        return "no network"
    tag = f", VLAN {options.vlan}" if options.vlan is not None else ""
    address = options.address or "DHCP"
    gateway = f", gateway {options.gateway}" if options.gateway is not None else ""
    ipv6 = f", IPv6 {options.address6}" if options.address6 is not None else ""
    gateway6 = f", gateway {options.gateway6}" if options.gateway6 is not None else ""
    return f"network {options.bridge}{tag}, {address}{gateway}{ipv6}{gateway6}"


def _wrong_number(request: CreateRequest) -> str | None:
    if wrong := wrong_new_vmid(request.vmid):
        return wrong
    if request.vlan is not None and not 1 <= request.vlan <= LARGEST_VLAN:
        return f"VLAN: at least 1, at most {LARGEST_VLAN}"
    if request.swap_mib is not None and not 0 <= request.swap_mib <= LARGEST_MEMORY:
        return f"swap: at least 0 MiB, at most {LARGEST_MEMORY}"
    return None


def _wrong_name(request: CreateRequest) -> str | None:
    return (
        wrong_tags(request.tags)
        or wrong_pool(request.pool)
        or wrong_domain(request.search_domain)
        or wrong_dns_servers(request.dns)
    )


def _wrong_network(request: CreateRequest) -> str | None:
    dynamic = request.address6 in AUTOMATIC
    return wrong_pair(IPV4, request.address, request.gateway) or wrong_pair(
        IPV6, None if dynamic else request.address6, request.gateway6
    )
