"""An address and its gateway: what is wrong with them, by themselves and together."""

import pytest

from proximity_tui.core.doctrine.guards.ip_addresses import IPV4, IPV6, Family, wrong_gateway, wrong_pair


@pytest.mark.parametrize(
    ("family", "gateway", "is_wrong"),
    [
        (IPV4, "10.0.0.1", False),
        (IPV4, "10.0.0.300", True),
        (IPV4, "2001:db8::1", True),
        (IPV6, "fe80::1", False),
        (IPV6, "fe80::1%eth0", True),
        (IPV6, "10.0.0.1", True),
    ],
)
def test_a_gateway_is_one_address_of_its_family_without_a_zone(family: Family, gateway: str, is_wrong: bool) -> None:
    wrong = wrong_gateway(family, gateway)
    assert (wrong is not None) == is_wrong
    assert wrong is None or wrong == f"{gateway!r} is not the {family.name} address of a gateway"


@pytest.mark.parametrize(
    ("family", "address", "gateway", "wrong"),
    [
        (IPV4, "10.0.0.5/24", "10.0.0.1", None),
        (IPV4, "10.0.0.5/24", "10.0.1.1", "gateway 10.0.1.1 is not in the network 10.0.0.0/24 of 10.0.0.5/24"),
        (IPV4, "10.0.0.5/24", "10.0.0.5", "gateway 10.0.0.5 is the address of the container itself"),
        (IPV4, None, "10.0.0.1", "a gateway needs an address: DHCP brings its own"),
        (IPV6, "2001:db8::5/64", "fe80::1", None),
        (IPV6, "2001:db8::5/64", "fe80::1%eth0", "'fe80::1%eth0' is not the IPv6 address of a gateway"),
    ],
)
def test_an_address_and_its_gateway_fit_together(
    family: Family, address: str | None, gateway: str, wrong: str | None
) -> None:
    assert wrong_pair(family, address, gateway) == wrong
