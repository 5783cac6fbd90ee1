"""When a guest is still the one we recorded (law 3: a VMID is not an identity)."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.observation.identity import (
    compare,
    fingerprint_of,
    identify,
    judge_marker,
    marker_in,
    marker_line,
)
from proximity_tui.core.model import Fingerprint, IdentityCause, Match
from tests.support.records.make import MARKER, PRINT, container, fingerprint

CONFIG = {
    "hostname": "web1",
    "ostype": "debian",
    "arch": "amd64",
    "unprivileged": 1,
    "rootfs": "local-lvm:vm-101-disk-0,size=4G",
    "net0": "name=eth0,bridge=vmbr0,hwaddr=bc:24:11:00:00:01,ip=dhcp,type=veth",
    "description": f"a note\nproximity-tui:{MARKER}\n",
    "digest": "d1",
}


def test_a_fingerprint_is_read_from_a_config_as_proxmox_returns_it() -> None:
    assert fingerprint_of(CONFIG) == PRINT


def test_a_container_without_a_network_card_has_no_hardware_address() -> None:
    assert fingerprint_of({"rootfs": "local:1/x.raw"}).hwaddrs == frozenset()


def test_our_marker_survives_the_newline_that_proxmox_appends() -> None:
    assert marker_in(marker_line(MARKER) + "\n") == MARKER


@pytest.mark.parametrize("text", ["", "proximity-tui:short", "xproximity-tui:" + MARKER, None, 7])
def test_what_only_resembles_a_marker_is_none(text: object) -> None:
    assert marker_in(text) is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, Match.SAME),
        ({"hostname": "renamed"}, Match.SAME),
        ({"rootfs": "ceph:vm-101-disk-3"}, Match.SAME),
        ({"hwaddrs": PRINT.hwaddrs | {"BC:24:11:00:00:99"}}, Match.SAME),
        ({"hwaddrs": frozenset({"BC:24:11:00:00:99"})}, Match.UNSURE),
        ({"hwaddrs": frozenset()}, Match.UNSURE),
        ({"marker": None}, Match.UNSURE),
        ({"rootfs": None}, Match.UNSURE),
        ({"marker": None, "hwaddrs": frozenset({"BC:24:11:00:00:99"})}, Match.DIFFERENT),
        ({"marker": "f" * 32}, Match.DIFFERENT),
        ({"type": "qemu"}, Match.DIFFERENT),
    ],
)
def test_a_native_container_is_told_by_its_marker_and_a_hardware_address(
    change: dict[str, object], expected: Match
) -> None:
    assert compare(PRINT, fingerprint(**change)).match is expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, Match.SAME),
        ({"hostname": "renamed"}, Match.SAME),
        ({"hwaddrs": frozenset({"BC:24:11:00:00:99"})}, Match.UNSURE),
        ({"hwaddrs": frozenset({"BC:24:11:00:00:99"}), "hostname": "other"}, Match.DIFFERENT),
        ({"hwaddrs": frozenset({"BC:24:11:00:00:99"}), "ostype": "alpine"}, Match.DIFFERENT),
        ({"marker": MARKER}, Match.DIFFERENT),
    ],
)
def test_an_adopted_container_is_told_by_its_hardware_addresses(change: dict[str, object], expected: Match) -> None:
    recorded = fingerprint(marker=None)
    assert compare(recorded, fingerprint(**{"marker": None, **change})).match is expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, Match.SAME),
        ({"hostname": "renamed"}, Match.UNSURE),
        ({"rootfs": "local:other"}, Match.DIFFERENT),
    ],
)
def test_without_network_cards_volume_system_and_name_must_all_agree(
    change: dict[str, object], expected: Match
) -> None:
    recorded = fingerprint(marker=None, hwaddrs=frozenset())
    seen = fingerprint(**{"marker": None, "hwaddrs": frozenset(), **change})
    assert compare(recorded, seen).match is expected


@pytest.mark.parametrize("lock", ["create", "destroyed", "rollback"])
def test_a_config_that_is_being_rewritten_proves_nothing(lock: str) -> None:
    assert compare(PRINT, PRINT, lock).match is Match.UNSURE


def test_what_was_never_recorded_or_cannot_be_read_is_unsure() -> None:
    assert compare(None, PRINT).match is Match.UNSURE
    assert compare(PRINT, None).match is Match.UNSURE


def test_every_verdict_says_why() -> None:
    assert compare(PRINT, PRINT).sentence == "agrees: our marker, 1 of 1 hardware addresses, the root volume"


@pytest.mark.parametrize(
    ("sent", "means"), [(123, "123"), ("web1", "web1"), ("we\x1bb", "we␛b"), ("", None), (True, None), (None, None)]
)
def test_a_hostname_is_plain_text_and_one_of_digits_comes_as_a_number(sent: object, means: str | None) -> None:
    assert fingerprint_of({"hostname": sent, "rootfs": "local:101/vm-101-disk-0.raw"}).hostname == means


@pytest.mark.parametrize(
    ("seen", "lock", "expected", "cause"),
    [
        (PRINT, None, Match.UNSURE, IdentityCause.ONLY_MARKER),
        (fingerprint(marker=None), None, Match.DIFFERENT, None),
        (fingerprint(marker="f" * 32), None, Match.DIFFERENT, None),
        (PRINT, "create", Match.UNSURE, None),
        (fingerprint(marker=None), "create", Match.UNSURE, None),
        (fingerprint(marker=None), "destroyed", Match.UNSURE, None),
        (fingerprint(rootfs=None), None, Match.UNSURE, None),
        (fingerprint(marker=None, rootfs=None), None, Match.UNSURE, None),
        (fingerprint(marker="f" * 32, rootfs=None), None, Match.UNSURE, None),
        (None, None, Match.UNSURE, None),
    ],
    ids=[
        "marked",
        "unmarked",
        "marked by another",
        "marked, being created",
        "being created",
        "being destroyed",
        "marked, without a volume",
        "without a volume",
        "marked by another, without a volume",
        "unread",
    ],
)
def test_what_we_made_and_never_read_is_not_a_settled_guest_without_our_marker(
    seen: Fingerprint | None, lock: str | None, expected: Match, cause: IdentityCause | None
) -> None:
    """What a destroy left of ours has no marker either, so only a settled config without it is another guest's."""
    by_marker = judge_marker(MARKER, seen, lock)
    assert (by_marker.match, by_marker.cause) == (expected, cause)
    assert identify(container(fingerprint=None, marker=MARKER), seen, lock) == by_marker


