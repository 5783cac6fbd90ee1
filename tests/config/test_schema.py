"""What each setting of a valid configuration means once it is read."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from proximity_tui.config.schema import (
    BreakerSettings,
    CertificateAuthority,
    ClusterConfig,
    MetricsSettings,
    PinnedCertificate,
    Unverified,
)
from proximity_tui.config.secrets import SecretKind, SecretSource
from proximity_tui.core.model import State
from proximity_tui.simulator.tls import certificate
from tests.support.records.configs import HEX, PINNED, Read, cluster, reader


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader(tmp_path)


def test_the_janitor_has_a_limit_for_every_transient_state_and_no_other(read: Read) -> None:
    assert read('[janitor]\nadopting = "90s"').janitor.limits == {
        State.DEPLOYING: timedelta(hours=1),
        State.CLONING: timedelta(hours=1),
        State.UPDATING: timedelta(hours=1),
        State.REMOVING: timedelta(hours=1),
        State.ADOPTING: timedelta(seconds=90),
    }


def test_a_cluster_is_read_in_full(read: Read) -> None:
    prod = read(cluster(enabled="false")).clusters["prod"]
    assert prod == ClusterConfig(
        name="prod",
        urls=("https://pve1.example:8006",),
        token_id="proximity@pve!tui",
        token_secret=SecretSource("clusters.prod.token_secret", SecretKind.ENV, "PROD_TOKEN"),
        trust=PinnedCertificate(PINNED),
        enabled=False,
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("127.0.0.1:9221", ("127.0.0.1", 9221)),
        ("127.5.0.1:1", ("127.5.0.1", 1)),
        ("[::1]:9221", ("::1", 9221)),
        ("::1:9221", ("::1", 9221)),
        ("0:0:0:0:0:0:0:1:9221", ("::1", 9221)),
        ("[127.0.0.1]:9221", ("127.0.0.1", 9221)),
    ],
)
def test_metrics_are_told_to_this_host_alone(read: Read, written: str, meant: tuple[str, int]) -> None:
    assert read(f'[metrics]\nlisten = "{written}"').metrics.listen == meant


def test_metrics_are_told_nowhere_unless_asked_for(read: Read) -> None:
    assert read("[metrics]").metrics == MetricsSettings(listen=None, file=None)


def test_the_file_of_metrics_is_relative_to_the_configuration(read: Read, tmp_path: Path) -> None:
    assert read('[metrics]\nfile = "out/proximity.prom"').metrics.file == tmp_path / "out" / "proximity.prom"


def test_clusters_keep_the_order_of_the_file(read: Read) -> None:
    assert list(read(cluster("zeta") + "\n" + cluster("alpha")).clusters) == ["zeta", "alpha"]


def test_a_disabled_cluster_is_known_but_not_spoken_to(read: Read) -> None:
    settings = read(cluster("prod") + "\n" + cluster("lab", enabled="false"))
    assert list(settings.clusters) == ["prod", "lab"]
    assert list(settings.enabled_clusters) == ["prod"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://pve1.example", "https://pve1.example:8006"),
        ("https://pve1.example/", "https://pve1.example:8006"),
        ("https://PVE1.example:443", "https://pve1.example:443"),
        ("https://127.0.0.1:8006", "https://127.0.0.1:8006"),
        ("https://[fd00::1]", "https://[fd00::1]:8006"),
        ("https://münchen.example:8006", "https://xn--mnchen-3ya.example:8006"),
        ("https://my_host", "https://my_host:8006"),
        ("https://pve_.example", "https://pve_.example:8006"),
        ("https://pve-.example", "https://pve-.example:8006"),
        ("https://a._b.example.", "https://a._b.example.:8006"),
        ("https://gw.example/pve1/", "https://gw.example:8006/pve1"),
        ("https://gw.example:443/a/b-1", "https://gw.example:443/a/b-1"),
    ],
)
def test_an_address_is_a_host_and_a_port_and_the_path_of_a_gateway(read: Read, written: str, meant: str) -> None:
    assert read(cluster(url=f'"{written}"')).clusters["prod"].urls == (meant,)


def test_a_file_may_begin_with_the_mark_of_an_editor(read: Read) -> None:
    assert read("\ufeff" + cluster()).clusters["prod"].urls == ("https://pve1.example:8006",)


def test_the_home_in_the_url_of_a_database_is_a_home_and_no_folder(read: Read, own_home: Path) -> None:
    assert read('database = "sqlite:///~/a b.db"').database == f"sqlite:///{own_home}/a%20b.db"


def test_a_relative_database_is_beside_the_file_and_not_where_the_command_runs(
    read: Read, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A timer runs in another directory than a person, and both must find the same records."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    settings = read('database = "sqlite:///state/fleet.db"')
    assert settings.database == f"sqlite:///{settings.path.parent}/state/fleet.db"
    assert read(database="sqlite:///fleet.db").database == "sqlite:///fleet.db"


def test_several_addresses_keep_their_order(read: Read) -> None:
    settings = read(cluster(url=None, urls='["https://b", "https://a:9000"]'))
    assert settings.clusters["prod"].urls == ("https://b:8006", "https://a:9000")


@pytest.mark.parametrize("written", [HEX, HEX.upper(), PINNED, PINNED.lower()])
def test_a_fingerprint_may_be_written_in_any_case_with_or_without_colons(read: Read, written: str) -> None:
    trust = read(cluster(fingerprint=f'"{written}"')).clusters["prod"].trust
    assert trust == PinnedCertificate(PINNED)


def test_each_node_of_a_cluster_may_have_its_own_fingerprint(read: Read) -> None:
    trust = read(cluster(fingerprint=f'["{HEX}", "{"cd" * 32}", "{PINNED}"]')).clusters["prod"].trust
    assert isinstance(trust, PinnedCertificate)
    assert trust.fingerprints == (PINNED, ":".join(["CD"] * 32))


def test_a_ca_file_is_found_beside_the_configuration(read: Read, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(certificate.make_root().pem)
    trust = read(cluster(fingerprint=None, ca_file='"ca.pem"')).clusters["prod"].trust
    assert trust == CertificateAuthority(tmp_path / "ca.pem")


def test_trusting_anyone_has_to_be_said(read: Read) -> None:
    assert read(cluster(fingerprint=None, insecure="true")).clusters["prod"].trust == Unverified()


def test_declining_to_trust_anyone_leaves_the_fingerprint_in_charge(read: Read) -> None:
    assert read(cluster(insecure="false")).clusters["prod"].trust == PinnedCertificate(PINNED)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("10s", 10), ("5m", 300), ("1h", 3600), ("1h30m", 5400), ("2d", 172800), ("1d1h1m1s", 90061)],
)
def test_a_duration_carries_its_unit(read: Read, written: str, seconds: int) -> None:
    assert read(f'[refresh]\ninterval = "{written}"').refresh.interval == timedelta(seconds=seconds)


def test_the_two_looks_of_the_reconciler_may_follow_at_once(read: Read) -> None:
    assert read('[reconciler]\nconfirm_after = "0s"').reconciler.confirm_after == timedelta(0)


def test_the_breaker_may_be_written_inline(read: Read) -> None:
    breaker = read("[reconciler]\nbreaker = { min = 0, fraction = 1 }").reconciler.breaker
    assert breaker == BreakerSettings(min=0, fraction=1.0)


def test_a_port_pool_holds_both_its_ends(read: Read) -> None:
    pool = read('[ports]\npublic = "9000-9001"').ports.public
    assert list(pool) == [9000, 9001]


def test_keys_are_handed_on_as_written(read: Read) -> None:
    assert read('[keys]\nadopt = "A"\nquit = "ctrl+q"').keys == {"adopt": "A", "quit": "ctrl+q"}
    assert read('[aliases]\nprod = "fleet tag:prod"').aliases == {"prod": "fleet tag:prod"}


def test_the_shell_goes_by_address_user_and_jump_host(read: Read) -> None:
    settings = read(
        '[shell]\ncommand = "ssh -J {jump} -t {user}@{address} pct enter {vmid}"\nuser = "ops"\njump = "bastion"\n'
        '[shell.addresses]\npve1 = "10.0.0.11"\n'
    )
    known = settings.shell_argv(cluster="prod", node="pve1", vmid=101)
    assert known == ["ssh", "-J", "bastion", "-t", "ops@10.0.0.11", "pct", "enter", "101"]
    assert settings.shell_argv(cluster="prod", node="pve2", vmid=102)[4] == "ops@pve2"


def test_the_shell_command_is_split_before_names_are_filled_in(read: Read) -> None:
    settings = read("shell = \"ssh -t 'root@{node}.example' pct enter {vmid}\"")
    argv = settings.shell_argv(cluster="prod", node="pve1; reboot", vmid=101)
    assert argv == ["ssh", "-t", "root@pve1; reboot.example", "pct", "enter", "101"]
