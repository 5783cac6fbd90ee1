"""The one grammar of Proxmox's names: what Proxmox accepts is accepted everywhere, and nothing else."""

from __future__ import annotations

import pytest

from proximity_tui.config import values
from proximity_tui.config.config_errors import Invalid
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.model import names
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.trust import Trust

TOKENS = {
    "proximity@pve!tui": "proximity@pve",
    "jane.doe@example.org@entra!tui": "jane.doe@example.org@entra",
    "a!b@pve!tui": "a!b@pve",
    "uid=jane,ou=ops@ldap!tui": "uid=jane,ou=ops@ldap",
    "CORP\\jane@ad-1!my.token_2": "CORP\\jane@ad-1",
    "jürgen@pve!tui": "jürgen@pve",
    f"{'u' * 60}@pve!tui": f"{'u' * 60}@pve",
}
NO_TOKENS = (
    "root@pam",
    "a b@pve!tui",
    "a:b@pve!tui",
    "a/b@pve!tui",
    "a@1pve!tui",
    "a@pve!t",
    "a@pve!1tui",
    "a@p!tui",
    "@pve!tui",
    "a@pve!tui!again",
    "a@pve!tui\n",
    f"{'u' * 61}@pve!tui",
)


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_is_the_same_in_the_configuration_and_on_the_wire(token: str) -> None:
    assert values.token_id(token) == token
    settings = ClusterSettings("prod", ("https://pve1",), token, Secret("s", "a test"), Trust(insecure=True))
    assert (settings.token_user, settings.token_name) == (TOKENS[token], token.rpartition("!")[2])
    assert names.user_of(token) == TOKENS[token] == names.user_of(TOKENS[token])


@pytest.mark.parametrize("token", NO_TOKENS)
def test_what_is_no_token_is_refused_in_both_places(token: str) -> None:
    with pytest.raises(Invalid):
        values.token_id(token)
    with pytest.raises(ValueError, match="user@realm!name"):
        ClusterSettings("prod", ("https://pve1",), token, Secret("s", "a test"), Trust(insecure=True))


@pytest.mark.parametrize(
    ("upid", "who", "what"),
    [
        ("UPID:pve1:0000063C:00045CFE:6B03F131:vzstart:107:labadmin@pve!full:", "labadmin@pve!full", "107"),
        ("UPID:pve1:0000063C:100045CFE:6B03F131:vzdump::root@pam:", "root@pam", ""),
        ("UPID:n:0000063c:00045cfe:6b03f131:move_volume:105-mp0>106-mp1:a@b.c@entra!tui:", "a@b.c@entra!tui", None),
        ("UPID:n:0000063C:00045CFE:6B03F131:vzstart:107:CORP\\jane!x@ad!tui:", "CORP\\jane!x@ad!tui", "107"),
    ],
)
def test_a_task_names_whoever_started_it(upid: str, who: str, what: str | None) -> None:
    found = names.upid(upid)
    assert found is not None
    assert found.user == who
    assert what is None or found.id == what


@pytest.mark.parametrize(
    "upid",
    [
        "UPID:pve1:0000063C:0000045CFE:6B03F131:vzstart:107:root@pam:",
        "UPID:pve1:0000063C:00045CFE:6B03F131:vzstart:107:root@pam",
        "UPID:pve1.lan:0000063C:00045CFE:6B03F131:vzstart:107:root@pam:",
        "UPID:pve1:0000063C:00045CFE:6B03F131:vz/start:107:root@pam:",
    ],
)
def test_what_is_no_task_id_is_none(upid: str) -> None:
    assert names.upid(upid) is None


@pytest.mark.parametrize(("value", "port"), [(1, True), (65535, True), (0, False), (65536, False), ("80", False)])
def test_a_port_is_a_number_from_1_to_65535(value: object, port: bool) -> None:
    assert names.is_port(value) is port


@pytest.mark.parametrize("node", ["pve1", "PVE-1", "1", "a" * 63])
def test_a_node_is_a_host_name_without_dots(node: str) -> None:
    assert names.is_node(node)
    assert not names.is_node(f"{node}.lan")
    assert not names.is_node(f"-{node}")


def test_a_host_name_that_is_too_long_is_told_so_and_not_repeated_whole() -> None:
    assert names.wrong_hostname("a" * 63) is None
    wrong = names.wrong_hostname("a" * 300)
    assert wrong == f"'{'a' * 60}…' is not a host name: letters, digits and hyphens, 63 at most between two dots"


@pytest.mark.parametrize(
    ("volume", "template"),
    [
        ("local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst", True),
        ("nfs.1_a:vztmpl/my own@2~x.tar.gz", False),
        ("local:vztmpl/my+own@2~x.tar.gz", True),
        ("local:iso/debian.iso", False),
        ("local:vztmpl/../../etc/passwd", False),
        ("local:vztmpl/a/b.tar", False),
        (f"local:vztmpl/{'a' * 300}", False),
        ("vztmpl/debian", False),
    ],
)
def test_a_template_is_a_volume_of_that_content(volume: str, template: bool) -> None:
    assert names.is_template(volume) is template


@pytest.mark.parametrize(
    ("volume", "file"),
    [("local:vztmpl/debian-12.tar.zst", "debian-12.tar.zst"), ("/mnt/dump/a.tar", "a.tar"), ("a.tar", "a.tar")],
)
def test_a_volume_has_the_name_of_a_file(volume: str, file: str) -> None:
    assert names.file_of(volume) == file


@pytest.mark.parametrize("address", ["10.0.0.5", "2001:db8::5", "dhcp"])
def test_an_address_is_told_without_its_prefix(address: str) -> None:
    assert names.without_prefix(address) == names.without_prefix(f"{address}/24") == address


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("127.0.0.1:0", ("127.0.0.1", 0)),
        ("pve1.example:8006", ("pve1.example", 8006)),
        ("[::1]:65535", ("::1", 65535)),
        ("[fe80::1%eth0]:8006", ("fe80::1%eth0", 8006)),
        *((wrong, None) for wrong in ("::1:0", "[::1", "::1", "[]:0", "[127.0.0.1]:0", "[localhost]:0", ":0", "")),
        *(
            (wrong, None)
            for wrong in ("127.0.0.1", "127.0.0.1:", "a:65536", " a:0", "a: 0", "a:\N{FULLWIDTH DIGIT ONE}")
        ),
    ],
)
def test_a_host_and_its_port(words: str, found: tuple[str, int] | None) -> None:
    assert names.host_and_port(words) == found