def test_without_a_fingerprint_and_a_marker_nobody_is_told_from_another() -> None:
    assert identify(container(fingerprint=None, marker=None), PRINT).match is Match.UNSURE


@pytest.mark.parametrize(
    ("seen", "match"),
    [
        ({"hostname": "web1"}, Match.UNSURE),
        ({"hwaddrs": frozenset({"BC:24:11:00:00:99"})}, Match.UNSURE),
        ({"hostname": "other", "hwaddrs": frozenset({"BC:24:11:00:00:99"})}, Match.DIFFERENT),
        ({"hostname": "other", "hwaddrs": frozenset({"BC:24:11:00:00:99"}), "rootfs": None}, Match.UNSURE),
    ],
)
def test_what_a_backup_promised_tells_only_who_it_is_not(seen: dict[str, object], match: Match) -> None:
    restored = container(fingerprint=None, marker=None, promised=fingerprint(marker=None, rootfs=None))
    assert identify(restored, fingerprint(marker=None, **seen)).match is match
    assert identify(container(fingerprint=None, marker=None), fingerprint(marker=None, **seen)).match is Match.UNSURE


@pytest.mark.parametrize(
    ("recorded", "seen", "told"),
    [
        ({}, {}, "agrees: our marker, 1 of 1 hardware addresses, the root volume"),
        ({"marker": None}, {"marker": None, "rootfs": "ceph:1"}, "agrees: 1 of 1 hardware addresses"),
        ({}, {"rootfs": "ceph:1"}, "agrees: our marker, 1 of 1 hardware addresses"),
    ],
)
def test_only_what_agrees_is_named(recorded: dict[str, Any], seen: dict[str, Any], told: str) -> None:
    identity = compare(fingerprint(**recorded), fingerprint(**seen))
    assert (identity.match, identity.sentence) == (Match.SAME, told)
