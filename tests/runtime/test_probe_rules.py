"""Whether a cluster is reached on this machine, whatever name it is reached by."""

from __future__ import annotations

from pathlib import Path

import pytest

from proximity_tui.runtime import probe_rules

HOSTS = """127.0.0.1 localhost
# 127.0.0.1 commented
127.0.0.1\ttunnel Tunnel.Example  # to the cluster
10.0.0.1 pve1
"""


@pytest.mark.parametrize(
    ("host", "addresses"),
    [("tunnel", ["127.0.0.1"]), ("TUNNEL.example.", ["127.0.0.1"]), ("pve1", ["10.0.0.1"]), ("commented", [])],
)
def test_a_name_is_what_the_hosts_file_of_this_machine_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, addresses: list[str]
) -> None:
    monkeypatch.setattr(probe_rules, "HOSTS_FILE", tmp_path / "hosts")
    assert probe_rules.addresses_here([host]) == [], "there may be no such file"
    (tmp_path / "hosts").write_text(HOSTS)
    assert probe_rules.addresses_here([host]) == addresses
