"""What the doctor finds out about clusters by asking them, over real HTTPS, and what it makes of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from proximity_tui.config.schema import CertificateAuthority, ClusterConfig, PinnedCertificate, TrustSetting, Unverified
from proximity_tui.config.secrets import SecretKind, SecretSource
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.model import Membership
from proximity_tui.doctor import cluster_facts, examination
from proximity_tui.doctor.check_result import CheckResult, ClusterFacts, Level, ServerFacts
from proximity_tui.doctor.checks import cluster_check, privileges_check, servers_check
from proximity_tui.simulator import Simulator
from tests.support.servers.free_ports import REFUSED_PORT

NOBODY = f"https://127.0.0.1:{REFUSED_PORT}"
OTHER = ":".join(["AB"] * 32)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def lab() -> Iterator[Simulator]:
    with Simulator("demo") as simulator:
        yield simulator


@pytest.fixture
def prod(lab: Simulator, tmp_path: Path) -> ClusterConfig:
    """The simulated cluster as it is configured, its certificate pinned."""
    secret = tmp_path / "prod.token"
    secret.write_text(lab.token_secret)
    secret.chmod(0o600)
    source = SecretSource("clusters.prod.token_secret", SecretKind.FILE, str(secret))
    return ClusterConfig("prod", (lab.url,), lab.token_id, source, PinnedCertificate(lab.fingerprint))


def asked(prod: ClusterConfig, **changes: object) -> ClusterFacts:
    return cluster_facts.examine(dataclasses.replace(prod, **changes), SystemClock())  # type: ignore[arg-type]


def levels(results: Iterator[CheckResult]) -> list[Level]:
    return [one.level for one in results]


def test_a_sound_cluster_has_nothing_to_be_told(prod: ClusterConfig, lab: Simulator) -> None:
    facts = asked(prod)
    results = [
        *servers_check.judge_reach(facts),
        *servers_check.judge_tls(facts, SystemClock().now()),
        *cluster_check.judge_identity(facts, lab.ca_fingerprint),
        *privileges_check.judge_token(facts, read_only=False),
        *cluster_check.judge_quorum(facts),
        *servers_check.judge_clocks(facts),
    ]
    assert [one for one in results if one.level is not Level.OK] == []
    assert {one.area for one in results} == {"reachable", "tls", "identity", "token", "privileges", "quorum", "clock"}


def test_the_doctor_only_reads(prod: ClusterConfig, lab: Simulator) -> None:
    asked(prod)
    assert lab.journal.writes() == []


def test_a_url_that_is_down_is_passed_over_and_the_one_in_use_is_named(prod: ClusterConfig, lab: Simulator) -> None:
    facts = asked(prod, urls=(NOBODY, lab.url))
    dead, used = servers_check.judge_reach(facts)
    assert (dead.level, used.level) == (Level.WARN, Level.OK)
    assert lab.url in dead.message
    assert used.message.endswith("in use")


def test_a_second_url_that_answers_is_the_spare(prod: ClusterConfig, lab: Simulator) -> None:
    other_name = lab.url.replace("127.0.0.1", "localhost")
    used, spare = servers_check.judge_reach(asked(prod, urls=(lab.url, other_name)))
    assert (used.message.endswith("in use"), spare.message.endswith("spare")) == (True, True)


def test_a_cluster_that_does_not_answer_at_all_could_not_be_asked(prod: ClusterConfig) -> None:
    facts = asked(prod, urls=(NOBODY,))
    [result] = servers_check.judge_reach(facts)
    assert (result.level, result.unanswered) == (Level.FAIL, True)
    assert [
        *servers_check.judge_tls(facts, NOW),
        *privileges_check.judge_token(facts, read_only=False),
        *cluster_check.judge_quorum(facts),
    ] == []


def test_a_stranger_hears_nothing_and_both_certificates_are_shown(prod: ClusterConfig, lab: Simulator) -> None:
    facts = asked(prod, trust=PinnedCertificate(OTHER))
    [result] = servers_check.judge_tls(facts, NOW)
    assert result.level is Level.FAIL
    assert f"shown:   {lab.fingerprint}" in result.advice
    assert f"trusted: {OTHER}" in result.advice
    assert any("connect --retrust prod" in line for line in result.advice)
    assert lab.journal.entries() == []


def test_a_renewed_certificate_is_found_out(prod: ClusterConfig, lab: Simulator) -> None:
    lab.renew_certificate()
    assert levels(servers_check.judge_tls(asked(prod), NOW)) == [Level.FAIL]


def test_the_cluster_s_own_ca_vouches_for_a_renewed_certificate(
    prod: ClusterConfig, lab: Simulator, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_text(lab.ca_pem)
    lab.renew_certificate()
    assert levels(servers_check.judge_tls(asked(prod, trust=CertificateAuthority(tmp_path / "ca.pem")), NOW)) == [
        Level.OK
    ]


def test_trusting_anyone_is_a_warning_that_names_what_to_pin(prod: ClusterConfig, lab: Simulator) -> None:
    [result] = servers_check.judge_tls(asked(prod, trust=Unverified()), NOW)
    assert result.level is Level.WARN
    assert lab.fingerprint in result.advice[0]


@pytest.mark.parametrize(
    ("days", "trust", "level"),
    [
        (100, PinnedCertificate(OTHER), Level.OK),
        (10, PinnedCertificate(OTHER), Level.WARN),
        (10, CertificateAuthority(Path("ca.pem")), Level.OK),
        (-1, PinnedCertificate(OTHER), Level.FAIL),
        (-1, CertificateAuthority(Path("ca.pem")), Level.FAIL),
    ],
)
def test_a_pin_is_warned_about_before_it_breaks_and_a_certificate_when_it_has_run_out(
    prod: ClusterConfig, days: int, trust: TrustSetting, level: Level
) -> None:
    endpoint = ServerFacts("https://pve1:8006", expires_at=NOW + timedelta(days=days))
    facts = ClusterFacts(dataclasses.replace(prod, trust=trust), endpoints=(endpoint,))
    assert levels(servers_check.judge_tls(facts, NOW)) == [level]


def test_a_token_that_is_revoked_is_told_by_the_way_to_make_it_anew(prod: ClusterConfig, lab: Simulator) -> None:
    lab.remove_token(lab.token_id)
    facts = asked(prod)
    [result] = privileges_check.judge_token(facts, read_only=False)
    assert (result.level, result.unanswered) == (Level.FAIL, True)
    assert any("pveum user token add proximity@pve tui" in line for line in result.advice)
    assert levels(servers_check.judge_reach(facts)) == [Level.OK]


def test_a_secret_that_cannot_be_had_is_a_mistake_of_ours(prod: ClusterConfig) -> None:
    missing = SecretSource("clusters.prod.token_secret", SecretKind.ENV, "NOT_SET")
    [result] = servers_check.judge_reach(asked(prod, token_secret=missing))
    assert (result.level, result.area, result.unanswered) == (Level.FAIL, "configuration", False)


def test_another_cluster_is_named_with_both_identities(prod: ClusterConfig, lab: Simulator) -> None:
    facts = asked(prod)
    assert levels(cluster_check.judge_identity(facts, None)) == [Level.OK]
    [result] = cluster_check.judge_identity(facts, OTHER)
    assert result.level is Level.FAIL
    assert (f"shown: {lab.ca_fingerprint}", f"known: {OTHER}") == result.advice[:2]


def test_a_cluster_that_does_not_say_which_it_is_must_if_it_is_known(prod: ClusterConfig) -> None:
    facts = ClusterFacts(prod, endpoints=(ServerFacts("https://pve1:8006"),))
    assert levels(cluster_check.judge_identity(facts, None)) == [Level.WARN]
    assert levels(cluster_check.judge_identity(facts, OTHER)) == [Level.FAIL]


def test_one_cluster_under_two_names_is_found_out(prod: ClusterConfig) -> None:
    first, second = asked(prod), asked(prod, name="twin")
    assert levels(cluster_check.judge_names([first, second])) == [Level.FAIL]
    assert levels(cluster_check.judge_names([first])) == []


def test_without_quorum_nothing_is_concluded(prod: ClusterConfig, lab: Simulator) -> None:
    lab.world.set_quorate(False)
    assert Level.FAIL in levels(cluster_check.judge_quorum(asked(prod)))


def test_a_quorum_that_may_not_be_seen_is_a_warning(prod: ClusterConfig, lab: Simulator) -> None:
    lab.set_acl(lab.token_id, {"/vms": ["VM.Audit"]})
    [result] = cluster_check.judge_quorum(asked(prod))
    assert result.level is Level.WARN


def test_a_storage_that_is_nearly_full_is_named(prod: ClusterConfig, lab: Simulator) -> None:
    assert list(cluster_check.judge_storages(asked(prod), 0.9)) == []
    lab.world.set_storage_used("backups", 0.95)
    [result] = cluster_check.judge_storages(asked(prod), 0.9)
    assert (result.level, result.message) == (Level.WARN, "95% of storage backups is used (alerts.storage_used)")


def test_a_node_that_is_down_is_named(prod: ClusterConfig, lab: Simulator) -> None:
    lab.world.set_node_online("pve3", False)
    assert [one.message for one in cluster_check.judge_quorum(asked(prod)) if "pve3" in one.message] != []


@pytest.mark.parametrize(
    ("seconds", "level"),
    [
        (0, Level.OK),
        (5, Level.OK),
        (-5, Level.OK),
        (6, Level.WARN),
        (-60, Level.WARN),
        (61, Level.FAIL),
        (-3600, Level.FAIL),
    ],
)
def test_clocks_may_differ_by_five_seconds_and_must_not_by_a_minute(
    prod: ClusterConfig, seconds: int, level: Level
) -> None:
    endpoint = ServerFacts("https://pve1:8006", ahead=timedelta(seconds=seconds))
    assert levels(servers_check.judge_clocks(ClusterFacts(prod, endpoints=(endpoint,)))) == [level]


def test_the_clock_of_a_server_is_read_from_its_answer(prod: ClusterConfig) -> None:
    class Late(SystemClock):
        def now(self) -> datetime:
            return super().now() - timedelta(seconds=90)

    [result] = servers_check.judge_clocks(cluster_facts.examine(prod, Late()))
    assert result.level is Level.FAIL
    assert "ahead of this host's" in result.message


def test_a_row_that_cannot_be_read_is_named_with_what_it_was(lab: Simulator, prod: ClusterConfig) -> None:
    assert not list(cluster_check.judge_rows(asked(prod)))
    lab.faults.rewrite(
        lambda listed: [row | {"status": None} if row.get("vmid") == 101 else row for row in listed],
        "/cluster/resources",
    )
    [found] = cluster_check.judge_rows(asked(prod))
    assert (found.level, found.area) == (Level.WARN, "rows")
    assert "the row of CT 101 was set aside: status is not a text" in found.message
    assert '"vmid": 101' in found.advice[0]


def test_an_examination_that_fails_itself_is_not_called_the_silence_of_the_cluster(
    prod: ClusterConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> ClusterFacts:
        raise OverflowError("nobody thought of it")

    monkeypatch.setattr(cluster_facts, "examine", broken)
    facts = examination._ask_all({"prod": prod}, SystemClock())["prod"]
    [found] = servers_check.judge_reach(facts)
    assert (found.level, found.unanswered) == (Level.FAIL, False)
    assert "the examination itself failed" in found.message


def test_a_part_of_a_cluster_is_not_called_a_single_host(prod: ClusterConfig, lab: Simulator) -> None:
    known = Membership("lab", frozenset({"pve1", "pve2", "pve3"}))
    assert levels(cluster_check.judge_quorum(asked(prod), known)) == [Level.OK]
    lab.faults.rewrite(lambda rows: [row for row in rows if row["name"] == "pve1"], "/cluster/status")
    [result] = cluster_check.judge_quorum(asked(prod), known)
    assert result.level is Level.FAIL
    assert "tells only of pve1, and prod is a cluster of pve1, pve2, pve3" in result.message
    assert any("connect --retrust prod" in line for line in result.advice)
