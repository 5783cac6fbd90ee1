"""Settings that could not work, or would leak the token, are refused before a connection exists."""

from __future__ import annotations

import pytest

from proximity_tui.core.base.secret import Secret
from proximity_tui.core.proxmox.transport.address import ClusterSettings, address_of
from proximity_tui.core.proxmox.transport.trust import Trust


def make(**changes):
    given = {
        "name": "lab",
        "urls": ("https://pve1.lab.example:8006",),
        "token_id": "proximity@pve!tui",
        "token_secret": Secret("0b5e51f0-1111-4c67-9a41-1f2e3d4c5b6a", "a file"),
        "trust": Trust(insecure=True),
    }
    return ClusterSettings(**{**given, **changes})


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://pve1.lab.example", ("pve1.lab.example", 8006, None)),
        ("https://10.0.0.1:443/", ("10.0.0.1", 443, None)),
        ("https://[fd00::1]:8006", ("fd00::1", 8006, None)),
        ("pve1:8007", ("pve1", 8007, None)),
        ("https://gate.example/pve/one", ("gate.example", 8006, "pve/one")),
    ],
)
def test_urls_are_taken_apart(url, address):
    found = address_of(url)
    assert (found.host, found.port, found.prefix) == address


def test_an_address_reads_as_a_url_again():
    assert str(address_of("https://[fd00::1]/x")) == "https://[fd00::1]:8006/x"


@pytest.mark.parametrize(
    "url",
    ["http://pve1", "ftp://pve1", "https://", "https://user:pw@pve1", "https://pve1/?x=1", "https://pve1/a/../b",
     "https://pve1/#x", "https://p v e", "https://pve1:99999", "https://pve1/a b"],
)  # fmt: skip
def test_urls_that_cannot_be_used_are_refused(url):
    with pytest.raises(ValueError, match=r".+"):
        make(urls=(url,))


def test_a_refused_url_does_not_repeat_its_password():
    with pytest.raises(ValueError, match="without user") as caught:
        address_of("https://root:hunter2@pve1")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "token_id", ["root@pam", "root!tui", "root@pam!", "!x", "root@pam!tui=secret", "a b@pam!x", "root@pam!x\n"]
)
def test_a_token_id_has_user_realm_and_name(token_id):
    with pytest.raises(ValueError, match="user@realm!name"):
        make(token_id=token_id)


@pytest.mark.parametrize("value", ["two words", "line\nbreak", "caf\u00e9-1234", "", "tab\there"])
def test_a_secret_that_would_break_the_header_is_refused_without_being_shown(value):
    with pytest.raises(ValueError, match="token secret") as caught:
        make(token_secret=Secret(value, "a file"))
    assert not value or value not in str(caught.value)


def test_no_url_and_no_time_are_refused():
    with pytest.raises(ValueError, match="no URL"):
        make(urls=())
    with pytest.raises(ValueError, match="timeouts"):
        make(read_timeout=0)


def test_settings_show_where_the_secret_is_from_and_not_what_it_is():
    assert "<secret from a file>" in repr(make())
    assert "0b5e51f0-1111" not in repr(make())


def test_user_and_name_of_the_token():
    assert (make().token_user, make().token_name) == ("proximity@pve", "tui")
